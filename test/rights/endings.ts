import { change, read } from '../api/room-kit.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import type { Person, Scene, Standing } from './people.ts';
import type { State } from './state.ts';

/** How a right ends: whose it can end, how it is ended, and what the contract says is left. */
export type Ending = {
  readonly name: string;
  readonly canMeet: (state: State) => boolean;
  /** Ends the right of all of them. */
  readonly bring: (server: TestServer, people: readonly Person[], scene: Scene) => Promise<unknown>;
  readonly leaves: (state: State) => State;
  /** It may be heard of late at a process that has nothing to do with the room. */
  readonly isOfDomain?: true;
};

type Endings = Readonly<Record<string, Omit<Ending, 'name'>>>;

const asBackend = (server: TestServer) => callerOf(server, server.apiKey);

/** Carries a mutation out that must succeed. */
async function done(caller: ReturnType<typeof callerOf>, field: string, input: Variables, selection = '') {
  const answer = await change(caller, field, input, selection);
  if (answer.code !== undefined) throw new Error(`${field} was not done: ${JSON.stringify(answer)}`);
  return answer;
}

/** For endings that are brought to one after the other. */
const toEach =
  (bring: (server: TestServer, person: Person, scene: Scene) => Promise<unknown>): Ending['bring'] =>
  (server, people, scene) =>
    Promise.all(people.map((person) => bring(server, person, scene)));

const revoke = (which: (people: readonly Person[], scene: Scene) => Variables): Ending['bring'] => {
  return (server, people, scene) => done(asBackend(server), 'revokeMeetingTokens', which(people, scene));
};
const eject = (which: (people: readonly Person[]) => Variables): Ending['bring'] => {
  return (server, people, { room }) =>
    done(asBackend(server), 'ejectParticipants', { roomName: room.name, ...which(people) });
};

const putOut = (state: State): State => ({
  ...state,
  session: state.session === null ? null : 'OVER',
  knock: state.knock === 'ADMITTED' ? 'EXPIRED' : state.knock,
});
/** A ban turns away who waits. */
const turnAway = (state: State): State => ({
  ...state,
  knock: state.knock === 'PENDING' ? 'TURNED_AWAY' : state.knock,
});

const isIssued = ({ token }: State) => token === 'GOOD';
const isInside = ({ session }: State) => session === 'INSIDE';
const isKnown = ({ session, token, knock }: State) => session !== null && (token !== null || knock !== null);
const revoked = (state: State): State => ({ ...state, token: 'TOKEN_REVOKED' });
const byId = (people: readonly Person[]) => ({ participantIds: people.map(({ participantId }) => participantId) });
const byUserId = (people: readonly Person[]) => ({ userIds: people.map(({ userId }) => userId) });
const jtisOf = (people: readonly Person[]) => people.map(({ jti }) => jti);

/** The token that somebody shows is taken back. */
const ofTokens = {
  'the token is revoked by its jti': {
    canMeet: isIssued,
    bring: revoke((people) => ({ jtis: jtisOf(people) })),
    leaves: revoked,
    isOfDomain: true,
  },
  'the tokens of the room are revoked': {
    canMeet: isIssued,
    bring: revoke((_people, { room }) => ({ roomName: room.name })),
    leaves: (state) => ({ ...revoked(state), otherToken: 'TOKEN_REVOKED' }),
  },
  'the tokens of the person are revoked': {
    canMeet: isIssued,
    bring: toEach((server, { userId }) => done(asBackend(server), 'revokeMeetingTokens', { userId })),
    leaves: revoked,
  },
  'the token is revoked and its holder ejected': {
    canMeet: isIssued,
    bring: revoke((people) => ({ jtis: jtisOf(people), eject: true })),
    leaves: (state) => revoked(state.session === 'INSIDE' ? putOut(state) : state),
  },
} as const satisfies Endings;

const signatures = {
  'the self-signing key is revoked': {
    canMeet: isIssued,
    bring: async (server, _people, { signing }) => {
      const document =
        'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { ... on SelfSigningKey { id } } }';
      await read(asBackend(server), document, { id: signing.id });
    },
    // Who waits on its word waits as nobody in particular; what was admitted on it is over.
    leaves: (state) => ({
      ...admissionOver(state),
      token: 'TOKEN_INVALID',
      isVouched: state.isVouched && state.knock !== 'PENDING',
    }),
    isOfDomain: true,
  },
} as const satisfies Endings;

/** The session ends. */
const ofSessions = {
  'they leave': {
    canMeet: isInside,
    bring: toEach((server, { session }) =>
      read(callerOf(server, session ?? ''), 'mutation { leaveRoom { __typename } }'),
    ),
    leaves: (state) => ({ ...state, session: 'OVER' }),
  },
  'they are ejected': { canMeet: (state) => state.session !== null, bring: eject(byId), leaves: putOut },
  'they are banned': {
    canMeet: isKnown,
    bring: eject((people) => ({ ...byId(people), ban: true })),
    // The ban speaks of itself to who lost the connection and shows the session.
    leaves: (state) => ({ ...(state.session === 'LOST' ? admissionOver(state) : putOut(state)), isBanned: true }),
  },
  'a newcomer takes their userId': {
    canMeet: (state) => isInside(state) && state.token !== null,
    bring: toEach(async (server, { userId }, { room }) => {
      await done(asBackend(server), 'updateRoom', { roomName: room.name, settings: { enforceUniqueUserIds: true } });
      const { jwt: token } = await room.token({ userId });
      await done(callerOf(server), 'joinRoom', { roomName: room.name, token });
    }),
    leaves: (state) => ({ ...state, session: 'OVER' }),
  },
  'they lose canAdmin': {
    canMeet: ({ session, decides }) => session === 'INSIDE' && decides === 'ADMIN',
    bring: (server, people, { room }) =>
      done(asBackend(server), 'updateParticipants', {
        roomName: room.name,
        ...byId(people),
        permissions: { canAdmin: [] },
      }),
    leaves: (state) => ({ ...state, decides: null }),
  },
} as const satisfies Endings;

