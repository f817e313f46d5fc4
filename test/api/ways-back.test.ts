import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type Caller, callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { accessOf } from './admission-kit.ts';
import { change, personOf, type Said, until } from './room-kit.ts';

// Every right on which a session rests × what ends it × every way back, at the process where it ended and at another. Each person has
// lost the connection before: the session alone brings nobody back any more.

type Process = 'this process' | 'another process';
type Server = { readonly url: string };
type Came = 'with a token' | 'by an admission' | 'by an admission that a token vouched for' | 'into a public room';
type End =
  | 'nothing'
  | 'the token was revoked'
  | 'the tokens of the user were revoked'
  | 'the tokens of the room were revoked'
  | 'the token has expired'
  | 'a ban'
  | 'the admission was taken back'
  | 'the room went private'
  | 'the room was deleted';
type Way =
  | 'the session token'
  | 'the key and the same credential'
  | 'the key alone'
  | 'the knock token'
  | 'the meeting token';

interface Person {
  readonly room: RoomSeed;
  readonly id: string;
  readonly sessionToken: string;
  readonly jwt: string | null;
  readonly jti: string | null;
  readonly knockToken: string | null;
  readonly knockId: string | null;
  readonly key: string;
}

const tokenEnds = [
  'the token was revoked',
  'the tokens of the user were revoked',
  'the tokens of the room were revoked',
] as const;

/** How somebody came in, and what may end that. */
const endsOf: Readonly<Record<Came, readonly End[]>> = {
  'with a token': ['nothing', ...tokenEnds, 'the token has expired', 'a ban', 'the room was deleted'],
  'by an admission': ['nothing', 'a ban', 'the admission was taken back', 'the room was deleted'],
  'by an admission that a token vouched for': [
    'nothing',
    ...tokenEnds,
    'the token has expired',
    'a ban',
    'the admission was taken back',
  ],
  'into a public room': ['nothing', 'the room went private', 'the room was deleted'],
};
const waysOf: Readonly<Record<Came, readonly Way[]>> = {
  'with a token': ['the session token', 'the key and the same credential', 'the key alone', 'the meeting token'],
  'by an admission': ['the session token', 'the key and the same credential', 'the key alone', 'the knock token'],
  'by an admission that a token vouched for': [
    'the session token',
    'the key and the same credential',
    'the key alone',
    'the knock token',
  ],
  'into a public room': ['the session token', 'the key and the same credential'],
};

function expected(came: Came, end: End, way: Way): string {
  const isVouched = came === 'by an admission that a token vouched for';
  if (end === 'the room was deleted')
    return came.includes('admission') && way !== 'the key alone' && way !== 'the session token'
      ? 'KNOCK_CLOSED or ENTRY_NOT_ALLOWED'
      : 'ENTRY_NOT_ALLOWED';
  if (tokenEnds.some((one) => one === end)) return 'TOKEN_REVOKED';
  if (end === 'the token has expired' && !isVouched) return 'TOKEN_EXPIRED';
  if (end === 'a ban') return 'BANNED';
  if (end === 'the admission was taken back') return 'KNOCK_CLOSED';
  if (end === 'the room went private') return 'MustKnock';
  // The right holds: the key finds the session only together with what opened it.
  return way === 'the key alone' ? 'INVALID_INPUT' : 'Joined';
}

const cells = (['this process', 'another process'] as const).flatMap((at) =>
  (Object.keys(endsOf) as Came[]).flatMap((came) =>
    endsOf[came].flatMap((end) => waysOf[came].map((way) => ({ at, came, end, way, says: expected(came, end, way) }))),
  ),
);

let database: TestDatabase;
let backend: Seed;
const servers = new Map<Process, Server>();
const people = new Map<string, Person>();
const nameOf = ({ at, came, end, way }: (typeof cells)[number]) => [at, came, end, way].join();

const newKey = () => randomBytes(24).toString('base64url');
type Joined = Said & { readonly participant?: { readonly id: string }; readonly sessionToken?: string };
const join = (caller: Pick<Caller, 'ask'>, roomName: string, input: object) =>
  change<Joined>(caller, 'joinRoom', { roomName, ...input }, '... on Joined { participant { id } sessionToken }');

