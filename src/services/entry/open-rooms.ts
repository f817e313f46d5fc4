import { LRUCache } from 'lru-cache';
import type { DomainId } from '../../rules/ids.ts';
import type { Room } from '../../rules/room.ts';
import type { RoomRef } from '../../storage/room-store.ts';

/**
 * Rooms in which a knock was written, or that somebody joined, a moment ago, by name. It only says where to try first: the writer
 * decides on the room's own facts, whatever is remembered here, and where they do not settle it the room is found by its name.
 */
export interface OpenRooms {
  readonly find: (domainId: DomainId, name: string) => RoomRef | null;
  readonly remember: (room: Pick<Room, 'domainId' | 'id' | 'name'>) => void;
  readonly forget: (domainId: DomainId, name: string) => void;
}

const maxRooms = 10_000;

export function createOpenRooms(): OpenRooms {
  const refs = new LRUCache<string, RoomRef>({ max: maxRooms });
  const keyOf = (domainId: DomainId, name: string) => `${domainId} ${name}`;
  return {
    find: (domainId, name) => refs.get(keyOf(domainId, name)) ?? null,
    remember: ({ domainId, id, name }) => {
      const key = keyOf(domainId, name);
      if (refs.get(key)?.roomId === id) return;
      refs.set(key, { domainId, roomId: id });
    },
    forget: (domainId, name) => {
      refs.delete(keyOf(domainId, name));
    },
  };
}