const banUserIds = eject((people) => ({ ...byUserId(people), ban: true }));

/** The knock, or the admission that came of it, ends. */
const ofKnocks = {
  'the knock is denied': {
    canMeet: ({ knock }) => knock === 'PENDING',
    bring: toEach((server, { knockId }) => done(asBackend(server), 'denyKnock', { knockId })),
    leaves: (state) => ({ ...state, knock: 'DENIED' }),
  },
  'the knock is denied with a ban': {
    canMeet: ({ knock }) => knock === 'PENDING',
    bring: toEach((server, { knockId }) => done(asBackend(server), 'denyKnock', { knockId, ban: true })),
    leaves: (state) => ({ ...state, knock: 'DENIED', isBanned: true }),
  },
  'they take the knock back': {
    canMeet: ({ knock }) => knock === 'PENDING',
    bring: toEach((server, { knockToken }) =>
      read(callerOf(server, knockToken ?? ''), 'mutation { cancelKnock { __typename } }'),
    ),
    leaves: (state) => ({ ...state, knock: 'CANCELLED' }),
  },
  'the admission is taken back': {
    canMeet: ({ knock, session }) => knock === 'ADMITTED' && session !== 'INSIDE',
    bring: toEach((server, { knockId }) => done(asBackend(server), 'recallAdmission', { knockId })),
    leaves: admissionOver,
  },
  'their userId is banned': {
    canMeet: ({ token }) => token !== null,
    bring: banUserIds,
    leaves: (state) =>
      turnAway({ ...(state.session === 'LOST' ? admissionOver(state) : putOut(state)), isBanned: true }),
  },
  'the ban of their userId is lifted': {
    canMeet: ({ token, session }) => token !== null && session !== 'LOST',
    bring: async (server, people, scene) => {
      await banUserIds(server, people, scene);
      await liftBans(server, scene);
    },
    leaves: (state) => turnAway(putOut(state)),
  },
} as const satisfies Endings;

function admissionOver(state: State): State {
  return { ...state, knock: state.knock === 'ADMITTED' ? 'EXPIRED' : state.knock };
}

async function liftBans(server: TestServer, { room }: Scene): Promise<void> {
  type Bans = { readonly room: { readonly bans: { readonly nodes: readonly { readonly id: string }[] } } };
  const backend = asBackend(server);
  const query = 'query ($name: String!) { room(name: $name) { bans { nodes { id } } } }';
  const { nodes } = (await read<Bans>(backend, query, { name: room.name })).room.bans;
  if (nodes.length === 0) throw new Error('nobody is banned');
  for (const { id } of nodes)
    await read(backend, 'mutation ($id: ID!) { liftBan(banId: $id) { ... on Ban { id } } }', { id });
}

/** The room changes under everybody. */
const ofRooms = {
  'the room goes private': {
    canMeet: ({ room }) => room === 'PUBLIC',
    bring: (server, _people, { room }) =>
      done(asBackend(server), 'setRoomPrivacy', { roomName: room.name, privacy: 'PRIVATE', enableKnocking: true }),
    leaves: (state) => ({ ...state, room: 'PRIVATE' }),
  },
  'the room is deleted': {
    canMeet: () => true,
    bring: (server, _people, { room }) => done(asBackend(server), 'deleteRoom', { roomName: room.name }),
    leaves: (state) => ({
      ...state,
      room: 'DELETED',
      session: state.session === null ? null : 'OVER',
      knock: state.knock === null ? null : 'EXPIRED',
    }),
  },
} as const satisfies Endings;

/** For comparison: nothing has ended, and every way stands open that should. */
const none = {
  'nothing ends': { canMeet: () => true, bring: async () => undefined, leaves: (state) => state, isOfDomain: true },
} as const satisfies Endings;

const all: Endings = {
  ...none,
  ...ofTokens,
  ...signatures,
  ...ofSessions,
  ...ofKnocks,
  ...ofRooms,
};

/**
 * The endings that somebody who stands so can meet. Only who shows a self-signed token rests on its key; a knock with one differs from a
 * knock with another token in nothing else.
 */
export function endingsOf({ state, isSelfSigned }: Pick<Standing, 'state' | 'isSelfSigned'>): readonly Ending[] {
  const others = isSelfSigned && state.knock !== null ? { ...none, ...ofTokens } : all;
  return Object.entries<Omit<Ending, 'name'>>(isSelfSigned ? { ...others, ...signatures } : others)
    .filter(([name, { canMeet }]) => canMeet(state) && (isSelfSigned || !Object.hasOwn(signatures, name)))
    .map(([name, ending]) => ({ name, ...ending }));
}

/** Every ending by its name. */
export const endingNames = Object.keys(all);
