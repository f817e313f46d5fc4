import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildSchema, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { countLockWaits, lockRoom } from '../faults/room-lock.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type ParticipantSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { change, read, until } from './room-kit.ts';

const root = join(import.meta.dirname, '../..');
const guide = await readFile(join(root, 'docs/media-server.md'), 'utf8');
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
const blockOf = (language: string) => blocksOf(language)[0] ?? '';
const grantShown = blocksOf('json').find((text) => text.includes('room_id')) ?? '';

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let mediaServer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  mediaServer = await startMediaServer('default');
});

/** Runs the media server of the guide as it stands there. */
async function startMediaServer(domain: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'media-server-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'server.mjs'), blockOf('js'));
  const port = await findFreePort();
  const env = { VESTIBULE_URL: server.url, VESTIBULE_DOMAIN: domain, PORT: String(port) };
  const child = spawn(process.execPath, ['server.mjs'], { cwd: folder, env, stdio: 'ignore' });
  const ended = once(child, 'close');
  closeAfterwards(() => child.kill() && ended);
  const url = `http://127.0.0.1:${port}`;
  while (child.exitCode === null) {
    const isUp = await fetch(url).then(
      () => true,
      () => pause(20, false),
    );
    if (isUp) return url;
  }
  throw new Error('the media server of the guide ended');
}

