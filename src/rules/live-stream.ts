import type { Actor } from './actor.ts';
import type { DomainId, LiveStreamId, RoomId } from './ids.ts';

export type LiveStreamStatus = 'STARTING' | 'LIVE' | 'STOPPING' | 'STOPPED' | 'FAILED';

export interface LiveStream {
  readonly id: LiveStreamId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly status: LiveStreamStatus;
  /** Without their stream keys. */
  readonly destinations: readonly string[];
  /**
   * The same with their keys, sealed, in hex, for the media server that is to send there. Null: it has ended, or whoever carries media
   * here has them already.
   */
  readonly destinationsSealed: string | null;
  /** What the media server calls it, as long as it may be sent there, after its end too; null: it is not sent, as far as is known. */
  readonly egressId: string | null;
  /** When the media server was last asked to start it, until it has said what became of that; null: it is not asked, or has said so. */
  readonly startAskedAt: Date | null;
  readonly startedAt: Date;
  readonly startedBy: Actor;
  /** Since when it has this status; null: since it was started. */
  readonly statusAt: Date | null;
  readonly endedAt: Date | null;
  readonly error: string | null;
}

export function isRunning(stream: LiveStream): boolean {
  return stream.status !== 'STOPPED' && stream.status !== 'FAILED';
}

/** It is to stop, or has ended: what a media server is asked for it takes away. */
export function isEnding({ status }: LiveStream): boolean {
  return status !== 'STARTING' && status !== 'LIVE';
}

/** How long a media server is waited for that does not stop what it sends. What it never stops must not hold a room up for ever. Milliseconds. */
const stillSentMs = 15 * 60_000;

/** A media server has been asked for it, and has not said yet that it does not send it. */
export function isLeftThere({ egressId, startAskedAt }: LiveStream): boolean {
  return egressId !== null || startAskedAt !== null;
}

/** It has ended here, and the media server has not said so yet. Later than that it is asked all the same, and nobody waits for it. */
export function mayStillBeSent(stream: LiveStream, now: Date): boolean {
  const { endedAt } = stream;
  return isLeftThere(stream) && endedAt !== null && now.getTime() - endedAt.getTime() < stillSentMs;
}

/** It is over: where it was sent to, with the keys, is forgotten. */
export function endStream(
  stream: LiveStream,
  status: 'STOPPED' | 'FAILED',
  error: string | null,
  now: Date,
): LiveStream {
  return { ...stream, status, error, statusAt: now, endedAt: now, destinationsSealed: null };
}
