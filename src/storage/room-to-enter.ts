import type { DomainId } from '../rules/ids.ts';
import type { Database } from './database.ts';
import { askedPlace } from './finder.ts';
import { gatherReads } from './gathered-reads.ts';
import { KnownDomains, type RoomRow, roomWithDomain, versionOf } from './known-domains.ts';
import type { EntryRead } from './room-store.ts';
import { unnest } from './unseen.ts';

/** The room of a name that lives, or else the latest that expired: where `asked` says which. */
export const latestOfName = (domainId: string, name: string) => `select * from rooms
      where domain_id = ${domainId} and name = ${name} and (closed_at is null or closed_by = 'EXPIRED')
      order by (closed_at is null) desc, created_at desc limit 1`;
/** Others are closed to who shows nothing, and not found at all. */
export const isFoundBy = (hasCredential: string) => `(${hasCredential} or r.privacy = 'PUBLIC' or r.enable_knocking)`;

const text = `select ${askedPlace}, app_now() as clock, ${roomWithDomain('asked.known')}
  from ${unnest(['$1::uuid[]', '$2::text[]', '$3::text[]::boolean[]', '$4::bigint[]'])} with ordinality as asked(domain_id, name, has_credential, known, place)
    cross join lateral (${latestOfName('asked.domain_id', 'asked.name')}) r
    join domains d on d.id = r.domain_id
  where ${isFoundBy('asked.has_credential')}`;

interface Asked {
  readonly domainId: DomainId;
  readonly name: string;
  readonly hasCredential: boolean;
}

interface FoundRow extends RoomRow {
  readonly ofPlace: number;
  readonly clock: Date;
}

/** Finds the rooms that people want to enter, those asked for together by one statement: a meeting begins for all at the same time. */
export function createRoomToEnter(database: Database): (asked: Asked) => Promise<EntryRead | null> {
  const domains = new KnownDomains();
  return gatherReads(async (keys: readonly Asked[]) => {
    // Most of them want into the same room.
    const places = new Map<string, number>();
    const distinct: Asked[] = [];
    const placeOf = keys.map((asked) => {
      const key = `${asked.domainId} ${asked.hasCredential} ${asked.name}`;
      const place = places.get(key) ?? distinct.push(asked);
      places.set(key, place);
      return place;
    });
    const known = distinct.map(({ domainId }) => domains.of(domainId));
    const rows = await database.query<FoundRow>(text, [
      distinct.map(({ domainId }) => domainId),
      distinct.map(({ name }) => name),
      // As texts: of a list that begins with a boolean the driver says that it is one.
      distinct.map(({ hasCredential }) => String(hasCredential)),
      known.map(versionOf),
    ]);
    const found = new Map(
      rows.map((row) => [row.ofPlace, readFound(domains.read(row, known[row.ofPlace - 1] ?? null), row)]),
    );
    return placeOf.map((place) => found.get(place) ?? null);
  });
}

/** The writer decides on facts of its own: nothing else is looked at here. */
function readFound(read: ReturnType<KnownDomains['read']>, { clock }: FoundRow): EntryRead {
  const nothing = { placesTaken: 0, bans: new Map(), tokenUses: new Map(), revokedJtis: new Set<string>() };
  return { clock, ownerPresent: false, denials: [], facts: { ...read, ...nothing } };
}
