import { describe, expect, test } from 'vitest';
import { encodeId } from '../../src/rules/ids.ts';
import { followMedia, settleMutes } from '../../src/rules/media-following.ts';
import { toMediaRights } from '../../src/rules/media-rights.ts';
import type { SeenPerson, SeenTrack } from '../../src/rules/media-seen.ts';
import type { PresentParticipant } from '../../src/rules/participant.ts';
import { defaultPermissions, type MediaKind } from '../../src/rules/permissions.ts';
import { settle } from '../../src/rules/room-life.ts';
import { at, domain, factsAfter, factsOf, idOf, longAgo, now, participantOf, roomOf } from './facts-kit.ts';

const carried = { ...domain, mediaServer: { id: idOf<'MediaServer'>('livekit'), kind: 'LIVEKIT' as const } };
const guest = participantOf({ audio: false, video: false, seenUntil: at(20) });
const factsWith = (...participants: readonly PresentParticipant[]) =>
  factsOf({ room: roomOf(), domain: carried, participants });

const seenAs = (one: PresentParticipant, more: Partial<SeenPerson> = {}): SeenPerson => ({
  identity: encodeId('Participant', one.id),
  sid: 'PA_1',
  kind: 'STANDARD',
  state: 'ACTIVE',
  joinedAt: null,
  rights: toMediaRights(defaultPermissions, false),
  tracks: [],
  ...more,
});
const microphone: SeenTrack = {
  sid: 'TR_1',
  source: 'MICROPHONE',
  type: 'AUDIO',
  mimeType: 'audio/opus',
  muted: false,
};
const looked = (facts: ReturnType<typeof factsWith>, seen: readonly SeenPerson[], when = now, since = longAgo) => {
  const { changes, answer } = followMedia(facts, seen, when, since);
  return { changes, answer, facts: factsAfter(facts, changes), one: changes?.participants?.[0] };
};

describe('what a look shows', () => {
  test('who is connected there and what they send; and the second look writes nothing', () => {
    const first = looked(factsWith(guest), [seenAs(guest, { tracks: [microphone] })]);
    expect(first.one).toMatchObject({ mediaConnection: 'CONNECTED', mediaSid: 'PA_1', audio: true, video: false });
    expect(first.changes?.events).toMatchObject([{ type: 'ParticipantUpdated' }]);
    expect(looked(first.facts, [seenAs(guest, { tracks: [microphone] })]).changes).toBeUndefined();
  });

  test.each([
    ['audio', 'MICROPHONE', 'AUDIO', 'audio/opus'],
    ['video', 'CAMERA', 'VIDEO', 'video/vp8'],
    ['screenShare', 'SCREEN_SHARE', 'VIDEO', 'video/vp8'],
  ] as const)('that somebody sends %s, and ceases to, is on record and told', (what, source, type, mimeType) => {
    const there = { ...guest, mediaConnection: 'CONNECTED', mediaSid: 'PA_1' } as const;
    const tracks = [{ ...microphone, source, type, mimeType }];
    const sending = looked(factsWith(there), [seenAs(there, { tracks })]);
    const nothing = { audio: false, video: false, screenShare: false };
    expect(sending.changes).toMatchObject({
      participants: [{ ...nothing, [what]: true }],
      events: [{ type: 'ParticipantUpdated' }],
    });
    expect(looked(sending.facts, [seenAs(there)]).changes).toMatchObject({
      participants: [nothing],
      events: [{ type: 'ParticipantUpdated' }],
    });
  });

  test('a muted track is not sent, and whoever has left there sends nothing', () => {
    const there = { ...guest, audio: true, mediaConnection: 'CONNECTED', mediaSid: 'PA_1' } as const;
    expect(looked(factsWith(there), [seenAs(there, { tracks: [{ ...microphone, muted: true }] })]).one).toMatchObject({
      audio: false,
    });
    expect(looked(factsWith(there), []).one).toMatchObject({ audio: false, mediaConnection: 'LEFT' });
  });

  test('what somebody says of themselves before they have connected stays as it is', () => {
    expect(looked(factsWith({ ...guest, audio: true }), []).changes).toBeUndefined();
  });

  test('a recorder of the same name is nobody', () => {
    expect(looked(factsWith(guest), [seenAs(guest, { kind: 'OTHER' })]).changes).toBeUndefined();
  });
});

