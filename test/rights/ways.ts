import { change } from '../api/room-kit.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import type { Person, Scene } from './people.ts';
import { cameWith, isTakenBack, mayEnter, mayKnock, nobody, type Shown, type State } from './state.ts';

/** Who tries it, where, and at which room. */
export type At = { readonly server: TestServer; readonly scene: Scene; readonly person: Person };

/** A way in or back: who has it, how it is tried, and what the contract says comes of it. */
export type Way = {
  readonly isOpenTo: (state: State) => boolean;
  readonly attempt: (at: At) => Promise<string>;
  readonly expected: (state: State) => string;
};

type Came = {
  readonly __typename: string;
  readonly code?: string;
  readonly participant?: { readonly id: string };
  readonly knockRequest?: { readonly id: string };
};

async function join({ server, scene, person }: At, bearer: string | null, input: Variables = {}): Promise<string> {
  const given = { roomName: scene.room.name, userName: 'Person', ...input };
  const selection = '... on Joined { participant { id } }';
  const came = await change<Came>(callerOf(server, bearer ?? undefined), 'joinRoom', given, selection);
  if (came.code !== undefined || !came.participant) return came.code ?? came.__typename;
  return came.participant.id === person.participantId ? 'Joined as before' : 'Joined anew';
}

async function knock({ server, scene, person }: At, bearer: string | null, input: Variables = {}): Promise<string> {
  const given = { roomName: scene.room.name, userName: 'Person', ...input };
  const selection = '... on Knocked { knockRequest { id } }';
  const came = await change<Came>(callerOf(server, bearer ?? undefined), 'knock', given, selection);
  if (came.code !== undefined || !came.knockRequest) return came.code ?? came.__typename;
  return came.knockRequest.id === person.knockId ? 'Knocked as before' : 'Knocked anew';
}

async function access({ server, scene }: At, bearer: string | null, token: string | null): Promise<string> {
  const query = `query ($roomName: String!, $token: String) {
    access(roomName: $roomName, token: $token) { level refusal { code } } }`;
  type Access = { access: { level: string; refusal: { code: string } | null } };
  const { body } = await callerOf(server, bearer ?? undefined).ask<Access>(query, {
    roomName: scene.room.name,
    token,
  });
  return body.data?.access.refusal?.code ?? body.data?.access.level ?? JSON.stringify(body.errors);
}

const hasToken = ({ token }: State) => token !== null;
const hasSession = ({ session }: State) => session !== null;
const hasKnock = ({ knock }: State) => knock !== null;

/** Who is inside, or lost the connection, is the same person again; who is out becomes somebody new. */
function comesIn(state: State, shown: Shown): string {
  const answer = mayEnter(state, shown);
  if (answer !== 'Joined') return answer;
  return state.session === 'INSIDE' || state.session === 'LOST' ? 'Joined as before' : 'Joined anew';
}

function anew(state: State, shown: Shown): string {
  const answer = mayEnter(state, shown);
  return answer === 'Joined' ? 'Joined anew' : answer;
}

function bySession(state: State): string {
  // The session itself is the right to be there, unless the token that it came with was taken back.
  if (state.session === 'INSIDE') return isTakenBack(state.token) ? (state.token ?? '') : 'Joined as before';
  return state.session === 'LOST' ? comesIn(state, cameWith(state)) : anew(state, {});
}

/** A key that was used with a credential finds nothing without it, and tells why the right has ended, where it has. */
function byKeyAlone(state: State): string {
  const answer = mayEnter(state, cameWith(state));
  return answer === 'Joined' ? 'INVALID_INPUT' : answer;
}

/** Another credential is judged by itself, and then finds nothing under the key. */
function byKeyOfOthers({ otherToken, room }: State): string {
  const answer = mayEnter({ ...nobody, token: otherToken, room }, { token: true });
  return answer === 'Joined' ? 'INVALID_INPUT' : answer;
}

const accessOf = (answer: string) => ({ Joined: 'FULL', MustKnock: 'LOBBY' })[answer] ?? answer;

/** The credential that a session was opened with. */
const own = (person: Person): Variables =>
  person.knockToken === null ? { token: person.jwt } : { knockToken: person.knockToken };

