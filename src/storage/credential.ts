import type { KnockerCaller, ParticipantCaller } from '../rules/caller.ts';
import type { ApiKey } from '../rules/domain.ts';
import type { DomainId } from '../rules/ids.ts';
import { columnsOf, readRow, selectList, without } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { askedPlace, gatherReads, unnest } from './postgres/gathered-reads.ts';
import { readStoredClaims, type StoredClaims } from './tables/columns.ts';
import { apiKeys } from './tables/index.ts';

/** Whom a session token belongs to. */
export interface SessionRecord extends Omit<ParticipantCaller, 'kind' | 'credential'> {
  /** This token was handed out when the session resumed, and older ones still work. */
  readonly replacesOlder: boolean;
}

/** Whom a knock token belongs to. */
export type KnockTokenRecord = Omit<KnockerCaller, 'kind' | 'credential'>;

export type PersonRecord =
  | { readonly kind: 'SESSION'; readonly session: SessionRecord }
  | { readonly kind: 'KNOCK'; readonly knock: KnockTokenRecord };

/**
 * Finds whom a credential belongs to, by its hash (hex SHA-256) and, if the credential names one, its domain. Credentials that ended more
 * than a day ago are not found.
 */
export interface CredentialStorage {
  /** Revoked and expired keys are not found. */
  readonly findApiKey: (hash: string) => Promise<{ readonly apiKey: ApiKey; readonly domainVersion: number } | null>;
  /** Whose session token this is. If its holder was sent back to the lobby, it opens the knock that waits there. */
  readonly findPerson: (hash: string, domainId: DomainId | null) => Promise<PersonRecord | null>;
  readonly findKnock: (hash: string, domainId: DomainId | null) => Promise<KnockTokenRecord | null>;
}

const apiKeyColumns = columnsOf(apiKeys);
const readKey = readRow<ApiKey & { domainVersion: number }>(without(apiKeyColumns, 'hash'), 'domainVersion');

const apiKeyText = `select ${askedPlace}, ${selectList(apiKeyColumns, 'a')}, d.version as "domainVersion"
  from ${unnest(['$1::text[]'])} with ordinality as asked(hash, place)
  join api_keys a on a.hash = decode(asked.hash, 'hex') and a.revoked_at is null and (a.exp is null or a.exp > (select app_now()))
  join domains d on d.id = a.domain_id`;

/** Tokens that were handed out and not used yet. The few rows that have some are in an index of their own, which `is not null` would miss. */
const isSpare = (column: string, previous: string) =>
  `${column} <> '{}' and ${column} @> array[$1::text] and num_nulls(${previous}) = 0`;

// A token that names its domain is looked for there. One from before finds its row by itself: on one database that costs the same.
interface LookedFor {
  /** Part of a where: the row `alias` is of this domain. */
  readonly isOf: (alias: string) => string;
  readonly room: (alias: string) => string;
}
const inDomain: LookedFor = { isOf: (alias) => `${alias}.domain_id = $2::uuid and `, room: () => '$2::uuid' };
const anywhere: LookedFor = { isOf: () => '', room: (alias) => `${alias}.domain_id` };

const aDayAgo = `(select app_now() - interval '24 hours')`;
const sessionOf = (
  where: string,
  replaces: string,
  { isOf, room }: LookedFor,
) => `select p.id, p.room_id as "roomId", p.domain_id as "domainId", r.name as "roomName",
    p.left_at is not null as "hasEnded", p.is_owner as "isOwner", p.knock_id as "knockId", p.token as token, ${replaces} as "replacesOlder"
  from participants p join rooms r on r.domain_id = ${room('p')} and r.id = p.room_id
  where ${isOf('p')}${where} and (p.left_at is null or p.left_at > ${aDayAgo})`;
