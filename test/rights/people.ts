import { randomBytes } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { change, until } from '../api/room-kit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { nobody, type State } from './state.ts';

/** Two processes of the service on one database. Everybody comes in at `here`. */
export type Pair = {
  readonly database: TestDatabase;
  readonly here: TestServer;
  readonly there: TestServer;
  readonly backend: Seed;
};

export async function openPair(): Promise<Pair> {
  const database = await createTestDatabase();
  const here = await startProcess(database);
  return { database, here, there: await startProcess(database), backend: seed(here) };
}

/** A service has one address, whichever of its processes answers: it stands in the tokens that it signs. Tests call each by its port. */
async function startProcess({ url: databaseUrl }: TestDatabase): Promise<TestServer> {
  const port = await findFreePort();
  const server = await startServer({ databaseUrl, rateLimits: false, port, publicUrl: 'http://vestibule.example' });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

/** Until the service has noticed of everybody that they are away, and of all else that time has ended. */
export async function swept({ database }: Pair): Promise<void> {
  const left = () => database.sql<{ count: number }[]>`select (
    (select count(*) from participants where left_at is null) + (select count(*) from knocks where status = 'PENDING') +
    (select count(*) from knocks where status = 'ADMITTED' and exp <= app_now()) +
    (select count(*) from rooms where closed_at is null and exp <= app_now()))::int as count`;
  await until(left, ([row]) => row?.count === 0);
}

/** A room for people who stand alike, and what they share. */
export type Scene = {
  readonly pair: Pair;
  readonly room: RoomSeed;
  readonly term: Term;
  /** A good meeting token of somebody else. */
  readonly otherJwt: string;
  /** With which the domain's backend signs tokens itself. */
  readonly signing: { readonly id: string; readonly kid: string; readonly secret: string };
};

/** Somebody in a room, with all that they hold. */
export type Person = {
  readonly userId: string | null;
  readonly jwt: string | null;
  readonly jti: string | null;
  readonly participantId: string | null;
  readonly session: string | null;
  readonly knockId: string | null;
  readonly knockToken: string | null;
  /** The idempotencyKey with which they joined and knocked. */
  readonly key: string;
};

export type Standing = {
  readonly state: State;
  readonly settings?: Variables;
  readonly isSelfSigned?: true;
  readonly prepare: (scene: Scene) => Promise<Person>;
};

const inside: State = { ...nobody, session: 'INSIDE' };

type Made = {
  readonly participant?: { readonly id: string };
  readonly sessionToken?: string;
  readonly knockRequest?: { readonly id: string };
  readonly knockToken?: string;
  readonly secret?: string;
  readonly selfSigningKey?: { readonly id: string; readonly kid: string };
};

/** When the tokens of the people run out, and the room. Seconds from now, by the real clock; null: never. */
export type Term = { readonly tokens: number; readonly room: number | null };
const aDay: Term = { tokens: 24 * 3600, room: null };
const inSeconds = (count: number) => new Date(Math.ceil(Date.now() / 1000 + count) * 1000);

export async function setScene(pair: Pair, standing: Standing, term = aDay): Promise<Scene> {
  const exp = term.room === null ? null : inSeconds(term.room);
  const room = await pair.backend.waitingRoom({ knockCooldownSeconds: 600, exp, ...standing.settings });
  const { jwt: otherJwt } = await room.token({ userId: 'other', exp: inSeconds(aDay.tokens) });
  const { isSelfSigned } = standing;
  return {
    pair,
    room,
    term,
    otherJwt,
    signing: isSelfSigned ? await addSigningKey(pair) : { id: '', kid: '', secret: '' },
  };
}

async function addSigningKey({ backend }: Pair): Promise<Scene['signing']> {
  const made = await change<Made>(
    backend,
    'addSelfSigningKey',
    { algorithm: 'HS256' },
    '... on AddedSelfSigningKey { secret selfSigningKey { id kid } }',
  );
  if (!made.selfSigningKey || !made.secret) throw new Error(`no key was added: ${JSON.stringify(made)}`);
  return { ...made.selfSigningKey, secret: made.secret };
}

function somebody(): Person {
  const key = randomBytes(24).toString('base64url');
  const nothing = { userId: null, jwt: null, jti: null, participantId: null, session: null };
  return { ...nothing, knockId: null, knockToken: null, key };
}

async function withToken({ room, term }: Scene, claims: Variables): Promise<Person> {
  const userId = `u-${randomBytes(8).toString('hex')}`;
  const { jwt, meetingToken } = await room.token({ userId, exp: inSeconds(term.tokens), ...claims });
  return { ...somebody(), jwt, jti: meetingToken.jti, userId };
}

/** As a backend signs by itself. */
async function withOwnSignature({ room, term, signing }: Scene, claims: Variables): Promise<Person> {
  const sign = createSigner({ key: signing.secret, algorithm: 'HS256', kid: signing.kid });
  const exp = Math.floor(inSeconds(term.tokens).getTime() / 1000);
  const [userId, jti] = [randomBytes(8).toString('hex'), `self-${randomBytes(12).toString('hex')}`];
  return { ...somebody(), jwt: sign({ d: 'default', r: room.name, ud: userId, jti, exp, ...claims }), jti, userId };
}

async function joined({ pair, room }: Scene, person: Person, input: Variables): Promise<Person> {
  const made = await change<Made>(
    callerOf(pair.here),
    'joinRoom',
    { roomName: room.name, idempotencyKey: person.key, userName: 'Person', ...input },
    '... on Joined { sessionToken participant { id } }',
  );
  if (!made.participant || !made.sessionToken) throw new Error(`nobody came in: ${JSON.stringify(made)}`);
  return { ...person, participantId: made.participant.id, session: made.sessionToken };
}

async function knocked({ pair, room }: Scene, person: Person): Promise<Person> {
  const token = person.jwt === null ? {} : { token: person.jwt };
  const made = await change<Made>(
    callerOf(pair.here),
    'knock',
    { roomName: room.name, idempotencyKey: person.key, userName: 'Person', ...token },
    '... on Knocked { knockToken knockRequest { id } }',
  );
  if (!made.knockRequest || !made.knockToken) throw new Error(`nobody knocked: ${JSON.stringify(made)}`);
  return { ...person, knockId: made.knockRequest.id, knockToken: made.knockToken };
}

async function admittedFrom(scene: Scene, person: Person): Promise<Person> {
  const waiting = await knocked(scene, person);
  await change(scene.pair.backend, 'admitKnock', { knockId: waiting.knockId });
  return waiting;
}

async function sentBack({ pair }: Scene, person: Person): Promise<Person> {
  const sent = await change<{ readonly id: string }>(
    pair.backend,
    'returnToLobby',
    { participantId: person.participantId },
    '... on KnockRequest { id }',
  );
  return { ...person, session: null, knockToken: person.session, knockId: sent.id };
}

const byToken = (scene: Scene, person: Person) => joined(scene, person, { token: person.jwt });
const byKnock = (scene: Scene, person: Person) => joined(scene, person, { knockToken: person.knockToken });

/** Everybody who holds a right: how they stand, and how they came to it by the public API alone. */
export const standings = {
  'an admin by token': {
    state: { ...inside, token: 'GOOD', decides: 'ADMIN' },
    prepare: async (scene) => byToken(scene, await withToken(scene, { permissions: { canAdmin: ['PARTICIPANTS'] } })),
  },
  'an owner by a self-signed token': {
    isSelfSigned: true,
    state: { ...inside, token: 'GOOD', decides: 'OWNER' },
    prepare: async (scene) => byToken(scene, await withOwnSignature(scene, { o: true })),
  },
  'a guest of a public room': {
    state: { ...inside, room: 'PUBLIC' },
    settings: { privacy: 'PUBLIC' },
    prepare: (scene) => joined(scene, somebody(), {}),
  },
  'a guest by an admitted knock': {
    state: { ...inside, knock: 'ADMITTED' },
    prepare: async (scene) => byKnock(scene, await admittedFrom(scene, somebody())),
  },
  'a guest by an admitted knock with a token': {
    state: { ...inside, knock: 'ADMITTED', token: 'GOOD', isKnocking: true, isVouched: true },
    prepare: async (scene) => byKnock(scene, await admittedFrom(scene, await withToken(scene, { knocking: true }))),
  },
  'a guest by an admitted knock with a self-signed token': {
    isSelfSigned: true,
    state: { ...inside, knock: 'ADMITTED', token: 'GOOD', isKnocking: true, isVouched: true },
    prepare: async (scene) => byKnock(scene, await admittedFrom(scene, await withOwnSignature(scene, { k: true }))),
  },
  'somebody admitted who has not come in': {
    state: { ...nobody, knock: 'ADMITTED' },
    prepare: async (scene) => admittedFrom(scene, somebody()),
  },
  'somebody who waits': {
    state: { ...nobody, knock: 'PENDING' },
    prepare: async (scene) => knocked(scene, somebody()),
  },
  'somebody who waits with a token': {
    state: { ...nobody, knock: 'PENDING', token: 'GOOD', isKnocking: true, isVouched: true },
    prepare: async (scene) => knocked(scene, await withToken(scene, { knocking: true })),
  },
  'somebody who waits with a self-signed token': {
    isSelfSigned: true,
    state: { ...nobody, knock: 'PENDING', token: 'GOOD', isKnocking: true, isVouched: true },
    prepare: async (scene) => knocked(scene, await withOwnSignature(scene, { k: true })),
  },
  'somebody sent back to the lobby': {
    state: { ...nobody, knock: 'PENDING', token: 'GOOD', isKnocking: true, isVouched: true },
    prepare: async (scene) => sentBack(scene, await byToken(scene, await withToken(scene, {}))),
  },
} as const satisfies Readonly<Record<string, Standing>>;