async function come(came: Came, end: End): Promise<Person> {
  const key = newKey();
  const room = came === 'into a public room' ? await backend.room() : await backend.waitingRoom();
  const exp = end === 'the token has expired' ? { exp: new Date(Date.now() + 30_000) } : {};
  const isVouched = came === 'by an admission that a token vouched for';
  const claims = { userId: `u-${newKey().slice(0, 8)}`, knocking: isVouched, ...exp };
  const token = came === 'with a token' || isVouched ? await room.token(claims) : null;
  const anybody = callerOf(serverOf('this process'));
  const knock = came.includes('admission') ? await room.knocker({ ...(token ? { token: token.jwt } : {}) }) : null;
  if (knock) await change(backend, 'admitKnock', { knockId: knock.knockId });
  const shown = knock ? { knockToken: knock.knockToken } : token ? { token: token.jwt } : {};
  const { participant, sessionToken } = await join(anybody, room.name, { ...shown, idempotencyKey: key });
  return {
    room,
    id: participant?.id ?? '',
    sessionToken: sessionToken ?? '',
    jwt: token?.jwt ?? null,
    jti: token?.meetingToken.jti ?? null,
    knockToken: knock?.knockToken ?? null,
    knockId: knock?.knockId ?? null,
    key,
  };
}

async function endRight({ room, id, jti, knockId }: Person, end: End): Promise<unknown> {
  const roomName = room.name;
  switch (end) {
    case 'the token was revoked':
      return change(backend, 'revokeMeetingTokens', { jtis: [jti], eject: true });
    case 'the tokens of the user were revoked': {
      const { userId } = await userOf(id);
      return change(backend, 'revokeMeetingTokens', { userId });
    }
    case 'the tokens of the room were revoked':
      return change(backend, 'revokeMeetingTokens', { roomName });
    case 'a ban':
      return change(backend, 'ejectParticipants', { roomName, participantIds: [id], ban: true });
    case 'the admission was taken back':
      return change(backend, 'recallAdmission', { knockId });
    case 'the room went private':
      return change(backend, 'setRoomPrivacy', { roomName, privacy: 'PRIVATE', enableKnocking: true });
    case 'the room was deleted':
      return change(backend, 'deleteRoom', { roomName });
    case 'the token has expired':
    case 'nothing':
      return undefined;
    default:
      return end satisfies never;
  }
}

async function userOf(id: string): Promise<{ readonly userId: string | null }> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Participant { userId } } }';
  const { body } = await backend.ask<{ node: { userId: string | null } }>(query, { id });
  return body.data?.node ?? { userId: null };
}

function serverOf(at: Process): Server {
  const server = servers.get(at);
  if (server === undefined) throw new Error(`${at} was not started`);
  return server;
}

function comeBack(at: Process, way: Way, person: Person): Promise<Joined> {
  const { room, key: idempotencyKey, jwt, knockToken, sessionToken } = person;
  const anybody = callerOf(serverOf(at));
  const shown = knockToken ? { knockToken } : jwt ? { token: jwt } : {};
  switch (way) {
    case 'the session token':
      return join(callerOf(serverOf(at), sessionToken), room.name, {});
    case 'the key and the same credential':
      return join(anybody, room.name, { ...shown, idempotencyKey });
    case 'the key alone':
      return join(anybody, room.name, { idempotencyKey });
    case 'the knock token':
      return join(callerOf(serverOf(at), knockToken ?? ''), room.name, {});
    case 'the meeting token':
      return join(anybody, room.name, { token: jwt });
    default:
      return way satisfies never;
  }
}

