import { isDeepStrictEqual } from 'node:util';
import { inEachRoom } from '../room/many-rooms.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { Actor } from '../rules/actor.ts';
import { inside, updated } from '../rules/facts.ts';
import type { DomainId } from '../rules/ids.ts';
import { silence } from '../rules/participant.ts';
import type { PermissionsPatch } from '../rules/permissions.ts';
import { isRefusal, type Unavailable, unavailable } from '../rules/refusal.ts';
import { whoIsChanged } from '../rules/room-changes.ts';
import type { ParticipantStorage } from '../storage/participant.ts';

interface PermissionsDeps {
  readonly participants: Pick<ParticipantStorage, 'findRoomsWithPeople'>;
  readonly writer: RoomWriter;
}

/**
 * Tells everybody whose permissions have changed, room by room. Whoever asks for the permissions that hold already may do it again because
 * not all rooms could be told: then everybody is told as what they are now. Null: all rooms were told.
 */
export async function tellPermissions(
  { participants, writer }: PermissionsDeps,
  domainId: DomainId,
  permissions: PermissionsPatch | null,
  by: Actor,
): Promise<Unavailable | null> {
  const rooms = await participants.findRoomsWithPeople(domainId);
  const written = await inEachRoom(rooms, (roomId) =>
    writer.submit(
      { domainId, roomId },
      {
        by: null,
        decide: (facts) => {
          const then = { ...facts, domain: { ...facts.domain, permissions } };
          const isRepeated = isDeepStrictEqual(permissions, facts.domain.permissions);
          const changed = isRepeated ? inside(facts).map((one) => silence(one, facts)) : whoIsChanged(then, facts);
          const events = changed.map((participant) => updated(then, facts, participant, by));
          return events.length === 0 ? { answer: null } : { answer: null, changes: { participants: changed, events } };
        },
      },
    ),
  );
  return written.some((one) => isRefusal(one) && one.refusal === 'Unavailable') ? unavailable() : null;
}
