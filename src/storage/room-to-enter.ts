import type { AskedToken, TokenFact } from '../rules/fact-keys.ts';
import type { DomainId } from '../rules/ids.ts';
import { KnownDomains, type RoomRow, roomWithDomain, versionOf } from './known-domains.ts';
import type { Database } from './postgres/database.ts';
import { askedPlace, gatherReads, unnest } from './postgres/gathered-reads.ts';
import type { EntryGlance } from './room-store.ts';
import { loadTokens, readTokens, tokenFacts, tokensParam } from './token-facts.ts';

/** The room of a name that lives, or else the latest that expired: where `asked` says which. */
export const latestOfName = (domainId: string, name: string) => `select * from rooms
      where domain_id = ${domainId} and name = ${name} and (closed_at is null or closed_by = 'EXPIRED')
      order by (closed_at is null) desc, created_at desc limit 1`;
/** Others are closed to who shows nothing, and not found at all. */
export const isFoundBy = (hasCredential: string) => `(${hasCredential} or r.privacy = 'PUBLIC' or r.enable_knocking)`;

// One row for each that is asked for, whether there is such a room or not: the tokens are looked up in either case.
const text = `select ${askedPlace}, app_now() as clock, ${roomWithDomain('asked.known')},
    ${tokenFacts('asked.tokens', 'asked.domain_id', 'r.id')} as "ofTokens"
  from ${unnest(['$1::uuid[]', '$2::text[]', '$3::text[]::boolean[]', '$4::bigint[]', '$5::text[]'])}
      with ordinality as asked(domain_id, name, has_credential, known, tokens, place)
    left join lateral (select r.* from (${latestOfName('asked.domain_id', 'asked.name')}) r where ${isFoundBy('asked.has_credential')}) r on true
    left join domains d on d.id = r.domain_id`;

interface AskedRoom {
  readonly domainId: DomainId;
  readonly name: string;
  readonly hasCredential: boolean;
  readonly tokens: readonly AskedToken[];
}

interface FoundRow extends RoomRow {
  readonly ofPlace: number;
  readonly clock: Date;
  /** Null: no room was found. */
  readonly id: string | null;
  readonly ofTokens: readonly TokenFact[];
}

const nameOf = ({ domainId, hasCredential, name }: AskedRoom) => `${domainId} ${hasCredential} ${name}`;

/** Finds the rooms that people want to enter, those asked for together by one statement: a meeting begins for all at the same time. */
export function createRoomToEnter(database: Database): (asked: AskedRoom) => Promise<EntryGlance> {
  const domains = new KnownDomains();
  return gatherReads(async (keys: readonly AskedRoom[]) => {
    // Most of them want into the same room.
    const distinct = [...Map.groupBy(keys, nameOf)].flatMap(([, same]) => together(same));
    const known = distinct.map(({ domainId }) => domains.of(domainId));
    const rows = await database.query<FoundRow>(text, [
      distinct.map(({ domainId }) => domainId),
      distinct.map(({ name }) => name),
      // As texts: of a list that begins with a boolean the driver says that it is one.
      distinct.map(({ hasCredential }) => String(hasCredential)),
      known.map(versionOf),
      distinct.map(({ tokens }) => tokensParam(tokens)),
    ]);
    const byPlace = new Map(rows.map((row) => [row.ofPlace, row]));
    const found = new Map(
      distinct.map((asked, index): [string, EntryGlance] => {
        const row = byPlace.get(index + 1);
        if (row === undefined) throw new Error('every room that was asked for is answered, also with none');
        const tokens = loadTokens(readTokens(asked.tokens, row.ofTokens));
        const place = row.id === null ? { room: null } : domains.read(row, known[index] ?? null);
        return [nameOf(asked), { clock: row.clock, facts: { ...place, tokens } }];
      }),
    );
    return keys.flatMap((asked) => found.get(nameOf(asked)) ?? []);
  });
}

/** One question for all who ask the same, each with the tokens that it is about. */
function together([first, ...others]: readonly AskedRoom[]): readonly AskedRoom[] {
  if (first === undefined) return [];
  return [{ ...first, tokens: [first, ...others].flatMap(({ tokens }) => tokens) }];
}
