import { describe, expect, test } from 'vitest';
import { theService } from '../../src/rules/actor.ts';
import type { LiveStream } from '../../src/rules/live-stream.ts';
import { liveStreamDue, settleLiveStream } from '../../src/rules/live-stream-due.ts';
import { reportLiveStream, startLiveStream, stopLiveStream } from '../../src/rules/live-streaming.ts';
import type { SeenStream } from '../../src/rules/media-seen.ts';
import { noteStart, planStream, takeStreamNews } from '../../src/rules/media-streaming.ts';
import { asOwner, at, domain, factsOf, idOf, now, owner, roomOf } from './facts-kit.ts';

const { id: roomId, domainId } = roomOf();
const streamOf = (more: Partial<LiveStream> = {}): LiveStream => ({
  id: idOf('stream'),
  ...{ roomId, domainId, status: 'STARTING', destinations: ['rtmp://a.example'], destinationsSealed: '00' },
  ...{ egressId: null, startAskedAt: null, startedAt: at(-10), startedBy: theService },
  ...{ statusAt: null, endedAt: null, error: null },
  ...more,
});
/** Somebody else carries it, and reports how it stands. */
const reportedOf = (more: Partial<LiveStream> = {}) => streamOf({ destinationsSealed: null, ...more });
const seenOf = (more: Partial<SeenStream> = {}): SeenStream => ({
  ...{ id: 'EG_1', room: 'room', isOfRoom: true, state: 'ACTIVE', startedAt: null, error: null },
  ...more,
});
const listed = (...streams: readonly SeenStream[]) => ({ isAble: true, streams });

