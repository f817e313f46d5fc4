import type { AskedToken, TokenFact } from '../rules/fact-keys.ts';
import type { NoRoom } from '../rules/facts.ts';
import type { DomainId } from '../rules/ids.ts';
import type { Denial } from '../rules/knock-request.ts';
import { selectList } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { askedPlace, gatherReads, unnest, unseen } from './postgres/gathered-reads.ts';
import {
  banColumns,
  domainColumns,
  KnownDomains,
  lobbyReturnColumns,
  type RoomRow,
  readBan,
  readDomainDefaults,
  readLobbyReturn,
  readRoom,
  roomWithDomain,
  shownRoomColumns,
  versionOf,
} from './room-rows.ts';
import type { EntryGlance, Opens, RoomStore } from './room-store.ts';
import { loadTokens, readTokens, tokenFacts, tokensParam } from './token-facts.ts';

/** The open room of this name, or else the one that had it last, unless it was deleted: an older one answers no more. */
const latestOfName = (name: string) => `select * from (select * from rooms
      where domain_id = $1::uuid and name = ${name} order by (closed_at is null) desc, created_at desc limit 1) latest
      where closed_at is null or closed_by = 'EXPIRED'`;
/** People without a credential for the room find it only if it is public or takes knocks. */
const isFoundBy = (opens: string) =>
  `(${opens} && array['ANY', r.id::text] or r.privacy = 'PUBLIC' or r.enable_knocking)`;
/** As a text: lists of unequal length make no list in PostgreSQL. */
const opensParam = (opens: readonly Opens[]) => `{${opens.join()}}`;

// One row for each question, whether or not there is such a room: the tokens are looked up in both cases.
const glanceText = `select ${askedPlace}, app_now() as clock, ${roomWithDomain(unseen('$5::bigint'))},
    ${tokenFacts('asked.tokens', '$1::uuid', 'r.id')} as "ofTokens"
  from ${unnest(['$2::text[]', '$3::text[]', '$4::text[]'])} with ordinality as asked(name, opens, tokens, place)
    left join lateral (select r.* from (${latestOfName('asked.name')}) r where ${isFoundBy('asked.opens::text[]')}) r on true
    left join domains d on d.id = $1::uuid and r.id is not null`;

interface AskedRoom {
  readonly domainId: DomainId;
  readonly name: string;
  readonly opens: readonly Opens[];
  readonly tokens: readonly AskedToken[];
}

interface FoundRow extends RoomRow {
  readonly ofPlace: number;
  readonly clock: Date;
  /** Null: no room was found. */
  readonly id: string | null;
  readonly ofTokens: readonly TokenFact[];
}

const nameOf = ({ opens, name }: AskedRoom) => `${opens.join()} ${name}`;

/** Finds the rooms that people want to enter. One statement answers all of a domain who ask together, since a meeting begins for all at the same time. */
function createRoomToEnter(database: Database, domains: KnownDomains): (asked: AskedRoom) => Promise<EntryGlance> {
  const read = async (keys: readonly [AskedRoom, ...AskedRoom[]]) => {
    const [{ domainId }] = keys;
    // Most of them want to enter the same room.
    const distinct = [...Map.groupBy(keys, nameOf)].flatMap(([, same]) => together(same));
    const known = domains.of(domainId);
    const rows = await database.query<FoundRow>(glanceText, [
      domainId,
      distinct.map(({ name }) => name),
      distinct.map(({ opens }) => opensParam(opens)),
      distinct.map(({ tokens }) => tokensParam(tokens)),
      versionOf(known),
    ]);
    const byPlace = new Map(rows.map((row) => [row.ofPlace, row]));
    const found = new Map(
      distinct.map((asked, index): [string, EntryGlance] => {
        const row = byPlace.get(index + 1);
        if (row === undefined) throw new Error('every room that was asked for is answered, also with none');
        const tokens = loadTokens(readTokens(asked.tokens, row.ofTokens));
        const place = row.id === null ? { room: null } : domains.read(row, known);
        return [nameOf(asked), { clock: row.clock, facts: { ...place, tokens } }];
      }),
    );
    return keys.flatMap((asked) => found.get(nameOf(asked)) ?? []);
  };
  return gatherReads(read, ({ domainId }) => domainId);
}

/** One question for all that ask about the same room, with the tokens of all of them. */
function together([first, ...others]: readonly AskedRoom[]): readonly AskedRoom[] {
  if (first === undefined) return [];
  return [{ ...first, tokens: [first, ...others].flatMap(({ tokens }) => tokens) }];
}

