/** How an attempt to tell an endpoint went. */
export type AttemptOutcome =
  | { readonly kind: 'ANSWERED'; readonly status: number; readonly retryAfter: string | null }
  /** No whole answer head came. The reason is a short code, for the log. */
  | { readonly kind: 'UNREACHED'; readonly reason: string };

/** What follows from an attempt. */
export type AfterAttempt =
  | { readonly kind: 'DELIVERED' }
  /** Again after so long; until `restSeconds` are over the endpoint is not called at all (0: no such wish). */
  | { readonly kind: 'RETRY'; readonly delaySeconds: number; readonly restSeconds: number }
  /** It was tried as often as it is going to be. */
  | { readonly kind: 'FAILED'; readonly restSeconds: number }
  /** The endpoint answered 410: it wants nothing more, and is switched off. */
  | { readonly kind: 'GONE' };

const minute = 60;
const hour = 3600;

/**
 * How long to wait after each failed attempt, in seconds: the schedule of Standard Webhooks 1.0. The first attempt is made at
 * once, the tenth and last one 75 hours later.
 */
export const retryDelaysSeconds: readonly number[] = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** The longest that an endpoint's Retry-After is kept. */
export const longestRestSeconds = 24 * hour;

/** An endpoint that has failed for so long without one success is switched off. */
export const switchOffAfterSeconds = 5 * 24 * hour;

/** Waits are drawn out by up to a fifth, so that what failed together is not tried again together. */
const jitter = 0.2;

/**
 * What follows from an attempt: 2xx is success, 410 switches the endpoint off, everything else is tried again on the schedule.
 * @param attempts how many were made, this one included
 * @param chance from 0 to 1, without 1
 */
export function decideAfterAttempt(outcome: AttemptOutcome, attempts: number, chance: number, now: Date): AfterAttempt {
  if (outcome.kind === 'ANSWERED' && outcome.status >= 200 && outcome.status < 300) return { kind: 'DELIVERED' };
  if (outcome.kind === 'ANSWERED' && outcome.status === 410) return { kind: 'GONE' };
  const restSeconds = outcome.kind === 'ANSWERED' ? (parseRetryAfter(outcome.retryAfter, now) ?? 0) : 0;
  const scheduled = retryDelaysSeconds[attempts - 1];
  if (scheduled === undefined) return { kind: 'FAILED', restSeconds };
  return { kind: 'RETRY', delaySeconds: Math.max(scheduled * (1 + jitter * chance), restSeconds), restSeconds };
}

/** Seconds until the instant that a Retry-After header names, 0 to 24 hours; null: no header, or not a readable one. */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), longestRestSeconds);
}

/** NaN where the text is not a date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`. */
function secondsUntil(text: string, now: Date): number {
  const isHttpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  return isHttpDate ? Math.ceil((Date.parse(text) - now.getTime()) / 1000) : Number.NaN;
}
