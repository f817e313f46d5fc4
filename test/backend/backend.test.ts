import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Backend, createBackend, isRefusal, type NewRoom } from '../../packages/backend/src/index.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';

let domain: DomainSeed;
let vestibule: Backend;

beforeAll(async () => {
  domain = await openDomain();
  vestibule = backendWith(domain.server.apiKey);
});

const backendWith = (apiKey: string) => createBackend({ url: domain.server.url, apiKey });

/** What was asked for; a no fails the test. */
function granted<Answer>(answer: Answer) {
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

async function makeRoom(room: NewRoom = { settings: { privacy: 'PRIVATE', enableKnocking: true } }) {
  const answer = await vestibule.createRoom(room);
  if (answer.__typename !== 'Room') throw new Error(answer.message);
  return answer;
}

describe('createRoom', () => {
  test('without anything makes a room whose name nobody guesses', async () => {
    const rooms = await Promise.all([makeRoom({}), makeRoom({})]);
    for (const { name, privacy } of rooms) expect([name.length >= 22, privacy]).toEqual([true, 'PUBLIC']);
    expect(new Set(rooms.map(({ name }) => name)).size).toBe(2);
  });

  test('takes the name and settings that it is given, a Date among them', async () => {
    const name = `weekly-${randomBytes(6).toString('hex')}`;
    const exp = new Date(Date.now() + 3_600_000);
    expect(await makeRoom({ name, settings: { privacy: 'PRIVATE', exp } })).toMatchObject({
      name,
      privacy: 'PRIVATE',
      exp: exp.toISOString(),
    });
    expect(await vestibule.createRoom({ name })).toMatchObject({ __typename: 'Conflict', code: 'NAME_TAKEN' });
  });

  test('with the same idempotency key finds the room that it made, and with another one makes another', async () => {
    // 22 characters, which is as short as it may be.
    const idempotencyKey = randomBytes(16).toString('base64url');
    const first = await makeRoom({ idempotencyKey });
    expect((await makeRoom({ idempotencyKey })).id).toBe(first.id);
    expect((await makeRoom({ idempotencyKey: randomBytes(16).toString('hex') })).id).not.toBe(first.id);
  });

  test.each<readonly [string, NewRoom, readonly string[]]>([
    ['a key that others come upon', { idempotencyKey: 'short' }, ['idempotencyKey']],
    ['a key that is one character too short', { idempotencyKey: 'k'.repeat(21) }, ['idempotencyKey']],
    ['a key and a name', { idempotencyKey: 'k'.repeat(22), name: 'weekly' }, ['idempotencyKey']],
    ['a name that is none', { name: 'a b' }, ['input', 'name']],
    ['an exp that is no date', { settings: { exp: new Date(Number.NaN) } }, ['input', 'settings', 'exp']],
    [
      'a limit that is no number',
      { settings: { maxParticipants: Number.NaN } },
      ['input', 'settings', 'maxParticipants'],
    ],
    [
      'a limit that no number reaches',
      { settings: { maxParticipants: Infinity } },
      ['input', 'settings', 'maxParticipants'],
    ],
  ])('%s is refused by its path', async (_name, room, path) => {
    expect(await vestibule.createRoom(room)).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      issues: [{ path }],
    });
  });
});

