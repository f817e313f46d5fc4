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
  /** What the media server calls it; null: it was not started there yet. */
  readonly egressId: string | null;
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

/** It is over: where it was sent to, with the keys, is forgotten. */
export function endStream(
  stream: LiveStream,
  status: 'STOPPED' | 'FAILED',
  error: string | null,
  now: Date,
): LiveStream {
  return { ...stream, status, error, statusAt: now, endedAt: now, destinationsSealed: null };
}
