import { readSigned } from './signed.ts';

/** The service's clock, as its answers tell it: the device's own may be wrong, and is only used to count on from an answer. */
export interface ServiceClock {
  /** Milliseconds since 1970, as the service counts them; the device's own, as long as no answer has come. */
  readonly now: () => number;
  /** How long until this instant of the service's, in milliseconds; never less than 0. */
  readonly until: (instant: string | Date) => number;
}

export interface LearningClock extends ServiceClock {
  /** Has the service said anything of the time? */
  readonly isKnown: () => boolean;
  /** The service has just said what time it is. */
  readonly learn: (instant: string) => void;
  /** The service has just signed this JWT: its `iat` says in which second. What cannot be read teaches nothing. */
  readonly learnSigned: (jwt: string) => void;
  /** The service has told of something that happened then, so it is at least as late. */
  readonly learnPast: (instant: string | null | undefined) => void;
}

export function createClock(deviceNow: () => number = Date.now): LearningClock {
  let aheadMs: number | null = null;
  const now = () => deviceNow() + (aheadMs ?? 0);
  const timeOf = (instant: string | Date | null | undefined) => new Date(instant ?? Number.NaN).getTime();
  const learnPast = (instant: string | Date | null | undefined) => {
    const ms = timeOf(instant);
    if (Number.isFinite(ms) && (aheadMs === null || ms > now())) aheadMs = ms - deviceNow();
  };
  return {
    isKnown: () => aheadMs !== null,
    now,
    until: (instant) => Math.max(0, timeOf(instant) - now()),
    learn: (instant) => {
      const ms = timeOf(instant);
      if (Number.isFinite(ms)) aheadMs = ms - deviceNow();
    },
    learnSigned: (jwt) => learnPast(new Date((readSigned(jwt).iat ?? Number.NaN) * 1000)),
    learnPast,
  };
}