const sessions = (
  place: LookedFor,
) => `${sessionOf("p.session_hash = decode($1, 'hex')", 'p.previous_session_hash is not null', place)}
  union all ${sessionOf("p.previous_session_hash = decode($1, 'hex')", 'false', place)}
  union all ${sessionOf(isSpare('p.spare_session_hashes', 'p.previous_session_hash'), 'true', place)}`;

const knockOf = (
  where: string,
  { isOf, room }: LookedFor,
) => `select k.id, k.room_id as "roomId", k.domain_id as "domainId", r.name as "roomName",
    (k.ended_at is not null) as "hasEnded", k.token, k.requested_at
  from knocks k join rooms r on r.domain_id = ${room('k')} and r.id = k.room_id
  where ${isOf('k')}${where} and (k.ended_at is null or k.ended_at > ${aDayAgo})`;
const knockText = (place: LookedFor) => `select id, "roomId", "domainId", "roomName", "hasEnded", token from
  (${knockOf("k.token_hash = decode($1, 'hex')", place)} union all ${knockOf("k.previous_token_hash = decode($1, 'hex')", place)}
    union all ${knockOf(isSpare('k.spare_token_hashes', 'k.previous_token_hash'), place)}) found order by requested_at desc limit 1`;
// One statement looks for both: with two, each request of a participant would wait twice.
const personText = (
  place: LookedFor,
) => `select * from ((select true as "isKnock", *, false as "isOwner", null::uuid as "knockId", false as "replacesOlder"
    from (${knockText(place)}) knock)
  union all (select false, id, "roomId", "domainId", "roomName", "hasEnded", token, "isOwner", "knockId", "replacesOlder"
    from (${sessions(place)}) session)) person order by "isKnock" desc limit 1`;
const texts = {
  person: { inDomain: personText(inDomain), anywhere: personText(anywhere) },
  knock: { inDomain: knockText(inDomain), anywhere: knockText(anywhere) },
} as const;

type StoredRecord<T> = Omit<T, 'token'> & { readonly token: StoredClaims | null };
type PersonRow =
  | (StoredRecord<SessionRecord> & { readonly isKnock: false })
  | (StoredRecord<KnockTokenRecord> & { readonly isKnock: true });

/** One statement looks up the keys of all requests that come at once, most of them with the same key. */
function createKeyFinder(database: Database): CredentialStorage['findApiKey'] {
  return gatherReads(async (hashes: readonly string[]) => {
    const distinct = [...new Set(hashes)];
    const rows = await database.query<{ readonly ofPlace: number }>(apiKeyText, [distinct]);
    const found = new Map(
      rows.map((row) => {
        const { domainVersion, ...apiKey } = readKey(row);
        return [distinct[row.ofPlace - 1], { apiKey, domainVersion }];
      }),
    );
    return hashes.map((hash) => found.get(hash) ?? null);
  });
}

/** @throws DatabaseError */
export function createCredentialStorage(database: Database): CredentialStorage {
  const find = <Row>(
    text: { readonly inDomain: string; readonly anywhere: string },
    hash: string,
    id: DomainId | null,
  ) => (id === null ? database.query<Row>(text.anywhere, [hash]) : database.query<Row>(text.inDomain, [hash, id]));
  return {
    findApiKey: createKeyFinder(database),
    findPerson: async (hash, named) => {
      const [row] = await find<PersonRow>(texts.person, hash, named);
      if (row === undefined) return null;
      const token = readStoredClaims(row.token);
      if (row.isKnock) {
        const { id, roomId, domainId, roomName, hasEnded } = row;
        return { kind: 'KNOCK', knock: { id, roomId, domainId, roomName, hasEnded, token } };
      }
      const { isKnock: _isKnock, ...session } = row;
      return { kind: 'SESSION', session: { ...session, token } };
    },
    findKnock: async (hash, domainId) => {
      const [row] = await find<StoredRecord<KnockTokenRecord>>(texts.knock, hash, domainId);
      return row === undefined ? null : { ...row, token: readStoredClaims(row.token) };
    },
  };
}
