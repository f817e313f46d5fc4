import type { Clock } from './clock.ts';

// Whoever loses a connection has some time to come back. That time is only fair while there is a service to come back to: after all of
// its processes, or their database, were away, it starts anew for everybody. Each process knows by the renewals of its lease whether
// the database was away from it, and keeps the answer in its row, so that a process that starts meanwhile knows it too.

/** A process that has not renewed for this number of seconds is dead. */
export const leaseSeconds = 7;

export interface Uptime {
  /** When the service was there again after it, or its database, was last away. Now: nobody knows yet whether it is. */
  readonly since: () => Date;
}

/** The same, for whoever renews the lease. */
export interface UptimeKeeper extends Uptime {
  /** This process has its lease, in a service that has been there since then. */
  readonly begin: (since: Date) => void;
  /** The lease was renewed at this time of the database's clock. After a gap of more than the lease, the service is there since now. */
  readonly renewed: (clock: Date) => void;
}

/** @param monotonicMs milliseconds that only grow: while a clock is set forward everybody could come */
export function createUptime(
  { now }: Pick<Clock, 'now'>,
  monotonicMs: () => number = () => performance.now(),
): UptimeKeeper {
  let since: Date | null = null;
  let renewedMs = Number.NEGATIVE_INFINITY;
  const isBroken = () => monotonicMs() - renewedMs > leaseSeconds * 1_000;
  return {
    // What is decided between the return of the database and the next renewal must not wait for it.
    since: () => (since === null || isBroken() ? now() : since),
    begin: (at) => {
      since = at;
      renewedMs = monotonicMs();
    },
    renewed: (clock) => {
      // A clock that was set back was not there at a later time.
      if (since === null || clock < since || isBroken()) since = clock;
      renewedMs = monotonicMs();
    },
  };
}
