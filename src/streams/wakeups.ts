import type { DomainId, RoomId } from '../rules/ids.ts';

/** Says that a room has got so far. A wake-up carries nothing else: what happened is read from the log. */
export interface Wakeup {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly seq: number;
}

/** How processes wake each other after a commit. It may lose: the slow poll finds what it lost. */
export interface Wakeups {
  readonly send: (wakeup: Wakeup) => void;
  /** @param onConnect called whenever the connection came (back): what was sent meanwhile is lost */
  readonly start: (onWakeup: (wakeup: Wakeup) => void, onConnect: () => void) => Promise<void>;
  readonly stop: () => Promise<void>;
}
