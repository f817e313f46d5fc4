import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { type Caller, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { act, codeOf, type House, openHouse, read, watchKnocks, watchOwnKnock } from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const countIn = async (roomName: string) =>
  (
    await read<{ room: { participantCount: number } }>(
      house.backend,
      `{ room(name: "${roomName}") { participantCount } }`,
    )
  ).room.participantCount;

/** A room's events from here on; once this settles, the subscription is there. */
async function followRoom(backend: Caller, caller: Caller, roomName: string) {
  const { room } = await read<{ room: { cursor: string } }>(caller, `{ room(name: "${roomName}") { cursor } }`);
  const events = await caller.ws().subscribe<{ roomEvents: { __typename: string; reason?: string } }>(
    `subscription ($after: String) {
      roomEvents(after: $after) { __typename ... on ParticipantLeft { reason participant { id } } }
    }`,
    { after: room.cursor },
  );
  await act(backend, 'updateRoom', { roomName, settings: { startAudioOff: true } });
  await events.find(({ data }) => data?.roomEvents.__typename === 'RoomUpdated');
  return events;
}

test('setRoomPrivacy switches knocking where it says so, and leaves it where it does not', async () => {
  const { name: roomName } = await house.backend.room();
  const enabled: unknown[] = [];
  for (const enableKnocking of [true, undefined, false, null]) {
    await act(house.backend, 'setRoomPrivacy', { roomName, privacy: 'PRIVATE', enableKnocking });
    enabled.push(await read(house.backend, `{ room(name: "${roomName}") { enableKnocking } }`));
  }
  expect(enabled).toEqual([true, true, false, false].map((enableKnocking) => ({ room: { enableKnocking } })));
});

describe('from public to private', () => {
  test('the 50 inside stay, and right after nobody comes in without a right', async () => {
    const room = await house.backend.room();
    const inside = await Promise.all(Array.from({ length: 50 }, () => room.join()));
    const [first = await room.join()] = inside;
    const events = await followRoom(house.backend, first, room.name);
    expect(codeOf(await act(house.backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PRIVATE' }))).toBe(
      'Room',
    );
    const late = await Promise.all(
      Array.from({ length: 20 }, () => act(house.anybody, 'joinRoom', { roomName: room.name })),
    );
    expect(new Set(late.map(codeOf))).toEqual(new Set(['ENTRY_NOT_ALLOWED']));
    expect(await countIn(room.name)).toBe(50);
    expect(await events.next()).toMatchObject({ data: { roomEvents: { __typename: 'RoomUpdated' } } });
    for (const one of inside) expect(codeOf(await act(one, 'heartbeat'))).toBe('Participant');
  });

  test('no join that crosses it is done after it', async () => {
    const room = await house.backend.room();
    const joins: Promise<string>[] = [];
    const join = () => joins.push(act(house.anybody, 'joinRoom', { roomName: room.name }).then(codeOf));
    for (let index = 0; index < 20; index += 1) join();
    const change = act(house.backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PRIVATE' });
    for (let index = 0; index < 20; index += 1) join();
    await change;
    join();
    const outcomes = await Promise.all(joins);
    expect(outcomes.at(-1)).toBe('ENTRY_NOT_ALLOWED');
    const log = await house.database.sql<{ type: number; seq: string }[]>`
      select e.type, e.seq from room_events e join rooms r on r.id = e.room_id where r.name = ${room.name} order by e.seq`;
    const [updated, joined] = [2, 6];
    const changedAt = Number(log.find(({ type }) => type === updated)?.seq);
    expect(changedAt).toBeGreaterThan(0);
    expect(log.filter(({ type, seq }) => type === joined && Number(seq) > changedAt)).toEqual([]);
    expect(log.filter(({ type }) => type === joined)).toHaveLength(
      outcomes.filter((outcome) => outcome === 'Joined').length,
    );
  });
});

describe('from private to public', () => {
  test('those who wait are let in, once each, whether or not they are quick', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const list = await watchKnocks(owner);
    const knockers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => room.knocker({ userName: `Guest ${index}` })),
    );
    const own = await Promise.all(knockers.map((knocker) => watchOwnKnock(knocker)));
    for (const stream of own) await stream.find(({ status }) => status === 'PENDING');
    await act(owner, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' });
    for (const stream of own) {
      const told = await stream.find(({ status }) => status !== 'PENDING');
      expect(told).toMatchObject({ status: 'ADMITTED', reason: 'ROOM_OPENED' });
    }
    const opened = new Set<string>();
    while (opened.size < knockers.length) opened.add((await list.find(({ reason }) => reason === 'ROOM_OPENED')).id);
    expect(opened).toEqual(new Set(knockers.map(({ knockId }) => knockId)));
    const enter = () => Promise.all(knockers.map((knocker) => act(knocker, 'joinRoom', { roomName: room.name })));
    const [first, second] = [await enter(), await enter()];
    expect(first.map(({ participant }) => participant?.userName)).toEqual(knockers.map((_, index) => `Guest ${index}`));
    expect(second.map(({ participant }) => participant?.id)).toEqual(first.map(({ participant }) => participant?.id));
    expect(await countIn(room.name)).toBe(11);
  });

  test.each(['setRoomPrivacy', 'updateRoom'] as const)(
    'by mistake: when it goes private again (%s), whoever is not inside must ask anew, and whoever is may come back',
    async (operation) => {
      const room = await house.backend.waitingRoom();
      const [slow, quick, meant] = [await room.knocker(), await room.knocker(), await room.knocker()];
      await act(house.backend, 'admitKnock', { knockId: meant.knockId });
      await act(house.backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' });
      const inside = await act(quick, 'joinRoom', { roomName: room.name });
      const watching = await watchOwnKnock(slow);
      const { name: roomName } = room;
      const goPrivate = { setRoomPrivacy: { privacy: 'PRIVATE' }, updateRoom: { settings: { privacy: 'PRIVATE' } } };
      // Another process, which knows nothing of the admissions.
      const elsewhere = seed(await startServer({ databaseUrl: house.database.url, rateLimits: false }));
      await act(elsewhere, operation, { roomName, ...goPrivate[operation] });
      expect(await watching.find(({ status }) => status === 'EXPIRED')).toMatchObject({ reason: 'RECALLED' });
      expect(codeOf(await act(slow, 'joinRoom', { roomName }))).toBe('KNOCK_CLOSED');
      expect(codeOf(await act(slow, 'knock', { roomName, userName: 'Slow' }))).toBe('Knocked');
      expect((await act(quick, 'joinRoom', { roomName })).participant?.id).toBe(inside.participant?.id);
      expect(codeOf(await act(meant, 'joinRoom', { roomName }))).toBe('Joined');
    },
  );
});

describe('people who wait learn how the room ended', () => {
  test('knocking switched off: sent away, and nobody may knock', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const own = await watchOwnKnock(await room.knocker());
    await own.next();
    const input = { roomName: room.name, privacy: 'PRIVATE', enableKnocking: false };
    expect(codeOf(await act(owner, 'setRoomPrivacy', input))).toBe('Room');
    expect(await own.find(({ status }) => status !== 'PENDING')).toMatchObject({
      status: 'EXPIRED',
      reason: 'KNOCKING_DISABLED',
    });
    expect(await own.ended()).toEqual([]);
    expect(codeOf(await act(house.anybody, 'knock', { roomName: room.name, userName: 'N' }))).toBe('ENTRY_NOT_ALLOWED');
  });

  test('a deleted room tells people who wait, who were admitted and who are inside, and nothing opens it again', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const [waits, admitted, inside] = [await room.knocker(), await room.knocker(), await room.knocker()];
    for (const { knockId } of [admitted, inside]) await act(owner, 'admitKnock', { knockId });
    await inside.enter();
    const streams = [await watchOwnKnock(waits), await watchOwnKnock(admitted)];
    for (const stream of streams) await stream.next();
    const events = await followRoom(house.backend, owner, room.name);
    expect(codeOf(await act(house.backend, 'deleteRoom', { roomName: room.name }))).toBe('DeletedRoom');
    for (const stream of streams) {
      expect(await stream.find(({ status }) => status === 'EXPIRED')).toMatchObject({ reason: 'ROOM_CLOSED' });
      expect(await stream.ended()).toEqual([]);
    }
    const last = (await events.ended()).at(-1)?.data?.roomEvents;
    expect(last).toMatchObject({
      __typename: 'ParticipantLeft',
      reason: 'ROOM_DELETED',
      participant: { id: owner.id },
    });
    for (const knocker of [waits, admitted, inside]) {
      expect(codeOf(await act(knocker, 'joinRoom', { roomName: room.name }))).toMatch(
        /^(ENTRY_NOT_ALLOWED|KNOCK_CLOSED)$/,
      );
    }
    expect(codeOf(await act(owner, 'heartbeat'))).toBe('UNAUTHENTICATED');
    expect(await read(owner, '{ viewer { __typename ... on Participant { leaveReason } } }')).toEqual({
      viewer: { __typename: 'Participant', leaveReason: 'ROOM_DELETED' },
    });
    expect(codeOf(await act(house.backend, 'deleteRoom', { roomName: room.name }))).toBe('NOT_FOUND');
  });

  test('a new lobby message is shown to people who wait', async () => {
    const room = await house.backend.waitingRoom({ lobbyMessage: 'Please wait' });
    const knocker = await room.knocker();
    const stream = await knocker
      .ws()
      .subscribe<{ myKnock: { lobbyMessage: string | null } }>('subscription { myKnock { lobbyMessage } }');
    expect((await stream.next()).data).toEqual({ myKnock: { lobbyMessage: 'Please wait' } });
    await act(house.backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Soon' } });
    await stream.find(({ data }) => data?.myKnock.lobbyMessage === 'Soon');
    await act(house.backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: null } });
    await stream.find(({ data }) => data?.myKnock.lobbyMessage === null);
  });

  test('expired: sent away on time, and the room is listed no more', async () => {
    const { backend, database, anybody } = await openHouse();
    const exp = new Date(Date.now() + 60_000);
    const [stays, goes] = [
      await backend.waitingRoom({ exp }),
      await backend.waitingRoom({ exp, ejectAtRoomExp: true }),
    ];
    const own = await watchOwnKnock(await stays.knocker());
    await own.next();
    const [staying, going] = [await stays.owner(), await goes.owner()];
    const ofGoing = await followRoom(backend, going, goes.name);
    await followRoom(backend, staying, stays.name);
    await moveClock(database, { seconds: 61 });
    expect(await own.find(({ status }) => status === 'EXPIRED')).toMatchObject({ reason: 'ROOM_CLOSED' });
    expect(await own.ended()).toEqual([]);
    expect((await ofGoing.ended()).at(-1)).toMatchObject({ data: { roomEvents: { reason: 'ROOM_EXPIRED' } } });
    expect(codeOf(await act(staying, 'heartbeat'))).toBe('Participant');
    for (const room of [stays, goes]) {
      expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name }))).toBe('ROOM_EXPIRED');
      const token = (await room.token({ isOwner: true }).catch(() => null))?.jwt;
      expect(token, 'no token is made for a room that has expired').toBeUndefined();
    }
    expect(await read(backend, '{ rooms { totalCount nodes { name } } }')).toEqual({
      rooms: { totalCount: 0, nodes: [] },
    });
  });
});
