import { describe, expect, test } from 'vitest';
import { type Actor, theService } from '../../src/rules/actor.ts';
import type { RoomFacts } from '../../src/rules/facts.ts';
import { isPending } from '../../src/rules/knock-request.ts';
import { concludeRoom } from '../../src/rules/leaving.ts';
import type { LiveStream } from '../../src/rules/live-stream.ts';
import { isInside, willEject } from '../../src/rules/participant.ts';
import { deleteRoom, settle } from '../../src/rules/room-life.ts';
import {
  admittedOf,
  at,
  claimsOf,
  deniedOf,
  factsAfter,
  factsOf,
  fateOf,
  goneOf,
  idOf,
  knockOf,
  longAgo,
  now,
  owner,
  participantOf,
  roomOf,
  waitingRoomOf,
} from './facts-kit.ts';

const stays = participantOf({ attachedTo: [idOf('process-1')] });
const waits = knockOf({ attachedTo: [idOf('process-1')] });

/** What falls due at that instant, in a word each. */
function dueAt(facts: RoomFacts, seconds: number): readonly string[] {
  const changes = settle(facts, at(seconds), longAgo);
  return [
    ...(changes?.knocks ?? []).map((knock) => (isPending(knock) ? `PENDING ${knock.connection}` : fateOf(knock))),
    ...(changes?.participants ?? []).map((one) => (isInside(one) ? one.connection : one.left.reason)),
    ...(changes?.room ? [`room ${changes.room.closedBy}`] : []),
  ];
}

describe('what falls due is settled at its instant and not before', () => {
  const elapsed = (room: Partial<Parameters<typeof roomOf>[0]>, claims: Parameters<typeof claimsOf>[0] | null = null) =>
    factsOf({
      room: roomOf(room),
      participants: [{ ...stays, joinedAt: now, token: claims === null ? null : claimsOf(claims) }],
    });
  test.each<[string, RoomFacts, number, readonly string[]]>([
    ['a knock that nobody answered', factsOf({ knocks: [{ ...waits, exp: at(600) }] }), 600, ['EXPIRED TIMED_OUT']],
    ['an admission at its end', factsOf({ knocks: [admittedOf({ letsInUntil: at(60) })] }), 60, ['EXPIRED TIMED_OUT']],
    ['a knocker that is silent', factsOf({ knocks: [knockOf({ seenUntil: at(30) })] }), 30, ['PENDING RECONNECTING']],
    [
      'a knocker that is gone',
      factsOf({ knocks: [knockOf({ seenUntil: at(30), connection: 'RECONNECTING' })] }),
      300,
      ['CANCELLED KNOCKER_LEFT'],
    ],
    [
      'a participant that is silent',
      factsOf({ participants: [participantOf({ seenUntil: at(20) })] }),
      20,
      ['RECONNECTING'],
    ],
    [
      'a participant that is gone',
      factsOf({ participants: [participantOf({ seenUntil: at(20), connection: 'RECONNECTING' })] }),
      50,
      ['CONNECTION_LOST'],
    ],
    ['the room after its time', elapsed({ ejectAfterElapsedSeconds: 40 }), 40, ['TIME_ELAPSED']],
    ['a token after its time', elapsed({}, { ejectAfterElapsedSeconds: 40 }), 40, ['TIME_ELAPSED']],
    ['a token at its exp', elapsed({}, { ejectAtTokenExp: true, exp: at(40) }), 40, ['TOKEN_EXPIRED']],
    [
      "the room's exp, with who may not stay",
      elapsed({ exp: at(40), ejectAtRoomExp: true }),
      40,
      ['ROOM_EXPIRED', 'room EXPIRED'],
    ],
    ["the room's exp, with who may stay", elapsed({ exp: at(40) }), 40, ['room EXPIRED']],
    [
      "the room's exp, with who waits and who was admitted",
      factsOf({
        room: waitingRoomOf({ exp: at(40) }),
        knocks: [waits, admittedOf({ id: idOf('knock-2'), letsInUntil: at(900) })],
      }),
      40,
      ['EXPIRED ROOM_CLOSED', 'EXPIRED ROOM_CLOSED', 'room EXPIRED'],
    ],
  ])('%s', (_what, facts, seconds, settled) => {
    expect(dueAt(facts, seconds - 0.001)).toEqual([]);
    expect(dueAt(facts, seconds)).toEqual(settled);
    const after = factsAfter(facts, settle(facts, at(seconds), longAgo));
    expect(settle(after, at(seconds), longAgo), 'a second time there is nothing left to do').toBeNull();
  });

  test('the exp waits for the admissions to be known: none of them may outlive the room', () => {
    const facts = factsOf({ room: waitingRoomOf({ exp: at(1) }), hasAdmissions: false });
    expect(settle(facts, at(2), longAgo)).toBeNull();
  });
});

