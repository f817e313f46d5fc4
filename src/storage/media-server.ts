import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { JitsiServer, LivekitServer, MediaServerRecord, MediaServerState } from '../rules/media-server.ts';
import { type ActingKey, keyIsGood, requireGoodKey } from './acting-key.ts';
import { columnsOf, readRow, selectList } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { anyOf } from './postgres/gathered-reads.ts';
import { mediaServers } from './tables/index.ts';

/** A media server with its secret as it is kept. */
export type StoredMediaServer = MediaServerRecord & { readonly secretSealed: Buffer };

/** What a media server's last answer said of it. */
export interface MediaServerNews {
  readonly state: MediaServerState;
  readonly lastError: string | null;
}

export interface MediaServerStorage {
  /** It counts from the moment when the domain names it. */
  readonly insert: (server: StoredMediaServer, by: ActingKey) => Promise<void>;
  readonly find: (domainId: DomainId, id: MediaServerId) => Promise<StoredMediaServer | null>;
  /** LiveKit servers in use, of any domain, that have one of these API keys. */
  readonly findByKeys: (apiKeys: readonly string[]) => Promise<readonly StoredMediaServer[]>;
  /**
   * LiveKit servers of all domains, those too that were in use a short while ago, or whose rooms are not all closed yet; of each domain the
   * newest.
   */
  readonly listCarrying: (mostOfDomain: number) => Promise<readonly StoredMediaServer[]>;
  /** How many media servers the domain has that nobody has ended, or whose rooms are not all closed yet; counted up to `most`. */
  readonly countHeld: (domainId: DomainId, most: number) => Promise<number>;
  readonly noteAnswer: (domainId: DomainId, id: MediaServerId, news: MediaServerNews) => Promise<void>;
  /** Ends every media server of the domain but the one that it names, and has their rooms looked at. A second call changes nothing. */
  readonly endOthers: (domainId: DomainId) => Promise<void>;
  /** Domains with a media server that they do not name and that nobody has ended: whoever was about to was interrupted. */
  readonly findUnended: () => Promise<readonly DomainId[]>;
}

const list = columnsOf(mediaServers);
const columns = selectList(list, 'm');
type MediaServerRow = Omit<LivekitServer, 'kind'> &
  Omit<JitsiServer, 'kind'> & {
    readonly kind: MediaServerRecord['kind'];
    readonly secretSealed: string;
  };
const rowOf = readRow<MediaServerRow>(list);

/** What the kind does not have is left behind. */
function readMediaServer(json: object): StoredMediaServer {
  const { secretSealed, kind, apiUrl, gate, gateHolds, tenant, keyId, ...base } = rowOf(json);
  const secret = { secretSealed: Buffer.from(secretSealed, 'hex') };
  return kind === 'LIVEKIT'
    ? { ...base, ...secret, kind, apiUrl, gate, gateHolds }
    : { ...base, ...secret, kind: 'JITSI', tenant, keyId };
}

// Whoever keeps one looks at its gate themselves: it is nobody else's turn before the next.
const insertText = `
  insert into media_servers (domain_id, id, kind, url, api_url, api_key, secret_sealed, key_id, tenant, gate, state, created_at, gate_looked_at)
  select $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::bytea, $8::text, $9::text, $10::boolean, $11::text, $13::timestamptz, $13::timestamptz
  where ${keyIsGood('$1::uuid', '$12')}
  returning id`;
const findText = `select ${columns} from media_servers m where m.domain_id = $1::uuid and m.id = $2::uuid`;
const findByKeysText = `select ${columns} from media_servers m
  where m.kind = 'LIVEKIT' and m.ended_at is null and m.api_key = ${anyOf('$1::text[]')} order by m.created_at`;
const hasRooms = (domainId: string) =>
  `exists (select from media_rooms r where r.domain_id = ${domainId} and r.media_server_id = m.id)`;
// By an old token a room may be opened once more on a server that was left.
const listCarryingText = `
  select ${columns} from (
    select m.*, row_number() over (partition by m.domain_id order by m.ended_at is not null, m.created_at desc) as place
    from media_servers m
    where m.kind = 'LIVEKIT'
      and (m.ended_at is null or m.ended_at > (select app_now() - interval '1 hour') or ${hasRooms('m.domain_id')})) m
  where m.place <= $1::int order by m.domain_id, m.created_at`;
const countHeldText = `
  select count(*)::int as count from (
    select from media_servers m
    where m.domain_id = $1::uuid and (m.ended_at is null or ${hasRooms('$1::uuid')}) limit $2::int) m`;
const noteAnswerText = `update media_servers m set state = $3::text, last_error = $4::text, checked_at = (select app_now())
  where m.domain_id = $1::uuid and m.id = $2::uuid`;
// Of two that are kept at the same moment the one counts that the domain names in the end, whoever ended which of them.
const endOthersText = `
  with named as (select (d.media_server->>'id')::uuid as id from domains d where d.id = $1::uuid), ended as (
    update media_servers m set ended_at = (select app_now()) from named
    where m.domain_id = $1::uuid and m.ended_at is null and m.id is distinct from named.id
    returning m.id
  ), revived as (
    update media_servers m set ended_at = null from named
    where m.domain_id = $1::uuid and m.ended_at is not null and m.id = named.id
  )
  update media_rooms r set wanted = r.wanted + 1, look_at = (select app_now()) from ended
  where r.domain_id = $1::uuid and r.media_server_id = ended.id`;
// Between being kept and being named there is a moment.
const findUnendedText = `
  select distinct d.id
  from media_servers m join domains d on d.id = m.domain_id
  where m.ended_at is null and m.created_at < (select app_now() - interval '1 minute')
    and m.id is distinct from (d.media_server->>'id')::uuid`;

/** Domains' media servers. Each method is one statement. @throws DatabaseError, CredentialEnded */
export function createMediaServerStorage(database: Database): MediaServerStorage {
  const many = async (text: string, params: readonly Param[]) =>
    (await database.query<object>(text, params)).map(readMediaServer);
  return {
    insert: async (server, by) => {
      const { domainId, id, kind, url, apiKey, secretSealed, state } = server;
      const own =
        server.kind === 'LIVEKIT'
          ? { apiUrl: server.apiUrl, gate: server.gate, keyId: null, tenant: null }
          : { apiUrl: null, gate: false, keyId: server.keyId, tenant: server.tenant };
      const params = [
        ...[domainId, id, kind, url, own.apiUrl, apiKey, secretSealed],
        ...[own.keyId, own.tenant, own.gate, state],
      ];
      const made = await database.query(insertText, [...params, by, server.createdAt]);
      if (made.length === 0) await requireGoodKey(database, domainId, by);
    },
    find: async (domainId, id) => (await many(findText, [domainId, id]))[0] ?? null,
    findByKeys: (apiKeys) => many(findByKeysText, [apiKeys]),
    listCarrying: (mostOfDomain) => many(listCarryingText, [mostOfDomain]),
    countHeld: async (domainId, most) => {
      const [row] = await database.query<{ readonly count: number }>(countHeldText, [domainId, most]);
      return row?.count ?? 0;
    },
    noteAnswer: async (domainId, id, { state, lastError }) => {
      await database.query(noteAnswerText, [domainId, id, state, lastError]);
    },
    endOthers: async (domainId) => {
      await database.query(endOthersText, [domainId]);
    },
    findUnended: async () => (await database.query<{ id: DomainId }>(findUnendedText, [])).map(({ id }) => id),
  };
}
