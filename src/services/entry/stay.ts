import { type KnockView, knockView, type ParticipantView, participantView } from '../../room/views.ts';
import { actOnSelf, type RoomWriter } from '../../room/writer.ts';
import { heartbeat } from '../../rules/attendance.ts';
import { type Caller, isNobody, needs, refuseCaller } from '../../rules/caller.ts';
import type { RoomFacts } from '../../rules/facts.ts';
import { leave } from '../../rules/leaving.ts';

type Beat =
  | { readonly kind: 'Participant'; readonly view: ParticipantView }
  | { readonly kind: 'KnockRequest'; readonly view: KnockView };

/** Staying and leaving: what people who are inside, or wait, do about themselves. */
export function createStay({ writer }: { readonly writer: RoomWriter }) {
  return {
    leave: async (caller: Caller) => {
      if (caller.kind !== 'PARTICIPANT') return refuseCaller(caller, needs.session);
      const keys = { participantIds: [caller.id] };
      const decide = (facts: RoomFacts, now: Date) => leave(facts, caller.id, now);
      return actOnSelf(writer, caller, { keys, decide }, participantView);
    },
    heartbeat: async (caller: Caller) => {
      if (isNobody(caller) || caller.kind === 'BACKEND') return refuseCaller(caller, needs.sessionOrKnock);
      const keys = caller.kind === 'KNOCKER' ? { knockIds: [caller.id] } : {};
      const decide = (facts: RoomFacts, now: Date) => heartbeat(facts, caller, now);
      return actOnSelf(
        writer,
        caller,
        { keys, decide },
        (heard, room): Beat =>
          heard.kind === 'KNOCKER'
            ? { kind: 'KnockRequest', view: knockView(heard.knock, room) }
            : { kind: 'Participant', view: participantView(heard.participant, room) },
      );
    },
  };
}
