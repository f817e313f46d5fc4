import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createStateNotes } from '../../src/media/notes.ts';
import { makePass, type PassDeps } from '../../src/media/pass.ts';
import type { MediaOutcome } from '../../src/media/port.ts';
import type { RoomCommand } from '../../src/room/command.ts';
import { theService } from '../../src/rules/actor.ts';
import { encodeId } from '../../src/rules/ids.ts';
import type { LiveStream } from '../../src/rules/live-stream.ts';
import type { FollowedLook, OwedMutes } from '../../src/rules/media-following.ts';
import type { MediaCall } from '../../src/rules/media-plan.ts';
import type { SeenStream } from '../../src/rules/media-seen.ts';
import type { LivekitServer } from '../../src/rules/media-server.ts';
import type { PresentParticipant } from '../../src/rules/participant.ts';
import { notFound, type Refusal, unavailable } from '../../src/rules/refusal.ts';
import type { ClaimedMediaRoom } from '../../src/storage/media-room.ts';
import { at, domain, factsOf, idOf, longAgo, now, participantOf, roomOf } from '../rules/facts-kit.ts';

// One look at a room: by what a media server is asked, and by what is made of its answers.

const room = roomOf();
const claimed: ClaimedMediaRoom = {
  ...{ domainId: room.domainId, roomId: room.id, mediaServerId: idOf('server'), wanted: 1, done: 0 },
  ...{ watchUntil: null, removedAt: null, isTakenOver: false, leasedUntil: at(60) },
};
const rights = { canSubscribe: true } as unknown as Extract<MediaCall, { kind: 'ALLOW' }>['rights'];
const remove: MediaCall = { kind: 'REMOVE', identity: 'gone' };
const [loud, other] = (['loud', 'other'] as const).map((name) =>
  participantOf({ id: idOf<'Participant'>(name), mutesOwed: ['AUDIO'] }),
) as [PresentParticipant, PresentParticipant];
const mute: MediaCall = { kind: 'MUTE', identity: encodeId('Participant', loud.id), trackSid: 'TR_1' };
const allow: MediaCall = { kind: 'ALLOW', identity: 'guest', rights };

const stream: LiveStream = {
  ...{ id: idOf('stream'), roomId: room.id, domainId: room.domainId, status: 'STARTING', startedBy: theService },
  ...{ destinations: ['rtmp://a.example'], destinationsSealed: '00', egressId: null, startedAt: at(-10) },
  startAskedAt: null,
  ...{ statusAt: null, endedAt: null, error: null },
};

type Scene = {
  readonly record?: Partial<LivekitServer>;
  /** The media server that the domain has by now, where it is another one. */
  readonly next?: Partial<LivekitServer>;
  /** What the service says of the room, where it does not say who may be in. */
  readonly refused?: Refusal;
  readonly stages?: readonly (readonly MediaCall[])[];
  readonly answers?: Readonly<Record<string, MediaOutcome['outcome'] | undefined>>;
  /** What is to be muted once, by identity. */
  readonly owed?: OwedMutes;
  readonly liveStream?: LiveStream;
  /** Where it is another one by the time at which something is written. */
  readonly onRecord?: LiveStream;
  readonly streams?: readonly SeenStream[];
  /** How long each call takes. The clock must be the test's own. */
  readonly msEach?: number;
};

const recordOf = (more: Partial<LivekitServer> = {}) => ({
  ...{ id: idOf('server'), url: 'wss://media.example', apiUrl: null, gate: true, gateHolds: true, endedAt: null },
  ...more,
});

/** Looks once. The media server answers each call so; what it does not name is done. */
async function look(scene: Scene) {
  const { record, next, refused, stages = [], answers = {}, owed = new Map(), liveStream, streams = [] } = scene;
  const asked: string[] = [];
  const told: unknown[] = [];
  const done = (name: string, what = '') => {
    asked.push(`${name} ${what}`.trim());
    if (scene.msEach !== undefined && asked.length > 1) vi.advanceTimersByTime(scene.msEach);
    return Promise.resolve({ outcome: answers[name] ?? 'DONE', error: 'no', people: [], isAble: true, streams });
  };
  const media = {
    ...{ look: () => done('look'), streams: () => done('streams'), startStream: () => done('startStream') },
    remove: (_room: string, who: string) => done('remove', who),
    allow: (_room: string, who: string) => done('allow', who),
    mute: (_room: string, who: string) => done('mute', who),
    closeRoom: () => done('closeRoom'),
    stopStream: (id: string) => done('stopStream', id),
  };
  const followed = {
    ...{ plan: { stages, isIntruded: false }, owed, offenders: [], liveStream: liveStream ?? null },
    ...{ isOver: false, isInUse: true, judgeAt: null },
  } as unknown as FollowedLook;
  const moved = { ...domain, mediaServer: { kind: 'LIVEKIT', id: idOf('next') } };
  const submit = async (_ref: unknown, command: RoomCommand<unknown>) => {
    if (told.length > 0 || asked.length > 1) {
      const standing = scene.onRecord ?? liveStream ?? null;
      const { answer, changes } = command.decide(
        factsOf({ room, liveStream: standing, participants: [loud, other] }),
        now,
      );
      told.push(changes?.liveStream ?? changes?.participants?.map(({ id }) => id));
      return { answer };
    }
    if (refused) return refused;
    return next === undefined ? { answer: followed } : { answer: null, room: { domain: moved } };
  };
  const end = await makePass(claimed, {
    servers: {
      find: async (_domain: unknown, id: unknown) => ({ record: recordOf(id === idOf('next') ? next : record), media }),
    },
    ...{ writer: { submit }, onAnswer: () => {}, now: () => now, uptime: { since: () => longAgo } },
    box: { open: () => Buffer.from('["rtmp://a.example/key"]') },
    reports: { called: () => {}, offended: () => {} },
  } as unknown as PassDeps);
  return { end, asked: asked.slice(1), told, isLookedAt: asked.length > 0 };
}

