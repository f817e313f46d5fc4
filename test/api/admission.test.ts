import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import {
  accessOf,
  act,
  codeOf,
  type House,
  openHouse,
  openOtherDomain,
  read,
  watchKnocks,
  watchOwnKnock,
} from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const joinWith = (roomName: string, knockToken: string) => act(house.anybody, 'joinRoom', { roomName, knockToken });

describe('admitted', () => {
  test('the knocker is told at once, and comes in under the name that was admitted', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const knocker = await room.knocker({ userName: 'Nora' });
    const own = await watchOwnKnock(knocker);
    expect(await own.next()).toMatchObject({ status: 'PENDING', position: 1 });
    const admitted = await act(owner, 'admitKnock', { knockId: knocker.knockId, reply: 'Welcome' });
    expect(admitted).toMatchObject({
      status: 'ADMITTED',
      reason: 'DECIDED',
      decidedBy: { kind: 'PARTICIPANT', name: 'Olga Owner' },
    });
    const told = await own.next();
    expect(told).toMatchObject({ status: 'ADMITTED', reply: 'Welcome', decidedBy: null, position: null });
    const joined = await act(knocker, 'joinRoom', { roomName: room.name, userName: 'The boss' });
    expect(joined).toMatchObject({ __typename: 'Joined', participant: { userName: 'Nora', verified: false } });
  });

  test('and again after a refresh: as the same person, not a second one', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const knocker = await room.knocker();
    await act(owner, 'admitKnock', { knockId: knocker.knockId });
    const first = await joinWith(room.name, knocker.knockToken);
    const again = await joinWith(room.name, knocker.knockToken);
    expect(again.participant?.id).toBe(first.participant?.id);
    expect(again.sessionToken).not.toBe(first.sessionToken);
    const count = await read(owner, '{ room(name: "ROOM") { participantCount } }'.replace('ROOM', room.name));
    expect(count).toEqual({ room: { participantCount: 2 } });
  });

  test('after the connection was lost too', async () => {
    const { backend, database, anybody } = await openHouse();
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await act(backend, 'admitKnock', { knockId: knocker.knockId });
    const join = () => act(anybody, 'joinRoom', { roomName: room.name, knockToken: knocker.knockToken });
    const first = await join();
    await moveClock(database, { seconds: 120 });
    const again = await join();
    expect(again).toMatchObject({
      __typename: 'Joined',
      participant: { id: first.participant?.id, leaveReason: null },
    });
  });

  test('until the end of the admission: four hours, and never past the exp of the room', async () => {
    const { backend, database, anybody } = await openHouse();
    const [long, short] = [
      await backend.waitingRoom(),
      await backend.waitingRoom({ exp: new Date(Date.now() + 3_600_000) }),
    ];
    const [patient, hurried] = [await long.knocker(), await short.knocker()];
    for (const { knockId } of [patient, hurried]) await act(backend, 'admitKnock', { knockId });
    const join = (roomName: string, knockToken: string) => act(anybody, 'joinRoom', { roomName, knockToken });
    await moveClock(database, { seconds: 3_601 });
    expect(codeOf(await join(short.name, hurried.knockToken))).toMatch(/^(ROOM_EXPIRED|KNOCK_CLOSED)$/);
    await moveClock(database, { seconds: 4 * 3600 - 5 });
    expect(codeOf(await join(long.name, patient.knockToken))).toBe('Joined');
    await moveClock(database, { seconds: 4 * 3600 + 120 });
    expect(codeOf(await join(long.name, patient.knockToken))).toBe('KNOCK_CLOSED');
  });

  test('but not after an ejection, which ends the admission', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const knocker = await room.knocker();
    await act(owner, 'admitKnock', { knockId: knocker.knockId });
    const own = await watchOwnKnock(knocker);
    await own.next();
    const joined = await joinWith(room.name, knocker.knockToken);
    await act(owner, 'ejectParticipants', { roomName: room.name, participantIds: [joined.participant?.id] });
    expect(await own.find(({ status }) => status === 'EXPIRED')).toMatchObject({ reason: 'RECALLED' });
    expect(await own.ended()).toEqual([]);
    expect(codeOf(await joinWith(room.name, knocker.knockToken))).toBe('KNOCK_CLOSED');
    const resumed = await act(callerOf(house.server, joined.sessionToken), 'joinRoom', { roomName: room.name });
    expect(codeOf(resumed)).toBe('MustKnock');
  });

  test('somebody who leaves by choice may come back while the admission lasts', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
    const first = await joinWith(room.name, knocker.knockToken);
    await act(callerOf(house.server, first.sessionToken), 'leaveRoom');
    const again = await joinWith(room.name, knocker.knockToken);
    expect(again.__typename).toBe('Joined');
    expect(again.participant?.id).not.toBe(first.participant?.id);
  });

  test('with a token that vouched and has run out since, the admission still holds', async () => {
    const { backend, database, anybody } = await openHouse();
    const room = await backend.waitingRoom();
    const exp = new Date(Date.now() + 60_000);
    const { jwt } = await room.token({ knocking: true, userId: 'nora-1', userName: 'Nora', exp });
    const knocked = await act(anybody, 'knock', { roomName: room.name, userName: 'x', token: jwt });
    const { knockToken, knockRequest } = knocked;
    expect(codeOf(await act(backend, 'admitKnock', { knockId: knockRequest?.id }))).toBe('KnockRequest');
    await moveClock(database, { seconds: 61 });
    const join = () => act(anybody, 'joinRoom', { roomName: room.name, knockToken });
    const first = await join();
    expect(first).toMatchObject({ __typename: 'Joined', participant: { userName: 'Nora', verified: true } });
    await moveClock(database, { seconds: 200 });
    expect(await join()).toMatchObject({ __typename: 'Joined', participant: { id: first.participant?.id } });
  });

  test('a restart of the service between knock, decision and entry loses nothing', async () => {
    const { backend, database, server } = await openHouse();
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await server.stop();
    const second = await startServer({ databaseUrl: database.url, rateLimits: false });
    expect(codeOf(await act(seed(second), 'admitKnock', { knockId: knocker.knockId }))).toBe('KnockRequest');
    await second.stop();
    const third = await startServer({ databaseUrl: database.url, rateLimits: false });
    const joined = await act(callerOf(third), 'joinRoom', { roomName: room.name, knockToken: knocker.knockToken });
    expect(codeOf(joined)).toBe('Joined');
  });
});

