import { type Actor, participantActor } from './actor.ts';
import { isInside, type RoomFacts } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import { mayAdminister } from './participant.ts';
import type { AdminArea } from './permissions.ts';
import { type Forbidden, forbidden, isRefusal } from './refusal.ts';

/** Who acts on a room: the domain's backend (its scope was checked before), or somebody who is, or was, in it. */
export type RoomCaller =
  | { readonly kind: 'BACKEND'; readonly actor: Actor }
  | { readonly kind: 'PARTICIPANT'; readonly id: ParticipantId; readonly wasOwner: boolean };

/** May this caller act in this area now? What a participant may do comes from the room's facts, never from its credential. */
export function authorise(facts: RoomFacts, caller: RoomCaller, area: AdminArea): Actor | Forbidden {
  if (caller.kind === 'BACKEND') return caller.actor;
  const participant = facts.participants.get(caller.id);
  if (!participant || !isInside(participant))
    return forbidden(caller.wasOwner ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED');
  if (!mayAdminister(participant, area, facts.room, facts.domain)) return forbidden('FORBIDDEN');
  return participantActor(participant);
}

/** Like `authorise`, for what only owners may do: an admin may not. */
export function authoriseOwner(facts: RoomFacts, caller: RoomCaller): Actor | Forbidden {
  const actor = authorise(facts, caller, 'PARTICIPANTS');
  if (isRefusal(actor) || caller.kind === 'BACKEND') return actor;
  return facts.participants.get(caller.id)?.isOwner ? actor : forbidden('FORBIDDEN');
}