describe('what a live stream needs', () => {
  const stopping = streamOf({ status: 'STOPPING', egressId: 'EG_1', statusAt: at(-5) });
  const live = streamOf({ status: 'LIVE', egressId: 'EG_1' });
  const ended = streamOf({ status: 'STOPPED', egressId: 'EG_1', endedAt: at(-5) });
  const failed = streamOf({ status: 'FAILED', egressId: 'EG_1', endedAt: at(-5) });
  const over = { kind: 'NEWS', news: { kind: 'OVER', egressId: null } };
  const adopted = { kind: 'NEWS', news: { kind: 'ADOPTED', egressId: 'EG_1' } };
  test.each<[string, LiveStream, Parameters<typeof planStream>[1], object]>([
    ['nothing runs: it is started', streamOf(), listed(), { kind: 'START' }],
    [
      'a start whose answer was lost is adopted',
      streamOf(),
      listed(seenOf({ state: 'STARTING' })),
      { kind: 'NEWS', news: { kind: 'ADOPTED', egressId: 'EG_1' } },
    ],
    [
      'a start whose answer was lost is adopted, by a clock that is a minute slow',
      streamOf({ startAskedAt: at(-5) }),
      listed(seenOf({ startedAt: at(-69) })),
      { kind: 'NEWS', news: { kind: 'LIVE', egressId: 'EG_1' } },
    ],
    [
      'what was sent long before it was started is not',
      streamOf(),
      listed(seenOf({ startedAt: at(-900) })),
      { kind: 'START' },
    ],
    [
      'it was asked for a moment ago, and need not be listed yet',
      streamOf({ startAskedAt: at(-9) }),
      listed(),
      { kind: 'NOTHING' },
    ],
    ['it was asked for, and is nowhere', streamOf({ startAskedAt: at(-10) }), listed(), { kind: 'START' }],
    ["somebody else's recording is not", streamOf(), listed(seenOf({ isOfRoom: false })), { kind: 'START' }],
    ['one that has ended is not', streamOf(), listed(seenOf({ state: 'ENDING' })), { kind: 'START' }],
    ['it is live', streamOf(), listed(seenOf()), { kind: 'NEWS', news: { kind: 'LIVE', egressId: 'EG_1' } }],
    [
      'nothing there can send',
      streamOf(),
      { isAble: false, streams: [] },
      { kind: 'NEWS', news: { kind: 'FAILED', error: expect.stringContaining('Redis') } },
    ],
    [
      'it was started, and is nowhere: it is not started twice',
      streamOf({ egressId: 'EG_1' }),
      listed(),
      { kind: 'NEWS', news: { kind: 'FAILED' } },
    ],
    ['the server is away', streamOf(), null, { kind: 'NOTHING' }],
    [
      'it was not live within 60 s, and may still be sent',
      streamOf({ egressId: 'EG_1', startedAt: at(-60) }),
      listed(seenOf({ state: 'STARTING' })),
      { kind: 'NEWS', news: { kind: 'FAILED', egressId: 'EG_1' } },
    ],
    [
      'whether it is live within 60 s is not known',
      streamOf({ egressId: 'EG_1', startedAt: at(-60) }),
      null,
      { kind: 'NEWS', news: { kind: 'FAILED', egressId: 'EG_1' } },
    ],
    ['it goes on', live, listed(seenOf()), { kind: 'NOTHING' }],
    [
      'it failed',
      live,
      listed(seenOf({ state: 'FAILED', error: 'refused' })),
      { kind: 'NEWS', news: { kind: 'FAILED', error: 'refused' } },
    ],
    ['it ended by itself', live, listed(seenOf({ state: 'COMPLETE' })), { kind: 'NEWS', news: { kind: 'STOPPED' } }],
    [
      'it is to stop, and what it is called there is not on record',
      { ...stopping, egressId: null },
      listed(seenOf()),
      { kind: 'NEWS', news: { kind: 'ADOPTED', egressId: 'EG_1' } },
    ],
    ['it is to stop', stopping, listed(seenOf()), { kind: 'STOP', egressId: 'EG_1' }],
    ['it is stopping', stopping, listed(seenOf({ state: 'ENDING' })), { kind: 'NOTHING' }],
    ['it has stopped', stopping, listed(seenOf({ state: 'COMPLETE' })), { kind: 'NEWS', news: { kind: 'STOPPED' } }],
    ...(['ACTIVE', 'ENDING', null] as const).map<[string, LiveStream, ReturnType<typeof listed> | null, object]>(
      (state) => [
        `it has not stopped for 30 s, and may still be sent: ${state ?? 'the server is away'}`,
        { ...stopping, statusAt: at(-30) },
        state === null ? null : listed(seenOf({ state })),
        { kind: 'NEWS', news: { kind: 'STOPPED', egressId: 'EG_1' } },
      ],
    ),
    ['it has ended', streamOf({ status: 'STOPPED' }), listed(seenOf()), { kind: 'NOTHING' }],
    ['it has ended, and is sent all the same', ended, listed(seenOf()), { kind: 'STOP', egressId: 'EG_1' }],
    ['it has failed, and is sent later', failed, listed(seenOf()), { kind: 'STOP', egressId: 'EG_1' }],
    ['it has ended, and is stopping', ended, listed(seenOf({ state: 'ENDING' })), { kind: 'NOTHING' }],
    ['it has ended, and the server is away', ended, null, { kind: 'NOTHING' }],
    ...(['STOPPED', 'FAILED'] as const).flatMap<[string, LiveStream, ReturnType<typeof listed> | null, object]>(
      (status) => {
        const asked = streamOf({ status, startedAt: at(-80), startAskedAt: at(-70), endedAt: at(-5) });
        return [
          [
            `${status}, its start was not answered, and it is sent`,
            asked,
            listed(seenOf({ startedAt: at(-60) })),
            adopted,
          ],
          [
            `${status}, its start was not answered, and it is on its way`,
            asked,
            listed(seenOf({ state: 'STARTING' })),
            adopted,
          ],
          [`${status}, its start was not answered, and the server is away`, asked, null, { kind: 'NOTHING' }],
          [`${status}, its start was not answered, and it is nowhere`, asked, listed(), over],
          [`${status}, and what is sent is older`, asked, listed(seenOf({ startedAt: at(-900) })), over],
          [
            `${status}, and what is sent began long after its start was asked`,
            { ...asked, startedAt: at(-900), startAskedAt: at(-890) },
            listed(seenOf({ startedAt: at(-60) })),
            over,
          ],
          [
            `${status}, and its start was asked just now`,
            { ...asked, startAskedAt: at(-9) },
            listed(),
            { kind: 'NOTHING' },
          ],
        ];
      },
    ),
    ['it has ended there too', ended, listed(seenOf({ state: 'COMPLETE' })), over],
    ['it has ended, and is nowhere', ended, listed(seenOf({ id: 'EG_2' })), over],
  ])('%s', (_what, stream, list, step) => {
    expect(planStream(stream, list, now)).toMatchObject(step);
  });

  test('what becomes of it is written once, and where it was sent to is forgotten with its end', () => {
    const facts = factsOf({ liveStream: streamOf() });
    const { changes } = takeStreamNews(
      facts,
      idOf('stream'),
      { kind: 'FAILED', error: 'refused', egressId: null },
      now,
    );
    expect(changes).toMatchObject({
      liveStream: { status: 'FAILED', error: 'refused', destinationsSealed: null, endedAt: now },
      events: [{ type: 'LiveStreamChanged' }],
    });
    const over = factsOf({ liveStream: streamOf({ status: 'STOPPED' }) });
    const stopped = { kind: 'STOPPED', egressId: null } as const;
    expect(takeStreamNews(over, idOf('stream'), stopped, now).changes).toBeUndefined();
    expect(takeStreamNews(facts, idOf('another'), stopped, now).changes).toBeUndefined();
  });

  test('what may still be sent is on record until it is not, and nobody is told', () => {
    const take = (liveStream: LiveStream, news: Parameters<typeof takeStreamNews>[2]) =>
      takeStreamNews(factsOf({ liveStream }), idOf('stream'), news, now).changes;
    // The answer to its start came when it had been given up.
    expect(take({ ...ended, egressId: null }, { kind: 'ADOPTED', egressId: 'EG_1' })).toEqual({
      liveStream: ended,
      events: [{ type: 'Internal', by: null }],
    });
    expect(take(ended, { kind: 'OVER', egressId: null })).toMatchObject({ liveStream: { ...ended, egressId: null } });
    expect(take(stopping, { kind: 'STOPPED', egressId: 'EG_1' })).toMatchObject({
      liveStream: { status: 'STOPPED', egressId: 'EG_1' },
    });
    expect(take(stopping, { kind: 'STOPPED', egressId: null })).toMatchObject({ liveStream: { egressId: null } });
  });

  test('that its start is asked is on record until it is known what became of that, and nobody is told', () => {
    const startAskedAt = at(-70);
    const take = (liveStream: LiveStream, news: Parameters<typeof takeStreamNews>[2]) =>
      takeStreamNews(factsOf({ liveStream }), idOf('stream'), news, now).changes;
    const lost = { kind: 'FAILED', error: 'late', egressId: null } as const;
    expect(take(streamOf({ startAskedAt }), lost)).toMatchObject({ liveStream: { status: 'FAILED', startAskedAt } });
    expect(take(streamOf({ startAskedAt }), { ...lost, isNowhere: true })).toMatchObject({
      liveStream: { status: 'FAILED', startAskedAt: null },
    });
    const after = { ...ended, egressId: null, startAskedAt };
    expect(take(after, { kind: 'STOPPED', egressId: null })).toBeUndefined();
    expect(take(after, { kind: 'ADOPTED', egressId: 'EG_1' })).toEqual({
      liveStream: ended,
      events: [{ type: 'Internal', by: null }],
    });
    expect(take(after, { kind: 'OVER', egressId: null })).toEqual({
      liveStream: { ...ended, egressId: null },
      events: [{ type: 'Internal', by: null }],
    });
  });

  test('its start is noted only while it is to be started', () => {
    const note = (liveStream: LiveStream) => noteStart(factsOf({ liveStream }), idOf('stream'), now);
    expect(note(streamOf())).toEqual({
      answer: true,
      changes: { liveStream: streamOf({ startAskedAt: now }), events: [{ type: 'Internal', by: null }] },
    });
    const others = [streamOf({ id: idOf('another') }), streamOf({ egressId: 'EG_1' }), stopping, ended];
    for (const other of others) expect(note(other)).toEqual({ answer: false });
  });

  test('whoever asked for the end is not told that it has only begun', () => {
    const facts = factsOf({ liveStream: streamOf({ status: 'STOPPING' }) });
    const { changes } = takeStreamNews(facts, idOf('stream'), { kind: 'LIVE', egressId: 'EG_1' }, now);
    expect(changes).toMatchObject({
      liveStream: { status: 'STOPPING', egressId: 'EG_1' },
      events: [{ type: 'Internal' }],
    });
  });
});

