import type { DomainId, WebhookDeliveryId, WebhookId } from './ids.ts';

export const webhookEventTypes = [
  'KNOCK_REQUESTED',
  'KNOCK_DECIDED',
  'KNOCK_CLOSED',
  'PARTICIPANT_JOINED',
  'PARTICIPANT_LEFT',
  'ROOM_CREATED',
  'ROOM_UPDATED',
  'ROOM_DELETED',
  'LIVE_STREAM_CHANGED',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** An endpoint that is told. */
export interface Webhook {
  readonly id: WebhookId;
  readonly domainId: DomainId;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  /** Null: all rooms of the domain. */
  readonly roomName: string | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

export type WebhookDeliveryStatus = 'PENDING' | 'DELIVERED' | 'FAILED';

/** One thing that is told to one endpoint, at least once. */
export interface WebhookDelivery {
  readonly id: WebhookDeliveryId;
  readonly domainId: DomainId;
  readonly webhookId: WebhookId;
  readonly event: WebhookEventType;
  readonly status: WebhookDeliveryStatus;
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
}

export type CheckedWebhookUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly problem: string };

const maxLength = 2048;

/**
 * The form of an address that webhooks may be sent to: absolute http or https, a host, no user or password, at most 2048
 * characters. Which machine it leads to is looked at when it is called.
 */
export function checkWebhookUrl(text: string): CheckedWebhookUrl {
  if (text.length > maxLength) return { ok: false, problem: `must be at most ${maxLength} characters long` };
  if (!text.isWellFormed() || /[\u0000-\u0020\u007f]/.test(text)) {
    return { ok: false, problem: 'must not contain spaces or control characters' };
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return { ok: false, problem: 'must be an absolute http or https URL' };
  }
  if (url.username !== '' || url.password !== '')
    return { ok: false, problem: 'must not contain a user name or password' };
  return { ok: true, url };
}

/** What the line speaks of: the part of a payload's data that people are told. */
export interface Described {
  readonly room: { readonly name: string; readonly url: string };
  readonly by: { readonly name: string | null } | null;
  readonly waiting?: number;
  readonly ownerPresent?: boolean;
  readonly knock?: { readonly userName: string; readonly message: string | null; readonly status: string };
  readonly participant?: { readonly userName: string };
  readonly liveStream?: { readonly status: string };
}

/** With KNOCK_CLOSED: was it an admission that ended? */
export interface ClosingTold {
  readonly wasAdmission: boolean;
}

/** One line that tells people what happened. What strangers wrote stays one line and cannot mention, link or command in a chat. */
export function describeWebhook(type: WebhookEventType, data: Described, closing?: ClosingTold): string {
  const room = inline(data.room.name);
  const url = inline(data.room.url);
  const knocker = inline(data.knock?.userName ?? '');
  const participant = inline(data.participant?.userName ?? '');
  switch (type) {
    case 'KNOCK_REQUESTED': {
      const message = data.knock?.message ? `: “${inline(data.knock.message)}”` : '';
      const owner = data.ownerPresent ? 'somebody is there to answer' : 'nobody is there to answer';
      return `${knocker} knocks at ${room}${message} (${data.waiting} waiting, ${owner}) ${url}`;
    }
    case 'KNOCK_DECIDED':
      return `${knocker} was ${data.knock?.status === 'ADMITTED' ? 'admitted to' : 'not let into'} ${room}${byWhom(data)}`;
    case 'KNOCK_CLOSED':
      return closing?.wasAdmission
        ? `The admission of ${knocker} to ${room} has ended`
        : `${knocker} no longer waits at ${room}`;
    case 'PARTICIPANT_JOINED':
      return `${participant} joined ${room} ${url}`;
    case 'PARTICIPANT_LEFT':
      return `${participant} left ${room}`;
    case 'ROOM_CREATED':
      return `Room ${room} was created ${url}`;
    case 'ROOM_UPDATED':
      return `Room ${room} was changed`;
    case 'ROOM_DELETED':
      return `Room ${room} is closed`;
    case 'LIVE_STREAM_CHANGED':
      return `Live stream of ${room}: ${data.liveStream?.status.toLowerCase()}`;
    default:
      return type satisfies never;
  }
}

function byWhom({ by }: Described): string {
  return by?.name ? ` by ${inline(by.name)}` : '';
}

function inline(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\s+/gu, ' ');
}

/** How an attempt to tell an endpoint went. */
export type AttemptOutcome =
  | { readonly kind: 'ANSWERED'; readonly status: number; readonly retryAfter: string | null }
  /** No whole answer head came. The reason is a short code, for the log. */
  | { readonly kind: 'UNREACHED'; readonly reason: string };

/** What follows from an attempt. */
export type AfterAttempt =
  | { readonly kind: 'DELIVERED' }
  /** How soon again; until `restSeconds` are over the endpoint is not called at all (0: no such wish). */
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

/** An endpoint that has failed for this long, without one success, is switched off. */
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