describe('taken back', () => {
  test('a late answer is told how it stands, and the knocker may knock anew', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const knocker = await room.knocker();
    expect(await act(knocker, 'cancelKnock')).toMatchObject({ status: 'CANCELLED', reason: 'WITHDRAWN' });
    for (const decision of ['admitKnock', 'denyKnock'] as const) {
      const late = await act(owner, decision, { knockId: knocker.knockId });
      expect(late).toMatchObject({
        code: 'KNOCK_ALREADY_DECIDED',
        knockRequest: { status: 'CANCELLED', reason: 'WITHDRAWN' },
      });
    }
    expect(await act(knocker, 'cancelKnock')).toMatchObject({ status: 'CANCELLED' });
    const anew = await room.knocker();
    expect(anew.knockId).not.toBe(knocker.knockId);
  });

  test('not after an answer: an admission is given back by leaving it unused', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
    expect(await act(knocker, 'cancelKnock')).toMatchObject({ code: 'KNOCK_ALREADY_DECIDED' });
  });
});

describe('denied', () => {
  test('the knocker is told, waits for the cool-down whatever it calls itself, and may then knock again', async () => {
    const { backend, database, anybody } = await openHouse();
    const room = await backend.waitingRoom({ knockCooldownSeconds: 90 });
    const owner = await room.owner();
    const knocker = await room.knocker({ userName: 'Nora' });
    const own = await watchOwnKnock(knocker);
    await own.next();
    await act(owner, 'denyKnock', { knockId: knocker.knockId, reply: 'Not today' });
    const told = await own.find(({ status }) => status !== 'PENDING');
    expect(told).toMatchObject({ status: 'DENIED', reason: 'DECIDED', reply: 'Not today', decidedBy: null });
    expect(Date.parse(told.knockAgainAt ?? '') - Date.parse(told.decidedAt ?? '')).toBe(90_000);
    expect(await own.ended()).toEqual([]);
    const knockAs = (caller: typeof anybody, userName: string) =>
      act(caller, 'knock', { roomName: room.name, userName });
    for (const caller of [anybody, knocker]) {
      const refused = await knockAs(caller, 'Somebody else');
      expect(refused.code).toBe('RATE_LIMITED');
      expect(refused.retryAfterSeconds).toBeGreaterThan(80);
      expect(refused.retryAfterSeconds).toBeLessThanOrEqual(90);
    }
    expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name, knockToken: knocker.knockToken }))).toBe(
      'KNOCK_DENIED',
    );
    await moveClock(database, { seconds: 100 });
    expect(codeOf(await knockAs(anybody, 'Nora'))).toBe('Knocked');
  });

  test('elsewhere nothing is held against it', async () => {
    const [room, other] = [await house.backend.waitingRoom(), await house.backend.waitingRoom()];
    const knocker = await room.knocker();
    await act(house.backend, 'denyKnock', { knockId: knocker.knockId });
    expect(codeOf(await act(house.anybody, 'knock', { roomName: other.name, userName: 'Nora' }))).toBe('Knocked');
  });

  test('with a ban: never again, under no other name, and not with a token either', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
    const owner = await room.owner();
    const { jwt } = await room.token({ knocking: true, userId: 'nora-1' });
    const knocked = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora', token: jwt });
    const denied = await act(owner, 'denyKnock', { knockId: knocked.knockRequest?.id, ban: true });
    expect(denied).toMatchObject({ status: 'DENIED', knockAgainAt: null });
    const fresh = await room.token({ userId: 'nora-1', userName: 'Another name' });
    expect(codeOf(await act(house.anybody, 'knock', { roomName: room.name, userName: 'N', token: jwt }))).toBe(
      'BANNED',
    );
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token: fresh.jwt }))).toBe('BANNED');
    expect((await accessOf(house.anybody, room.name, fresh.jwt)).refusal).toMatchObject({ code: 'BANNED' });
    const bans = await read(
      owner,
      '{ room(name: "ROOM") { bans { nodes { userId exp } } } }'.replace('ROOM', room.name),
    );
    expect(bans).toEqual({ room: { bans: { nodes: [{ userId: 'nora-1', exp: null }] } } });
  });

  test('after a ban of somebody unknown and their network, nobody unknown can knock from there, but somebody with a voucher can', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
    const knocker = await room.knocker();
    await act(house.backend, 'denyKnock', { knockId: knocker.knockId, ban: true, banNetwork: true });
    const knock = (more: object) => act(house.anybody, 'knock', { roomName: room.name, userName: 'Norbert', ...more });
    expect(codeOf(await knock({}))).toBe('BANNED');
    const { jwt } = await room.token({ knocking: true, userId: 'colleague' });
    expect(codeOf(await knock({ token: jwt }))).toBe('Knocked');
  });
});

