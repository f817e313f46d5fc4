import type { EntryDecision, TokenVerdict } from './entry.ts';
import type { KnockId, ParticipantId } from './ids.ts';
import type { Arrival } from './newcomer.ts';
import type { Participant } from './participant.ts';
import type { EntryRefused, InvalidInput } from './refusal.ts';

/** Somebody wants in. */
export interface JoinCommand extends Arrival {
  readonly roomName: string;
  readonly token: TokenVerdict | null;
  /** The knock whose token was shown; 'UNKNOWN' for a token that belongs to no knock of this room. */
  readonly knockId: KnockId | 'UNKNOWN' | null;
  /** The knock whose token came as bearer, beside another that was shown or not. */
  readonly bearerKnockId: KnockId | null;
  /** The hash of the session token that was made for this session under the key; null without a key. */
  readonly hashByKey: ((session: ParticipantId) => string) | null;
  /** The session whose token came as bearer. */
  readonly resumes: ParticipantId | null;
}

export type JoinAnswer =
  | {
      readonly kind: 'JOINED';
      readonly participant: Participant;
      /** Which session token opens it: a new one, or the one that was made under the same key. */
      readonly credential: 'NEW' | 'REPEATED';
    }
  | { readonly kind: 'MUST_KNOCK' }
  | EntryRefused
  | InvalidInput;

/** What a decision about entry says to whoever joins; null: come in. */
export function answerOf(decision: EntryDecision): EntryRefused | { readonly kind: 'MUST_KNOCK' } | null {
  if (decision.kind === 'REFUSED') return decision.refusal;
  return decision.kind === 'MUST_KNOCK' ? { kind: 'MUST_KNOCK' } : null;
}