describe('whoever could not come back, because the service was away, has the usual time when it is there again', () => {
  const back = 1_000;
  const person = participantOf({ seenUntil: at(20) });
  const [silent, lost] = [person, { ...person, connection: 'RECONNECTING' as const }];
  const knocker = knockOf({ exp: at(9_000), seenUntil: at(30), connection: 'RECONNECTING' });
  const of = (one: typeof person) => factsOf({ participants: [one] });
  test.each<[string, RoomFacts, number]>([
    ['who was silent', of(silent), 30],
    ['who was reconnecting', of(lost), 30],
    ['who waits', factsOf({ knocks: [knocker] }), 270],
  ])('%s', (_what, facts, keepSeconds) => {
    const settled = (before: RoomFacts, seconds: number) => settle(before, at(seconds), at(back));
    const excused = factsAfter(facts, settled(facts, back + 1));
    const [one] = [...excused.knocks.values(), ...excused.participants.values()];
    expect(one).toMatchObject({ connection: 'RECONNECTING', seenUntil: at(back) });
    // It is on record, so that it does not fall due again and again.
    expect(settled(excused, back + keepSeconds - 1)).toBeNull();
    const gone = settled(excused, back + keepSeconds);
    expect([...(gone?.knocks ?? []), ...(gone?.participants ?? [])]).toHaveLength(1);
    // Where it was settled at no time in between, the time is over as well.
    expect(settled(facts, back + keepSeconds)).toEqual(
      gone === null ? gone : expect.objectContaining({ events: gone.events }),
    );
  });

  test('nobody knows yet since when: who is away is shown so', () => {
    const { participants = [] } = settle(of(lost), at(back), at(back + 1)) ?? {};
    expect(participants).toMatchObject([{ connection: 'RECONNECTING', seenUntil: at(back) }]);
  });

  test('whoever still had time when it was there again keeps that time first', () => {
    const lately = of({ ...lost, seenUntil: at(back - 10) });
    expect(settle(lately, at(back + 19), at(back))).toBeNull();
    expect(settle(lately, at(back + 20), at(back))?.participants).toMatchObject([{ seenUntil: at(back) }]);
  });
});

describe('who is put out, and when', () => {
  const room = roomOf({ ejectAfterElapsedSeconds: 100, ejectAtRoomExp: true, exp: at(200) });
  const joined = participantOf({ joinedAt: now });
  test.each([
    ['without a token: by the room', null, { at: at(100), reason: 'TIME_ELAPSED' }],
    ['a token that says nothing of it: by the room', {}, { at: at(100), reason: 'TIME_ELAPSED' }],
    [
      'a token that says when: by the token alone',
      { ejectAfterElapsedSeconds: 150 },
      { at: at(150), reason: 'TIME_ELAPSED' },
    ],
    [
      'a token that says at its exp: by the token alone',
      { ejectAtTokenExp: true, exp: at(50) },
      { at: at(50), reason: 'TOKEN_EXPIRED' },
    ],
    ['a token that says never: not even by the room', { ejectAtTokenExp: false }, null],
  ])('%s', (_what, claims, ejection) => {
    expect(willEject({ ...joined, token: claims === null ? null : claimsOf(claims) }, room)).toEqual(ejection);
  });
});

test.each([
  [100, 200, 'TIME_ELAPSED', 'TIME_ELAPSED'],
  [200, 100, 'ROOM_EXPIRED', 'TOKEN_EXPIRED'],
] as const)('of two ends, %i s after joining and in %i s, the earlier counts', (elapsed, exp, ofRoom, ofToken) => {
  const joined = participantOf({ joinedAt: now });
  const end = { ejectAfterElapsedSeconds: elapsed, exp: at(exp) };
  const room = roomOf({ ...end, ejectAtRoomExp: true });
  const token = claimsOf({ ...end, ejectAtTokenExp: true });
  expect(willEject(joined, room)).toEqual({ at: at(100), reason: ofRoom });
  expect(willEject({ ...joined, token }, room)).toEqual({ at: at(100), reason: ofToken });
});