describe('being connected counts as a beat', () => {
  const beating = { ...guest, seenUntil: at(1) };

  test('it is renewed before it runs out, and not at each look', () => {
    const { one, facts } = looked(factsWith(beating), [seenAs(beating)]);
    expect(one).toMatchObject({ seenUntil: at(45), connection: 'CONNECTED' });
    expect(looked(facts, [seenAs(beating)], at(25)).changes).toBeUndefined();
    expect(looked(facts, [seenAs(beating)], at(31)).one).toMatchObject({ seenUntil: at(76) });
  });

  test('whoever holds a subscription needs none', () => {
    const held = {
      ...beating,
      attachedTo: [idOf<'Process'>('process')],
      mediaConnection: 'CONNECTED',
      mediaSid: 'PA_1',
    } as const;
    expect(looked(factsWith(held), [seenAs(held)]).changes).toBeUndefined();
  });

  test('whoever was away and is seen there is connected', () => {
    const away = { ...guest, seenUntil: at(-20), connection: 'RECONNECTING' } as const;
    expect(looked(factsWith(away), [seenAs(away)]).one).toMatchObject({ connection: 'CONNECTED' });
  });

  test('a socket without media is neither here nor gone', () => {
    const away = { ...guest, seenUntil: at(-31), connection: 'RECONNECTING' } as const;
    expect(looked(factsWith(away), [seenAs(away, { state: 'JOINING' })]).changes).toBeUndefined();
  });
});

describe('nobody has lost the connection before a look', () => {
  const away = { ...guest, seenUntil: at(-31), connection: 'RECONNECTING' } as const;

  test('without one the place is kept, for 15 minutes at most; without a media server for 30 s', () => {
    expect(settle(factsWith(away), now, longAgo)).toBeNull();
    expect(settle(factsWith(away), at(-31 + 900), longAgo)?.participants).toMatchObject([
      { left: { reason: 'CONNECTION_LOST' } },
    ]);
    const plain = factsOf({ room: roomOf(), domain, participants: [away] });
    expect(settle(plain, now, longAgo)?.participants).toMatchObject([{ left: { reason: 'CONNECTION_LOST' } }]);
  });

  test('a look that does not show them after 30 s ends it; one before that says when to look again', () => {
    expect(looked(factsWith(away), []).one).toMatchObject({ left: { reason: 'CONNECTION_LOST' } });
    const { answer, changes } = looked(factsWith(away), [], at(-2));
    expect(changes).toBeUndefined();
    expect(answer.judgeAt).toEqual(at(-1));
  });

  test('after an outage everybody has 30 fresh seconds, however short it was', () => {
    const back = looked(factsWith({ ...away, connection: 'CONNECTED' }), [], now, at(-5));
    expect(back.one).toMatchObject({ left: null, seenUntil: at(-5), connection: 'RECONNECTING' });
    expect(back.changes?.events).toMatchObject([{ type: 'ParticipantUpdated' }]);
    expect(back.answer.judgeAt).toEqual(at(25));
    expect(looked(back.facts, [], at(24), at(-5)).changes).toBeUndefined();
    expect(looked(back.facts, [], at(25), at(-5)).one).toMatchObject({ left: { reason: 'CONNECTION_LOST' } });
  });

  test('whoever is judged late, since the media server was away, has 30 fresh seconds', () => {
    const late = looked(factsWith(away), [], at(60));
    expect(late.one).toMatchObject({ left: null, seenUntil: at(60), connection: 'RECONNECTING' });
    expect(looked(late.facts, [], at(91)).one).toMatchObject({ left: { reason: 'CONNECTION_LOST' } });
  });
});

