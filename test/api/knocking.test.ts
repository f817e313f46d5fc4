import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { callerOf } from '../support/seed.ts';
import {
  act,
  codeOf,
  countRows,
  type House,
  keyNamed,
  openHouse,
  read,
  watchKnocks,
  watchOwnKnock,
} from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const as = (token: string | undefined) => callerOf(house.server, token);

describe('a knock', () => {
  test('is one row that waits, and one event to each owner who is present', async () => {
    const room = await house.backend.waitingRoom();
    const owners = [await room.owner(), await room.owner({ userName: 'Oskar Owner' })];
    const lists = await Promise.all(owners.map((owner) => watchKnocks(owner)));
    const before = await countRows(house.database, 'knocks');
    const { knockId } = await room.knocker({ userName: 'Nora', message: 'May I?' });
    for (const list of lists) {
      const seen = { id: knockId, userName: 'Nora', message: 'May I?', status: 'PENDING', verified: false };
      expect(await list.next()).toMatchObject({ ...seen, connection: 'CONNECTED', position: null });
    }
    expect(await countRows(house.database, 'knocks')).toBe(before + 1);
    // Whatever comes next is the next one's.
    const second = await room.knocker({ userName: 'Second' });
    for (const list of lists) expect(await list.next()).toMatchObject({ id: second.knockId });
  });

  test('made again while it waits is the same knock: the place is kept, and nobody is told twice', async () => {
    const room = await house.backend.waitingRoom();
    const list = await watchKnocks(await room.owner());
    const first = await room.knocker({ userName: 'Nora' });
    const { requestedAt } = await list.next();
    const again = await act(first, 'knock', { roomName: room.name, userName: 'Nora' });
    expect(again).toMatchObject({ knockToken: first.knockToken, knockRequest: { id: first.knockId, requestedAt } });
    const renamed = await act(first, 'knock', { roomName: room.name, userName: 'Nora N.', message: 'It is me' });
    expect(renamed).toMatchObject({ knockToken: first.knockToken, knockRequest: { id: first.knockId, requestedAt } });
    expect(await list.next()).toMatchObject({
      id: first.knockId,
      userName: 'Nora N.',
      message: 'It is me',
      requestedAt,
    });
    const page = await read<{ knockRequests: { totalCount: number } }>(
      house.backend,
      '{ knockRequests(roomName: "ROOM") { totalCount } }'.replace('ROOM', room.name),
    );
    expect(page.knockRequests.totalCount).toBe(1);
  });

  test('retried with its key is the same knock with the same token; in another room it is another', async () => {
    const [room, other] = [await house.backend.waitingRoom(), await house.backend.waitingRoom()];
    const input = { userName: 'Nora', idempotencyKey: keyNamed('retry') };
    const first = await act(house.anybody, 'knock', { roomName: room.name, ...input });
    const again = await act(house.anybody, 'knock', { roomName: room.name, ...input });
    expect(again.knockToken).toBe(first.knockToken);
    expect(again.knockRequest).toEqual(first.knockRequest);
    const elsewhere = await act(house.anybody, 'knock', { roomName: other.name, ...input });
    expect(elsewhere.knockRequest?.id).not.toBe(first.knockRequest?.id);
    expect(elsewhere.knockToken).not.toBe(first.knockToken);
  });

  test('from the same address is nobody in particular: two guests behind one router are two', async () => {
    const room = await house.backend.waitingRoom();
    const [first, second] = [await room.knocker({ userName: 'Guest' }), await room.knocker({ userName: 'Guest' })];
    expect(second.knockId).not.toBe(first.knockId);
  });

  test('with a knocking token is vouched for, whatever name was typed; a second device is the same person', async () => {
    const room = await house.backend.waitingRoom();
    const token = (await room.token({ knocking: true, userId: 'nora-1', userName: 'Nora Norris' })).jwt;
    const knock = () => act(house.anybody, 'knock', { roomName: room.name, userName: 'The boss', token });
    const [phone, laptop] = [await knock(), await knock()];
    const identity = { userName: 'Nora Norris', userId: 'nora-1', verified: true };
    expect(phone.knockRequest).toMatchObject(identity);
    expect(laptop.knockRequest).toMatchObject({ ...identity, id: phone.knockRequest?.id });
    for (const device of [phone, laptop]) {
      expect(codeOf(await act(as(device.knockToken), 'heartbeat'))).toBe('KnockRequest');
    }
  });

  test('that names a userId without a token to vouch for it has none', async () => {
    const room = await house.backend.waitingRoom();
    const verified = await room.token({ knocking: true, userId: 'nora-1', userName: 'Nora' });
    const known = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora', token: verified.jwt });
    const typed = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora' });
    expect(typed.knockRequest).toMatchObject({ userId: null, verified: false });
    expect(typed.knockRequest?.id).not.toBe(known.knockRequest?.id);
  });

  test('is answered for a full room too', async () => {
    const room = await house.backend.waitingRoom({ maxParticipants: 1 });
    const owner = await room.owner();
    const guest = await room.knocker();
    expect(codeOf(await act(owner, 'admitKnock', { knockId: guest.knockId }))).toBe('KnockRequest');
    const join = () => act(house.anybody, 'joinRoom', { roomName: room.name, knockToken: guest.knockToken });
    expect(codeOf(await join())).toBe('ROOM_FULL');
    await act(owner, 'leaveRoom');
    expect(codeOf(await join())).toBe('Joined');
  });
});

