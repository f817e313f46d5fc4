import type { RoomFacts } from './facts.ts';
import { endStream, isRunning, type LiveStream } from './live-stream.ts';
import { carriedOutOn } from './media-server.ts';

// How long a live stream may stay as it is while nothing is heard of it. Milliseconds. Where a media server carries it, whoever looks at
// that knows better and comes first: these times are for when it cannot be asked.
const unreportedStopMs = 60_000;
const carriedStopMs = 35_000;
const carriedStartMs = 65_000;

const removed = 'The media server was removed before the live stream was live.';

type Streaming = Pick<RoomFacts, 'liveStream' | 'domain'>;

/** When the live stream ends by itself: milliseconds since 1970, infinite: not by itself. */
export function liveStreamDue({ liveStream, domain }: Streaming): number {
  if (liveStream === null || !isRunning(liveStream)) return Number.POSITIVE_INFINITY;
  const sinceMs = (liveStream.statusAt ?? liveStream.startedAt).getTime();
  const isCarried = carriedOutOn(domain) !== null;
  // The media server that had it is gone, and nobody else would ever say what has become of it.
  if (!isCarried && liveStream.destinationsSealed !== null) return sinceMs;
  if (liveStream.status === 'STOPPING') return sinceMs + (isCarried ? carriedStopMs : unreportedStopMs);
  return isCarried && liveStream.status === 'STARTING' ? sinceMs + carriedStartMs : Number.POSITIVE_INFINITY;
}

/** Nobody has said that it stopped, or that it is live, and nobody will. Null: nothing is due. */
export function settleLiveStream(facts: Streaming, now: Date): LiveStream | null {
  const { liveStream } = facts;
  if (liveStream === null || liveStreamDue(facts) > now.getTime()) return null;
  if (liveStream.status !== 'STARTING') return endStream(liveStream, 'STOPPED', null, now);
  const isCarried = carriedOutOn(facts.domain) !== null;
  return endStream(
    liveStream,
    'FAILED',
    isCarried ? 'The media server did not go live within 60 seconds.' : removed,
    now,
  );
}
