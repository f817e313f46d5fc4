import { showKnock } from '../room/views.ts';
import { needs, refuseCaller } from '../rules/caller.ts';
import { forbidden } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { ViewerService } from './services.ts';

/** Whom a credential belongs to. Sessions and knocks that have ended answer here for a day, with their reason. */
export function createViewerService(deps: {
  readonly knocks: Pick<KnockStorage, 'findById'>;
  readonly participants: Pick<ParticipantStorage, 'findById'>;
}): ViewerService {
  return {
    view: async (caller) => {
      switch (caller.kind) {
        case 'ANYBODY':
          return null;
        case 'UNKNOWN':
          return refuseCaller(caller, needs.any);
        case 'BACKEND':
          return { kind: 'ApiKey', apiKey: caller.apiKey };
        case 'PARTICIPANT': {
          const view = await deps.participants.findById(caller.domainId, caller.id);
          return view === null ? forbidden('UNAUTHENTICATED') : { kind: 'Participant', view };
        }
        case 'KNOCKER': {
          const record = await deps.knocks.findById(caller.domainId, caller.id);
          return record === null ? forbidden('UNAUTHENTICATED') : { kind: 'KnockRequest', view: showKnock(record) };
        }
        default:
          return caller satisfies never;
      }
    },
  };
}
