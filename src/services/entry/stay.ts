import { knockView, participantView } from '../../room/views.ts';
import { actOnSelf } from '../../room/writer.ts';
import { heartbeat } from '../../rules/attendance.ts';
import { isNobody, needs, refuseCaller } from '../../rules/caller.ts';
import type { RoomFacts } from '../../rules/facts.ts';
import { leave } from '../../rules/leaving.ts';
import type { EntryService } from '../services.ts';
import type { EntryDeps } from './look.ts';

/** Staying and leaving: what somebody who is in, or waits, does about itself. */
export function createStay({ writer }: Pick<EntryDeps, 'writer'>): Pick<EntryService, 'leave' | 'heartbeat'> {
  return {
    leave: async (caller) => {
      if (caller.kind !== 'PARTICIPANT') return refuseCaller(caller, needs.session);
      const keys = { participantIds: [caller.id] };
      const decide = (facts: RoomFacts, now: Date) => leave(facts, caller.id, now);
      return actOnSelf(writer, caller, { keys, decide }, participantView);
    },
    heartbeat: async (caller) => {
      if (isNobody(caller) || caller.kind === 'BACKEND') return refuseCaller(caller, needs.sessionOrKnock);
      const keys = caller.kind === 'KNOCKER' ? { knockIds: [caller.id] } : {};
      const decide = (facts: RoomFacts, now: Date) => heartbeat(facts, caller, now);
      return actOnSelf(writer, caller, { keys, decide }, (heard, room) =>
        heard.kind === 'KNOCKER'
          ? { kind: 'KnockRequest', view: knockView(heard.knock, room) }
          : { kind: 'Participant', view: participantView(heard.participant, room) },
      );
    },
  };
}