describe('whoever sends something else than they say', () => {
  const camera: SeenTrack = { ...microphone, type: 'VIDEO', mimeType: 'video/vp8' };

  test('may send nothing for the rest of the session, and is told once', () => {
    const { one, answer, facts } = looked(factsWith(guest), [seenAs(guest, { tracks: [camera] })]);
    expect(one).toMatchObject({ permissions: { canSend: [] }, audio: false, left: null });
    expect(answer.offenders).toEqual([{ participantId: encodeId('Participant', guest.id), fault: 'LIE' }]);
    expect(answer.plan.stages.flat()).toMatchObject([{ kind: 'ALLOW', rights: { canPublish: false } }]);
    expect(looked(facts, [seenAs(guest, { tracks: [camera] })]).answer.offenders).toEqual([]);
  });

  describe('a custom track of the type that is not allowed', () => {
    const custom: SeenTrack = { ...camera, sid: 'TR_2', source: 'UNKNOWN' };
    const allowed = (canSend: readonly MediaKind[]) => ({
      ...guest,
      permissions: { hasPresence: null, canSend, canReceive: null, canAdmin: null },
    });

    test('takes the custom tracks, and leaves what else is sent', () => {
      const sender = allowed(['AUDIO', 'VIDEO', 'CUSTOM_AUDIO']);
      const { one, answer, facts } = looked(factsWith(sender), [seenAs(sender, { tracks: [microphone, custom] })]);
      expect(one).toMatchObject({ permissions: { canSend: ['AUDIO', 'VIDEO'] }, audio: true, left: null });
      expect(answer.offenders).toMatchObject([{ fault: 'SURPLUS' }]);
      expect(answer.plan.stages.flat()).toMatchObject([
        { kind: 'ALLOW', rights: { canPublish: true, sources: ['CAMERA', 'MICROPHONE'] } },
      ]);
      expect(looked(facts, [seenAs(sender, { tracks: [microphone, custom] })]).answer.offenders).toEqual([]);
    });

    test('does not cover a lie', () => {
      const sender = allowed(['AUDIO', 'CUSTOM_AUDIO']);
      const lie = { ...custom, sid: 'TR_3', source: 'MICROPHONE' } as const;
      const { one, answer } = looked(factsWith(sender), [seenAs(sender, { tracks: [custom, lie] })]);
      expect(one).toMatchObject({ permissions: { canSend: [] } });
      expect(answer.offenders).toMatchObject([{ fault: 'LIE' }]);
    });

    test('is no fault where a right has just ended: the media server takes it away', () => {
      const sender = allowed(['AUDIO', 'VIDEO']);
      const { answer, changes } = looked(factsWith(sender), [seenAs(sender, { tracks: [custom] })]);
      expect(answer.offenders).toEqual([]);
      expect(changes?.participants?.[0]?.permissions).toEqual(sender.permissions);
      expect(answer.plan.stages.flat()).toMatchObject([{ kind: 'ALLOW', rights: { canPublish: true } }]);
    });
  });
});

