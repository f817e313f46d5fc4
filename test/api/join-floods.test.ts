import { beforeAll, expect, test } from 'vitest';
import { type Arrival, budgetPolicies } from '../../src/rules/budget.ts';
import { type DomainId, parseId, type RoomId } from '../../src/rules/ids.ts';
import { type Budgets, createBudgets } from '../../src/services/budgets.ts';
import { createBudgetStorage } from '../../src/storage/budget.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import type { RoomRef } from '../../src/storage/room-store.ts';
import { closeAfterwards } from '../support/closers.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { act, codeOf, type House, openHouse } from './admission-kit.ts';

let house: House;
/** What another process of the same service counts, which a flood comes through. */
let elsewhere: Budgets;
let domainId: DomainId;

beforeAll(async () => {
  house = await openHouse({ rateLimits: true });
  const database = openDatabase({ url: house.database.url, poolSize: 2 });
  closeAfterwards(() => database.close());
  elsewhere = createBudgets(createBudgetStorage(database), { now: () => new Date() });
  const [row] = await house.database.sql<{ id: DomainId }[]>`select id from domains`;
  if (row === undefined) throw new Error('there is no domain');
  domainId = row.id;
});

const refOf = ({ id }: RoomSeed): RoomRef => ({ domainId, roomId: (parseId(id)?.id ?? '') as RoomId });

const arrive = (arrival: Arrival, room: RoomSeed, network: string) =>
  elsewhere.arriveAt(arrival, { client: { addressHash: network, networkHash: network }, shows: null }, refOf(room));

/** So many from each of these networks, or until it is refused. */
async function flood(arrival: Arrival, room: RoomSeed, networks: readonly string[]): Promise<number> {
  let passed = 0;
  for (;;) {
    const refused = await Promise.all(networks.map((network) => arrive(arrival, room, network)));
    passed += refused.filter((refusal) => refusal === null).length;
    if (refused.every((refusal) => refusal !== null)) return passed;
  }
}

const many = Array.from({ length: 200 }, (_, index) => `network ${index}`);

test('a flood of anonymous joins from a few networks comes to its end, and leaves room for others', async () => {
  const room = await house.backend.room();
  const begun = performance.now();
  const passed = await flood('JOIN', room, ['a', 'b', 'c']);
  const { capacity, perSecond } = budgetPolicies.arrivals.JOIN.room;
  expect(passed).toBeLessThanOrEqual(capacity + Math.ceil((perSecond * (performance.now() - begun)) / 1_000));
  expect(await arrive('JOIN', room, 'quiet')).toBeNull();
  expect(codeOf(await act(callerOf(house.server), 'joinRoom', { roomName: room.name }))).toBe('Joined');
  const other = await house.backend.room();
  expect(await arrive('JOIN', other, 'a')).toBeNull();
});

test('a flood from everywhere keeps out nobody with a credential', async () => {
  const room = await house.backend.room();
  const anybody = callerOf(house.server);
  const before = await room.guest();
  await flood('JOIN', room, many);
  // It goes on meanwhile, so that nothing comes back.
  await house.database.sql`update budgets set "left" = -1000 where key = ${`JOIN room ${refOf(room).roomId}`}`;
  const input = { roomName: room.name };
  expect(codeOf(await act(anybody, 'joinRoom', input))).toBe('RATE_LIMITED');
  for (const claims of [{}, { userId: 'ada' }, { isOwner: true }]) {
    const { jwt: token } = await room.token(claims);
    expect(codeOf(await act(anybody, 'joinRoom', { ...input, token }))).toBe('Joined');
  }
  expect(codeOf(await act(before, 'joinRoom', input))).toBe('Joined');
});

test('whoever has a session, as everybody had who came while the room was public, knocks by the budget of all', async () => {
  const room = await house.backend.room();
  const guest = await room.join();
  const input = { roomName: room.name };
  await act(house.backend, 'setRoomPrivacy', { ...input, privacy: 'PRIVATE', enableKnocking: true });
  await flood('KNOCK', room, many);
  await house.database.sql`update budgets set "left" = -1000 where key = ${`KNOCK room ${refOf(room).roomId}`}`;
  expect(codeOf(await act(guest, 'knock', { ...input, userName: 'Gus' }))).toBe('RATE_LIMITED');
  expect(codeOf(await act(guest, 'joinRoom', input))).toBe('Joined');
  const { jwt: token } = await room.token({ knocking: true });
  expect(codeOf(await act(callerOf(house.server), 'knock', { ...input, userName: 'Nora', token }))).toBe('Knocked');
});

test('the addresses of one network have one budget for asking about ever new rooms', async () => {
  const { capacity, perSecond } = budgetPolicies.newRoom.network;
  const addresses = Array.from({ length: 20 }, (_, index) => `address ${index}`);
  const ask = (addressHash: string, networkHash: string, roomName: string) =>
    elsewhere.attempt('ACCESS', { client: { addressHash, networkHash }, shows: null }, roomName);
  const begun = performance.now();
  let passed = 0;
  for (let turn = 0; turn < 250; turn += 1) {
    const answers = await Promise.all(addresses.map((address) => ask(address, 'guesses', `room ${turn}`)));
    passed += answers.filter((refusal) => refusal === null).length;
  }
  expect(passed).toBeGreaterThanOrEqual(capacity - addresses.length);
  expect(passed).toBeLessThanOrEqual(capacity + Math.ceil((perSecond * (performance.now() - begun)) / 1_000));
  expect(await ask('another address', 'another network', 'room 0')).toBeNull();
});

test('a private room tells people without a credential to knock, and its knocks have a budget of their own', async () => {
  const room = await house.backend.waitingRoom();
  await flood('JOIN', room, many);
  const anybody = callerOf(house.server);
  expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name }))).toBe('MustKnock');
  expect(codeOf(await act(anybody, 'knock', { roomName: room.name, userName: 'Nora' }))).toBe('Knocked');
});

const closings: Readonly<Record<string, (room: RoomSeed) => Promise<unknown>>> = {
  'was deleted': (room) => act(house.backend, 'deleteRoom', { roomName: room.name }),
  'takes no more knocks': (room) =>
    act(house.backend, 'updateRoom', { roomName: room.name, settings: { enableKnocking: false } }),
};

test.each(
  Object.keys(closings).flatMap((closing) => (['knock', 'joinRoom'] as const).map((call) => [closing, call] as const)),
)('a crowded room that %s looks to %s like a missing one', async (closing, call) => {
  const room = await house.backend.waitingRoom();
  const anybody = callerOf(house.server);
  const input = (roomName: string) => ({ roomName, ...(call === 'knock' ? { userName: 'Nora' } : {}) });
  expect(codeOf(await act(anybody, 'knock', { roomName: room.name, userName: 'Nora' }))).toBe('Knocked');
  for (const arrival of ['KNOCK', 'JOIN'] as const) await flood(arrival, room, many);
  await house.database.sql`update budgets set "left" = -1000 where key like ${`% room ${refOf(room).roomId}`}`;
  // The process has taken some ahead.
  let code: unknown = null;
  for (let time = 0; call === 'knock' && code !== 'RATE_LIMITED' && time < 20; time += 1)
    code = codeOf(await act(anybody, 'knock', input(room.name)));
  expect(code).toBe(call === 'knock' ? 'RATE_LIMITED' : null);
  await closings[closing]?.(room);
  const missing = codeOf(await act(anybody, call, input('nowhere')));
  expect([codeOf(await act(anybody, call, input(room.name))), missing]).toEqual([missing, 'ENTRY_NOT_ALLOWED']);
});
