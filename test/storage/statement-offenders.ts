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
    name: 'signing-key: listAllSigningKeys',
    has: /from "signing_keys" where "signing_keys"\."retired_at" is null$/,
    because: 'the key set is published for all domains; it is read once a minute',
  },
  {
    name: 'media-server: findByKey',
    has: /where m\.kind = 'LIVEKIT' and m\.api_key =/,
    because: 'a token of a media server names its key and no domain; what is found is kept in memory',
  },
  {
    name: 'media-server: listCarrying',
    has: /order by m\.domain_id, m\.created_at$/,
    because: 'for looks at all of them',
  },
  {
    name: 'media-gate: claim',
    has: /^update media_servers m set gate_looked_at/,
    because: 'each gate is looked at once a minute, by whichever process',
  },
  {
    name: 'media-server: findUnended',
    has: /^select distinct d\.id from media_servers m/,
    because: 'a sweep, once a minute',
  },
  {
    name: 'media-room: claim',
    has: /^with due as \( select m\.domain_id, m\.room_id/,
    because: 'work to do, wherever',
  },
  {
    name: 'media-room: lagSeconds',
    has: /from media_rooms m where m\.wanted > m\.done$/,
    because: 'a number for metrics',
  },
  { name: 'retention: media servers', has: /^delete from media_servers where/, because: 'a sweep in small parts' },
  { name: 'retention: media webhooks', has: /^delete from media_webhooks where/, because: 'a sweep in small parts' },
  { name: 'tally', has: /as "knocksWaiting"/, because: 'numbers over all domains, for metrics' },
  { name: 'retention: rooms', has: /^delete from rooms where/, because: 'a sweep in small parts' },
  { name: 'retention: events', has: /^delete from room_events where/, because: 'a sweep in small parts' },
  { name: 'retention: knocks', has: /^delete from knocks where/, because: 'a sweep in small parts' },
  { name: 'retention: participants', has: /^delete from participants where/, because: 'a sweep in small parts' },
  { name: 'retention: meeting tokens', has: /^delete from meeting_tokens where/, because: 'a sweep in small parts' },
  { name: 'retention: lobby returns', has: /^delete from lobby_returns where/, because: 'a sweep in small parts' },
];

/**
 * Statements that break a rule today, with the rules that each one breaks. Nothing is added here: a new statement keeps the rules, and
 * one that is mended leaves the list.
 */