test.each(['STOPPING', 'STOPPED', 'FAILED'] as const)('stopping one that is %s changes nothing', (status) => {
  const liveStream = streamOf({ status, statusAt: at(-5) });
  const decision = stopLiveStream(factsOf({ liveStream }), { kind: 'BACKEND', actor: theService }, liveStream, now);
  expect(decision).toEqual({ answer: liveStream });
});

test('one that has been live for long is stopping since it was asked to', () => {
  const liveStream = streamOf({ status: 'LIVE', statusAt: at(-600) });
  const decision = stopLiveStream(factsOf({ liveStream }), { kind: 'BACKEND', actor: theService }, liveStream, now);
  expect(decision.answer).toMatchObject({ status: 'STOPPING', statusAt: now });
});

test('a report that cannot follow is told how it stands first, and then what was said', () => {
  const liveStream = streamOf({ status: 'STOPPED' });
  const report = { found: liveStream, status: 'LIVE', error: null, actor: theService } as const;
  const { answer } = reportLiveStream(factsOf({ liveStream }), report, now);
  expect(answer).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/\bSTOPPED\b.*\bLIVE\b/) });
});

const carried = { ...domain, mediaServer: { id: idOf<'MediaServer'>('livekit'), kind: 'LIVEKIT' as const } };

test.each([
  ['a media server of the service is to send it', carried, '00'],
  ['somebody else carries it', domain, null],
] as const)('with its stream keys it is kept only where they are needed: %s', (_what, where, destinationsSealed) => {
  const command = { id: idOf<'LiveStream'>('next'), destinations: ['rtmp://b.example'], sealed: '00' };
  const facts = factsOf({ room: roomOf(), domain: where });
  const { answer } = startLiveStream(facts, { caller: { kind: 'BACKEND', actor: theService }, ...command }, now);
  expect(answer).toMatchObject({ destinationsSealed });
});

