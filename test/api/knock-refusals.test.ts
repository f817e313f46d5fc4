import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Variables } from '../support/graphql-client.ts';
import type { RoomSeed } from '../support/seed.ts';
import { act, codeOf, countRows, type House, openHouse, read } from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  const { backend } = house;
  // Nobody listens there: what counts is what was written down to be sent.
  const input = { url: 'http://127.0.0.1:9/hook', events: ['KNOCK_REQUESTED', 'KNOCK_DECIDED', 'KNOCK_CLOSED'] };
  const document = 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename } }';
  expect(await read(backend, document, { input })).toEqual({ createWebhook: { __typename: 'CreatedWebhook' } });
});

describe('a knock that cannot be is refused by its type, and leaves no row, no event and no webhook', () => {
  const count = async () => {
    const tables = ['knocks', 'room_events', 'webhook_deliveries'] as const;
    return Promise.all(tables.map((table) => countRows(house.database, table)));
  };
  const knockAt = (roomName: string, more: Variables = {}) =>
    act(house.anybody, 'knock', { roomName, userName: 'Nora', ...more });

  test.each<[string, Variables, string]>([
    ['a public room', {}, 'KNOCKING_DISABLED'],
    ['a public room that would take knocks if it were private', { enableKnocking: true }, 'KNOCKING_DISABLED'],
    ['a private room that takes none', { privacy: 'PRIVATE' }, 'ENTRY_NOT_ALLOWED'],
    [
      'a room that is not open yet',
      { privacy: 'PRIVATE', enableKnocking: true, nbf: '2099-01-01T00:00:00Z' },
      'ROOM_NOT_OPEN',
    ],
  ])('%s', async (_what, settings, code) => {
    const room = await house.backend.room(settings);
    const before = await count();
    expect(codeOf(await knockAt(room.name))).toBe(code);
    expect(await count()).toEqual(before);
  });

  test('a missing room', async () => {
    const before = await count();
    expect(codeOf(await knockAt('there-is-none'))).toBe('ENTRY_NOT_ALLOWED');
    expect(codeOf(await knockAt('not even a name'))).toBe('ENTRY_NOT_ALLOWED');
    expect(await count()).toEqual(before);
  });

  test.each<[string, Variables, string]>([
    ['no name', { userName: '  ' }, 'userName'],
    ['a name that is too long', { userName: 'x'.repeat(129) }, 'userName'],
    ['a name that turns the text around', { userName: 'No\u202era' }, 'userName'],
    ['a name with a NUL', { userName: 'No\u0000ra' }, 'userName'],
    ['a message that is too long', { message: 'x'.repeat(501) }, 'message'],
    ['a message with half a surrogate pair', { message: 'a\ud800' }, 'message'],
    ['an idempotency key that could be guessed', { idempotencyKey: '1234' }, 'idempotencyKey'],
    ['an idempotency key of one character', { idempotencyKey: 'a'.repeat(40) }, 'idempotencyKey'],
  ])('%s', async (_what, more, field) => {
    const room = await house.backend.waitingRoom();
    const before = await count();
    const refused = await knockAt(room.name, more);
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.issues?.map(({ path }) => path)).toEqual([['input', field]]);
    expect(await count()).toEqual(before);
  });

  test.each([
    [21, 'INVALID_INPUT'],
    [22, 'Knocked'],
    [256, 'Knocked'],
    [257, 'INVALID_INPUT'],
  ])('an idempotency key of %i random characters: %s', async (length, said) => {
    const room = await house.backend.waitingRoom();
    const idempotencyKey = randomBytes(length).toString('base64url').slice(0, length);
    expect(codeOf(await knockAt(room.name, { idempotencyKey }))).toBe(said);
  });

  test('and a good one leaves one of each, so that the above would be seen', async () => {
    const room = await house.backend.waitingRoom();
    const before = await count();
    expect(codeOf(await knockAt(room.name))).toBe('Knocked');
    expect(await count()).toEqual(before.map((rows) => rows + 1));
  });
});

describe('a private room is closed to people without a credential, and the answer says nothing about it', () => {
  let room: RoomSeed;
  const secrets = ['Olga Owner', 'Gustav Guest', 'olga-at-work'];

  beforeAll(async () => {
    room = await house.backend.room({ privacy: 'PRIVATE', lobbyMessage: 'The lobby of a secret meeting' });
    await room.owner({ userId: 'olga-at-work' });
    await room.guest();
  });

  test('joinRoom, access and knock', async () => {
    const join = await act(house.anybody, 'joinRoom', { roomName: room.name, userName: 'Nora' });
    const missing = await act(house.anybody, 'joinRoom', { roomName: 'there-is-none', userName: 'Nora' });
    expect(join).toEqual(missing);
    expect(join).toEqual({
      __typename: 'EntryRefused',
      code: 'ENTRY_NOT_ALLOWED',
      problem: expect.any(String),
      opensAt: null,
    });
    const knock = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora' });
    const query = '{ access(roomName: "ROOM") { level refusal { code message opensAt } ownerPresent lobbyMessage } }';
    const access = await house.anybody.ask(query.replace('ROOM', room.name));
    expect(access.body.data).toMatchObject({ access: { level: 'NONE', ownerPresent: false, lobbyMessage: null } });
    const dump = JSON.stringify([join, knock, access.body]);
    for (const secret of [...secrets, 'secret meeting', room.id]) expect(dump).not.toContain(secret);
  });

  test('nor does any query about it answer', async () => {
    for (const query of [
      `{ room(name: "${room.name}") { id } }`,
      `{ knockRequests(roomName: "${room.name}") { nodes { id } } }`,
      '{ rooms { nodes { id } } }',
      `{ explainEntry(roomName: "${room.name}") { steps { rule } } }`,
      `{ node(id: "${room.id}") { id } }`,
    ]) {
      const { body } = await house.anybody.ask(query);
      expect(
        body.errors?.map(({ extensions }) => extensions?.code),
        query,
      ).toEqual(['UNAUTHENTICATED']);
      expect(Object.values(body.data ?? {}), query).toEqual([null]);
    }
  });

  test('with knocking, it says that one may knock, and nothing more', async () => {
    const waiting = await house.backend.waitingRoom({ lobbyMessage: 'Please wait' });
    const ask = () => act(house.anybody, 'joinRoom', { roomName: waiting.name });
    const message = { roomName: waiting.name, lobbyMessage: 'Please wait' };
    expect(await ask()).toEqual({ __typename: 'MustKnock', ...message, ownerPresent: false });
    await waiting.owner();
    expect(await ask()).toEqual({ __typename: 'MustKnock', ...message, ownerPresent: true });
  });
});
