import type { Changes, RoomFacts } from './facts.ts';
import { carriedOutOn } from './media-server.ts';
import { isInside, type Participant, participantPermissions } from './participant.ts';

/**
 * Is there something in these changes that has to be carried out on the domain's media server? What its people say of themselves, and
 * that they are still there, is none: a look in between would only undo what a client is about to do.
 * @param before the room as it is without them
 */
export function wantsMediaLook(before: RoomFacts, changes: Changes): boolean {
  if (carriedOutOn(before.domain) === null) return false;
  if (changes.room !== undefined || changes.liveStream !== undefined) return true;
  return (changes.participants ?? []).some((after) => {
    const then = before.participants.held(after.id);
    return then === undefined || wishOf(then, before) !== wishOf(after, before);
  });
}

/** What a media server is to do for one person. */
function wishOf(participant: Participant, { room, domain }: RoomFacts): string {
  if (!isInside(participant)) return 'OUT';
  const permissions = participantPermissions(participant, room, domain);
  return JSON.stringify([permissions, participant.hidden, participant.mutesOwed]);
}