describe('meeting tokens', () => {
  test('are created with what they say, and opened with', async () => {
    const { name } = await makeRoom();
    const issued = await vestibule.createMeetingToken({
      roomName: name,
      isOwner: true,
      userName: 'Olga',
      userId: 'o-1',
    });
    if (issued.__typename !== 'IssuedMeetingToken') throw new Error(issued.message);
    expect(issued).toMatchObject({
      meetingToken: { roomName: name, isOwner: true },
      joinUrl: expect.stringContaining('t='),
    });
    expect(await explain(name, issued.jwt)).toBe('FULL');
  });

  test('are revoked by what is given together, and a field that is undefined widens nothing', async () => {
    const { name } = await makeRoom();
    const [one, other] = await Promise.all(
      ['o-1', 'o-2'].map((userId) => vestibule.createMeetingToken({ roomName: name, userId })),
    );
    const jwts = [one, other].map((token) => (token && 'jwt' in token ? token.jwt : ''));
    const slip: { readonly userId?: string } = {};
    expect(await vestibule.revoke({ roomName: name, userId: slip.userId })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: ['input', 'userId'] }],
    });
    expect(await vestibule.revoke({ roomName: name, userId: 'o-1' })).toMatchObject({ count: 1 });
    expect(await vestibule.revoke({})).toMatchObject({ __typename: 'InvalidInput' });
    expect(await Promise.all(jwts.map((jwt) => explain(name, jwt)))).toEqual(['TOKEN_REVOKED', 'FULL']);
  });

  async function explain(roomName: string, token: string): Promise<string> {
    const { access } = granted(await vestibule.explainEntry({ roomName, token })) as { access: Access };
    return access.refusal?.code ?? access.level;
  }
});

type Access = { readonly level: string; readonly refusal: { readonly code: string } | null };

describe('decide', () => {
  const knock = async () => {
    const room = await domain.backend.waitingRoom();
    return { room, guest: await room.knocker({ userName: 'Nora' }) };
  };

  test('admits, and a second decision hears how it was decided', async () => {
    const { guest } = await knock();
    const decision = { decision: 'ADMIT', knockId: guest.knockId, reply: 'Come in' } as const;
    expect(await vestibule.decide(decision)).toMatchObject({
      __typename: 'KnockRequest',
      status: 'ADMITTED',
      reply: 'Come in',
    });
    expect(await vestibule.decide({ decision: 'DENY', knockId: guest.knockId })).toMatchObject({
      __typename: 'KnockAlreadyDecided',
      knockRequest: { status: 'ADMITTED', decidedBy: { kind: 'BACKEND' } },
    });
    await guest.enter();
  });

  test('denies, with a ban if it says so', async () => {
    const { guest } = await knock();
    const denied = await vestibule.decide({ decision: 'DENY', knockId: guest.knockId, ban: true, banNetwork: true });
    expect(denied).toMatchObject({ status: 'DENIED' });
  });

  test.each(['admit', 'yes', undefined, true, null])('takes %s neither for a yes nor for a no', async (decision) => {
    const { guest } = await knock();
    for (const method of ['decide', 'decideMany'] as const) {
      const asked: unknown = await Reflect.apply(vestibule[method], vestibule, [{ decision, knockId: guest.knockId }]);
      expect(asked).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: ['decision'] }] });
    }
    expect(await vestibule.decide({ decision: 'ADMIT', knockId: guest.knockId })).toMatchObject({ status: 'ADMITTED' });
  });

  test('decides many of a room at once', async () => {
    const { room, guest } = await knock();
    const others = await Promise.all([room.knocker(), room.knocker()]);
    const [first, ...rest] = [guest, ...others].map(({ knockId }) => knockId);
    const denied = await vestibule.decideMany({
      decision: 'DENY',
      roomName: room.name,
      knockIds: first ? [first] : [],
    });
    expect(denied).toMatchObject({ __typename: 'KnocksDecided', knockRequests: [{ id: first, status: 'DENIED' }] });
    const soon = new Date(Date.now() + 60_000);
    const admitted = await vestibule.decideMany({ decision: 'ADMIT', roomName: room.name, requestedBefore: soon });
    expect('knockRequests' in admitted ? admitted.knockRequests.map(({ id }) => id).toSorted() : []).toEqual(
      rest.toSorted(),
    );
  });
});

test('eject puts out whoever is named, and with a ban for good', async () => {
  const room = await domain.backend.room({ privacy: 'PRIVATE' });
  const guest = await room.guest({ userId: 'g-1' });
  expect(await vestibule.eject({ roomName: room.name, userIds: ['g-1'], ban: true })).toMatchObject({
    __typename: 'ParticipantsEjected',
    participants: [{ id: guest.id, leaveReason: 'BANNED' }],
  });
  const { jwt } = await room.token({ userId: 'g-1' });
  expect(await vestibule.explainEntry({ roomName: room.name, token: jwt })).toMatchObject({
    __typename: 'EntryExplanation',
    access: { refusal: { code: 'BANNED' } },
    steps: expect.arrayContaining([expect.objectContaining({ rule: expect.any(String), passed: false })]),
  });
});

