import type { DomainId, RoomId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';
import { askedIds, askedPlace } from './postgres/finder.ts';
import { gatherReads } from './postgres/gathered-reads.ts';

interface NetworksRow {
  readonly ofPlace: number;
  readonly hash: string;
  readonly count: number;
}

const text = `select ${askedPlace}, encode(k.address_hash, 'hex') as hash, count(*)::int as count from ${askedIds}
  join knocks k on k.domain_id = asked.domain_id and k.room_id = asked.id and k.status = 'PENDING' and not k.verified
  group by asked.place, k.address_hash`;

/**
 * How many wait in a room whom no meeting token vouches for, by the hash of the network that they come from. Rooms that are asked for
 * together are counted in one statement, and each of them once, however many of its knocks ask. @throws DatabaseError
 */
export function createKnockNetworks(
  database: Pick<Database, 'query'>,
): (domainId: DomainId, roomId: RoomId) => Promise<ReadonlyMap<string, number>> {
  const read = gatherReads(async (keys: readonly (readonly [DomainId, RoomId])[]) => {
    const rooms = new Map(keys.map((key) => [key[1], key]));
    const asked = [...rooms.values()];
    const params = [asked.map(([domainId]) => domainId), asked.map(([, roomId]) => roomId)];
    const found = Map.groupBy(
      await database.query<NetworksRow>(text, params),
      ({ ofPlace }) => asked[ofPlace - 1]?.[1],
    );
    return keys.map(([, roomId]) => new Map((found.get(roomId) ?? []).map(({ hash, count }) => [hash, count])));
  });
  return (domainId, roomId) => read([domainId, roomId]);
}