describe('an owner who comes later', () => {
  test('shows exactly the knocks in the database that wait or were closed a moment ago, oldest first', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
    const first = await room.knocker({ userName: 'First' });
    const second = await room.knocker({ userName: 'Second' });
    const third = await room.knocker({ userName: 'Third' });
    const fourth = await room.knocker({ userName: 'Fourth' });
    await act(second, 'cancelKnock');
    await act(house.backend, 'denyKnock', { knockId: third.knockId });
    const owner = await room.owner();
    const list = await watchKnocks(owner);
    const seen = [await list.next(), await list.next(), await list.next(), await list.next()];
    expect(seen.map(({ id, status }) => [id, status])).toEqual([
      [first.knockId, 'PENDING'],
      [second.knockId, 'CANCELLED'],
      [third.knockId, 'DENIED'],
      [fourth.knockId, 'PENDING'],
    ]);
    const stored = await house.database.sql<{ userName: string }[]>`select k.user_name as "userName" from knocks k
      join rooms r on r.id = k.room_id where r.name = ${room.name} and k.status = 'PENDING' order by k.requested_at`;
    const query = '{ knockRequests(status: PENDING) { nodes { userName } totalCount } }';
    expect(await read(owner, query)).toEqual({
      knockRequests: { nodes: stored.map((row) => ({ ...row })), totalCount: 2 },
    });
  });

  test('does not let anybody in by coming, and nobody becomes an owner when the last one goes', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    const own = await watchOwnKnock(knocker);
    expect(await own.next()).toMatchObject({ status: 'PENDING', ownerPresent: false });
    const token = (await room.token({ isOwner: true, userName: 'Olga' })).jwt;
    const owner = await room.join({ token });
    expect(await own.next()).toMatchObject({ status: 'PENDING', ownerPresent: true });
    const guest = await room.guest();
    await act(owner, 'leaveRoom');
    expect(await own.next()).toMatchObject({ status: 'PENDING', ownerPresent: false });
    expect(codeOf(await act(guest, 'admitKnock', { knockId: knocker.knockId }))).toBe('FORBIDDEN');
    expect(codeOf(await act(owner, 'admitKnock', { knockId: knocker.knockId }))).toBe('OWNER_NOT_IN_ROOM');
    // Back with a good token: no approval needed, and all rights at once.
    const back = await room.join({ token });
    expect(codeOf(await act(back, 'admitKnock', { knockId: knocker.knockId }))).toBe('KnockRequest');
  });
});

test('a knocker learns its place in the queue, and that it has moved up', async () => {
  const room = await house.backend.waitingRoom();
  const [first, second, third] = [await room.knocker(), await room.knocker(), await room.knocker()];
  const streams = [await watchOwnKnock(second), await watchOwnKnock(third)] as const;
  expect([(await streams[0].next()).position, (await streams[1].next()).position]).toEqual([2, 3]);
  await act(first, 'cancelKnock');
  await streams[0].find(({ position }) => position === 1);
  await streams[1].find(({ position }) => position === 2);
});

