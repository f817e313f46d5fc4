import { randomBytes } from 'node:crypto';
import * as operations from './generated/operations.ts';
import { type GraphqlClient, graphqlClient, type SseClient, sseClient, type Variables } from './graphql-client.ts';
import type { TestServer } from './server.ts';
import { type WsClient, wsClient } from './ws-client.ts';

/** Somebody with a credential of their own, or with none, and the three doors. */
export type Caller = {
  /** The domain that they name at a door, where the service has several. */
  readonly domain?: string;
  /** Their credential; undefined: none. */
  readonly bearer?: string | undefined;
  readonly ask: GraphqlClient;
  readonly ws: () => WsClient;
  readonly sse: () => SseClient;
};

/** Makes what a test starts from, by the public API alone. Rooms have names of their own, so that tests do not meet. */
export type Seed = Caller & {
  readonly apiKey: string;
  /** Another key of the same domain, with these scopes only. */
  key(scopes: readonly string[]): Promise<Seed>;
  /** Under a name of its own, where none is said. */
  room(settings?: Variables, name?: string): Promise<RoomSeed>;
  /** A private room that takes knocks. */
  waitingRoom(settings?: Variables, name?: string): Promise<RoomSeed>;
};

export type RoomSeed = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** The domain's backend. */
  readonly backend: Seed;
  /** A meeting token for this room. */
  token(claims?: Variables): Promise<TokenSeed>;
  /** Joins with an owner's token. */
  owner(claims?: Variables): Promise<ParticipantSeed>;
  /** Joins with a token that lets in and nothing more. */
  guest(claims?: Variables): Promise<ParticipantSeed>;
  /** Joins with whatever the input says. */
  join(input?: Variables): Promise<ParticipantSeed>;
  /** Knocks, without any credential. */
  knocker(input?: Variables): Promise<KnockerSeed>;
};

export type TokenSeed = Made<operations.CreateMeetingTokenMutation, 'IssuedMeetingToken'>;

export type ParticipantSeed = Caller & {
  readonly id: string;
  readonly sessionToken: string;
  readonly mediaGrant: string;
};

export type KnockerSeed = Caller & {
  readonly knockId: string;
  readonly knockToken: string;
  /** Joins, once admitted. */
  enter(): Promise<ParticipantSeed>;
};

/** Where somebody comes in, and the domain that they must name without a credential, where there are several. */
type Door = Pick<TestServer, 'url'> & { readonly domain?: string };

/** A caller with this bearer, or with none. */
export function callerOf(server: Door, bearer?: string): Caller {
  return {
    ...(server.domain === undefined ? {} : { domain: server.domain }),
    bearer,
    ask: graphqlClient(server.url, bearer),
    ws: () => wsClient(server.url, bearer),
    sse: () => sseClient(server.url, bearer),
  };
}

/** Starts from a server, as its domain's backend. */
export function seed(server: Door & Pick<TestServer, 'apiKey'>): Seed {
  return seedWith(server, server.apiKey);
}

function seedWith(server: Door, apiKey: string): Seed {
  const caller = callerOf(server, apiKey);
  const room = async (settings: Variables = {}, name = `room-${randomBytes(8).toString('hex')}`) => {
    const input = { name, settings };
    const made = await perform(caller.ask, operations.CreateRoomDocument, 'Room', input);
    return roomSeed(server, backend, made);
  };
  const backend: Seed = {
    ...caller,
    apiKey,
    room,
    waitingRoom: (settings = {}, name) => room({ privacy: 'PRIVATE', enableKnocking: true, ...settings }, name),
    async key(scopes) {
      const made = await perform(caller.ask, operations.CreateApiKeyDocument, 'CreatedApiKey', {
        name: `key for ${scopes.join(' ')}`,
        scopes,
      });
      return seedWith(server, made.secret);
    },
  };
  return backend;
}

function roomSeed(server: Door, backend: Seed, room: Made<operations.CreateRoomMutation, 'Room'>): RoomSeed {
  const token = (claims: Variables = {}) =>
    perform(backend.ask, operations.CreateMeetingTokenDocument, 'IssuedMeetingToken', {
      roomName: room.name,
      ...claims,
    });
  const join = (input: Variables = {}) => joinRoom(server, { roomName: room.name, ...input });
  const joinWith = async (claims: Variables) => join({ token: (await token(claims)).jwt });
  return {
    ...room,
    backend,
    token,
    join,
    owner: (claims = {}) => joinWith({ isOwner: true, userName: 'Olga Owner', ...claims }),
    guest: (claims = {}) => joinWith({ userName: 'Gustav Guest', ...claims }),
    knocker: (input = {}) => knock(server, { roomName: room.name, userName: 'Nora Knocker', ...input }),
  };
}

async function joinRoom(server: Door, input: Variables): Promise<ParticipantSeed> {
  const joined = await perform(callerOf(server).ask, operations.JoinRoomDocument, 'Joined', withDomain(server, input));
  return {
    ...callerOf(server, joined.sessionToken),
    id: joined.participant.id,
    sessionToken: joined.sessionToken,
    mediaGrant: joined.mediaGrant,
  };
}

async function knock(server: Door, input: Variables): Promise<KnockerSeed> {
  const { knockRequest, knockToken } = await perform(
    callerOf(server).ask,
    operations.KnockDocument,
    'Knocked',
    withDomain(server, input),
  );
  return {
    ...callerOf(server, knockToken),
    knockId: knockRequest.id,
    knockToken,
    enter: () => joinRoom(server, { roomName: input.roomName, knockToken }),
  };
}

/** What somebody at a door says of the domain, if they must. */
export const withDomain = ({ domain }: Pick<Door, 'domain'>, input: Variables): Variables =>
  domain === undefined ? input : { domain, ...input };

const takesDomain: ReadonlySet<string> = new Set(['joinRoom', 'knock']);

/** The input of a mutation, as this caller sends it: what anybody may ask names the domain, where there are several. */
export const inputOf = (caller: Pick<Caller, 'domain'>, mutation: string, input: Variables): Variables =>
  takesDomain.has(mutation) ? withDomain(caller, input) : input;

/** The member of this name in the result union of a mutation. */
type Made<Data, Name extends string> = Extract<Data[keyof Data], { readonly __typename: Name }>;

/** Carries out a mutation that must succeed, which the member of this name means: a refusal ends the test with its code. */
async function perform<Data extends object, Input, Name extends string>(
  ask: GraphqlClient,
  document: operations.TypedDocument<Data, Input>,
  success: Name,
  input: Variables,
): Promise<Made<Data, Name>> {
  const { status, body } = await ask<Data>(document, { input });
  const isMade = (member: unknown): member is Made<Data, Name> => Object(member).__typename === success;
  const made = Object.values(body.data ?? {}).find(isMade);
  if (made !== undefined) return made;
  throw new Error(`${success} did not come of it (HTTP ${status}): ${JSON.stringify(body)}`);
}
