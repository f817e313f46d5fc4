import type { Result, Subscription, Variables } from '../support/graphql-client.ts';
import { type Caller, inputOf } from '../support/seed.ts';

export { until } from '../support/until.ts';

/** The doors through which streams come. */
export const streamDoors = ['WebSocket', 'SSE'] as const;
export type StreamDoor = (typeof streamDoors)[number];

/** The second that the contract promises, and one for a machine that is busy with other tests. Milliseconds. */
export const promptly = 2_000;

/** What the tests read of a member of a result union, whichever it is. */
export type Said = {
  readonly __typename: string;
  readonly code?: string;
  readonly issues?: readonly { readonly path: readonly string[] }[];
} & Readonly<Record<string, unknown>>;

const inputTypes: Readonly<Record<string, string>> = {
  admitKnock: 'KnockDecisionInput',
  admitKnocks: 'DecideKnocksInput',
  denyKnocks: 'DecideKnocksInput',
};

/** The document of a mutation with one argument `input`. */
export function mutationWithInput(field: string, selection = ''): string {
  const type = inputTypes[field] ?? `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${field}(input: $input) {
    __typename ... on Refusal { code } ${selection} } }`;
}

/** Carries a mutation out, and gives the member of its union that came. */
export async function change<Answer = Said>(
  caller: Pick<Caller, 'ask' | 'domain'>,
  field: string,
  input: Variables,
  selection = '',
): Promise<Answer> {
  const document = mutationWithInput(field, selection);
  const { body } = await caller.ask<Record<string, Answer>>(document, { input: inputOf(caller, field, input) });
  const answer = body.data?.[field];
  if (answer === undefined) throw new Error(`${field} answered ${JSON.stringify(body.errors)}`);
  return answer;
}

/** Asks a query that must not fail. */
export async function read<Data>(caller: Pick<Caller, 'ask'>, query: string, variables: Variables = {}): Promise<Data> {
  const { body } = await caller.ask<Data>(query, variables);
  if (body.errors || !body.data) throw new Error(`the query failed: ${JSON.stringify(body.errors)}`);
  return body.data;
}

/** The code of a query's only error. */
export async function refusedQuery(caller: Pick<Caller, 'ask'>, query: string, variables: Variables = {}) {
  const { body } = await caller.ask(query, variables);
  return body.errors?.[0]?.extensions?.code;
}

export type Person = {
  readonly id: string;
  readonly userName: string;
  readonly connection: string;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
  readonly leaveReason: string | null;
  readonly permissions: {
    readonly hasPresence: boolean;
    readonly canSend: readonly string[];
    readonly canAdmin: string[];
  };
};

export type Happened = {
  readonly __typename: string;
  readonly cursor: string;
  readonly at: string;
  readonly roomName: string;
  readonly by: { readonly kind: string; readonly name: string | null } | null;
  readonly participant?: Person;
  readonly knockRequest?: { readonly id: string; readonly userName: string };
  readonly status?: string;
  readonly reason?: string | null;
  readonly leaveReason?: string;
  readonly liveStatus?: string;
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly screenShare?: boolean;
  readonly liveStream?: { readonly id: string; readonly destinations: readonly string[] };
  readonly room?: { readonly cursor: string; readonly lang: string };
};

export const personFields =
  'id userName connection audio video screenShare leaveReason permissions { hasPresence canSend canAdmin }';

const eventFields = `__typename cursor at roomName by { kind name }
  ... on RoomCreated { room { cursor lang } } ... on RoomUpdated { room { cursor lang } }
  ... on KnockRequested { knockRequest { id userName } }
  ... on KnockChanged { knockRequest { id userName } status reason }
  ... on ParticipantJoined { participant { ${personFields} } }
  ... on ParticipantUpdated { participant { ${personFields} } }
  ... on ParticipantLeft { participant { ${personFields} } leaveReason: reason }
  ... on MediaRequested { audio video screenShare }
  ... on LiveStreamChanged { liveStream { id destinations } liveStatus: status }`;

const eventsDocument = `subscription ($roomName: String, $after: String) {
  roomEvents(roomName: $roomName, after: $after) { ${eventFields} } }`;

