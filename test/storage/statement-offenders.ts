import type { Rule } from './statement-rules.ts';

/** A statement, by where it stands and by what only its text has. */
interface Named {
  readonly name: string;
  readonly has: RegExp;
}

/** Statements that look through all domains at once, and why they may: no request waits for them, or hardly ever. */
export const acrossDomains: readonly (Named & { readonly because: string })[] = [
  {
    name: 'room: findDue',
    has: /^select domain_id .* from rooms where due_at <=/,
    because: 'a sweep: what fell due, wherever',
  },
  { name: 'knock-request: findEndedAdmissions', has: /\) ended$/, because: 'a sweep, by an index of admissions alone' },
  { name: 'participant: findRoomsHeldBy', has: /attached_to \? \$1 union/, because: 'once for each process that died' },
  {
    name: 'room-event: versionsOf',
    has: /^select r\.id as "roomId", r\.version from unnest/,
    because: 'a watch of the rooms that a process has subscribers in, twice a second, by their keys',
  },
  {
    name: 'media-server: findByKeys',
    has: /where m\.kind = 'LIVEKIT' and m\.ended_at is null and m\.api_key =/,
    because: 'a token of a media server names its key and no domain; what is found is kept in memory',
  },
  {
    name: 'media-server: listCarrying',
    has: /order by m\.domain_id, m\.created_at$/,
    because: 'for looks at all of them',
  },
  {
    name: 'media-gate: claim, the domains',
    has: /^select distinct m\.domain_id as "domainId" from media_servers m where m\.gate/,
    because: 'each gate is looked at once a minute, by whichever process',
  },
  {
    name: 'media-server: findUnended',
    has: /^select distinct d\.id from media_servers m/,
    because: 'a sweep, once a minute',
  },
  {
    name: 'participant: findLeftStreams',
    has: /^select s\.domain_id as "domainId", s\.room_id as "roomId" from live_streams s join domains d/,
    because: 'a sweep, once a minute, by an index of the streams that a media server of ours has',
  },
  {
    name: 'media-room: claim, the domains',
    has: /^select m\.domain_id as "domainId", count/,
    because: 'work to do, wherever: as many of the oldest as there is room for',
  },
  {
    name: 'media-room: lagSeconds',
    has: /from media_rooms m where m\.wanted > m\.done$/,
    because: 'a number for metrics',
  },
  { name: 'retention: media servers', has: /^delete from media_servers where/, because: 'a sweep in small parts' },
  { name: 'retention: bans', has: /^delete from bans where/, because: 'a sweep in small parts' },
  { name: 'retention: live streams', has: /^delete from live_streams where/, because: 'a sweep in small parts' },
  { name: 'retention: media webhooks', has: /^delete from media_webhooks where/, because: 'a sweep in small parts' },
  {
    name: 'webhook-outbox: where something is due',
    has: /^select distinct w\.domain_id as "domainId", w\.failing_since is not null/,
    because: 'once a second: what other processes wrote, and what fell due, by the webhooks that there are',
  },
  {
    name: 'webhook-outbox: where something is abandoned',
    has: /^select distinct w\.domain_id as "domainId" from webhooks w where \(not w\.is_active/,
    because: 'a sweep, once a minute, by the webhooks that are switched off',
  },
  {
    name: 'webhook-outbox: forget deliveries',
    has: /^delete from webhook_deliveries where/,
    because: 'a sweep in small parts',
  },
  { name: 'webhook-outbox: forget webhooks', has: /^delete from webhooks where/, because: 'a sweep, once an hour' },
  {
    name: 'webhook-outbox: measure',
    has: /as "lagSeconds" from \(select d\.next_attempt_at/,
    because: 'a number for metrics, of 100,000 rows at most',
  },
  {
    name: 'credential: findPerson, by a token that names no domain',
    has: /where p\.session_hash = decode.*\) person order by "isKnock"/,
    because: 'tokens from before the tables were spread, until they end; new ones name their domain there',
  },
  {
    name: 'credential: findKnock, by a token that names no domain',
    has: /^select id, "roomId".* where k\.token_hash = decode.* found order by requested_at desc limit 1$/,
    because: 'tokens from before the tables were spread, until they end; new ones name their domain there',
  },
  { name: 'tally', has: /as "knocksWaiting"/, because: 'numbers over all domains, for metrics' },
  { name: 'retention: rooms', has: /^delete from rooms where/, because: 'a sweep in small parts' },
  { name: 'retention: events', has: /^delete from room_events where/, because: 'a sweep in small parts' },
  { name: 'retention: knocks', has: /^delete from knocks where/, because: 'a sweep in small parts' },
  { name: 'retention: participants', has: /^delete from participants where/, because: 'a sweep in small parts' },
  { name: 'retention: meeting tokens', has: /from meeting_tokens where exp </, because: 'a sweep in small parts' },
  { name: 'retention: lobby returns', has: /^delete from lobby_returns where/, because: 'a sweep in small parts' },
];

/**
 * Statements that break a rule today, with the rules that each one breaks. Nothing is added here: a new statement keeps the rules, and
 * one that is mended leaves the list.
 */
export const offenders: readonly (Named & { readonly breaks: readonly Rule[] })[] = [];
