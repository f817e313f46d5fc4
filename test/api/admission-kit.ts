import { expect } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import type { GraphqlClient, Result, Variables } from '../support/graphql-client.ts';
import { type Caller, callerOf, inputOf, type Seed, seed, withDomain } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What the tests of this folder look at in an answer, whatever type of its union it is. */
export type Outcome = {
  readonly __typename: string;
  readonly code?: string;
  /** The refusal's message, under a name of its own: a knock has one too. */
  readonly problem?: string;
  readonly issues?: readonly { readonly path: readonly string[] }[];
  readonly retryAfterSeconds?: number;
  readonly opensAt?: string | null;
  readonly id?: string;
  readonly name?: string;
  readonly status?: string;
  readonly reason?: string | null;
  readonly position?: number | null;
  readonly knockAgainAt?: string | null;
  readonly knockRequest?: Knock;
  readonly knockRequests?: readonly Knock[];
  readonly knockToken?: string;
  readonly sessionToken?: string;
  readonly mediaGrant?: string;
  readonly jwt?: string;
  readonly secret?: string | null;
  readonly count?: number;
  readonly meetingToken?: { readonly id: string; readonly jti: string; readonly exp: string | null };
  readonly participant?: Participant;
  readonly participants?: readonly Participant[];
  readonly selfSigningKey?: { readonly id: string; readonly kid: string };
};

export type Knock = {
  readonly id: string;
  readonly userName: string;
  readonly userId: string | null;
  readonly verified: boolean;
  readonly message: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly connection: string;
  readonly position: number | null;
  readonly reply: string | null;
  readonly requestedAt: string;
  readonly decidedAt: string | null;
  readonly decidedBy: { readonly kind: string; readonly name: string | null } | null;
  readonly exp: string | null;
  readonly knockAgainAt: string | null;
};

export type Participant = { readonly id: string; readonly userName: string; readonly leaveReason: string | null };

export const knockFields = `id roomName userName userId verified message status reason connection position ownerPresent reply
  lobbyMessage requestedAt decidedAt decidedBy { kind name userId } exp knockAgainAt`;
const participantFields = `id userName userId isOwner verified connection leaveReason willEjectAt
  permissions { hasPresence canSend canReceive { base overrides { userId participantId kinds } } canAdmin }`;
const roomFields = `id name title meetingUrl url privacy nbf exp maxParticipants enableKnocking knockTimeoutSeconds
  knockCooldownSeconds lobbyMessage
  ownerOnlyBroadcast enforceUniqueUserIds ejectAtRoomExp ejectAfterElapsedSeconds startVideoOff startAudioOff enableScreenshare lang
  permissions { hasPresence canSend canReceive { base overrides { userId participantId kinds } } canAdmin }
  ownerPresent participantCount`;
const issues = '... on InvalidInput { issues { path message } }';
const limited = '... on RateLimited { retryAfterSeconds }';
const entering = `${issues} ${limited} ... on EntryRefused { opensAt }`;
const knock = `... on KnockRequest { ${knockFields} } ... on KnockAlreadyDecided { knockRequest { ${knockFields} } }`;
const many = `... on KnocksDecided { knockRequests { ${knockFields} } } ${issues}`;
const room = `... on Room { ${roomFields} } ${issues}`;
const participant = `... on Participant { ${participantFields} }`;

/** Every mutation of this folder: the type of its input, and what is asked for. No type: it takes no input. */
const mutations = {
  createRoom: ['CreateRoomInput', `${room} ${limited}`],
  updateRoom: ['UpdateRoomInput', room],
  setRoomPrivacy: ['SetRoomPrivacyInput', room],
  deleteRoom: ['DeleteRoomInput', '... on DeletedRoom { roomId roomName }'],
  updateDomain: ['UpdateDomainInput', `... on Domain { id } ${issues}`],
  createMeetingToken: [
    'CreateMeetingTokenInput',
    `... on IssuedMeetingToken { jwt joinUrl meetingToken { id jti exp nbf } } ${issues}`,
  ],
  revokeMeetingTokens: ['RevokeMeetingTokensInput', `... on MeetingTokensRevoked { count } ${issues}`],
  addSelfSigningKey: [
    'AddSelfSigningKeyInput',
    `... on AddedSelfSigningKey { secret selfSigningKey { id kid } } ${issues}`,
  ],
  joinRoom: [
    'JoinRoomInput',
    `... on Joined { sessionToken mediaGrant participant { ${participantFields} } room { name } }
     ... on MustKnock { roomName ownerPresent lobbyMessage } ${entering}`,
  ],
  leaveRoom: [null, participant],
  heartbeat: [null, `${participant} ... on KnockRequest { ${knockFields} }`],
  knock: ['KnockInput', `... on Knocked { knockToken knockRequest { ${knockFields} } } ${entering}`],
  cancelKnock: [null, knock],
  admitKnock: ['KnockDecisionInput', `${knock} ${issues}`],
  denyKnock: ['DenyKnockInput', `${knock} ${issues}`],
  recallAdmission: ['RecallAdmissionInput', `... on KnockRequest { ${knockFields} } ${issues}`],
  admitKnocks: ['DecideKnocksInput', many],
  denyKnocks: ['DecideKnocksInput', many],
  replyToKnock: ['ReplyToKnockInput', `${knock} ${issues}`],
  ejectParticipants: [
    'EjectParticipantsInput',
    `... on ParticipantsEjected { participants { id userName leaveReason } } ${issues}`,
  ],
} as const satisfies Record<string, readonly [string | null, string]>;

export type Mutation = keyof typeof mutations;