describe('deciding', () => {
  test('twice is once: the second is told the first verdict, by whom it was given', async () => {
    const room = await house.backend.waitingRoom();
    const owners = [await room.owner(), await room.owner({ userName: 'Oskar' })] as const;
    const knocker = await room.knocker();
    await act(owners[0], 'denyKnock', { knockId: knocker.knockId });
    const second = await act(owners[1], 'admitKnock', { knockId: knocker.knockId });
    expect(second).toMatchObject({
      __typename: 'KnockAlreadyDecided',
      knockRequest: { status: 'DENIED', decidedBy: { kind: 'PARTICIPANT', name: 'Olga Owner' } },
    });
  });

  test('is for people in the room, and for the backend with the scope', async () => {
    const room = await house.backend.waitingRoom();
    const elsewhere = await (await house.backend.waitingRoom()).owner();
    const knocker = await room.knocker();
    const decide = (caller: typeof house.anybody) =>
      act(caller, 'admitKnock', { knockId: knocker.knockId }).then(codeOf);
    expect(await decide(house.anybody)).toBe('UNAUTHENTICATED');
    expect(await decide(knocker)).toBe('FORBIDDEN');
    expect(await decide(await room.guest())).toBe('FORBIDDEN');
    expect(await decide(elsewhere)).toBe('NOT_FOUND');
    expect(await decide(await house.backend.key(['READ', 'ROOMS', 'TOKENS']))).toBe('FORBIDDEN');
    expect(await decide(await room.guest({ permissions: { canAdmin: ['STREAMING'] } }))).toBe('FORBIDDEN');
    expect(await decide(await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } }))).toBe('KnockRequest');
  });

  test('by the backend is on record under the name of its key', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    const key = await house.backend.key(['ADMISSION']);
    const admitted = await act(key, 'admitKnock', { knockId: knocker.knockId });
    expect(admitted).toMatchObject({ decidedBy: { kind: 'BACKEND', name: 'key for ADMISSION', userId: null } });
  });

  test('an id of no knock is not found, and a malformed reply is refused with its field', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    for (const knockId of ['nonsense', room.id, `knock_${'0'.repeat(32)}`]) {
      expect(codeOf(await act(house.backend, 'admitKnock', { knockId })), knockId).toBe('NOT_FOUND');
    }
    const refused = await act(house.backend, 'denyKnock', { knockId: knocker.knockId, reply: 'x'.repeat(501) });
    expect(refused.issues?.map(({ path }) => path)).toEqual([['input', 'reply']]);
  });

  test('writing back reaches the one knocker, and it waits on', async () => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const [nora, norbert] = [await room.knocker({ userName: 'Nora' }), await room.knocker({ userName: 'Norbert' })];
    const [ofNora, ofNorbert] = [await watchOwnKnock(nora), await watchOwnKnock(norbert)];
    await Promise.all([ofNora.next(), ofNorbert.next()]);
    expect(await act(owner, 'replyToKnock', { knockId: nora.knockId, reply: 'Two minutes' })).toMatchObject({
      status: 'PENDING',
    });
    expect(await ofNora.find(({ reply }) => reply !== null)).toMatchObject({ status: 'PENDING', reply: 'Two minutes' });
    await act(owner, 'admitKnock', { knockId: norbert.knockId });
    expect(await ofNorbert.find(({ status }) => status === 'ADMITTED')).toMatchObject({ reply: null });
    expect(codeOf(await act(owner, 'replyToKnock', { knockId: norbert.knockId, reply: 'Late' }))).toBe(
      'KNOCK_ALREADY_DECIDED',
    );
    expect(codeOf(await act(owner, 'replyToKnock', { knockId: nora.knockId, reply: '  ' }))).toBe('INVALID_INPUT');
  });
});

