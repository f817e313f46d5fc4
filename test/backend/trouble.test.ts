import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type Backend,
  type BackendOptions,
  createBackend,
  isRefusal,
  signMeetingToken,
  VestibuleUnavailableError,
} from '../../packages/backend/src/index.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { bootstrapApiKey, findFreePort, spawnServer, startServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const backendAt = (url: string, options: Partial<BackendOptions> = {}) =>
  createBackend({ url, apiKey: bootstrapApiKey, ...options });

/** What a call throws. */
async function failureOf(call: Promise<unknown>): Promise<VestibuleUnavailableError> {
  const failure = await call.then(
    (answer) => expect.unreachable(JSON.stringify(answer)),
    (error: unknown) => error,
  );
  if (failure instanceof VestibuleUnavailableError) return failure;
  throw failure;
}

/** How many rooms there are. */
async function countRooms(backend: Backend): Promise<number> {
  const answer = await backend.ask<{ rooms: { totalCount: number } }>('{ rooms { totalCount } }', {});
  if (isRefusal(answer)) throw new Error(answer.message);
  return answer.rooms.totalCount;
}

test('where nobody listens each call says so, and which may be made again', async () => {
  const away = backendAt(`http://127.0.0.1:${await findFreePort()}`, { attempts: 2 });
  const calls: { readonly [Name in keyof Backend]: () => Promise<unknown> } = {
    createRoom: () => away.createRoom(),
    createMeetingToken: () => away.createMeetingToken({ anyRoom: true }),
    revoke: () => away.revoke({ roomName: 'weekly' }),
    decide: () => away.decide({ decision: 'ADMIT', knockId: 'knock_1' }),
    decideMany: () => away.decideMany({ decision: 'ADMIT', roomName: 'weekly', knockIds: [] }),
    eject: () => away.eject({ roomName: 'weekly', userIds: ['g-1'] }),
    setMediaServer: () =>
      away.setMediaServer({ kind: 'LIVEKIT', url: 'wss://lk.example', apiKey: 'a', apiSecret: 's' }),
    explainEntry: () => away.explainEntry({ roomName: 'weekly' }),
    ask: () => away.ask('mutation { leaveRoom { __typename } }', {}),
  };
  for (const [name, call] of Object.entries(calls)) {
    const failure = await failureOf(call());
    const isSafeToRetry = name !== 'ask' && name !== 'createRoom';
    expect(failure, name).toMatchObject({ code: 'NETWORK', isSafeToRetry, retryAfterSeconds: null });
    expect(failure.message).toContain('ECONNREFUSED');
    expect(failure.message).not.toContain(bootstrapApiKey);
  }
  // The room of the same name, or of the same key, is the same room.
  for (const room of [{ name: 'weekly' }, { idempotencyKey: 'k'.repeat(22) }, {}]) {
    const isSafeToRetry = Object.keys(room).length > 0;
    expect(await failureOf(away.createRoom(room)), JSON.stringify(room)).toMatchObject({ isSafeToRetry });
  }
});

test('a call that began while the service was away goes on when it is back', async () => {
  const database = await createTestDatabase();
  const port = await findFreePort();
  const backend = backendAt(`http://127.0.0.1:${port}`, { attempts: 60 });
  const making = backend.createRoom({ name: 'weekly' });
  const first = await spawnServer({ databaseUrl: database.url, env: { PORT: String(port) } });
  expect(await making).toMatchObject({ __typename: 'Room', name: 'weekly' });
  await first.kill('SIGKILL');
  const signing = backend.createMeetingToken({ roomName: 'weekly', isOwner: true });
  await spawnServer({ databaseUrl: database.url, env: { PORT: String(port) } });
  expect(await signing).toMatchObject({ __typename: 'IssuedMeetingToken' });
}, 120_000);

test('a service that says nothing is given up in time, and the same key finds the one room', async () => {
  const server = await spawnServer({ databaseUrl: (await createTestDatabase()).url });
  const idempotencyKey = randomBytes(16).toString('hex');
  const hasty = backendAt(server.url, { timeoutMs: 200, attempts: 2 });
  await server.kill('SIGSTOP');
  expect(await failureOf(hasty.createRoom({ idempotencyKey }))).toMatchObject({ code: 'TIMEOUT', isSafeToRetry: true });
  await server.kill('SIGCONT');
  const patient = backendAt(server.url);
  expect(await patient.createRoom({ idempotencyKey })).toMatchObject({ __typename: 'Room' });
  expect(await patient.createRoom({ idempotencyKey })).toMatchObject({ __typename: 'Room' });
  expect(await countRooms(patient)).toBe(1);
}, 120_000);