/** The ways in or back through joinRoom. */
const joining = {
  'joinRoom with the meeting token': {
    isOpenTo: hasToken,
    attempt: (at) => join(at, null, { token: at.person.jwt }),
    expected: (state) => anew(state, { token: true }),
  },
  'joinRoom with the session as bearer': {
    isOpenTo: hasSession,
    attempt: (at) => join(at, at.person.session),
    expected: bySession,
  },
  'joinRoom with the knock as bearer': {
    isOpenTo: hasKnock,
    attempt: (at) => join(at, at.person.knockToken),
    expected: (state) => comesIn(state, { knock: true }),
  },
  'joinRoom with knockToken': {
    isOpenTo: hasKnock,
    attempt: (at) => join(at, null, { knockToken: at.person.knockToken }),
    expected: (state) => comesIn(state, { knock: true }),
  },
  'joinRoom with idempotencyKey and the same credential': {
    isOpenTo: hasSession,
    attempt: (at) => join(at, null, { ...own(at.person), idempotencyKey: at.person.key }),
    expected: (state) => comesIn(state, cameWith(state)),
  },
  'joinRoom with idempotencyKey and no credential': {
    isOpenTo: (state) => hasSession(state) && (hasToken(state) || hasKnock(state)),
    attempt: (at) => join(at, null, { idempotencyKey: at.person.key }),
    expected: byKeyAlone,
  },
  'joinRoom with idempotencyKey and the token of somebody else': {
    isOpenTo: hasSession,
    attempt: (at) => join(at, null, { token: at.scene.otherJwt, idempotencyKey: at.person.key }),
    expected: byKeyOfOthers,
  },
} as const satisfies Readonly<Record<string, Way>>;

/** The ways to wait again, and to ask. */
const knocking = {
  'knock with the meeting token': {
    isOpenTo: hasToken,
    attempt: (at) => knock(at, null, { token: at.person.jwt }),
    expected: (state) => mayKnock(state, { token: true }),
  },
  'knock with the knock as bearer': {
    isOpenTo: hasKnock,
    attempt: (at) => knock(at, at.person.knockToken),
    expected: (state) => mayKnock(state, { knock: true }),
  },
  'access with the meeting token': {
    isOpenTo: hasToken,
    attempt: (at) => access(at, null, at.person.jwt),
    expected: (state) => accessOf(mayEnter(state, { token: true })),
  },
  'access with the knock as bearer': {
    isOpenTo: ({ knock: status, session }) => status !== null && session === null,
    attempt: (at) => access(at, at.person.knockToken, null),
    expected: (state) => accessOf(mayEnter(state, { knock: true })),
  },
} as const satisfies Readonly<Record<string, Way>>;

async function told({ server }: At, bearer: string | null, document: string): Promise<string> {
  type Told = { it: { __typename: string; code?: string } | null };
  const { body } = await callerOf(server, bearer ?? undefined).ask<Told>(document);
  return String(body.errors?.[0]?.extensions?.code ?? body.data?.it?.code ?? body.data?.it?.__typename ?? null);
}

const heartbeat = 'mutation { it: heartbeat { __typename ... on Refusal { code } } }';

/** What a credential opens by itself. Which operations these are is the callers' table; here is when it ends. */
const using = {
  'viewer with the session': {
    isOpenTo: hasSession,
    attempt: (at) => told(at, at.person.session, '{ it: viewer { __typename } }'),
    expected: () => 'Participant',
  },
  'viewer with the knock': {
    isOpenTo: hasKnock,
    attempt: (at) => told(at, at.person.knockToken, '{ it: viewer { __typename } }'),
    expected: () => 'KnockRequest',
  },
  'room with the session': {
    isOpenTo: hasSession,
    attempt: (at) => told(at, at.person.session, `{ it: room(name: "${at.scene.room.name}") { __typename } }`),
    expected: ({ session }) => (session === 'INSIDE' ? 'Room' : 'UNAUTHENTICATED'),
  },
  'heartbeat with the session': {
    isOpenTo: hasSession,
    attempt: (at) => told(at, at.person.session, heartbeat),
    expected: ({ session }) => (session === 'INSIDE' ? 'Participant' : 'UNAUTHENTICATED'),
  },
  'heartbeat with the knock': {
    isOpenTo: hasKnock,
    attempt: (at) => told(at, at.person.knockToken, heartbeat),
    expected: ({ knock: status }) =>
      status === 'PENDING' || status === 'ADMITTED' ? 'KnockRequest' : 'UNAUTHENTICATED',
  },
  'knockRequests with the session': {
    isOpenTo: hasSession,
    attempt: (at) => told(at, at.person.session, '{ it: knockRequests { __typename } }'),
    expected: ({ session, decides }) => {
      if (session === 'INSIDE') return decides === null ? 'FORBIDDEN' : 'KnockRequestConnection';
      return decides === 'OWNER' ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED';
    },
  },
} as const satisfies Readonly<Record<string, Way>>;

/** Each of these may change who is where: they are tried by a person each. */
export const waysIn: Readonly<Record<string, Way>> = { ...joining, ...knocking };

/** These change nothing: one person tries them all. */
export const uses: Readonly<Record<string, Way>> = using;
