import { theService } from './actor.ts';
import type { Decision, RoomFacts } from './facts.ts';
import type { LiveStreamId } from './ids.ts';
import { endStream, isLeftThere, isRunning, type LiveStream } from './live-stream.ts';
import type { SeenStream } from './media-seen.ts';

/** How long a media server may take to be live, and to end. Milliseconds. */
const startMs = 60_000;
const stopMs = 30_000;

/** How long a start that was asked may take until it is listed. */
const listMs = 10_000;

/** How long after a start was asked a live stream may first be sent, and how far clocks may differ from a media server's, which takes no key then. */
const sendMs = 5 * 60_000;
const clocksMs = 60_000;

/** What has to be asked of a media server for a live stream, or what has become of it. */
export type StreamStep =
  | { readonly kind: 'NOTHING' }
  /** One call, whose answer `news` then takes over. */
  | { readonly kind: 'START' }
  | { readonly kind: 'STOP'; readonly egressId: string }
  | { readonly kind: 'NEWS'; readonly news: StreamNews };

export type StreamNews =
  /** It is on its way there, or live, under this id. */
  | { readonly kind: 'ADOPTED' | 'LIVE'; readonly egressId: string }
  /** It has ended here. `egressId`: and may still be sent there. `isNowhere`: the start that was asked has begun nothing there. */
  | { readonly kind: 'STOPPED'; readonly egressId: string | null }
  | { readonly kind: 'FAILED'; readonly error: string; readonly egressId: string | null; readonly isNowhere?: true }
  /** It had ended here before, and is not sent any more. */
  | { readonly kind: 'OVER'; readonly egressId: null };

/**
 * What is to be done about a live stream, by what the media server's list shows. A start whose answer was lost is found in the list and
 * adopted, so that nothing is started twice.
 * @param listed null: the server did not answer
 */
export function planStream(
  stream: LiveStream,
  listed: { readonly isAble: boolean; readonly streams: readonly SeenStream[] } | null,
  now: Date,
): StreamStep {
  const ageMs = now.getTime() - (stream.statusAt ?? stream.startedAt).getTime();
  const seen = listed === null ? undefined : findSeen(stream, listed.streams);
  switch (stream.status) {
    case 'STARTING': {
      const egressId = listed === null ? stream.egressId : idOf(seen);
      if (ageMs >= startMs) return failed('The media server did not go live within 60 seconds.', egressId);
      if (listed === null) return nothing;
      if (!listed.isAble) return failed('The media server has no egress service, which needs Redis.', null);
      if (seen !== undefined) return whatBecame(stream, seen);
      if (stream.egressId !== null) return failed(lost, null);
      return mayBeUnderWay(stream, now) ? nothing : { kind: 'START' };
    }
    case 'LIVE':
      if (listed === null) return nothing;
      return seen === undefined ? stopped(null) : whatBecame(stream, seen);
    case 'STOPPING':
      if (listed === null) return ageMs >= stopMs ? stopped(stream.egressId) : nothing;
      if (idOf(seen) === null || ageMs >= stopMs) return stopped(idOf(seen));
      return stopOf(stream, seen);
    case 'STOPPED':
    case 'FAILED':
      if (listed === null || !isLeftThere(stream)) return nothing;
      if (idOf(seen) !== null) return stopOf(stream, seen);
      return mayBeUnderWay(stream, now) ? nothing : news({ kind: 'OVER', egressId: null });
    default:
      return stream.status satisfies never;
  }
}

const nothing: StreamStep = { kind: 'NOTHING' };
const lost = 'The media server knows nothing of the live stream any more.';

function news(what: StreamNews): StreamStep {
  return { kind: 'NEWS', news: what };
}

function stopped(egressId: string | null): StreamStep {
  return news({ kind: 'STOPPED', egressId });
}

function failed(error: string, egressId: string | null): StreamStep {
  return news({ kind: 'FAILED', error, egressId });
}

/** What is asked to stop is on record before: whatever becomes of the call, it can be asked again. */
function stopOf({ egressId }: LiveStream, seen: SeenStream | undefined): StreamStep {
  if (seen === undefined || seen.state === 'ENDING') return nothing;
  return egressId === seen.id ? { kind: 'STOP', egressId } : news({ kind: 'ADOPTED', egressId: seen.id });
}

/** Null: it is not sent any more. */
function idOf(seen: SeenStream | undefined): string | null {
  return seen === undefined || hasEnded(seen) ? null : seen.id;
}