describe('deciding many', () => {
  test('by ids decides exactly those that still wait, each once, and answers the oldest first', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
    const owner = await room.owner();
    const [a, b, c, d] = [await room.knocker(), await room.knocker(), await room.knocker(), await room.knocker()];
    const stranger = await (await house.backend.waitingRoom()).knocker();
    await act(owner, 'denyKnock', { knockId: b.knockId });
    const knockIds = [d.knockId, b.knockId, d.knockId, stranger.knockId, 'nonsense', a.knockId];
    const admitted = await act(owner, 'admitKnocks', { roomName: room.name, knockIds, reply: 'All of you' });
    expect(admitted.knockRequests?.map(({ id, status, reply }) => [id, status, reply])).toEqual([
      [a.knockId, 'ADMITTED', 'All of you'],
      [d.knockId, 'ADMITTED', 'All of you'],
    ]);
    const left = await read(owner, '{ knockRequests(status: PENDING) { nodes { id } } }');
    expect(left).toEqual({ knockRequests: { nodes: [{ id: c.knockId }] } });
  });

  test.each(['admitKnocks', 'denyKnocks'] as const)(
    '%s with ids of which none is a knock of the room',
    async (mutation) => {
      const own = await openHouse();
      const [room, other] = [await own.backend.waitingRoom(), await own.backend.waitingRoom()];
      const [owner, { knockId }] = [await room.owner(), await other.knocker()];
      const elsewhere = await (await openOtherDomain(own)).waitingRoom();
      const foreign = [knockId, (await elsewhere.knocker()).knockId];
      const pairs = [foreign, ...foreign.map((id) => [id]), [...foreign, 'nonsense'], ['nonsense']];
      for (const caller of [owner, own.backend]) {
        for (const knockIds of pairs)
          expect(codeOf(await act(caller, mutation, { roomName: room.name, knockIds }))).toBe('NOT_FOUND');
        const none = await act(caller, mutation, { roomName: room.name, knockIds: [] });
        expect(none).toMatchObject({ __typename: 'KnocksDecided', knockRequests: [] });
      }
      const left = await read(
        own.backend,
        `{ knockRequests(roomName: "${other.name}", status: PENDING) { totalCount } }`,
      );
      expect(left).toEqual({ knockRequests: { totalCount: 1 } });
    },
  );

  test('by what the owner had seen leaves out who came after', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
    const owner = await room.owner();
    const list = await watchKnocks(owner);
    const early = [await room.knocker(), await room.knocker()];
    const requestedBefore = [await list.next(), await list.next()].at(-1)?.requestedAt;
    const late = await room.knocker();
    const denied = await act(owner, 'denyKnocks', { roomName: room.name, requestedBefore });
    expect(denied.knockRequests?.map(({ id }) => id)).toEqual(early.map(({ knockId }) => knockId));
    expect(denied.knockRequests?.every(({ status }) => status === 'DENIED')).toBe(true);
    expect(await act(late, 'heartbeat')).toMatchObject({ status: 'PENDING' });
    const again = await act(owner, 'denyKnocks', { roomName: room.name, requestedBefore });
    expect(again).toMatchObject({ __typename: 'KnocksDecided', knockRequests: [] });
  });

  test('needs to be told which, in one way', async () => {
    const { name: roomName } = await house.backend.waitingRoom();
    const both = { roomName, knockIds: [], requestedBefore: new Date() };
    for (const input of [{ roomName }, both]) {
      expect(codeOf(await act(house.backend, 'admitKnocks', input))).toBe('INVALID_INPUT');
    }
    expect(codeOf(await act(house.backend, 'admitKnocks', { roomName: 'there-is-none', knockIds: [] }))).toBe(
      'NOT_FOUND',
    );
  });
});