describe('a deleted room', () => {
  const stream: LiveStream = {
    id: idOf('stream-1'),
    roomId: roomOf().id,
    domainId: roomOf().domainId,
    status: 'LIVE',
    destinations: ['rtmp://example.com/live'],
    destinationsSealed: null,
    egressId: null,
    startAskedAt: null,
    startedAt: at(-60),
    statusAt: null,
    startedBy: theService,
    endedAt: null,
    error: null,
  };
  const facts = factsOf({
    knocks: [waits, admittedOf({ id: idOf('in') }), deniedOf({ id: idOf('no') })],
    participants: [owner, stays],
    liveStream: stream,
  });

  test('puts everybody out, sends away everybody who waits, and ends every admission and the live stream', () => {
    const { changes } = deleteRoom(facts, theService, now);
    expect(changes?.participants?.map(({ left }) => left?.reason)).toEqual(['ROOM_DELETED', 'ROOM_DELETED']);
    expect(changes?.knocks?.map(fateOf)).toEqual(['EXPIRED ROOM_CLOSED', 'EXPIRED ROOM_CLOSED']);
    expect(changes?.liveStream?.status).toBe('STOPPED');
    expect(changes?.room).toMatchObject({ closedBy: 'DELETED', closedAt: now });
  });

  test('is over at once, with its last event, by whoever deleted it, and only once', () => {
    const key: Actor = { ...theService, kind: 'BACKEND', name: 'shop' };
    const { changes } = deleteRoom(facts, key, now);
    expect(changes?.events.at(-1)).toEqual({ type: 'RoomClosed', by: key });
    expect(changes?.events.every(({ by }) => by === key)).toBe(true);
    expect(changes?.room).toMatchObject({ isOver: true, updatedAt: now });
    expect(concludeRoom(factsAfter(facts, changes ?? null), now)).toBeNull();
  });

  test('an expired room goes on for who may stay, and is over when they leave', () => {
    const expired = factsOf({ room: roomOf({ closedAt: at(-1), closedBy: 'EXPIRED' }), participants: [stays] });
    expect(concludeRoom(expired, now)).toBeNull();
    const empty = factsAfter(expired, { participants: [goneOf('LEFT', stays)], events: [] });
    expect(concludeRoom(empty, now)?.events).toHaveLength(1);
    expect(concludeRoom(empty, now)?.room).toMatchObject({ isOver: true, updatedAt: now });
  });

  test.each(['STARTING', 'LIVE', 'STOPPING'] as const)('ends what it still sends with itself: %s', (status) => {
    const closed = roomOf({ closedAt: at(-1), closedBy: 'EXPIRED' });
    const running = { ...stream, status };
    const goesOn = factsOf({ room: closed, participants: [stays], liveStream: running });
    expect(concludeRoom(goesOn, now)).toBeNull();
    const end = concludeRoom(factsOf({ room: closed, liveStream: running }), now);
    expect(end?.liveStream).toMatchObject({ status: 'STOPPED', endedAt: now });
    expect(end?.events.map(({ type }) => type)).toEqual(['LiveStreamChanged', 'RoomClosed']);
  });

  test('is not deleted twice, nor after its exp once nobody is inside', () => {
    const after = factsAfter(facts, deleteRoom(facts, theService, now).changes);
    expect(deleteRoom(after, theService, at(1)).answer).toMatchObject({ code: 'NOT_FOUND' });
    const expired = factsOf({ room: waitingRoomOf({ exp: at(-1) }), participants: [goneOf('LEFT', stays)] });
    expect(deleteRoom(expired, theService, now).answer).toMatchObject({ code: 'NOT_FOUND' });
    const settled = factsOf({ room: roomOf({ closedAt: at(-1), closedBy: 'EXPIRED' }), participants: [stays] });
    const { changes } = deleteRoom(settled, theService, now);
    expect(changes?.room).toMatchObject({ closedBy: 'DELETED', closedAt: now });
    expect(changes?.participants?.map(({ left }) => left?.reason)).toEqual(['ROOM_DELETED']);
  });
});