describe('mutes that are owed', () => {
  const owing = { ...guest, mutesOwed: ['AUDIO'] as const, mediaConnection: 'CONNECTED', mediaSid: 'PA_1' } as const;

  test('are asked for, and settled by what was asked for', () => {
    const { answer } = looked(factsWith(owing), [seenAs(owing, { tracks: [microphone] })]);
    expect(answer.plan.stages.flat()).toMatchObject([{ kind: 'MUTE', trackSid: 'TR_1' }]);
    const meanwhile = factsWith({ ...owing, mutesOwed: ['AUDIO', 'VIDEO'] });
    expect(settleMutes(meanwhile, answer.owed).changes?.participants).toMatchObject([{ mutesOwed: ['VIDEO'] }]);
    expect(settleMutes(factsWith(guest), answer.owed).changes).toBeUndefined();
  });

  test.each(['CONNECTED', null] as const)(
    'stay owed where a look finds that somebody is not there: %s',
    (mediaConnection) => {
      const gone = looked(factsWith({ ...owing, mediaConnection }), []);
      const sends = { sid: 'PA_2', joinedAt: at(0), tracks: [microphone] } as const;
      const back = looked(gone.facts, [seenAs(guest, sends)], at(0.5));
      expect(back.answer.plan.stages.flat()).toMatchObject([{ kind: 'MUTE', trackSid: 'TR_1' }]);
    },
  );

  test('whoever is muted while they are away is muted when they come back and send, and once', () => {
    const away = { ...guest, mutesOwed: ['AUDIO'], mediaConnection: 'LEFT', mediaSid: 'PA_1' } as const;
    const still = looked(factsWith(away), []);
    expect([still.changes, still.answer.owed.size]).toEqual([undefined, 0]);
    // The media server lists whoever comes before it lists what they send, and any number of looks may come between.
    const back = { sid: 'PA_2', joinedAt: at(0) } as const;
    const untold = looked(still.facts, [seenAs(guest, { ...back, joinedAt: null })], at(0.5));
    expect(untold.answer.owed.size).toBe(0);
    const come = looked(still.facts, [seenAs(guest, back)], at(0.5));
    expect(come.one).toMatchObject({ mutesOwed: ['AUDIO'] });
    for (const seconds of [0.5, 1, 2, 9.9]) {
      const { answer } = looked(come.facts, [seenAs(guest, back)], at(seconds));
      expect([answer.owed.size, answer.plan.stages, answer.judgeAt]).toEqual([0, [], at(10)]);
    }
    const sends = looked(come.facts, [seenAs(guest, { ...back, tracks: [microphone] })], at(2));
    expect(sends.answer.plan.stages.flat()).toMatchObject([{ kind: 'MUTE', trackSid: 'TR_1' }]);
    expect(sends.answer.judgeAt).toBeNull();
    expect(settleMutes(sends.facts, sends.answer.owed).changes?.participants).toMatchObject([{ mutesOwed: [] }]);
  });

  const settledIn = (more: Partial<SeenPerson>, seconds: number) =>
    looked(factsWith(owing), [seenAs(owing, more)], at(seconds)).answer.owed;

  test('whoever sends nothing in 10 s after coming is not muted by what they send later', () => {
    expect(settledIn({ joinedAt: at(0) }, 9.9).size).toBe(0);
    expect([...settledIn({ joinedAt: at(0) }, 10).values()]).toEqual([['AUDIO']]);
    expect(settledIn({ joinedAt: null }, 0).size).toBe(1);
  });

  test('another track says nothing of the one that is to come, and a socket without media nothing at all', () => {
    const sound = { ...microphone, source: 'SCREEN_SHARE_AUDIO' } as const;
    expect(settledIn({ joinedAt: at(0), tracks: [sound] }, 1).size).toBe(0);
    expect(settledIn({ joinedAt: at(-60), state: 'JOINING' }, 1).size).toBe(0);
  });
});

test('a room that has ended and that nobody is in is closed there, and nobody before', () => {
  const closed = roomOf({ closedAt: at(-1), closedBy: 'DELETED' });
  expect(followMedia(factsOf({ room: closed, domain: carried }), [], now, longAgo).answer).toMatchObject({
    isOver: true,
    plan: { stages: [[{ kind: 'CLOSE_ROOM' }]] },
  });
  const busy = factsOf({ room: closed, domain: carried, participants: [guest] });
  expect(followMedia(busy, [seenAs(guest)], now, longAgo).answer).toMatchObject({
    isOver: false,
    plan: { stages: [] },
  });
});
