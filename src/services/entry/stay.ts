import { knockView, participantView } from '../../room/views.ts';
import { heartbeat } from '../../rules/attendance.ts';
import { isNobody, needs, refuseCaller } from '../../rules/caller.ts';
import { leave } from '../../rules/leaving.ts';
import { forbidden, isRefusal } from '../../rules/refusal.ts';
import type { EntryService } from '../services.ts';
import type { EntryDeps } from './look.ts';

/** Staying and leaving: what somebody who is in, or waits, does about itself. */
export function createStay({ writer }: Pick<EntryDeps, 'writer'>): Pick<EntryService, 'leave' | 'heartbeat'> {
  return {
    leave: async (caller) => {
      if (caller.kind !== 'PARTICIPANT') return refuseCaller(caller, needs.session);
      const written = await writer.submit(caller, {
        by: caller,
        keys: { participantIds: [caller.id] },
        decide: (facts, now) => leave(facts, caller.id, now),
      });
      if (isRefusal(written)) return written.refusal === 'NotFound' ? forbidden('UNAUTHENTICATED') : written;
      return isRefusal(written.answer) ? written.answer : participantView(written.answer, written.room);
    },
    heartbeat: async (caller) => {
      if (isNobody(caller) || caller.kind === 'BACKEND') return refuseCaller(caller, needs.sessionOrKnock);
      const written = await writer.submit(caller, {
        by: caller,
        keys: caller.kind === 'KNOCKER' ? { knockIds: [caller.id] } : {},
        decide: (facts, now) => heartbeat(facts, caller, now),
      });
      if (isRefusal(written)) return written.refusal === 'NotFound' ? forbidden('UNAUTHENTICATED') : written;
      const { answer, room } = written;
      if (isRefusal(answer)) return answer;
      return 'status' in answer
        ? { kind: 'KnockRequest', view: knockView(answer, room) }
        : { kind: 'Participant', view: participantView(answer, room) };
    },
  };
}
