import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { documentFor, rootFields } from '../security/every-operation.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Result, Variables } from '../support/graphql-client.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { type Caller, callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import type { WsClient } from '../support/ws-client.ts';
import { change } from './room-kit.ts';

/** What anybody may ask. A new root field is not among them: it takes a credential until somebody says otherwise here. */
const open = new Set(['access', 'doorPage', 'joinRoom', 'knock', 'viewer']);
/** What ends a credential says once more how it ended, to the one that it ended. */
const ending: Readonly<Record<string, readonly string[]>> = {
  leaveRoom: ['the session of a guest who left', 'the session of an owner who left'],
  cancelKnock: ['the token of a knock that was cancelled'],
};
/** What takes being in the room: of its own room an owner who has left is told that. */
const takesBeingInside = new Set([
  ...['updateRoom', 'setRoomPrivacy', 'startLiveStream', 'stopLiveStream'],
  ...['admitKnock', 'denyKnock', 'replyToKnock', 'admitKnocks', 'denyKnocks', 'recallAdmission'],
  ...['knockRequests', 'knockRequested'],
  ...['updateParticipant', 'updateParticipants', 'ejectParticipants', 'returnToLobby', 'liftBan'],
]);

const fields = rootFields.filter((field) => !open.has(field));
const subscriptions = new Set(Object.keys(schema.getSubscriptionType()?.getFields() ?? {}));

const badNames = [
  'no credential',
  'a session token that is not known',
  'a knock token that is not known',
  'an API key that is not known',
  'a text that is no credential',
  'an API key that was revoked',
  'an API key that has expired',
  'the session of a guest who left',
  'the session of an owner who left',
  'the token of a knock that was cancelled',
] as const;
type BadName = (typeof badNames)[number];

const asked = ['its own room', 'another room', 'a room that is not', 'what cannot be read'] as const;
type Asked = (typeof asked)[number];

type Data = Readonly<Record<string, unknown>>;

let callers: ReadonlyMap<BadName, Caller>;
const sockets = new Map<BadName, WsClient>();
let roomNames: Readonly<Record<Asked, string>>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const [own, other] = [await backend.waitingRoom(), await backend.waitingRoom()];
  const [guest, owner, knocker] = [await own.guest(), await own.owner(), await own.knocker()];
  for (const person of [guest, owner]) await person.ask('mutation { leaveRoom { __typename } }');
  await knocker.ask('mutation { cancelKnock { __typename } }');
  const keys = [await newKey(), await newKey()] as const;
  const revoke = 'mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { __typename } }';
  await backend.ask(revoke, { id: keys[0].apiKey.id });
  await database.sql`update api_keys set exp = now() - interval '1 second' where prefix = ${keys[1].apiKey.prefix}`;
  callers = new Map<BadName, Caller>([
    ['no credential', callerOf(server)],
    ['a session token that is not known', callerOf(server, `vs_${'x'.repeat(43)}`)],
    ['a knock token that is not known', callerOf(server, `vq_${'x'.repeat(43)}`)],
    ['an API key that is not known', callerOf(server, `vk_unknown_${'x'.repeat(43)}`)],
    ['a text that is no credential', callerOf(server, 'let-me-in')],
    ['an API key that was revoked', callerOf(server, keys[0].secret)],
    ['an API key that has expired', callerOf(server, keys[1].secret)],
    ['the session of a guest who left', guest],
    ['the session of an owner who left', owner],
    ['the token of a knock that was cancelled', knocker],
  ]);
  for (const [name, caller] of callers) sockets.set(name, caller.ws());
  roomNames = {
    'its own room': own.name,
    'another room': other.name,
    'a room that is not': 'no-such-room',
    'what cannot be read': 'nul \u0000',
  };

  function newKey() {
    return change<{ apiKey: { id: string; prefix: string }; secret: string }>(
      backend,
      'createApiKey',
      { name: 'bad', scopes: ['ADMIN'] },
      '... on CreatedApiKey { apiKey { id prefix } secret }',
    );
  }
});

/** Every text is one that no field may store, where the question is one that cannot be read. */
function variablesFor(field: string, what: Asked): Variables {
  const text = what === 'what cannot be read' ? 'nul \u0000' : 'some text';
  return sampleVariables(field, { roomName: roomNames[what], text, id: 'no id' });
}

function codeOf({ data, errors }: Result, field: string): unknown {
  const answer = data?.[field];
  const why = typeof answer === 'object' && answer !== null && 'code' in answer ? answer.code : 'not refused';
  return errors?.[0]?.extensions?.code ?? why;
}

function expected(field: string, name: BadName, what: Asked): string {
  const isOwn = what === 'its own room' || !JSON.stringify(variablesFor(field, what)).includes('"roomName"');
  const wasOwner = name === 'the session of an owner who left' && isOwn;
  return wasOwner && takesBeingInside.has(field) ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED';
}

async function answersOf(field: string, name: BadName, ask: (variables: Variables) => Promise<Result>) {
  const codes: Record<string, unknown> = {};
  for (const what of asked) codes[what] = codeOf(await ask(variablesFor(field, what)), field);
  const wanted = asked.map((what) => [what, expected(field, name, what)] as const);
  return { codes, wanted: Object.fromEntries(wanted) };
}

function found<Value>(map: ReadonlyMap<BadName, Value>, name: BadName): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`nobody has ${name}`);
  return value;
}

describe.each(badNames)('with %s', (name) => {
  const refused = fields.filter((field) => !ending[field]?.includes(name));

  test.each(refused)('%s refuses whoever asks before it looks at what is asked, through WebSocket', async (field) => {
    const socket = found(sockets, name);
    const { codes, wanted } = await answersOf(field, name, async (variables) =>
      (await socket.subscribe<Data>(documentFor(field, { depth: 0 }), variables)).next(),
    );
    expect(codes).toEqual(wanted);
  });

  test.each(refused)('%s does the same through plain HTTP, or server-sent events', async (field) => {
    const caller = found(callers, name);
    const { codes, wanted } = await answersOf(field, name, async (variables) => {
      const document = documentFor(field, { depth: 0 });
      if (!subscriptions.has(field)) return (await caller.ask<Data>(document, variables)).body;
      return (await caller.sse().subscribe<Data>(document, variables)).next();
    });
    expect(codes).toEqual(wanted);
  });
});

test('each field that is named here is one of the API', () => {
  const named = [...open, ...Object.keys(ending), ...takesBeingInside];
  expect(named.filter((field) => !rootFields.includes(field))).toEqual([]);
});
