import type { DomainId, ParticipantId, RoomId } from '../rules/ids.ts';
import type { Room } from '../rules/room.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** Finds the room that somebody who acts on one means by its name. */
export interface RoomFinder {
  /**
   * A participant can only name its own room. The backend means the open room of this name, or else the latest one in which people stay
   * after its exp; and where it names people who are in an earlier room of this name, that one. Null: the room does not exist, or the
   * caller has no access to it.
   */
  readonly refFor: (
    acting: { readonly domainId: DomainId; readonly roomId: RoomId | null },
    roomName: string,
    people?: readonly (ParticipantId | null)[],
  ) => Promise<RoomRef | null>;
}

export interface FinderDeps {
  readonly rooms: Pick<RoomStorage, 'findGoingOn' | 'findById'>;
  readonly participants: Pick<ParticipantStorage, 'findById'>;
}

export function createRoomFinder({ rooms, participants }: FinderDeps): RoomFinder {
  const findOwn = async (domainId: DomainId, roomId: RoomId, roomName: string) => {
    const own = await rooms.findById(domainId, roomId);
    return own?.room.name === roomName ? own.room : null;
  };
  const findNamed = async (domainId: DomainId, roomName: string, [first]: readonly (ParticipantId | null)[]) => {
    const latest = (await rooms.findGoingOn(domainId, roomName))?.room ?? null;
    if (latest === null || !latest.reusesName || first === undefined || first === null) return latest;
    const meant = (await participants.findById(domainId, first))?.room ?? null;
    return meant !== null && meant.name === roomName && goesOn(meant) ? meant : latest;
  };
  return {
    refFor: async ({ domainId, roomId }, roomName, people = []) => {
      const room = await (roomId === null
        ? findNamed(domainId, roomName, people)
        : findOwn(domainId, roomId, roomName));
      return room === null ? null : { domainId, roomId: room.id };
    },
  };
}

/** Its exp may have passed, but it was not deleted, and its last person has not left. */
function goesOn({ closedBy, isOver }: Room): boolean {
  return closedBy !== 'DELETED' && !isOver;
}