/** What `access` says to the bearer and token of this way; null: it takes none of what the way shows. */
async function askAccess(
  at: Process,
  way: Way,
  { room, jwt, knockToken, sessionToken }: Person,
): Promise<string | null> {
  const anybody = callerOf(serverOf(at));
  switch (way) {
    case 'the session token':
      return readAccess(callerOf(serverOf(at), sessionToken), room.name);
    case 'the knock token':
      return readAccess(callerOf(serverOf(at), knockToken ?? ''), room.name);
    case 'the meeting token':
      return readAccess(anybody, room.name, jwt ?? '');
    case 'the key and the same credential':
    case 'the key alone':
      return null;
    default:
      return way satisfies never;
  }
}

/** In the words of `joinRoom`. */
async function readAccess(caller: Pick<Caller, 'ask'>, roomName: string, token?: string): Promise<string> {
  const { level, refusal } = await accessOf(caller, roomName, token);
  if (refusal) return refusal.code;
  return level === 'FULL' ? 'Joined' : 'MustKnock';
}

beforeAll(async () => {
  database = await createTestDatabase();
  const here = await startServer({ databaseUrl: database.url, rateLimits: false });
  servers.set('this process', here);
  servers.set(
    'another process',
    await spawnServer({ databaseUrl: database.url, env: { RATE_LIMITS: 'false', PUBLIC_URL: here.url } }),
  );
  backend = seed(here);
  for (const cell of cells) people.set(nameOf(cell), await come(cell.came, cell.end));
  await moveClock(database, { seconds: 60 });
  for (const { id } of people.values()) {
    await until(
      () => personOf(backend, id),
      ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
    );
  }
  for (const cell of cells) {
    const person = people.get(nameOf(cell));
    if (person) await endRight(person, cell.end);
  }
}, 120_000);

describe('who lost the connection', () => {
  test.each(cells)('$came, then $end: by $way at $at $says', async (cell) => {
    const person = people.get(nameOf(cell));
    if (!person) throw new Error('everybody has come in');
    const told = await askAccess(cell.at, cell.way, person);
    const answer = await comeBack(cell.at, cell.way, person);
    if (told !== null) expect(told).toBe(answer.code ?? answer.__typename);
    expect(cell.says.split(' or ')).toContain(answer.code ?? answer.__typename);
    if (answer.__typename === 'Joined' && cell.way !== 'the meeting token')
      expect(answer.participant?.id).toBe(person.id);
  });
});

// Whose right does not rest on what is asked of newcomers: no use of a token, no place but their own.
test.each(['the session token', 'the knock token'] as const)(
  'access by %s says FULL where joinRoom brings back, though the token is used up and the room is full',
  async (way) => {
    const room = await backend.waitingRoom({ maxParticipants: 1 });
    const token = await room.token({ maxUses: 1, knocking: true });
    const knocker = await room.knocker({ token: token.jwt });
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    const inside = await knocker.enter();
    const caller = callerOf(
      serverOf('this process'),
      way === 'the session token' ? inside.sessionToken : knocker.knockToken,
    );
    expect(await readAccess(caller, room.name)).toBe('Joined');
    expect((await join(caller, room.name, {})).participant?.id).toBe(inside.id);
  },
);

describe('an owner who is inside when the token is revoked', () => {
  const ways = ['the session token', 'the key and the same credential', 'the key alone', 'the meeting token'] as const;

  test.each(ways)('stays, and decides, and gets no other session by %s', async (way) => {
    const room = await backend.waitingRoom();
    const { jwt, meetingToken } = await room.token({ isOwner: true });
    const key = newKey();
    const anybody = callerOf(serverOf('this process'));
    const { participant, sessionToken = '' } = await join(anybody, room.name, { token: jwt, idempotencyKey: key });
    const inside = callerOf(serverOf('this process'), sessionToken);
    await change(backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti] });
    const none = { jti: null, knockToken: null, knockId: null };
    const person: Person = { room, id: participant?.id ?? '', sessionToken, jwt, key, ...none };
    for (const at of servers.keys()) expect((await comeBack(at, way, person)).code).toBe('TOKEN_REVOKED');
    const { knockId } = await room.knocker();
    expect(await change(inside, 'admitKnock', { knockId })).toMatchObject({ __typename: 'KnockRequest' });
    expect((await personOf(backend, person.id)).leaveReason).toBeNull();
  });
});