/** A stream whose events are read one by one. */
export type EventStream<Event = Happened> = {
  readonly next: (withinMs?: number) => Promise<Event>;
  /** Skips events until one is as wanted. */
  readonly find: (isWanted: (event: Event) => boolean, withinMs?: number) => Promise<Event>;
  /** What had come and was not read when the stream ended. */
  readonly ended: (withinMs?: number) => Promise<readonly Event[]>;
  /** The code of the error that came in place of an event. */
  readonly refused: () => Promise<unknown>;
  readonly unread: () => number;
  readonly stop: () => Promise<void>;
};

function eventsOf<Event>(field: string, subscription: Subscription<Record<string, Event>>): EventStream<Event> {
  const open = ({ data, errors }: Result<Record<string, Event>>): Event => {
    const event = data?.[field];
    if (event === undefined || event === null) throw new Error(`${field} failed: ${JSON.stringify(errors)}`);
    return event;
  };
  return {
    next: async (withinMs) => open(await subscription.next(withinMs)),
    find: async (isWanted, withinMs) => open(await subscription.find((message) => isWanted(open(message)), withinMs)),
    ended: async (withinMs) => (await subscription.ended(withinMs)).map(open),
    refused: async () => (await subscription.next()).errors?.[0]?.extensions?.code,
    unread: () => subscription.unread,
    stop: () => subscription.stop(),
  };
}

/** Subscribes through one of the doors. */
export async function subscribe<Event>(
  caller: Caller,
  door: StreamDoor,
  field: string,
  document: string,
  variables: Variables = {},
): Promise<EventStream<Event>> {
  const client = door === 'WebSocket' ? caller.ws() : caller.sse();
  return eventsOf(field, await client.subscribe<Record<string, Event>>(document, variables));
}

/** Follows a room from after a cursor, or from now on. */
export function followRoom(
  caller: Caller,
  variables: { readonly roomName?: string; readonly after?: string } = {},
  door: StreamDoor = 'WebSocket',
): Promise<EventStream> {
  return subscribe<Happened>(caller, door, 'roomEvents', eventsDocument, variables);
}

export type KnockShown = {
  readonly id: string;
  readonly roomName: string;
  readonly userName: string;
  readonly status: string;
  readonly reason: string | null;
  readonly position: number | null;
  readonly ownerPresent: boolean;
  readonly reply: string | null;
  readonly lobbyMessage: string | null;
  readonly connection: string;
};

const knockFields = 'id roomName userName status reason position ownerPresent reply lobbyMessage connection';

export function followKnocks(caller: Caller, roomName?: string, door: StreamDoor = 'WebSocket') {
  const document = `subscription ($roomName: String) { knockRequested(roomName: $roomName) { ${knockFields} } }`;
  return subscribe<KnockShown>(caller, door, 'knockRequested', document, roomName === undefined ? {} : { roomName });
}

export function followOwnKnock(caller: Caller, door: StreamDoor = 'WebSocket') {
  return subscribe<KnockShown>(caller, door, 'myKnock', `subscription { myKnock { ${knockFields} } }`);
}

/**
 * Follows its room as somebody inside, who was let in after the cursor. Its own coming is the first that comes, or `Resync` where a guest
 * is not told what was before: from then on the stream is known to be open, at whichever door.
 */
export async function followFromJoining(
  person: Caller & { readonly id: string },
  after: string,
  door: StreamDoor = 'WebSocket',
): Promise<EventStream> {
  const stream = await followRoom(person, { after }, door);
  await stream.find(
    ({ __typename, participant }) =>
      __typename === 'Resync' || (__typename === 'ParticipantJoined' && participant?.id === person.id),
  );
  return stream;
}

/** Where the room stands now. */
export async function cursorOf(caller: Pick<Caller, 'ask'>, roomName: string): Promise<string> {
  const query = 'query ($name: String!) { room(name: $name) { cursor } }';
  return (await read<{ room: { cursor: string } }>(caller, query, { name: roomName })).room.cursor;
}

/** How a session looks to the backend, ended ones too. */
export async function personOf(backend: Pick<Caller, 'ask'>, id: string): Promise<Person> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Participant { ${personFields} } } }`;
  return (await read<{ node: Person }>(backend, query, { id })).node;
}
