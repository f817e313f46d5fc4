import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { act, countRows, type House, knockFields, openHouse, openOtherDomain } from './admission-kit.ts';

// A meeting token that was revoked × every state that a name may be in × every operation that is asked about a name, at one process and
// another: the answer is the same, and so tells nothing of the room.

const roomStates = [
  'missing',
  'private',
  'private, with knocking',
  'public',
  'full',
  'not open yet',
  'deleted',
  'expired',
  'deleted, and the name used again',
  'of another domain',
] as const;
type RoomState = (typeof roomStates)[number];

const tokenForms = [
  'for any room',
  'for any room, of an owner',
  'for another room',
  'that only vouches for who knocks',
  'signed by the backend for this very name',
  'signed by the backend for this very name, and revoked with all of its user',
] as const;
type TokenForm = (typeof tokenForms)[number];

let house: House;
let servers: readonly TestServer[];
let signing: { readonly kid: string; readonly secret: string };
const nameOf = new Map<RoomState, string>();

async function makeRoom(state: Exclude<RoomState, 'missing' | 'of another domain'>): Promise<string> {
  const { backend } = house;
  const settings = { privacy: 'PRIVATE', lobbyMessage: 'A secret message' };
  const again = state === 'deleted, and the name used again';
  const room = await backend.room({
    ...settings,
    ...(state === 'private, with knocking' ? { enableKnocking: true } : {}),
    ...(state === 'public' || state === 'full' ? { privacy: 'PUBLIC' } : {}),
    ...(state === 'full' ? { maxParticipants: 1 } : {}),
    ...(state === 'not open yet' ? { nbf: new Date(Date.now() + 3_600_000) } : {}),
  });
  if (state !== 'not open yet') await room.owner();
  if (state === 'expired') {
    await house.database
      .sql`update rooms set exp = app_now() - interval '1 minute', due_at = app_now() where id = (select id from rooms
      where name = ${room.name})`;
  }
  if (state === 'deleted' || again) await act(backend, 'deleteRoom', { roomName: room.name });
  if (again) await act(backend, 'createRoom', { name: room.name, settings });
  return room.name;
}

beforeAll(async () => {
  const options = { rateLimits: false, publicUrl: 'http://vestibule.test' };
  house = await openHouse(options);
  servers = [house.server, await startServer({ databaseUrl: house.database.url, ...options })];
  const { selfSigningKey, secret } = await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  signing = { kid: selfSigningKey?.kid ?? '', secret: secret ?? '' };
  for (const state of roomStates) {
    if (state === 'missing') nameOf.set(state, 'there-is-none-of-this');
    else if (state === 'of another domain') {
      const elsewhere = await openOtherDomain(house);
      const { name = '' } = await act(elsewhere, 'createRoom', { settings: { privacy: 'PUBLIC' } });
      nameOf.set(state, name);
    } else nameOf.set(state, await makeRoom(state));
  }
});

const revoke = (input: Variables) => act(house.backend, 'revokeMeetingTokens', input);

async function issued(claims: Variables): Promise<string> {
  const { jwt = '', meetingToken } = await act(house.backend, 'createMeetingToken', claims);
  expect(await revoke({ jtis: [meetingToken?.jti] })).toMatchObject({ count: 1 });
  return jwt;
}

/** A token of this form that was revoked. */
async function revoked(form: TokenForm, roomName: string): Promise<string> {
  const userId = crypto.randomUUID();
  switch (form) {
    case 'for any room':
      return issued({ anyRoom: true, userId });
    case 'for any room, of an owner':
      return issued({ anyRoom: true, userId, isOwner: true });
    case 'that only vouches for who knocks':
      return issued({ anyRoom: true, userId, knocking: true });
    case 'for another room':
      return issued({ roomName: (await house.backend.room()).name, userId });
    case 'signed by the backend for this very name':
    case 'signed by the backend for this very name, and revoked with all of its user': {
      const jti = `self-${userId}`;
      const sign = createSigner({ key: signing.secret, algorithm: 'HS256', kid: signing.kid });
      const jwt = sign({ d: 'default', r: roomName, ud: userId, jti, exp: Math.floor(Date.now() / 1000) + 3600 });
      await revoke(form.endsWith('user') ? { userId } : { jtis: [jti] });
      return jwt;
    }
    default:
      return form satisfies never;
  }
}

const around = 'level refusal { code message opensAt } ownerPresent lobbyMessage lang knockAgainAt';
const refusal = '__typename ... on Refusal { code message } ... on EntryRefused { opensAt }';
type Asked = { readonly roomName: string; readonly token: string };

/** Every operation that is asked about a name with a meeting token: its document, who asks, and where its answer says why. */
const operations = {
  access: {
    document: `query ($roomName: String!, $token: String) { it: access(roomName: $roomName, token: $token) { ${around} } }`,
    isBackend: false,
    variables: (asked: Asked): Variables => asked,
  },
  joinRoom: {
    document: `mutation ($input: JoinRoomInput!) { it: joinRoom(input: $input) { ${refusal}
      ... on MustKnock { roomName ownerPresent lobbyMessage } } }`,
    isBackend: false,
    variables: (asked: Asked): Variables => ({ input: asked }),
  },
  knock: {
    document: `mutation ($input: KnockInput!) { it: knock(input: $input) { ${refusal}
      ... on Knocked { knockRequest { ${knockFields} } } } }`,
    isBackend: false,
    variables: (asked: Asked): Variables => ({ input: { ...asked, userName: 'Nora' } }),
  },
  explainEntry: {
    document: `query ($roomName: String!, $token: String) { it: explainEntry(roomName: $roomName, token: $token) {
      access { ${around} } steps { rule passed } } }`,
    isBackend: true,
    variables: (asked: Asked): Variables => asked,
  },
} as const;
const operationNames = ['access', 'joinRoom', 'knock', 'explainEntry'] as const;

function ask(server: TestServer, operation: (typeof operationNames)[number], asked: Asked) {
  const { document, isBackend, variables } = operations[operation];
  const caller = callerOf(server, isBackend ? house.backend.apiKey : undefined);
  return caller.ask<{ it: unknown }>(document, variables(asked));
}

describe.each(tokenForms)('a revoked token %s', (form) => {
  test.each(operationNames)('is told so by %s, and nothing more, whatever the room', async (operation) => {
    const answers = new Map<string, string>();
    for (const state of roomStates) {
      const roomName = nameOf.get(state) ?? '';
      const token = await revoked(form, roomName);
      for (const [index, server] of servers.entries()) {
        const { body } = await ask(server, operation, { roomName, token });
        answers.set(`${state} at process ${index + 1}`, JSON.stringify(body));
      }
    }
    const [first = ''] = answers.values();
    expect(first).toContain('"TOKEN_REVOKED"');
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries([...answers.keys()].map((key) => [key, first])));
  });
});

test('nobody came in or knocked by any of them', async () => {
  const before = [await countRows(house.database, 'knocks'), await countRows(house.database, 'participants')];
  const roomName = nameOf.get('private, with knocking') ?? '';
  const token = await revoked('for any room', roomName);
  for (const server of servers)
    for (const operation of operationNames) await ask(server, operation, { roomName, token });
  expect([await countRows(house.database, 'knocks'), await countRows(house.database, 'participants')]).toEqual(before);
});
