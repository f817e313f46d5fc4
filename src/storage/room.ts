import type { DomainId, RoomId } from '../rules/ids.ts';
import type { DomainDefaults, Room, RoomPrivacy } from '../rules/room.ts';
import { type EventPayload, eventTypeNumbers } from '../rules/room-event.ts';
import { isRoomName } from '../rules/text.ts';
import { type ActingKey, requireGoodKey } from './acting-key.ts';
import { recordShape, recordValues } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { askedPlace, domainOf, gatherReads, unnest, unseen } from './postgres/gathered-reads.ts';
import { type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';
import { keyVariable, onlyWhileGood, storedFunction } from './postgres/stored-function.ts';
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
  /** The open room of this name, or else the latest one in which people stay after its exp. */
  readonly findGoingOn: (domainId: DomainId, name: string) => Promise<RoomRecord | null>;
  /** Closed rooms too, as long as they are kept. */
  readonly findById: (domainId: DomainId, id: RoomId) => Promise<RoomRecord | null>;
  /** Newest first; rooms past their exp are left out. */
  readonly list: (domainId: DomainId, filter: RoomFilter, request: PageRequest) => Promise<PageRows<RoomRecord>>;
  readonly count: (domainId: DomainId, filter: RoomFilter) => Promise<number>;
  /** Rooms in which something falls due, earliest first, without these. */
  readonly findDue: (
    limit: number,
    except: readonly string[],
  ) => Promise<readonly { readonly domainId: DomainId; readonly roomId: RoomId }[]>;
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

/** Makes a room with its first event. False: nothing was written. */
export const insertRoom = storedFunction({
  name: 'insert_room',
  isOfDomain: true,
  params: {
    ...{ p_domain: 'uuid', p_by: 'uuid', p_room: 'jsonb', p_type: 'smallint', p_payload: 'jsonb' },
    ...{ p_webhook_event: 'text', p_webhook_data: 'jsonb' },
  },
  returns: 'boolean',
  declare: ['u record', keyVariable, 'v_reuses boolean'],
  body: `
  ${onlyWhileGood('DOMAIN', 'return false;')}
  select * into u from jsonb_to_recordset(p_room) as u(${recordShape(roomColumns)});
  v_reuses := exists (select from rooms o where o.domain_id = p_domain and o.name = u.name);
  insert into rooms (${roomColumns.columns.map(({ name }) => `"${name}"`).join(', ')})
  values (${recordValues(roomColumns, 'u').replace('u."domainId"', 'p_domain').replace('u."reusesName"', 'v_reuses')})
  on conflict (domain_id, name) where closed_at is null do nothing;
  if not found then return false; end if;
  insert into room_events (domain_id, room_id, seq, type, payload, at)
  values (p_domain, u.id, u.version, p_type, p_payload, u."createdAt");
  if p_webhook_event is not null then
    insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select p_domain, gen_random_uuid(), w.id, p_webhook_event, p_webhook_data, 'PENDING', 0, u."createdAt", u."createdAt"
    from webhooks w where w.domain_id = p_domain and w.is_active and w.deleted_at is null and p_webhook_event = any (w.events)
      and (w.room_name is null or w.room_name = u.name);
  end if;
  return true;`,
});
const insertText = `select ${insertRoom.call} as "isMade"`;

const knownVersion = unseen('$3::bigint');
const byNameText = `select ${askedPlace}, ${view(knownVersion)} from ${askedBy('name', 'text')}
  join rooms r on r.domain_id = $1::uuid and r.name = asked.name and r.closed_at is null and (r.exp is null or r.exp > (select app_now()))
  join domains d on d.id = $1::uuid`;
const isOpen = '(o.closed_at is null and (o.exp is null or o.exp > (select app_now())))';
const hasPeople = `o.closed_by is distinct from 'DELETED'
  and exists (select 1 from participants p where p.domain_id = $1::uuid and p.room_id = o.id and p.left_at is null)`;
const goingOnText = `select ${askedPlace}, ${view(knownVersion)} from ${askedBy('name', 'text')}
  cross join lateral (select o.* from rooms o where o.domain_id = $1::uuid and o.name = asked.name and (${isOpen} or ${hasPeople})
    order by ${isOpen} desc, o.created_at desc limit 1) r
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
  const [row] = await database.query<{ readonly isMade: boolean }>(insertText, [
    room.domainId,
    by,
    JSON.stringify([{ ...room, dueAt: room.exp }]),
    eventTypeNumbers[first.type],
    JSON.stringify(first.payload satisfies EventPayload),
    webhook?.event ?? null,
    webhook ? JSON.stringify(webhook.data) : null,
  ]);
  if (row?.isMade) return true;
  await requireGoodKey(database, room.domainId, by);
  return false;
}

// The subquery reads the clock once for the statement: only a value that does not change meanwhile can be looked up in an index.
const dueText = `select domain_id as "domainId", id as "roomId" from rooms where due_at <= (select app_now()) and id <> all ($2::uuid[]) order by due_at limit $1::int`;

/** Reads and makes rooms. Only the room writer writes what happens in them. @throws DatabaseError */
export function createRoomStorage(database: Database, domains = new KnownDomains()): RoomStorage {
  const findByName = createFinder(database, domains, byNameText);
  const findGoingOn = createFinder(database, domains, goingOnText);
  const filtered = (domainId: DomainId, { privacy, nameContains }: RoomFilter) => [domainId, privacy, nameContains];
  return {
    insert: (room, first, tellsWebhooks, by) => insert(database, room, first, tellsWebhooks, by),
    // A text that cannot be a name could make the statement fail for all others who ask at the same time.
    findByName: async (domainId, name) => (isRoomName(name) ? findByName(domainId, name) : null),
    findGoingOn: async (domainId, name) => (isRoomName(name) ? findGoingOn(domainId, name) : null),
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
    findDue: (limit, except) => database.query(dueText, [limit, except]),
  };
}