/** Its start was asked a moment ago, and need not be listed yet. */
function mayBeUnderWay({ startAskedAt }: LiveStream, now: Date): boolean {
  return startAskedAt !== null && now.getTime() - startAskedAt.getTime() < listMs;
}

/** Its own, if it has one there already; else whatever live stream of the room is on its way there, since there is one at a time. */
function findSeen(stream: LiveStream, streams: readonly SeenStream[]): SeenStream | undefined {
  const { egressId } = stream;
  if (egressId !== null) return streams.find(({ id }) => id === egressId);
  return streams.find(
    (seen) => seen.isOfRoom && (seen.state === 'STARTING' || seen.state === 'ACTIVE') && isOfItsTime(stream, seen),
  );
}

/** What was sent before it was started, or long after that was asked, is another one. */
function isOfItsTime({ startedAt, startAskedAt }: LiveStream, seen: SeenStream): boolean {
  if (seen.startedAt === null) return true;
  const sentMs = seen.startedAt.getTime();
  return sentMs >= startedAt.getTime() - clocksMs && sentMs < (startAskedAt ?? startedAt).getTime() + sendMs;
}

function hasEnded({ state }: SeenStream): boolean {
  return state === 'COMPLETE' || state === 'FAILED';
}

function whatBecame({ status, egressId }: LiveStream, { id, state, error }: SeenStream): StreamStep {
  switch (state) {
    case 'STARTING':
      return egressId === id ? nothing : news({ kind: 'ADOPTED', egressId: id });
    case 'ACTIVE':
      return status === 'LIVE' ? nothing : news({ kind: 'LIVE', egressId: id });
    case 'ENDING':
      return nothing;
    case 'COMPLETE':
      return stopped(null);
    case 'FAILED':
      return failed(error ?? lost, null);
    default:
      return state satisfies never;
  }
}

/** Writes down that the media server is asked to start it, at this moment. False: it is not to be started any more. */
export function noteStart(facts: RoomFacts, id: LiveStreamId, now: Date): Decision<boolean> {
  const { liveStream } = facts;
  if (liveStream?.id !== id || liveStream.status !== 'STARTING' || liveStream.egressId !== null)
    return { answer: false };
  const after = { ...liveStream, startAskedAt: now };
  return { answer: true, changes: { liveStream: after, events: [{ type: 'Internal', by: null }] } };
}

/** Writes down what has become of a live stream. Of one that has ended meanwhile nothing is, but what may still be sent. */
export function takeStreamNews(facts: RoomFacts, id: LiveStreamId, what: StreamNews, now: Date): Decision<null> {
  const { liveStream } = facts;
  if (liveStream?.id !== id) return { answer: null };
  const left = { ...liveStream, ...leftBy(what, liveStream) };
  if (!isRunning(liveStream) && isSameThere(left, liveStream)) return { answer: null };
  const after = isRunning(liveStream) ? changed(left, what, now) : left;
  const event =
    after.status === liveStream.status
      ? ({ type: 'Internal', by: null } as const)
      : ({ type: 'LiveStreamChanged', by: theService, liveStream: after } as const);
  return { answer: null, changes: { liveStream: after, events: [event] } };
}

type There = Pick<LiveStream, 'egressId' | 'startAskedAt'>;

/** Of a start that was asked nothing has to be found out any more once it has a name, or is known to be nowhere. */
function leftBy(what: StreamNews, { startAskedAt }: LiveStream): There {
  const { egressId } = what;
  const isKnown = egressId !== null || what.kind === 'OVER' || ('isNowhere' in what && what.isNowhere);
  return { egressId, startAskedAt: isKnown ? null : startAskedAt };
}

function isSameThere(one: There, other: There): boolean {
  return one.egressId === other.egressId && one.startAskedAt === other.startAskedAt;
}

/** Whoever asked meanwhile for the end is not told that it has only begun. */
function changed(stream: LiveStream, what: StreamNews, now: Date): LiveStream {
  switch (what.kind) {
    case 'OVER':
    case 'ADOPTED':
      return stream;
    case 'LIVE':
      return stream.status === 'STARTING' ? { ...stream, status: 'LIVE', statusAt: now } : stream;
    case 'STOPPED':
      return endStream(stream, 'STOPPED', null, now);
    case 'FAILED':
      return endStream(stream, 'FAILED', what.error, now);
    default:
      return what satisfies never;
  }
}
