import { type KnockView, type ParticipantView, showKnock } from '../room/views.ts';
import { type Caller, needs, refuseCaller } from '../rules/caller.ts';
import type { ApiKey } from '../rules/domain.ts';
import { type Forbidden, forbidden } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';

export type ViewerService = ReturnType<typeof createViewerService>;

type Viewer =
  | { readonly kind: 'ApiKey'; readonly apiKey: ApiKey }
  | { readonly kind: 'Participant'; readonly view: ParticipantView }
  | { readonly kind: 'KnockRequest'; readonly view: KnockView };

/** Whom a credential belongs to. Sessions and knocks that have ended are found here for a day, with the reason. */
export function createViewerService(deps: {
  readonly knocks: Pick<KnockStorage, 'findById'>;
  readonly participants: Pick<ParticipantStorage, 'findById'>;
}) {
  return {
    /** Null without a credential; UNAUTHENTICATED with one that is not known. */
    view: async (caller: Caller): Promise<Viewer | null | Forbidden> => {
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
