import type { EntryDecision } from './entry.ts';
import type { RoomFacts } from './facts.ts';
import type { KnockId, ParticipantId } from './ids.ts';
import type { AdmittedKnock } from './knock-request.ts';
import type { TokenVerdict } from './meeting-token-claims.ts';
import { makeParticipant, type Participant, type PresentParticipant, silence } from './participant.ts';
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

/** @param admission the knock that was admitted, whose name everybody knows them by */
export function newParticipant(
  { room, domain }: RoomFacts,
  command: NewcomerNotes,
  claims: Participant['token'],
  admission: AdmittedKnock | null,
  now: Date,
): PresentParticipant {
  const { newId: id, hidden, sessionHash, idempotencyHash, addressHash } = command;
  const person = makeParticipant(
    room,
    {
      ...{ id, hidden, sessionHash, idempotencyHash, addressHash },
      userName: admission?.userName ?? claims?.userName ?? command.userName ?? 'Guest',
      userId: claims?.userId ?? admission?.userId ?? null,
      verified: claims !== null || admission?.verified === true,
      isOwner: claims?.isOwner ?? false,
      token: claims,
      knockId: admission?.id ?? null,
      audio: !(claims?.startAudioOff ?? room.startAudioOff),
      video: !(claims?.startVideoOff ?? room.startVideoOff),
    },
    now,
  );
  return silence(person, { room, domain });
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

/** The answer of an entry decision to somebody who joins; null: they may enter. */
export function answerOf(decision: EntryDecision): EntryRefused | { readonly kind: 'MUST_KNOCK' } | null {
  if (decision.kind === 'REFUSED') return decision.refusal;
  return decision.kind === 'MUST_KNOCK' ? { kind: 'MUST_KNOCK' } : null;
}