test('an answer that gets lost makes nothing twice', async () => {
  const server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  const proxy = await startTcpProxy(server.url);
  const backend = backendAt(proxy.url);
  /** The first answer is on its way when the line breaks. */
  const losingTheFirst = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    proxy.hold('answers');
    const answering = call();
    await expect.poll(() => proxy.held(), { timeout: 10_000 }).toBeGreaterThan(0);
    proxy.cut();
    proxy.release();
    return answering;
  };
  expect(await losingTheFirst(() => backend.createRoom())).toMatchObject({ __typename: 'Room' });
  expect(await countRooms(backend)).toBe(1);
  expect(await losingTheFirst(() => backend.createRoom({ name: 'weekly' }))).toMatchObject({ code: 'NAME_TAKEN' });
  const room = await seed(server).waitingRoom();
  const { knockId } = await room.knocker();
  const decided = await losingTheFirst(() => backend.decide({ decision: 'ADMIT', knockId }));
  expect(decided).toMatchObject({ code: 'KNOCK_ALREADY_DECIDED', knockRequest: { status: 'ADMITTED' } });
  const others = await Promise.all([room.knocker(), room.knocker()]);
  const many = { decision: 'ADMIT', roomName: room.name, knockIds: others.map((other) => other.knockId) } as const;
  // What was sent first decided them, and what was sent again tells only of those whom it decided itself.
  expect(await losingTheFirst(() => backend.decideMany(many))).toEqual({
    __typename: 'KnocksDecided',
    knockRequests: [],
  });
  for (const other of others) await other.enter();
  await room.token({ userId: 'g-1' });
  const revoking = () => backend.revoke({ roomName: room.name, userId: 'g-1' });
  expect(await losingTheFirst(revoking)).toMatchObject({ __typename: 'MeetingTokensRevoked', count: 0 });
});

test('a database that is away is UNAVAILABLE, with what the log has it under, and all goes on by itself', async () => {
  const database = await createTestDatabase();
  const proxy = await startTcpProxy(database.url);
  const server = await startServer({ databaseUrl: proxy.url });
  const backend = backendAt(server.url, { attempts: 1 });
  proxy.refuse();
  proxy.cut();
  const failure = await failureOf(backend.createRoom({ name: 'weekly' }));
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', isSafeToRetry: true, retryAfterSeconds: expect.any(Number) });
  expect(failure.correlationId).toEqual(expect.any(String));
  proxy.accept();
  expect(await backendAt(server.url, { attempts: 20 }).createRoom({ name: 'weekly' })).toMatchObject({
    name: 'weekly',
  });
});

test('two processes of the service are one to a backend', async () => {
  const { url: databaseUrl } = await createTestDatabase();
  const publicUrl = 'http://meet.example.com';
  const [one, other] = await Promise.all([0, 1].map(() => startServer({ databaseUrl, publicUrl })));
  if (one === undefined || other === undefined) throw new Error('two were started');
  const [here, there] = [backendAt(one.url), backendAt(other.url)];
  await here.createRoom({ name: 'weekly', settings: { privacy: 'PRIVATE' } });
  const issued = await there.createMeetingToken({ roomName: 'weekly', userId: 'g-1' });
  const token = 'jwt' in issued ? issued.jwt : '';
  expect(await here.explainEntry({ roomName: 'weekly', token })).toMatchObject({ access: { level: 'FULL' } });
  expect(await here.revoke({ roomName: 'weekly' })).toMatchObject({ count: 1 });
  expect(await there.explainEntry({ roomName: 'weekly', token })).toMatchObject({
    access: { refusal: { code: 'TOKEN_REVOKED' } },
  });
});

test('a backend whose clock is wrong signs by the clock of the service', async () => {
  const database = await createTestDatabase();
  const backend = backendAt((await startServer({ databaseUrl: database.url })).url);
  type Added = { addSelfSigningKey: { secret: string } };
  const added = await backend.ask<Added>(
    'mutation { addSelfSigningKey(input: { algorithm: HS256 }) { ... on AddedSelfSigningKey { secret } } }',
    {},
  );
  if (isRefusal(added)) throw new Error(added.message);
  const key = { domain: 'default', algorithm: 'HS256', secret: added.addSelfSigningKey.secret } as const;
  const explain = async (roomName: string, now?: Date) => {
    const exp = new Date((now ?? new Date()).getTime() + 600_000);
    const signed = await signMeetingToken({ roomName, exp }, key, now);
    const token = 'jwt' in signed ? signed.jwt : expect.unreachable(signed.message);
    const entry = await backend.explainEntry({ roomName, token });
    return isRefusal(entry) ? expect.unreachable(entry.message) : entry.access;
  };
  const clocks = { behind: [-3600, 'TOKEN_NOT_YET_VALID'], ahead: [3600, 'TOKEN_EXPIRED'] } as const;
  for (const [roomName, [seconds, code]] of Object.entries(clocks)) {
    await moveClock(database, { seconds });
    // The service reads its database's clock with other things that it reads.
    const aheadSeconds = async () => Math.round((Date.parse((await explain(roomName)).now) - Date.now()) / 60_000) * 60;
    await expect.poll(aheadSeconds, { timeout: 20_000 }).toBe(seconds);
    await backend.createRoom({ name: roomName, settings: { privacy: 'PRIVATE' } });
    const refused = await explain(roomName);
    expect(refused).toMatchObject({ level: 'NONE', refusal: { code } });
    expect(await explain(roomName, new Date(refused.now))).toMatchObject({ level: 'FULL', refusal: null });
  }
});
