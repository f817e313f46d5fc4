import { randomBytes } from 'node:crypto';
import { type GraphqlClient, graphqlClient, type SseClient, sseClient, type Variables } from './graphql-client.ts';
import * as operations from './operations.ts';
import type { TestServer } from './server.ts';
import { type WsClient, wsClient } from './ws-client.ts';

/** Somebody with a credential of their own, or with none, and the three doors. */
export type Caller = {
  readonly ask: GraphqlClient;
  readonly ws: () => WsClient;
  readonly sse: () => SseClient;
};

/** Makes what a test starts from, by the public API alone. Rooms have names of their own, so that tests do not meet. */
export type Seed = Caller & {
  readonly apiKey: string;
  /** Another key of the same domain, with these scopes only. */
  key(scopes: readonly string[]): Promise<Seed>;
  room(settings?: Variables): Promise<RoomSeed>;
  /** A private room that takes knocks. */
  waitingRoom(settings?: Variables): Promise<RoomSeed>;
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

export type TokenSeed = operations.Issued;

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

/** A caller with this bearer, or with none. */
export function callerOf(server: Pick<TestServer, 'url'>, bearer?: string): Caller {
  return {
    ask: graphqlClient(server.url, bearer),
    ws: () => wsClient(server.url, bearer),
    sse: () => sseClient(server.url, bearer),
  };
}

/** Where somebody comes in, and the domain that they must name without a credential, where there are several. */
type Door = Pick<TestServer, 'url'> & { readonly domain?: string };

/** Starts from a server, as its domain's backend. */
export function seed(server: Door & Pick<TestServer, 'apiKey'>): Seed {
  return seedWith(server, server.apiKey);
}

function seedWith(server: Door, apiKey: string): Seed {
  const caller = callerOf(server, apiKey);
  const room = async (settings: Variables = {}) => {
    const input = { name: `room-${randomBytes(8).toString('hex')}`, settings };
    const made = await perform(caller.ask, operations.createRoom, input);
    return roomSeed(server, backend, made);
  };
  const backend: Seed = {
    ...caller,
    apiKey,
    room,
    waitingRoom: (settings = {}) => room({ privacy: 'PRIVATE', enableKnocking: true, ...settings }),
    async key(scopes) {
      const made = await perform(caller.ask, operations.createApiKey, { name: `key for ${scopes.join(' ')}`, scopes });
      return seedWith(server, made.secret);
    },
  };
  return backend;
}

function roomSeed(server: Door, backend: Seed, room: operations.RoomMade): RoomSeed {
  const token = (claims: Variables = {}) =>
    perform(backend.ask, operations.createMeetingToken, { roomName: room.name, ...claims });
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
  const joined = await perform(callerOf(server).ask, operations.joinRoom, withDomain(server, input));
  return {
    ...callerOf(server, joined.sessionToken),
    id: joined.participant.id,
    sessionToken: joined.sessionToken,
    mediaGrant: joined.mediaGrant,
  };
}

async function knock(server: Door, input: Variables): Promise<KnockerSeed> {
  const { knockRequest, knockToken } = await perform(callerOf(server).ask, operations.knock, withDomain(server, input));
  return {
    ...callerOf(server, knockToken),
    knockId: knockRequest.id,
    knockToken,
    enter: () => joinRoom(server, { roomName: input.roomName, knockToken }),
  };
}

const withDomain = ({ domain }: Door, input: Variables): Variables =>
  domain === undefined ? input : { domain, ...input };

/** Carries out a mutation that must succeed: a refusal ends the test with its code. */
async function perform<Made>(
  ask: GraphqlClient,
  operation: operations.Operation<Made>,
  input: Variables,
): Promise<Made> {
  const { status, body } = await ask<Record<string, unknown>>(operation.document, { input });
  const result = operation.success.safeParse(body.data?.[operation.field]);
  if (result.success) return result.data;
  throw new Error(`${operation.field} was not done (HTTP ${status}): ${JSON.stringify(body)}`);
}