describe('what gives is asked for only once what takes away was done', () => {
  test.each([
    ['DONE', ['remove gone', 'allow guest'], true],
    ['GONE', ['remove gone', 'allow guest'], true],
    ['UNREACHABLE', ['remove gone'], false],
    ['REFUSED', ['remove gone'], false],
  ] as const)('%s', async (outcome, asked, isDone) => {
    const looked = await look({ stages: [[remove], [allow]], answers: { remove: outcome } });
    expect([looked.asked, looked.end]).toEqual([asked, expect.objectContaining({ kind: 'LOOKED', isDone })]);
  });
});

test('a look asks for nothing new after ten seconds: what is left is due again, and no mute that was not made is taken for made', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const strangers = Array.from({ length: 100 }, (_, index): MediaCall => ({ kind: 'REMOVE', identity: `s-${index}` }));
  const owed: OwedMutes = new Map([[encodeId('Participant', loud.id), ['AUDIO']]]);
  const looked = await look({ stages: [[...strangers, mute], [allow]], owed, msEach: 1_000 });
  expect(looked.asked).toHaveLength(10);
  expect([looked.told, looked.end]).toEqual([[], expect.objectContaining({ kind: 'LOOKED', isDone: false })]);
});

describe('somebody who cannot be removed', () => {
  const owed: OwedMutes = new Map([[encodeId('Participant', loud.id), ['AUDIO']]]);
  const stuck = { remove: 'UNREACHABLE' } as const;

  test('keeps nobody else from being muted, once', async () => {
    const looked = await look({ stages: [[remove, mute], [allow]], answers: stuck, owed });
    expect(looked.asked).toEqual(['remove gone', `mute ${mute.identity}`]);
    expect(looked.told).toEqual([[loud.id]]);
    expect(looked.end).toMatchObject({ isDone: false });
  });

  test.each(['UNREACHABLE', 'REFUSED', 'GONE'] as const)(
    'is not taken for muted where that is answered so: %s',
    async (outcome) => {
      const both = new Map([...owed, [encodeId('Participant', other.id), ['AUDIO'] as const]]);
      const answers = { mute: outcome };
      expect((await look({ stages: [[mute]], answers, owed: both })).told).toEqual([[other.id]]);
    },
  );

  test('keeps no live stream from being stopped, and none is started meanwhile', async () => {
    const sent = { id: 'EG_1', room: 'room', isOfRoom: true, state: 'ACTIVE', startedAt: null, error: null } as const;
    const streams: readonly SeenStream[] = [sent];
    const scene = { stages: [[remove]], answers: stuck, streams };
    const stopping = await look({ ...scene, liveStream: { ...stream, status: 'STOPPING', egressId: 'EG_1' } });
    expect(stopping.asked).toEqual(['remove gone', 'streams', 'stopStream EG_1']);
    expect((await look({ ...scene, liveStream: stream })).asked).toEqual(['remove gone']);
  });
});

test('somebody who was gone before being asked for may come again: the room has moved', async () => {
  expect((await look({ stages: [[allow]] })).end).toMatchObject({ isMoved: false });
  expect((await look({ stages: [[allow]], answers: { allow: 'GONE' } })).end).toMatchObject({ isMoved: true });
});

test.each([
  [true, true, true],
  [true, false, false],
  [true, null, false],
  [false, true, false],
])('a gate that is set: %s, and seen to hold: %s, is one: %s', async (gate, gateHolds, isGated) => {
  expect((await look({ record: { gate, gateHolds } })).end).toMatchObject({ isGated });
});

test.each([
  ['the same place by another scheme', 'https://media.example', []],
  ['another place', 'https://other.example', ['closeRoom']],
])('a domain that has left for %s: the room there is closed, or stays in use', async (_what, apiUrl, asked) => {
  expect(await look({ next: { apiUrl } })).toMatchObject({ asked, end: { kind: 'OVER' } });
});