describe('when time passes', () => {
  test('a knocker that goes away keeps its place, comes back to it, and is gone after five minutes; owners see each', async () => {
    const { backend, database, anybody, server } = await openHouse();
    const room = await backend.waitingRoom();
    const list = await watchKnocks(await room.owner());
    const { knockId, knockToken } = await room.knocker();
    expect(await list.next()).toMatchObject({ id: knockId, connection: 'CONNECTED' });
    await moveClock(database, { seconds: 31 });
    const away = await list.next();
    expect(away).toMatchObject({ id: knockId, connection: 'RECONNECTING', status: 'PENDING' });
    const beat = await act(callerOf(server, knockToken), 'heartbeat');
    expect(beat).toMatchObject({
      id: knockId,
      status: 'PENDING',
      connection: 'CONNECTED',
      requestedAt: away.requestedAt,
    });
    expect(await list.next()).toMatchObject({ connection: 'CONNECTED', requestedAt: away.requestedAt });
    await moveClock(database, { seconds: 31 + 31 });
    expect(await list.next()).toMatchObject({ connection: 'RECONNECTING' });
    await moveClock(database, { seconds: 31 + 302 });
    expect(await list.next()).toMatchObject({
      status: 'CANCELLED',
      reason: 'KNOCKER_LEFT',
      decidedBy: { kind: 'SERVICE' },
    });
    expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name, knockToken }))).toBe('KNOCK_CLOSED');
  });

  test('a knock that nobody answers expires, and the knocker is told as the last thing', async () => {
    const { backend, database } = await openHouse();
    const room = await backend.waitingRoom({ knockTimeoutSeconds: 60 });
    const own = await watchOwnKnock(await room.knocker());
    expect(await own.next()).toMatchObject({ status: 'PENDING' });
    await moveClock(database, { seconds: 59 });
    expect((await read<{ rooms: { totalCount: number } }>(backend, '{ rooms { totalCount } }')).rooms.totalCount).toBe(
      1,
    );
    await moveClock(database, { seconds: 61 });
    expect(await own.next()).toMatchObject({ status: 'EXPIRED', reason: 'TIMED_OUT', position: null, decidedBy: null });
    expect(await own.ended()).toEqual([]);
  });

  test('a knocker that follows its knock is there, however long it takes', async () => {
    const { backend, database } = await openHouse();
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const list = await watchKnocks(owner);
    const knocker = await room.knocker();
    await list.next();
    const own = await watchOwnKnock(knocker);
    await own.next();
    await moveClock(database, { seconds: 400 });
    // The next thing that anybody hears of it is the decision.
    expect(codeOf(await act(owner, 'admitKnock', { knockId: knocker.knockId }))).toBe('KnockRequest');
    expect(await list.next()).toMatchObject({ status: 'ADMITTED' });
    await own.find(({ status }) => status === 'ADMITTED');
  });
});

test('a token without userId does not meet the cool-down of a stranger from the same network, but its own', async () => {
  const room = await house.backend.waitingRoom({ knockCooldownSeconds: 600 });
  const deny = (knockId?: string) => act(house.backend, 'denyKnock', { knockId });
  await deny((await room.knocker()).knockId);
  const { jwt: token } = await room.token({ knocking: true });
  const input = { roomName: room.name, userName: 'Nora', token };
  const query =
    'query ($roomName: String!, $token: String) { access(roomName: $roomName, token: $token) { knockAgainAt } }';
  const mayAgainAt = async () =>
    (await read<{ access: { knockAgainAt: string | null } }>(house.anybody, query, { roomName: room.name, token }))
      .access.knockAgainAt;
  expect(await mayAgainAt()).toBeNull();
  const knocked = await act(house.anybody, 'knock', input);
  expect(codeOf(knocked)).toBe('Knocked');
  await deny(knocked.knockRequest?.id);
  expect(await mayAgainAt()).not.toBeNull();
  expect(codeOf(await act(house.anybody, 'knock', input))).toBe('RATE_LIMITED');
});