test('setMediaServer stores what it is given, never shows the secret, and refuses by path', async () => {
  const given = {
    kind: 'JITSI',
    url: 'https://meet.jit.example',
    apiKey: 'app-1',
    apiSecret: 'hush'.repeat(12),
  } as const;
  const server = await vestibule.setMediaServer(given);
  expect(server).toMatchObject({ __typename: 'MediaServer', kind: 'JITSI', apiKey: 'app-1', state: 'NOT_ASKED' });
  expect(JSON.stringify(server)).not.toContain('hush');
  expect(await vestibule.setMediaServer(given)).toMatchObject({ __typename: 'MediaServer', url: given.url });
  expect(await vestibule.setMediaServer({ ...given, url: 'nowhere' })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: ['input', 'url'] }],
  });
});

test('ask asks everything else, and answers data or a refusal', async () => {
  const { name } = await makeRoom();
  const find = 'query ($name: String!) { room(name: $name) { name } }';
  expect(await vestibule.ask(find, { name })).toEqual({ room: { name } });
  expect(await vestibule.ask(find, { name: 17 })).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT' });
  const reader = backendWith((await domain.backend.key(['READ'])).apiKey);
  expect(await reader.ask('{ domain { webhooks { id } } }', {})).toMatchObject({ code: 'FORBIDDEN' });
});

describe('a key that may not, or no longer', () => {
  /** Each call with what it needs, so that a method that is added is asked here too. */
  const calls: { readonly [Name in keyof Backend]: (asked: Backend) => Promise<unknown> } = {
    createRoom: (asked) => asked.createRoom(),
    createMeetingToken: (asked) => asked.createMeetingToken({ roomName: 'weekly' }),
    revoke: (asked) => asked.revoke({ roomName: 'weekly' }),
    decide: (asked) => asked.decide({ decision: 'ADMIT', knockId: 'knock_1' }),
    decideMany: (asked) => asked.decideMany({ decision: 'DENY', roomName: 'weekly', knockIds: [] }),
    eject: (asked) => asked.eject({ roomName: 'weekly', userIds: ['g-1'] }),
    setMediaServer: (asked) =>
      asked.setMediaServer({ kind: 'JITSI', url: 'https://meet.jit.example', apiKey: 'a', apiSecret: 's'.repeat(32) }),
    explainEntry: (asked) => asked.explainEntry({ roomName: 'weekly' }),
    ask: (asked) => asked.ask('{ domain { id } }', {}),
  };

  test.each(Object.entries(calls))('%s: without the scope, unknown and revoked is an answer', async (name, call) => {
    const unknown = backendWith(`vk_nobody_${'x'.repeat(43)}`);
    expect(await call(unknown)).toMatchObject({ __typename: 'Forbidden', code: 'UNAUTHENTICATED' });
    const small = await domain.backend.key(['READ']);
    const answer = await call(backendWith(small.apiKey));
    const mayReadAll = name === 'explainEntry' || name === 'ask';
    expect(isRefusal(answer)).toBe(!mayReadAll);
    if (!mayReadAll) expect(answer).toMatchObject({ __typename: 'Forbidden', code: 'FORBIDDEN' });
    await revokeKey(small.apiKey);
    expect(await call(backendWith(small.apiKey))).toMatchObject({ __typename: 'Forbidden', code: 'UNAUTHENTICATED' });
  });

  async function revokeKey(apiKey: string): Promise<void> {
    const viewer = await backendWith(apiKey).ask<{ viewer: { id: string } }>('{ viewer { ... on ApiKey { id } } }', {});
    const id = 'viewer' in viewer ? viewer.viewer.id : '';
    const revoke = 'mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { ... on ApiKey { revokedAt } } }';
    expect(await vestibule.ask(revoke, { id })).toMatchObject({ revokeApiKey: { revokedAt: expect.any(String) } });
  }
});