test.each([
  ['the same place', 'https://media.example', 'OVER', false],
  ['another place', 'https://other.example', 'FAILED', true],
])(
  'a key that was replaced for %s, and opens nothing: whether it is asked',
  async (_what, apiUrl, kind, isLookedAt) => {
    const scene = { record: { endedAt: longAgo }, next: { apiUrl }, answers: { look: 'REFUSED' } } as const;
    expect(await look(scene)).toMatchObject({ isLookedAt, end: { kind } });
  },
);

test.each([
  ['is not on record', notFound(), {}, ['closeRoom'], 'OVER'],
  ['is not on record, and cannot be closed', notFound(), { closeRoom: 'UNREACHABLE' }, ['closeRoom'], 'FAILED'],
  ['cannot be read at the moment', unavailable(), {}, [], 'FAILED'],
] as const)('a room that %s: what is asked, and whether that is all', async (_what, refused, answers, asked, kind) => {
  expect(await look({ refused, answers })).toMatchObject({ asked, end: { kind } });
});

test('a live stream that nobody is there for has failed, and is not tried again', async () => {
  const looked = await look({ liveStream: stream, answers: { startStream: 'GONE' } });
  expect(looked.asked).toEqual(['streams', 'startStream']);
  const startAskedAt = now;
  expect(looked.told).toEqual([
    { ...stream, startAskedAt },
    expect.objectContaining({ status: 'FAILED', startAskedAt: null }),
  ]);
});

describe('that a live stream is started', () => {
  test('is on record before it is asked', async () => {
    const { asked, told, end } = await look({ liveStream: stream, answers: { startStream: 'UNREACHABLE' } });
    expect(asked).toEqual(['streams', 'startStream']);
    expect(told).toEqual([{ ...stream, startAskedAt: now }]);
    expect(end).toMatchObject({ isDone: false });
  });

  test('is not asked where it is to stop by then', async () => {
    const stopping = { ...stream, status: 'STOPPING', statusAt: now } as const;
    const { asked, told, end } = await look({ liveStream: stream, onRecord: stopping });
    expect([asked, told]).toEqual([['streams'], [undefined]]);
    expect(end).toMatchObject({ isDone: true, isStreaming: true });
  });
});

describe('a live stream that has ended here, and is sent all the same', () => {
  const sent: SeenStream = {
    ...{ id: 'EG_1', room: 'room', isOfRoom: true, state: 'ACTIVE' },
    startedAt: null,
    error: null,
  };
  const ended = { ...stream, status: 'STOPPED', egressId: 'EG_1', endedAt: at(-60) } as const;
  const lookAt = (liveStream: LiveStream, answers: Scene['answers'] = {}) =>
    look({ liveStream, streams: [sent], answers });

  test('is stopped, and nobody is told', async () => {
    const { asked, told, end } = await lookAt(ended);
    expect([asked, told]).toEqual([['streams', 'stopStream EG_1'], []]);
    expect(end).toMatchObject({ isDone: true, isStreaming: true });
  });

  test.each(['streams', 'stopStream'])('is asked to stop again where %s is not answered', async (name) => {
    expect((await lookAt(ended, { [name]: 'UNREACHABLE' })).end).toMatchObject({ isDone: false });
  });

  test('is waited for for 15 minutes, and asked to stop after that too', async () => {
    const { asked, end } = await lookAt({ ...ended, endedAt: at(-900) }, { stopStream: 'UNREACHABLE' });
    expect(asked).toEqual(['streams', 'stopStream EG_1']);
    expect(end).toMatchObject({ isDone: true, isStreaming: false });
  });

  test('is found where its start was not answered', async () => {
    const { asked, told, end } = await lookAt({ ...ended, egressId: null, startAskedAt: at(-70) });
    expect([asked, told]).toEqual([['streams'], [ended]]);
    expect(end).toMatchObject({ isDone: true, isStreaming: true });
  });

  test('is not asked for once the media server has ended it', async () => {
    expect((await lookAt({ ...ended, egressId: null })).asked).toEqual([]);
  });
});

test('how a media server stands is written again where it could not be written', async () => {
  const noteAnswer = vi.fn(async () => {});
  noteAnswer.mockRejectedValueOnce(new Error('no database'));
  const troubled = Promise.withResolvers<void>();
  const note = createStateNotes({ noteAnswer }, { changed: () => {}, troubled: () => troubled.resolve() });
  const record = { ...recordOf(), state: 'OK', lastError: null } as unknown as LivekitServer;
  note(record, { outcome: 'DONE' });
  await troubled.promise;
  note(record, { outcome: 'DONE' });
  note(record, { outcome: 'DONE' });
  expect(noteAnswer).toHaveBeenCalledTimes(2);
});
