import type { DomainId, RoomId } from '../rules/ids.ts';
import type { DomainDefaults, Room, RoomPrivacy } from '../rules/room.ts';
import { type EventPayload, eventTypeNumbers } from '../rules/room-event.ts';
import { isRoomName } from '../rules/text.ts';
import { type ActingKey, keyIsGood, requireGoodKey } from './acting-key.ts';
import { recordShape, recordValues } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { askedPlace, domainOf, gatherReads, unnest, unseen } from './postgres/gathered-reads.ts';
import { type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';
import { KnownDomains, type RoomRow, roomColumns, roomWithDomain, versionOf } from './room-rows.ts';
import type { LoggedEvent } from './room-store.ts';

/** A room, and what is shown with it, all read by one statement. */
export interface RoomRecord {
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly ownerPresent: boolean;
  readonly participantCount: number;
}

export interface RoomFilter {
  readonly privacy: RoomPrivacy | null;
  readonly nameContains: string | null;
}

export interface RoomStorage {
  /**
   * Makes the room and its first event while the key is good, and finds out whether an earlier room had its name. False: an open room has
   * this name, and nothing was written. @throws CredentialEnded
   */
  readonly insert: (room: Room, first: LoggedEvent, tellsWebhooks: boolean, by: ActingKey) => Promise<boolean>;
  /** The open room of this name. */
  readonly findByName: (domainId: DomainId, name: string) => Promise<RoomRecord | null>;
  /** Closed rooms too, as long as they are kept. */
  readonly findById: (domainId: DomainId, id: RoomId) => Promise<RoomRecord | null>;
  /** Newest first; rooms past their exp are left out. */
  readonly list: (domainId: DomainId, filter: RoomFilter, request: PageRequest) => Promise<PageRows<RoomRecord>>;
  readonly count: (domainId: DomainId, filter: RoomFilter) => Promise<number>;
  /** Rooms in which something falls due, earliest first. */
  readonly findDue: (limit: number) => Promise<readonly { readonly domainId: DomainId; readonly roomId: RoomId }[]>;
}

/** @param known as in `roomWithDomain` */
const view = (known: string) => `${roomWithDomain(known)},
  exists (select 1 from participants p where p.domain_id = $1::uuid and p.room_id = r.id and p.left_at is null and p.decides_knocks) as "ownerPresent",
  (select count(*)::int from participants p where p.domain_id = $1::uuid and p.room_id = r.id and p.left_at is null and not p.hidden) as "participantCount"`;
const from = 'from rooms r join domains d on d.id = $1::uuid';

type RoomViewRow = RoomRow & Pick<RoomRecord, 'ownerPresent' | 'participantCount'>;

function readRecord(domains: KnownDomains, row: RoomViewRow, known: DomainDefaults | null): RoomRecord {
  const { ownerPresent, participantCount } = row;
  return { ...domains.read(row, known), ownerPresent, participantCount };
}

const askedBy = (column: string, type: string) =>
  `${unnest([`$2::${type}[]`])} with ordinality as asked(${column}, place)`;

type KeyOfDomain = readonly [DomainId, string];

/** Finds rooms by their name or id within their domain. One statement finds all of a domain that are asked for together. */
function createFinder(database: Database, domains: KnownDomains, text: string) {
  const find = gatherReads(async (keys: readonly [KeyOfDomain, ...KeyOfDomain[]]) => {
    const [[domainId]] = keys;
    const known = domains.of(domainId);
    const params = [domainId, keys.map(([, key]) => key), versionOf(known)];
    const rows = await database.query<RoomViewRow & { readonly ofPlace: number }>(text, params);
    const found = new Map(rows.map((row) => [row.ofPlace, row]));
    return keys.map((_key, index) => {
      const row = found.get(index + 1);
      return row === undefined ? null : readRecord(domains, row, known);
    });
  }, domainOf);
  return (domainId: DomainId, key: string) => find([domainId, key]);
}

const reusesName = `jsonb_build_object('reusesName', exists (select 1 from rooms o
        where o.domain_id = (given.room->>'domainId')::uuid and o.name = given.room->>'name'))`;
const insertText = (tellsWebhooks: boolean) => `with r as (
    insert into rooms (${roomColumns.columns.map(({ name }) => `"${name}"`).join(', ')})
    select ${recordValues(roomColumns, 'u')} from (select $1::text::jsonb as room) given,
      jsonb_to_record(given.room || ${reusesName}) as u(${recordShape(roomColumns)})
    where ${keyIsGood('u."domainId"', '$4')}
    on conflict (domain_id, name) where closed_at is null do nothing returning domain_id, id, name, version, created_at),
  e as (insert into room_events (domain_id, room_id, seq, type, payload, at)
    select domain_id, id, version, $2::smallint, $3::text::jsonb, created_at from r)
  ${
    tellsWebhooks
      ? `, o as (insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select r.domain_id, gen_random_uuid(), w.id, $5::text, $6::text::jsonb, 'PENDING', 0, r.created_at, r.created_at
    from r, webhooks w where w.domain_id = r.domain_id and w.is_active and w.deleted_at is null and $5::text = any (w.events)
      and (w.room_name is null or w.room_name = r.name))`
      : ''
  }
  select id from r`;
const insertTexts = { true: insertText(true), false: insertText(false) } as const;

const knownVersion = unseen('$3::bigint');
const byNameText = `select ${askedPlace}, ${view(knownVersion)} from ${askedBy('name', 'text')}
  join rooms r on r.domain_id = $1::uuid and r.name = asked.name and r.closed_at is null and (r.exp is null or r.exp > (select app_now()))
  join domains d on d.id = $1::uuid`;
const byIdText = `select ${askedPlace}, ${view(knownVersion)} from ${askedBy('id', 'uuid')}
  join rooms r on r.domain_id = $1::uuid and r.id = asked.id join domains d on d.id = $1::uuid`;
const filterText = `where r.domain_id = $1::uuid and r.closed_at is null and (r.exp is null or r.exp > (select app_now()))
  and ($2::text is null or r.privacy = $2::text) and ($3::text is null or strpos(lower(r.name), lower($3::text)) > 0)`;
const listOrder = { at: 'r.created_at', id: 'r.id', newestFirst: true };

async function insert(
  database: Database,
  room: Room,
  first: LoggedEvent,
  tellsWebhooks: boolean,
  by: ActingKey,
): Promise<boolean> {
  const webhook = tellsWebhooks ? first.webhook : null;
  const params: readonly Param[] = [
    JSON.stringify({ ...room, dueAt: room.exp }),
    eventTypeNumbers[first.type],
    JSON.stringify(first.payload satisfies EventPayload),
    by,
    ...(webhook ? [webhook.event, JSON.stringify(webhook.data)] : []),
  ];
  const rows = await database.query(insertTexts[webhook ? 'true' : 'false'], params);
  if (rows.length === 0) await requireGoodKey(database, room.domainId, by);
  return rows.length > 0;
}

// The subquery reads the clock once for the statement: only a value that does not change meanwhile can be looked up in an index.
const dueText = `select domain_id as "domainId", id as "roomId" from rooms where due_at <= (select app_now()) order by due_at limit $1::int`;

/** Reads and makes rooms. Only the room writer writes what happens in them. @throws DatabaseError */
export function createRoomStorage(database: Database): RoomStorage {
  const domains = new KnownDomains();
  const findByName = createFinder(database, domains, byNameText);
  const filtered = (domainId: DomainId, { privacy, nameContains }: RoomFilter) => [domainId, privacy, nameContains];
  return {
    insert: (room, first, tellsWebhooks, by) => insert(database, room, first, tellsWebhooks, by),
    // A text that cannot be a name could make the statement fail for all others who ask at the same time.
    findByName: async (domainId, name) => (isRoomName(name) ? findByName(domainId, name) : null),
    findById: createFinder(database, domains, byIdText),
    list: async (domainId, filter, request) => {
      const known = domains.of(domainId);
      const { sql, params } = pageClause(request, listOrder, [...filtered(domainId, filter), versionOf(known)]);
      const rows = await database.query<RoomViewRow>(
        `select ${view('$4::bigint')} ${from} ${filterText} ${sql}`,
        params,
      );
      return toPage(
        rows.map((row) => readRecord(domains, row, known)),
        request,
      );
    },
    count: async (domainId, filter) => {
      const [row] = await database.query<{ count: number }>(
        `select count(*)::int as count from rooms r ${filterText}`,
        filtered(domainId, filter),
      );
      return row?.count ?? 0;
    },
    findDue: (limit) => database.query(dueText, [limit]),
  };
}
