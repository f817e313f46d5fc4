import type { KnockId, ParticipantId } from './ids.ts';
import type { TokenVerdict } from './meeting-token-claims.ts';
import type { Participant } from './participant.ts';
import type { EntryRefused, InvalidInput } from './refusal.ts';

/** What is noted of everybody who comes in. Ids and tokens are made by the caller: chance is a parameter. */
export interface NewcomerNotes {
  readonly newId: ParticipantId;
  readonly userName: string | null;
  readonly sessionHash: string;
  readonly idempotencyHash: string | null;
  readonly addressHash: string;
  readonly hidden: boolean;
}

/** Somebody wants in. */
export interface JoinCommand extends NewcomerNotes {
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
