import { createHash, randomUUID } from 'node:crypto';
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { meetingTokenType } from '../../src/rules/meeting-token-claims.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import { until } from '../support/until.ts';
import { act, codeOf, type Outcome } from './admission-kit.ts';

// Somebody has a copy of the database and the master key, and signs what they like with the domain's key. The operator ends that key on the
// command line, while two processes serve; each asks the database itself.

const publicUrl = 'http://rooms.example';

let database: TestDatabase;
let servers: readonly TestServer[];
let room: RoomSeed;
let good: string;
let owner: ParticipantSeed;
let waits: Outcome;
/** Signed by the domain's backend, with a key that has not leaked. */
let selfSigned: string;
/** Came in by a good token, before the key had leaked. */
let guest: ParticipantSeed;
let forge: (claims?: JWTPayload) => Promise<string>;
let tookMs: number;
let rotated: { readonly kid: string; readonly ended: readonly string[] };

beforeAll(async () => {
  database = await createTestDatabase();
  const start = () => startServer({ databaseUrl: database.url, publicUrl, rateLimits: false });
  const [first, second] = [await start(), await start()];
  servers = [first, second];
  room = await seed(first).waitingRoom();
  good = (await room.token({ userName: 'Gustav' })).jwt;
  forge = await stealKey();
  owner = await room.join({ token: await forge({ user_id: 'mallory' }) });
  guest = await room.join({ token: good });
  const token = await forge({ is_owner: false, knocking: true, user_name: 'Not Nora', user_id: 'nora' });
  waits = await act(callerOf(second), 'knock', { roomName: room.name, userName: 'N', token });
  expect(waits.knockRequest).toMatchObject({ verified: true, userId: 'nora' });
  for (const server of servers) expect(await joinsAt(server, await forge())).toBe('Joined');
  selfSigned = await signAsBackend();
  expect(await joinsAt(first, selfSigned)).toBe('Joined');
  await recordMany();
  const command = vestibuleWith({ ...settingsFor(database.url), PUBLIC_URL: publicUrl });
  const ran = await command('key', 'rotate', '--leaked', '--json');
  expect([ran.exitCode, ran.stderr]).toEqual([0, '']);
  rotated = JSON.parse(ran.stdout);
  const began = performance.now();
  // Each process may go by what it read in the second before.
  for (const server of servers)
    await until(
      async () => joinsAt(server, await forge()),
      (code) => code === 'TOKEN_INVALID',
    );
  tookMs = performance.now() - began;
});

/** What whoever has read the database and knows the master key can sign. */
async function stealKey() {
  const [key] = await database.sql`select s.*, d.name from signing_keys s join domains d on d.id = s.domain_id`;
  const place = { purpose: 'signing-key', domainId: key?.domain_id, keyId: key?.id } as const;
  const box = createSecretBox(createHash('sha256').update('master key of the tests').digest());
  const privateKey = await importJWK(JSON.parse(box.open(key?.private_key_sealed, place).toString()), 'EdDSA');
  return (claims: JWTPayload = {}) =>
    new SignJWT({ jti: randomUUID(), any_room: true, is_owner: true, ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: key?.kid, typ: meetingTokenType })
      .setIssuer(publicUrl)
      .setAudience(key?.name)
      .setIssuedAt()
      .sign(privateKey);
}

/** A token that the domain's backend signs itself. */
async function signAsBackend(): Promise<string> {
  const { secret } = await act(seed(serverAt(0)), 'addSelfSigningKey', { algorithm: 'HS256' });
  const signing = new SignJWT({ d: 'default', r: room.name }).setProtectedHeader({ alg: 'HS256' });
  return signing
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret ?? ''));
}

/** More tokens than one statement marks: those that end, and as many that never do. */
async function recordMany(): Promise<void> {
  await database.sql`insert into meeting_tokens select new.* from meeting_tokens t cross join generate_series(1, 1200) as i,
    jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'jti', gen_random_uuid(),
      'exp', case when i % 2 = 0 then t.exp end)) as new
    where t.jti = ${decodeJwt(good).jti ?? ''}`;
}

function serverAt(at: 0 | 1): TestServer {
  const found = servers[at];
  if (found === undefined) throw new Error('two processes serve');
  return found;
}

const joinsAt = async (server: TestServer, token: string) =>
  codeOf(await act(callerOf(server), 'joinRoom', { roomName: room.name, token }));

test('within a second every process refuses all that the leaked key signed, on record or not', async () => {
  expect(tookMs).toBeLessThan(onThisMachine(1_000));
  for (const server of servers) {
    expect(await joinsAt(server, good)).toBe('TOKEN_INVALID');
    const knock = { roomName: room.name, userName: 'N', token: await forge({ is_owner: false, knocking: true }) };
    expect(codeOf(await act(callerOf(server), 'knock', knock))).toBe('TOKEN_INVALID');
  }
});

test('the key set has the new key alone, so that no media grant of the old one is good', async () => {
  for (const { url } of servers) {
    const published = await (await fetch(`${url}/.well-known/jwks.json`)).json();
    expect(published.keys.map(({ kid }: { kid: string }) => kid)).toEqual([rotated.kid]);
  }
  expect(rotated.ended).toHaveLength(1);
});

test('the new key signs at once', async () => {
  for (const server of servers) {
    const { jwt } = await act(seed(server), 'createMeetingToken', { roomName: room.name });
    for (const any of servers) expect(await joinsAt(any, jwt ?? '')).toBe('Joined');
  }
});

test('who came in with a forged token gets no other credential, and who waits is verified no more', async () => {
  for (const server of servers) {
    const again = await act(callerOf(server, owner.sessionToken), 'joinRoom', { roomName: room.name });
    expect(codeOf(again)).toBe('TOKEN_INVALID');
    const { body } = await callerOf(server, waits.knockToken).ask(
      '{ viewer { ... on KnockRequest { verified userId } } }',
    );
    expect(body.data).toEqual({ viewer: { verified: false, userId: null } });
  }
});

test('who is sent to the waiting room is vouched for no more, and comes in once let in', async () => {
  const backend = seed(serverAt(1));
  const { body } = await backend.ask<{ returnToLobby: { id: string; verified: boolean } }>(
    'mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id verified } } }',
    { id: guest.id },
  );
  expect(body.data?.returnToLobby.verified).toBe(false);
  await act(seed(serverAt(0)), 'admitKnock', { knockId: body.data?.returnToLobby.id });
  const back = await act(callerOf(serverAt(1), guest.sessionToken), 'joinRoom', { roomName: room.name });
  expect(codeOf(back)).toBe('Joined');
});

test('what the domain’s backend signed itself is as good as before', async () => {
  for (const server of servers) expect(await joinsAt(server, selfSigned)).toBe('Joined');
});

test('tokens on record are shown as revoked, however many there are and whether or not they end by themselves', async () => {
  const rows =
    await database.sql`select count(*)::int as count, exp is null as "isEndless", revoked_at is not null as "isRevoked"
    from meeting_tokens where not self_signed
    and created_at < (select created_at from signing_keys where kid = ${rotated.kid}) group by 2, 3 order by 2`;
  const many = { count: expect.toSatisfy((count: number) => count >= 600), isRevoked: true };
  expect(rows).toEqual([
    { ...many, isEndless: false },
    { ...many, isEndless: true },
  ]);
});
