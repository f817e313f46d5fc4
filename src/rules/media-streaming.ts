import { theService } from './actor.ts';
import type { Decision, RoomFacts } from './facts.ts';
import type { LiveStreamId } from './ids.ts';
import { endStream, isRunning, type LiveStream } from './live-stream.ts';
import type { SeenStream } from './media-seen.ts';

/** How long a media server may take to be live, and to end. Milliseconds. */
const startMs = 60_000;
const stopMs = 30_000;

/** What has to be asked of a media server for a live stream, or what has become of it. */
export type StreamStep =
  | { readonly kind: 'NOTHING' }
  /** One call, whose answer `news` then takes over. */
  | { readonly kind: 'START' }
  | { readonly kind: 'STOP'; readonly egressId: string }
  | { readonly kind: 'NEWS'; readonly news: StreamNews; readonly alsoStop?: string };

export type StreamNews =
  /** It runs there under this id. */
  | { readonly kind: 'ADOPTED'; readonly egressId: string }
  | { readonly kind: 'LIVE'; readonly egressId: string }
  | { readonly kind: 'STOPPED' }
  | { readonly kind: 'FAILED'; readonly error: string };

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
  const egressId = seen?.id ?? stream.egressId;
  switch (stream.status) {
    case 'STARTING': {
      if (ageMs >= startMs) return failed('The media server did not go live within 60 seconds.', egressId);
      if (listed === null) return nothing;
      if (!listed.isAble) return failed('The media server has no egress service, which needs Redis.', null);
      if (seen === undefined) return stream.egressId === null ? { kind: 'START' } : failed(lost, null);
      return whatBecame(stream, seen);
    }
    case 'LIVE':
      if (listed === null) return nothing;
      return seen === undefined ? news({ kind: 'STOPPED' }) : whatBecame(stream, seen);
    case 'STOPPING':
      if (ageMs >= stopMs || (listed !== null && (seen === undefined || hasEnded(seen))))
        return news({ kind: 'STOPPED' });
      return seen === undefined || seen.state === 'ENDING' ? nothing : { kind: 'STOP', egressId: seen.id };
    case 'STOPPED':
    case 'FAILED':
      return nothing;
    default:
      return stream.status satisfies never;
  }
}

const nothing: StreamStep = { kind: 'NOTHING' };
const lost = 'The media server knows nothing of the live stream any more.';

function news(what: StreamNews): StreamStep {
  return { kind: 'NEWS', news: what };
}

function failed(error: string, alsoStop: string | null): StreamStep {
  return { kind: 'NEWS', news: { kind: 'FAILED', error }, ...(alsoStop === null ? {} : { alsoStop }) };
}

/** Its own, if it has one there already; else whatever live stream of the room is on its way there, since there is one at a time. */
function findSeen({ egressId }: LiveStream, streams: readonly SeenStream[]): SeenStream | undefined {
  if (egressId !== null) return streams.find(({ id }) => id === egressId);
  return streams.find(({ isOfRoom, state }) => isOfRoom && (state === 'STARTING' || state === 'ACTIVE'));
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
      return news({ kind: 'STOPPED' });
    case 'FAILED':
      return news({ kind: 'FAILED', error: error ?? lost });
    default:
      return state satisfies never;
  }
}

/** Writes down what has become of a live stream. Of one that has ended meanwhile nothing is. */
export function takeStreamNews(facts: RoomFacts, id: LiveStreamId, what: StreamNews, now: Date): Decision<null> {
  const { liveStream } = facts;
  if (liveStream?.id !== id || !isRunning(liveStream)) return { answer: null };
  const after = changed(liveStream, what, now);
  const event =
    after.status === liveStream.status
      ? ({ type: 'Internal', by: null } as const)
      : ({ type: 'LiveStreamChanged', by: theService, liveStream: after } as const);
  return { answer: null, changes: { liveStream: after, events: [event] } };
}

/** Whoever asked meanwhile for the end is not told that it has only begun. */
function changed(stream: LiveStream, what: StreamNews, now: Date): LiveStream {
  switch (what.kind) {
    case 'ADOPTED':
      return { ...stream, egressId: what.egressId };
    case 'LIVE':
      return stream.status === 'STARTING'
        ? { ...stream, status: 'LIVE', egressId: what.egressId, statusAt: now }
        : { ...stream, egressId: what.egressId };
    case 'STOPPED':
      return endStream(stream, 'STOPPED', null, now);
    case 'FAILED':
      return endStream(stream, 'FAILED', what.error, now);
    default:
      return what satisfies never;
  }
}