test.each([
  ['a moment ago, and may still be sent', carried, 'EG_1', at(-60), /has not stopped on the media server/],
  ['so long ago that nobody waits for it any more', carried, 'EG_1', at(-900), undefined],
  ['on the media server too', carried, null, at(-60), undefined],
  ['on a media server that the domain has left', domain, 'EG_1', at(-60), undefined],
] as const)('the one before has ended %s: another one is started, or not', (_what, where, egressId, endedAt, says) => {
  const liveStream = streamOf({ status: 'STOPPED', egressId, endedAt });
  const command = { id: idOf<'LiveStream'>('next'), destinations: ['rtmp://b.example'], sealed: '00' };
  const facts = factsOf({ room: roomOf(), domain: where, liveStream });
  const { answer } = startLiveStream(facts, { caller: { kind: 'BACKEND', actor: theService }, ...command }, now);
  expect('refusal' in answer ? answer.refusal : undefined).toBe(says && 'Conflict');
  if (says !== undefined) expect(answer).toMatchObject({ message: expect.stringMatching(says) });
});

test.each([
  ['and may be sent', carried, at(-60), 'Conflict'],
  ['so long ago that nobody waits for it any more', carried, at(-900), undefined],
  ['on a media server that the domain has left', domain, at(-60), undefined],
] as const)(
  'the start of the one before was not answered, %s: another one is started, or not',
  (_what, where, endedAt, refusal) => {
    const liveStream = streamOf({ status: 'FAILED', startAskedAt: at(-950), endedAt });
    const command = { id: idOf<'LiveStream'>('next'), destinations: ['rtmp://b.example'], sealed: '00' };
    const facts = factsOf({ room: roomOf(), domain: where, liveStream });
    const { answer } = startLiveStream(facts, { caller: { kind: 'BACKEND', actor: theService }, ...command }, now);
    expect('refusal' in answer ? answer.refusal : undefined).toBe(refusal);
    if (refusal !== undefined)
      expect(answer).toMatchObject({ message: expect.stringContaining('has not said yet whether') });
  },
);

test.each([
  ['deleted', { closedAt: at(-1), closedBy: 'DELETED' as const }, 'NOT_FOUND'],
  ['closed by its exp', { exp: at(-1), closedAt: at(-1), closedBy: 'EXPIRED' as const }, 'NOT_FOUND'],
  ['past its exp, and nobody has looked yet', { exp: now }, 'NOT_FOUND'],
  ['open until later', { exp: at(1) }, undefined],
])('in a room that is %s none begins, or one does, though people are inside', (_what, stands, code) => {
  const command = { id: idOf<'LiveStream'>('next'), destinations: ['rtmp://b.example'], sealed: '00' };
  const facts = factsOf({ room: roomOf(stands), participants: [owner] });
  const { answer, changes } = startLiveStream(facts, { caller: asOwner, ...command }, now);
  expect(['code' in answer ? answer.code : undefined, changes === undefined]).toEqual([code, code !== undefined]);
});

describe('a live stream of which nothing is heard', () => {
  test.each([
    ['stopping, without a media server', domain, reportedOf({ status: 'STOPPING', statusAt: now }), 60],
    ['stopping, on one', carried, streamOf({ status: 'STOPPING', statusAt: now }), 35],
    ['starting, on one', carried, streamOf({ startedAt: now }), 65],
    ['live on one that was removed', domain, streamOf({ status: 'LIVE', statusAt: now }), 0],
    ['stopping on one that was removed', domain, streamOf({ status: 'STOPPING', statusAt: now }), 0],
    ['starting on one that was removed', domain, streamOf({ startedAt: now }), 0],
  ])('%s: it ends by itself', (_what, where, liveStream, seconds) => {
    const facts = { domain: where, liveStream };
    expect(liveStreamDue(facts)).toBe(at(seconds).getTime());
    expect(settleLiveStream(facts, at(seconds - 1))).toBeNull();
    expect(settleLiveStream(facts, at(seconds))).toMatchObject({ endedAt: at(seconds), destinationsSealed: null });
  });

  test.each([
    ['live', domain, reportedOf({ status: 'LIVE' })],
    ['live, on a media server', carried, streamOf({ status: 'LIVE' })],
    ['starting, without a media server', domain, reportedOf()],
    ['over, on a media server that was removed', domain, streamOf({ status: 'FAILED' })],
    ['over', carried, streamOf({ status: 'STOPPED' })],
  ])('%s: it stays as it is', (_what, where, liveStream) => {
    expect(liveStreamDue({ domain: where, liveStream })).toBe(Number.POSITIVE_INFINITY);
  });
});