export const offenders: readonly (Named & { readonly breaks: readonly Rule[] })[] = [
  // Rooms.
  {
    name: 'room: insert',
    has: /^with r as \( insert into rooms/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'UNTYPED_RECORD'],
  },
  {
    name: 'room: findByName',
    has: /and r\.name = asked\.name and r\.closed_at is null/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE'],
  },
  {
    name: 'room: findById',
    has: /as asked\(domain_id, id, known, place\) join rooms r .* r\.id = asked\.id/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'room: list',
    has: /^select r\..* strpos\(lower\(r\.name\).* limit \$5::int$/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE'],
  },
  { name: 'room: count', has: /^select count\(\*\)::int as count from rooms r/, breaks: ['VOLATILE_WHERE'] },
  {
    name: 'room-apply: apply',
    has: /^with (?:locked as .*)?r as \(update rooms set version/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'UNTYPED_RECORD'],
  },
  { name: 'room-facts: readAll', has: /^select app_now\(\) as clock, \(select to_jsonb/, breaks: ['NAMES_NO_DOMAIN'] },
  { name: 'room-facts: readSince', has: /^with e as materialized/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'entry-reads: findEntry',
    has: /where \(\$3::boolean or r\.privacy = 'PUBLIC'/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'entry-reads: glanceAtEntry',
    has: /where \(asked\.has_credential or r\.privacy = 'PUBLIC'/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'room-event: readAfter',
    has: /cross join lateral \(with e as \(select seq/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'room-event: versionsOf',
    has: /^select r\.id as "roomId", r\.version from unnest/,
    breaks: ['NAMES_NO_DOMAIN'],
  },

  // Who knocks, and who is inside.
  {
    name: 'knock-request: findById',
    has: /join knocks k on k\.domain_id = asked\.domain_id and k\.id =/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'knock-request: list of a room',
    has: /^select asked\.place.* order by k\.requested_at .*"ofInstant"/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'knock-request: list',
    has: /^select k\..* order by k\.requested_at \w+, k\.id \w+ limit \$4/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'knock-request: count of a room',
    has: /^select \(select count\(\*\)::int from knocks k/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  { name: 'knock-request: snapshot', has: /order by k\.requested_at, k\.id$/, breaks: ['NAMES_NO_DOMAIN'] },
  { name: 'knock-request: changedSince', has: /k\.changed_at > \$2::timestamptz/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'knock-request: waitingByNetwork',
    has: /group by asked\.place, k\.address_hash$/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  { name: 'participant: findById', has: /join domains d on d\.id = p\.domain_id$/, breaks: ['NAMES_NO_DOMAIN'] },
  { name: 'participant: decidesKnocks', has: /p\.decides_knocks as may/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'participant: listInside',
    has: /^select asked\.place.* order by p\.joined_at .*"ofInstant"/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'participant: countInside',
    has: /^select \(select count\(\*\)::int from participants p/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'participant: listBans',
    has: /^select asked\.place.* order by b\.created_at .*"ofInstant"/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'LIMIT_IN_LATERAL'],
  },
  { name: 'participant: findBan', has: /r\.name from bans t join rooms r/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'participant: latestLiveStream',
    has: /order by s\.started_at desc limit 1\) s$/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  { name: 'participant: findLiveStream', has: /r\.name from live_streams t join rooms r/, breaks: ['NAMES_NO_DOMAIN'] },

  // Credentials, tokens and keys.
  { name: 'acting-key: findEndedKeys', has: /^select k\.id from api_keys k/, breaks: ['VOLATILE_WHERE'] },
  { name: 'credential: findApiKey', has: /join api_keys a on a\.hash = decode/, breaks: ['VOLATILE_WHERE'] },
  {
    name: 'credential: findPerson',
    has: /\) person order by "isKnock"/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE'],
  },
  {
    name: 'credential: findKnock',
    has: /\) found order by requested_at desc limit 1$/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE'],
  },
  {
    name: 'meeting-token: insert',
    has: /^insert into meeting_tokens/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'UNTYPED_RECORD'],
  },
  {
    name: 'meeting-token: findById',
    has: /as uses from meeting_tokens t where t\.domain_id = \$1::uuid and t\.id =/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'meeting-token: findByJti',
    has: /as uses from meeting_tokens t where t\.domain_id = \$1::uuid and t\.jti =/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  { name: 'meeting-token: findEnd', has: /^select case when t\."selfSigned"/, breaks: ['UNTYPED_RECORD'] },
  {
    name: 'meeting-token: list of a room',
    has: /^select asked\.place.* order by t\.created_at .*"ofInstant"/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  {
    name: 'meeting-token: list',
    has: /^select t\..* order by t\.created_at \w+, t\.id \w+ limit \$5/,
    breaks: ['NAMES_NO_DOMAIN'],
  },
  {
    name: 'meeting-token: revoke',
    has: /^with d as \(update domains .*insert into revocations/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'SHARED_WRITE'],
  },
  { name: 'domain: update', has: /^update "domains" set/, breaks: ['VOLATILE_WHERE'] },
  { name: 'domain: insertApiKey', has: /^insert into "api_keys"/, breaks: ['VOLATILE_WHERE', 'UNTYPED_RECORD'] },
  { name: 'domain: revokeApiKey', has: /^with "bumped" .* update "api_keys" set/, breaks: ['VOLATILE_WHERE'] },
  {
    name: 'domain: insertSelfSigningKey',
    has: /^with bumped as .* insert into "self_signing_keys"/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'UNTYPED_RECORD', 'SHARED_WRITE'],
  },
  {
    name: 'domain: revokeSelfSigningKey',
    has: /^with "bumped" .* update "self_signing_keys" set/,
    breaks: ['VOLATILE_WHERE', 'SHARED_WRITE'],
  },
  {
    name: 'signing-key: insertSigningKey',
    has: /^with "bumped" .* insert into "signing_keys"/,
    breaks: ['VOLATILE_WHERE', 'SHARED_WRITE'],
  },

  // Webhooks and processes.
  { name: 'webhook: create', has: /^with room as \(/, breaks: ['VOLATILE_WHERE', 'SHARED_WRITE'] },
  { name: 'webhook: update', has: /^with w as \(update webhooks w set/, breaks: ['VOLATILE_WHERE', 'SHARED_WRITE'] },
  { name: 'webhook: rotate', has: /^update webhooks w set previous_secret_sealed/, breaks: ['VOLATILE_WHERE'] },
  { name: 'webhook: delete', has: /^update webhooks w set is_active = false/, breaks: ['VOLATILE_WHERE'] },
  { name: 'webhook: redeliver', has: /^with target as \(/, breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE'] },
  {
    name: 'webhook: deliveries',
    has: /^select asked\.place.* from webhook_deliveries d where d\.domain_id = asked/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  { name: 'webhook-outbox: claim', has: /as "previousSecretSealed"$/, breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'] },
  { name: 'webhook-outbox: finish', has: /as "isSwitchedOff"$/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'webhook-outbox: endAbandoned',
    has: /as count from ended$/,
    breaks: ['NAMES_NO_DOMAIN', 'VOLATILE_WHERE', 'LIMIT_IN_LATERAL'],
  },
  { name: 'webhook-outbox: forget', has: /as count from forgotten$/, breaks: ['NAMES_NO_DOMAIN'] },
  {
    name: 'webhook-outbox: measure',
    has: /as "lagSeconds" from heads$|as "lagSeconds"$/,
    breaks: ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  },
  { name: 'process: buryDead', has: /^with dead as \(update processes/, breaks: ['VOLATILE_WHERE'] },
  { name: 'retention: knocks', has: /^delete from knocks where/, breaks: ['VOLATILE_WHERE'] },
];
