import type { Actor } from './actor.ts';
import type { DomainId, LiveStreamId, RoomId } from './ids.ts';

export type LiveStreamStatus = 'STARTING' | 'LIVE' | 'STOPPING' | 'STOPPED' | 'FAILED';

export interface LiveStream {
  readonly id: LiveStreamId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly status: LiveStreamStatus;
  /** Without their stream keys, which are never kept. */
  readonly destinations: readonly string[];
  readonly startedAt: Date;
  readonly startedBy: Actor;
  readonly endedAt: Date | null;
  readonly error: string | null;
}

export function isRunning(stream: LiveStream): boolean {
  return stream.status !== 'STOPPED' && stream.status !== 'FAILED';
}