const inRoom = (alias: string) => `${alias}.domain_id = $1::uuid and ${alias}.room_id = r.id`;
const list = (rows: string) => `coalesce((select jsonb_agg(to_jsonb(x)) from (${rows}) x), '[]'::jsonb)`;

// Only denials that may concern the person who asks: nobody at the door has to read a flood of others.
const denials =
  list(`select k.id, k.user_id as "userId", k.verified, encode(k.address_hash, 'hex') as "addressHash", k.token,
    k.knock_again_at as "coolsDownUntil", case when not k.is_banned then k.knock_again_at end as "knockAgainAt"
  from knocks k where k.domain_id = $1::uuid and k.room_id = r.id and k.status = 'DENIED' and k.knock_again_at > (select app_now())
    and (k.address_hash = decode($5::text, 'hex') or k.user_id = $6::text)`);

// One row, whether or not there is such a room, so that both answers take as long. The token is looked up in both cases.
const entryText = `select app_now() as clock, ${selectList(shownRoomColumns, 'r')},
    ${tokenFacts('$4', '$1::uuid', 'r.id')} as "ofTokens",
    (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) as "ofDomain",
    exists (select 1 from participants p where ${inRoom('p')} and p.left_at is null and p.decides_knocks) as "ownerPresent",
    (select count(*)::int from participants p where ${inRoom('p')} and p.left_at is null and not p.hidden) as "placesTaken",
    ${list(`select ${selectList(banColumns, 'b')} from bans b where ${inRoom('b')} and b.lifted_at is null`)} as bans,
    ${denials} as denials,
    ${list(`select ${selectList(lobbyReturnColumns, 'l')} from lobby_returns l where ${inRoom('l')} and l.admitted_at is null`)} as returns
  from (select 1) one
    left join lateral (select r.* from (${latestOfName('$2')}) r where ${isFoundBy('$3::text::text[]')}) r on true
    left join domains d on d.id = $1::uuid and r.id is not null`;

interface EntryRow {
  readonly clock: Date;
  /** Null: no room was found. */
  readonly id: string | null;
  readonly ofTokens: readonly TokenFact[];
  readonly ofDomain: object;
  readonly ownerPresent: boolean;
  readonly placesTaken: number;
  readonly bans: readonly object[];
  readonly denials: readonly DenialRow[];
  readonly returns: readonly object[];
}

type DenialRow = Omit<Denial, 'knockAgainAt' | 'coolsDownUntil'> & {
  readonly knockAgainAt: string | null;
  readonly coolsDownUntil: string;
};

function readDenial({ knockAgainAt, coolsDownUntil, ...denial }: DenialRow): Denial {
  const shown = knockAgainAt === null ? null : new Date(knockAgainAt);
  return { ...denial, knockAgainAt: shown, coolsDownUntil: new Date(coolsDownUntil) };
}

/** Reads what a door needs to know about a room, or about a name that no room has. @throws DatabaseError */
export function createEntryReads(
  database: Database,
  domains = new KnownDomains(),
): Pick<RoomStore, 'findEntry' | 'glanceAtEntry'> {
  const findToEnter = createRoomToEnter(database, domains);
  return {
    glanceAtEntry: (domainId, name, ask) => findToEnter({ domainId, name, ...ask }),
    findEntry: async (domainId, name, { opens, tokens: asked, asker }) => {
      const [row] = await database.query<EntryRow>(entryText, [
        domainId,
        name,
        opensParam(opens),
        tokensParam(asked),
        asker?.addressHash ?? null,
        asker?.userId ?? null,
      ]);
      if (row === undefined) throw new Error('the statement that looks for a room always returns a row');
      const { clock, ofTokens, ofDomain, ownerPresent, placesTaken, bans, denials, returns, ...room } = row;
      const tokens = loadTokens(readTokens(asked, ofTokens));
      if (room.id === null)
        return { clock, ownerPresent: false, denials: [], facts: { room: null, tokens } satisfies NoRoom };
      return {
        clock,
        ownerPresent,
        denials: denials.map(readDenial),
        facts: {
          room: readRoom(room),
          domain: readDomainDefaults(ofDomain),
          tokens,
          placesTaken,
          bans: new Map(bans.map(readBan).map((ban) => [ban.id, ban])),
          returns: new Map(returns.map(readLobbyReturn).map((one) => [one.id, one])),
        },
      };
    },
  };
}
