import type { Denial } from '../rules/cool-down.ts';
import type { TokenFact } from '../rules/fact-keys.ts';
import type { NoRoom } from '../rules/facts.ts';
import { selectList } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import {
  banColumns,
  domainColumns,
  lobbyReturnColumns,
  readBan,
  readDomainDefaults,
  readLobbyReturn,
  readRoom,
  shownRoomColumns,
} from './room-rows.ts';
import type { RoomStore } from './room-store.ts';
import { createRoomToEnter, isFoundBy, latestOfName } from './room-to-enter.ts';
import { loadTokens, readTokens, tokenFacts, tokensParam } from './token-facts.ts';

const inRoom = (alias: string) => `${alias}.domain_id = r.domain_id and ${alias}.room_id = r.id`;
const list = (rows: string) => `coalesce((select jsonb_agg(to_jsonb(x)) from (${rows}) x), '[]'::jsonb)`;

// Of those alone that may concern whoever asks: a flood of denials is not read by everybody who looks at the door.
const denials =
  list(`select k.id, k.user_id as "userId", encode(k.address_hash, 'hex') as "addressHash", k.token, k.knock_again_at as "knockAgainAt"
  from knocks k where k.domain_id = r.domain_id and k.room_id = r.id and k.status = 'DENIED' and k.knock_again_at > (select app_now())
    and (k.address_hash = decode($5::text, 'hex') or k.user_id = $6::text or k.id = $7::uuid)`);

// One row whether there is such a room or not, so that neither takes longer: the token is looked up in either case.
const text = `select app_now() as clock, ${selectList(shownRoomColumns, 'r')},
    ${tokenFacts('$4', '$1::uuid', 'r.id')} as "ofTokens",
    (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) as "ofDomain",
    exists (select 1 from participants p where ${inRoom('p')} and p.left_at is null and p.decides_knocks) as "ownerPresent",
    (select count(*)::int from participants p where ${inRoom('p')} and p.left_at is null and not p.hidden) as "placesTaken",
    ${list(`select ${selectList(banColumns, 'b')} from bans b where ${inRoom('b')} and b.lifted_at is null`)} as bans,
    ${denials} as denials,
    ${list(`select ${selectList(lobbyReturnColumns, 'l')} from lobby_returns l where ${inRoom('l')} and l.admitted_at is null`)} as returns
  from (select 1) one
    left join lateral (select r.* from (${latestOfName('$1::uuid', '$2')}) r where ${isFoundBy('$3::boolean')}) r on true
    left join domains d on d.id = r.domain_id`;

interface EntryRow {
  readonly clock: Date;
  /** Null: no room was found. */
  readonly id: string | null;
  readonly ofTokens: readonly TokenFact[];
  readonly ofDomain: object;
  readonly ownerPresent: boolean;
  readonly placesTaken: number;
  readonly bans: readonly object[];
  readonly denials: readonly (Omit<Denial, 'knockAgainAt'> & { readonly knockAgainAt: string })[];
  readonly returns: readonly object[];
}

/** Reads what is asked of a room before somebody is let in, and of none. @throws DatabaseError */
export function createEntryReads(database: Database): Pick<RoomStore, 'findEntry' | 'glanceAtEntry'> {
  const findToEnter = createRoomToEnter(database);
  return {
    glanceAtEntry: (domainId, name, ask) => findToEnter({ domainId, name, ...ask }),
    findEntry: async (domainId, name, { hasCredential, tokens: asked, asker }) => {
      const [row] = await database.query<EntryRow>(text, [
        domainId,
        name,
        hasCredential,
        tokensParam(asked),
        asker?.addressHash ?? null,
        asker?.userId ?? null,
        asker?.knockId ?? null,
      ]);
      if (row === undefined) throw new Error('the statement that looks for a room always returns a row');
      const { clock, ofTokens, ofDomain, ownerPresent, placesTaken, bans, denials, returns, ...room } = row;
      const tokens = loadTokens(readTokens(asked, ofTokens));
      if (room.id === null)
        return { clock, ownerPresent: false, denials: [], facts: { room: null, tokens } satisfies NoRoom };
      return {
        clock,
        ownerPresent,
        denials: denials.map((denial) => ({ ...denial, knockAgainAt: new Date(denial.knockAgainAt) })),
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