async function connect(grant: string, url = mediaServer): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${grant}` } });
  const text = await response.text();
  return response.status === 200 ? JSON.parse(text) : response.status;
}

const partOf = (jwt: string, index: number) =>
  JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString());
const claimsOf = (jwt: string) => partOf(jwt, 1);

async function freshGrant(person: Pick<ParticipantSeed, 'ask'>): Promise<string | null> {
  const query = '{ viewer { ... on Participant { mediaGrant } } }';
  return (await read<{ viewer: { mediaGrant: string | null } }>(person, query)).viewer.mediaGrant;
}

test('a grant says what the answer beside it says, also where the room is changed while somebody joins', async () => {
  const room = await backend.room();
  const unlock = await lockRoom(database, room.name);
  const titled = change(backend, 'updateRoom', { roomName: room.name, settings: { title: 'First' } });
  await until(
    () => countLockWaits(database),
    (waiting) => waiting > 0,
  );
  // Both wait for the one before them, and are then decided and written together.
  const selection = '... on Joined { mediaGrant participant { permissions { canSend } } }';
  type Entered = { mediaGrant: string; participant: { permissions: { canSend: readonly string[] } } };
  const joined = change<Entered>(callerOf(server), 'joinRoom', { roomName: room.name }, selection);
  await read(backend, '{ domain { name } }');
  const muted = change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } });
  await read(backend, '{ domain { name } }');
  await unlock();
  const [{ mediaGrant, participant }] = [await joined, await titled, await muted];
  expect(claimsOf(mediaGrant).permissions.canSend).toEqual(participant.permissions.canSend);
});

describe('the media server of the guide', () => {
  it('lets in who joined, under the permissions that hold at this instant', async () => {
    const room = await backend.room();
    const guest = await room.guest({ permissions: { canSend: ['AUDIO', 'VIDEO'] } });
    const admitted = { participant: guest.id, room: room.id, maySend: ['AUDIO', 'VIDEO'] };
    expect(await connect(guest.mediaGrant)).toEqual(admitted);
    await change(backend, 'updateParticipant', { participantId: guest.id, permissions: { canSend: ['AUDIO'] } });
    expect(await connect((await freshGrant(guest)) ?? '')).toEqual({ ...admitted, maySend: ['AUDIO'] });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } });
    expect(await connect((await freshGrant(guest)) ?? '')).toEqual({ ...admitted, maySend: [] });
  });

  it('lets in all who come together when it has just been started', async () => {
    const guest = await (await backend.room()).guest();
    const started = await startMediaServer('default');
    const answers = await Promise.all(Array.from({ length: 10 }, () => connect(guest.mediaGrant, started)));
    expect(answers).toEqual(Array(10).fill(expect.objectContaining({ participant: guest.id })));
  });

  it('takes nothing else in the place of a grant', async () => {
    const room = await backend.room();
    const [guest, { jwt }] = [await room.guest(), await room.token()];
    const [header, , signature] = guest.mediaGrant.split('.');
    const owner = Buffer.from(JSON.stringify({ ...claimsOf(guest.mediaGrant), is_owner: true })).toString('base64url');
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'media-grant+jwt' })).toString('base64url');
    const forged = [
      `${header}.${owner}.${signature}`,
      `${unsigned}.${owner}.`,
      jwt,
      guest.sessionToken,
      backend.apiKey,
      '',
    ];
    for (const grant of forged) expect(await connect(grant)).toBe(401);
    expect(await connect(guest.mediaGrant)).toMatchObject({ participant: guest.id });
  });

  it('takes no grant of another domain, and none of another service', async () => {
    const guest = await (await backend.room()).guest();
    expect(await connect(guest.mediaGrant, await startMediaServer('elsewhere'))).toBe(401);
    const another = await startServer({ databaseUrl: database.url, rateLimits: false });
    const there = await (await seed(another).room()).guest();
    expect(await connect(there.mediaGrant)).toBe(401);
  });

  it('takes no grant that is older than two minutes', async () => {
    const late = await startServer({ databaseUrl: database.url, rateLimits: false, publicUrl: server.url });
    await moveClock(database, { seconds: -125 });
    const guest = await (await seed(late).room()).guest();
    await moveClock(database, { seconds: 0 });
    expect(await connect(guest.mediaGrant)).toBe(401);
  });
});

describe('mediaGrant', () => {
  it('says what the guide says that it does, and is good for two minutes', async () => {
    const room = await backend.room();
    const guest = await room.guest({ userId: 'u-42' });
    expect(partOf(guest.mediaGrant, 0)).toEqual({ alg: 'EdDSA', typ: 'media-grant+jwt', kid: expect.any(String) });
    const claims = claimsOf(guest.mediaGrant);
    expect(Object.keys(claims).toSorted()).toEqual(Object.keys(JSON.parse(grantShown)).toSorted());
    expect(claims).toMatchObject({ iss: server.url, aud: 'default', sub: guest.id, room: room.name, room_id: room.id });
    expect(claims).toMatchObject({ name: 'Gustav Guest', user_id: 'u-42', is_owner: false, hidden: false });
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(120);
    expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(5);
  });

  it('is fresh at each reading, and says that an owner is hidden', async () => {
    const room = await backend.room();
    const hidden = await room.join({ token: (await room.token({ isOwner: true })).jwt, hidden: true });
    const grants = [hidden.mediaGrant, await freshGrant(hidden), await freshGrant(hidden)].map((grant) =>
      claimsOf(grant ?? ''),
    );
    expect(new Set(grants.map(({ jti }) => jti)).size).toBe(3);
    for (const grant of grants) expect(grant).toMatchObject({ sub: hidden.id, is_owner: true, hidden: true });
  });

  it('is shown to oneself alone, wherever a participant is shown, and no more when the session is over', async () => {
    const room = await backend.room();
    const [guest, owner] = [await room.guest(), await room.owner()];
    const query = 'query ($name: String!) { room(name: $name) { participants { nodes { id mediaGrant } } } }';
    const seen = async (caller: Pick<Seed, 'ask'>) => {
      type Found = { room: { participants: { nodes: { id: string; mediaGrant: string | null }[] } } };
      const { nodes } = (await read<Found>(caller, query, { name: room.name })).room.participants;
      return nodes.filter(({ mediaGrant }) => mediaGrant !== null).map(({ id }) => id);
    };
    expect([await seen(guest), await seen(owner), await seen(backend)]).toEqual([[guest.id], [owner.id], []]);
    await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] });
    expect(await freshGrant(guest)).toBeNull();
  });
});

it("the guide's subscription is one of this API", async () => {
  const schema = buildSchema(await readFile(join(root, 'schema/schema.graphql'), 'utf8'));
  expect(validate(schema, parse(blockOf('graphql')))).toEqual([]);
});
