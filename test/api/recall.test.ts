import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { act, codeOf, type House, openHouse, watchOwnKnock } from './admission-kit.ts';

let house: House;
/** The same domain's backend at another process. */
let elsewhere: Seed;

beforeAll(async () => {
  house = await openHouse();
  const { url: publicUrl } = house.server;
  elsewhere = seed(await startServer({ databaseUrl: house.database.url, rateLimits: false, publicUrl }));
});

async function admitted(room: RoomSeed) {
  const knocker = await room.knocker();
  await act(house.backend, 'admitKnock', { knockId: knocker.knockId, reply: 'Come in' });
  return knocker;
}

const recalled = { __typename: 'KnockRequest', status: 'EXPIRED', reason: 'RECALLED' };

describe('recallAdmission', () => {
  test('of an admission that was not used: the knocker is told last, may not enter, and may ask again at once', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 3600 });
    const knocker = await admitted(room);
    const own = await watchOwnKnock(knocker);
    expect(await own.next()).toMatchObject({ status: 'ADMITTED' });
    const { knockId } = knocker;
    expect(await act(elsewhere, 'recallAdmission', { knockId, reply: 'Not you' })).toMatchObject({
      ...recalled,
      reply: 'Not you',
      knockAgainAt: null,
    });
    const told = await own.ended();
    expect(told.at(-1)).toMatchObject({ status: 'EXPIRED', reason: 'RECALLED', reply: 'Not you', decidedBy: null });
    expect(codeOf(await act(knocker, 'joinRoom', { roomName: room.name }))).toBe('KNOCK_CLOSED');
    expect(codeOf(await act(knocker, 'knock', { roomName: room.name, userName: 'Nora' }))).toBe('Knocked');
  });

  test('of one that was used: its holder does not come back, by knock, by session or by key', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await admitted(room);
    const session = await knocker.enter();
    await act(session, 'leaveRoom');
    expect(await act(elsewhere, 'recallAdmission', { knockId: knocker.knockId })).toMatchObject(recalled);
    expect(codeOf(await act(knocker, 'joinRoom', { roomName: room.name }))).toBe('KNOCK_CLOSED');
    expect(codeOf(await act(session, 'joinRoom', { roomName: room.name }))).not.toBe('Joined');
  });

  test('while its holder is inside: a conflict that says to eject, and they stay', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await admitted(room);
    const session = await knocker.enter();
    const { knockId } = knocker;
    expect(codeOf(await act(elsewhere, 'recallAdmission', { knockId }))).toBe('CONFLICT');
    expect(codeOf(await act(session, 'heartbeat'))).toBe('Participant');
    await act(house.backend, 'ejectParticipants', { roomName: room.name, participantIds: [session.id] });
    // The ejection took the admission: there is nothing more to do, and that is no mistake.
    expect(await act(elsewhere, 'recallAdmission', { knockId })).toMatchObject(recalled);
  });

  test('while its holder is inside by another way: a conflict too, until they have left', async () => {
    const room = await house.backend.waitingRoom();
    const { jwt: knocking } = await room.token({ knocking: true, userId: 'nora' });
    const { knockId } = await room.knocker({ token: knocking });
    await act(house.backend, 'admitKnock', { knockId });
    const stranger = await room.guest({ userId: 'another' });
    const session = await room.guest({ userId: 'nora' });
    expect(codeOf(await act(elsewhere, 'recallAdmission', { knockId }))).toBe('CONFLICT');
    await act(session, 'leaveRoom');
    expect(await act(elsewhere, 'recallAdmission', { knockId })).toMatchObject(recalled);
    expect(codeOf(await act(stranger, 'heartbeat'))).toBe('Participant');
  });

  test('twice is once, at whichever process, and so are ten at the same time', async () => {
    const room = await house.backend.waitingRoom();
    const { knockId } = await admitted(room);
    const both = Array.from({ length: 10 }, (_, n) =>
      act(n % 2 ? house.backend : elsewhere, 'recallAdmission', { knockId }),
    );
    for (const outcome of await Promise.all(both)) expect(outcome).toMatchObject(recalled);
    const events = await house.database.sql`select 1 from room_events where payload->'knock'->>'reason' = 'RECALLED'
      and room_id = (select id from rooms where name = ${room.name})`;
    expect(events).toHaveLength(1);
  });

  test.each(['PENDING', 'DENIED', 'CANCELLED'])(
    'of a knock that is %s: a conflict, and it stays so',
    async (status) => {
      const room = await house.backend.waitingRoom();
      const knocker = await room.knocker();
      const { knockId } = knocker;
      if (status === 'DENIED') await act(house.backend, 'denyKnock', { knockId });
      if (status === 'CANCELLED') await act(knocker, 'cancelKnock');
      expect(codeOf(await act(elsewhere, 'recallAdmission', { knockId, reply: 'x' }))).toBe('CONFLICT');
      const own = await act(knocker, 'heartbeat');
      if (status === 'PENDING') expect(own).toMatchObject({ status, reply: null });
    },
  );

  test('of an admission whose time is over: a conflict', async () => {
    const own = await openHouse();
    const { knockId } = await own.backend.waitingRoom().then((room) => room.knocker());
    await act(own.backend, 'admitKnock', { knockId });
    await moveClock(own.database, { seconds: 4 * 3600 + 1 });
    expect(codeOf(await act(own.backend, 'recallAdmission', { knockId }))).toBe('CONFLICT');
  });

  test.each([{ userId: 'sent-back' }, {}])(
    'of who had been sent back: their token walks in no more (%o)',
    async (claims) => {
      const room = await house.backend.waitingRoom();
      const owner = await room.owner();
      const { jwt } = await room.token(claims);
      const guest = await room.join({ token: jwt });
      const query =
        'mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id } } }';
      const { body } = await owner.ask<{ returnToLobby: { id: string } }>(query, { id: guest.id });
      const knockId = body.data?.returnToLobby.id;
      const join = () => act(callerOf(house.server), 'joinRoom', { roomName: room.name, token: jwt });
      await act(owner, 'admitKnock', { knockId });
      expect(await act(elsewhere, 'recallAdmission', { knockId })).toMatchObject(recalled);
      expect(codeOf(await join())).toBe('MustKnock');
      const again = await act(callerOf(house.server), 'knock', { roomName: room.name, userName: 'Again', token: jwt });
      expect(codeOf(again)).toBe('Knocked');
    },
  );

  test('by an admin in the room; one of an owner is not theirs to take back', async () => {
    const room = await house.backend.waitingRoom();
    const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    const { knockId } = await admitted(room);
    expect(await act(admin, 'recallAdmission', { knockId })).toMatchObject(recalled);
    await act(await room.owner({ userId: 'boss' }), 'leaveRoom');
    const { jwt } = await room.token({ userId: 'boss', knocking: true });
    const knocked = await act(callerOf(house.server), 'knock', { roomName: room.name, userName: 'Boss', token: jwt });
    const bossKnock = { knockId: knocked.knockRequest?.id };
    await act(house.backend, 'admitKnock', bossKnock);
    expect(codeOf(await act(admin, 'recallAdmission', bossKnock))).toBe('FORBIDDEN');
    expect(await act(house.backend, 'recallAdmission', bossKnock)).toMatchObject(recalled);
  });
});
