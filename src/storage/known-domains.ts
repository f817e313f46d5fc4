import { LRUCache } from 'lru-cache';
import type { DomainId } from '../rules/ids.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { selectList } from './postgres/columns.ts';
import { domainColumns, readDomainDefaults, readRoom, shownRoomColumns } from './room-rows.ts';

/** Domains that are remembered at most. */
const maxDomains = 1_000;

/** A room's columns, with its domain's settings where they are not the ones that are known already. */
export interface RoomRow {
  /** Null: those of the version that was known. */
  readonly ofDomain: object | null;
}

/**
 * What to select of a room `r` and its domain `d`.
 * @param known the version of the domain that is known, as SQL
 */
export function roomWithDomain(known: string): string {
  return `${selectList(shownRoomColumns, 'r')},
  case when d.version <> ${known} then (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) end as "ofDomain"`;
}

/** The version of settings that are known; where there are none, no domain's version. */
export function versionOf(known: DomainDefaults | null): number {
  return known?.version ?? -1;
}

/** Domains' settings as they were read last: nearly every room that is read comes with the same ones. */
export class KnownDomains {
  readonly #last = new LRUCache<DomainId, DomainDefaults>({ max: maxDomains });

  of(id: DomainId): DomainDefaults | null {
    return this.#last.get(id) ?? null;
  }

  /** @param known what `of` said when the statement was sent */
  read(row: RoomRow, known: DomainDefaults | null): { readonly room: Room; readonly domain: DomainDefaults } {
    return { room: readRoom(row), domain: this.#readDomain(row.ofDomain, known) };
  }

  #readDomain(json: object | null, known: DomainDefaults | null): DomainDefaults {
    if (json === null && known !== null) return known;
    if (json === null) throw new Error('a room came without its domain');
    const domain = readDomainDefaults(json);
    this.#last.set(domain.id, domain);
    return domain;
  }
}