/** One mutation as a field of a document; under an alias and with a variable of its own it may stand beside others. */
export function fieldOf(name: Mutation, alias: string = name, variable = 'input'): string {
  const [type, selection] = mutations[name];
  const argument = type === null ? '' : `(input: $${variable})`;
  return `${alias}: ${name}${argument} { __typename ${selection} ... on Refusal { code problem: message } }`;
}

/** Carries a mutation out and gives what came of it, refused or not. */
export async function act(caller: Pick<Caller, 'ask' | 'domain'>, name: Mutation, input?: Variables): Promise<Outcome> {
  const [type] = mutations[name];
  const document = `mutation ${type === null ? '' : `($input: ${type}!)`} { ${fieldOf(name)} }`;
  const variables = input === undefined ? {} : { input: inputOf(caller, name, input) };
  const { body } = await caller.ask<Record<string, Outcome>>(document, variables);
  const outcome = body.data?.[name];
  if (outcome) return outcome;
  const [error] = body.errors ?? [];
  return { __typename: 'Error', code: error?.extensions?.code ?? 'none', problem: error?.message ?? '' };
}

export type AccessAnswer = {
  readonly level: string;
  readonly refusal: { readonly code: string; readonly opensAt: string | null } | null;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
};

/** May this caller come in? */
export async function accessOf(
  caller: Pick<Caller, 'ask' | 'domain'>,
  roomName: string,
  token?: string,
): Promise<AccessAnswer> {
  const query = `query ($domain: String, $roomName: String!, $token: String) {
    access(domain: $domain, roomName: $roomName, token: $token) { level refusal { code opensAt } ownerPresent lobbyMessage }
  }`;
  const { body } = await caller.ask<{ access: AccessAnswer }>(query, withDomain(caller, { roomName, token }));
  if (!body.data?.access) throw new Error(`access did not answer: ${JSON.stringify(body)}`);
  return body.data.access;
}

/** Asks for one thing, which must be there. */
export async function read<Data>(caller: Pick<Caller, 'ask'>, query: string, variables: Variables = {}): Promise<Data> {
  const { body } = await caller.ask<Data>(query, variables);
  if (!body.data || body.errors) throw new Error(`nothing to read: ${JSON.stringify(body)}`);
  return body.data;
}

export type House = {
  readonly database: TestDatabase;
  readonly server: TestServer;
  readonly backend: Seed;
  /** Somebody without a credential. */
  readonly anybody: Caller;
};

type Options = Omit<Parameters<typeof startServer>[0], 'databaseUrl'>;

/** A server on a database of its own; a test that moves the clock has one to itself. */
export async function openHouse(options: Options = { rateLimits: false }): Promise<House> {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, ...options });
  return { database, server, backend: seed(server), anybody: callerOf(server) };
}

/** A code of a refusal, or the name of what was answered instead. */
export function codeOf(outcome: Outcome): string {
  return outcome.code ?? outcome.__typename;
}

/** 22 random characters and more, readable in a failed test. */
export function keyNamed(name: string): string {
  return `${name}-0123456789-abcdefghij`;
}

/** Rows of a table, to see that nothing was stored, or exactly what. */
export async function countRows(
  { sql }: TestDatabase,
  table: 'knocks' | 'room_events' | 'webhook_deliveries' | 'participants',
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`;
  expect(row).toBeDefined();
  return row?.count ?? 0;
}

/** A stream of knocks over WebSocket, each as it is shown to this caller. */
export type KnockStream = {
  next(): Promise<Knock>;
  /** Skips what comes before. */
  find(isWanted: (knock: Knock) => boolean): Promise<Knock>;
  /** Waits for the end, and tells what had come before it. */
  ended(): Promise<readonly Knock[]>;
  stop(): Promise<void>;
};

/** The waiting list, as an owner, an admin or the backend follows it. */
export function watchKnocks(caller: Caller, roomName?: string): Promise<KnockStream> {
  const query = `subscription ($roomName: String) { knock: knockRequested(roomName: $roomName) { ${knockFields} } }`;
  return streamOf(caller, query, { roomName });
}

/** A knocker's own knock. */
export function watchOwnKnock(caller: Caller): Promise<KnockStream> {
  return streamOf(caller, `subscription { knock: myKnock { ${knockFields} } }`, {});
}

async function streamOf(caller: Caller, query: string, variables: Variables): Promise<KnockStream> {
  const stream = await caller.ws().subscribe<{ knock: Knock }>(query, variables);
  type Message = Awaited<ReturnType<typeof stream.next>>;
  const knockOf = ({ data, errors }: Message): Knock => {
    if (!data) throw new Error(`no knock: ${JSON.stringify(errors)}`);
    return data.knock;
  };
  return {
    next: async () => knockOf(await stream.next()),
    find: async (isWanted) => knockOf(await stream.find((message) => isWanted(knockOf(message)))),
    ended: async () => (await stream.ended()).map(knockOf),
    stop: () => stream.stop(),
  };
}

/** Another tenant of the same service, with a key that may do everything there. */
export async function openOtherDomain({ database, server }: House, name = 'elsewhere'): Promise<Seed> {
  return (await addDomain(database, server, name)).backend;
}

/** Proxies of this machine, as `trustedProxies`. */
export const loopback = [{ address: '127.0.0.1', prefixLength: 32, family: 'ipv4' }] as const;

export type Asker = { readonly ask: GraphqlClient };

/** Asks as a proxy would for a client at this address. */
export function askFrom(server: Pick<House['server'], 'url'>, address: string, bearer?: string): Asker {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'x-forwarded-for': address,
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  return {
    ask: async <Data>(query: string, variables: Variables = {}) => {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
      // The caller says what it asked for; its assertions say whether it came.
      return { status: response.status, headers: response.headers, body: (await response.json()) as Result<Data> };
    },
  };
}
