import type { DomainId, RoomId } from '../rules/ids.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** Finds the room that somebody who acts on one means by its name. */
export interface RoomFinder {
  /** A participant can only name its own room. Null: the room does not exist, or the caller has no access to it. */
  readonly refFor: (
    acting: { readonly domainId: DomainId; readonly roomId: RoomId | null },
    roomName: string,
  ) => Promise<RoomRef | null>;
}

export function createRoomFinder(storage: Pick<RoomStorage, 'findByName' | 'findById'>): RoomFinder {
  return {
    refFor: async ({ domainId, roomId }, roomName) => {
      const found =
        roomId === null ? await storage.findByName(domainId, roomName) : await storage.findById(domainId, roomId);
      return found === null || found.room.name !== roomName ? null : { domainId, roomId: found.room.id };
    },
  };
}
