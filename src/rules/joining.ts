import { knockerActor, participantActor } from './actor.ts';
import { comeBack, isOpenedBy, refuseKey, resume } from './coming-back.ts';
import { findLetIn, refuseTogether } from './credentials.ts';
import { answerOf, claimsOf, decideEntry, type EntryAsk, entryValidUntil, refuseToken } from './entry.ts';
import type { Decision, RoomFacts, TokenUse } from './facts.ts';
import type { KnockId } from './ids.ts';
import type { JoinAnswer, JoinCommand, NewcomerNotes } from './join-command.ts';
import {
  type AdmittedKnock,
  admissionIn,
  closeKnock,
  isPending,
  type Knock,
  type PendingKnock,
} from './knock-request.ts';
import { findReplaced, needsPlace, putOut } from './leaving.ts';
import { isSameToken, type TokenClaims } from './meeting-token-claims.ts';
import {
  isInside,
  makeParticipant,
  mayComeBack,
  type Participant,
  type PresentParticipant,
  silence,
} from './participant.ts';
import { type EntryRefused, entryRefused, type InvalidInput, invalidInput, isRefusal } from './refusal.ts';
import type { NewRoomEvent } from './room-event.ts';

/** Joins, or finds the session that this caller has: nobody becomes two people, and nothing is used up twice. */
export function join(facts: RoomFacts, command: JoinCommand, now: Date): Decision<JoinAnswer> {
  if (command.knockId === 'UNKNOWN') return { answer: entryRefused('KNOCK_CLOSED') };
  const knock = command.knockId === null ? null : (facts.knocks.get(command.knockId) ?? null);
  const refusal = refuseShown(facts, command, knock, now);
  if (refusal !== null) return { answer: refusal };
  return withoutWaiting(facts, command, come(facts, command, knock, now), now);
}

/** A bad token refuses, whatever else is shown; and so do two credentials that are not of one person. */
function refuseShown(
  facts: RoomFacts,
  { token, resumes }: JoinCommand,
  knock: Knock | null,
  now: Date,
): EntryRefused | InvalidInput | null {
  const bad = refuseToken(facts, token, now);
  if (bad !== null || !token?.ok) return bad;
  const session = resumes === null ? null : (facts.participants.get(resumes) ?? null);
  return refuseTogether(findLetIn(session, knock, now), token.claims, ['input', 'token']);
}

function come(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Decision<JoinAnswer> {
  const repeated = findByKey(facts, command.idempotencyHash);
  if (repeated !== null && !isOpenedBy(facts, repeated, command, knock, now))
    return refuseKey(facts, repeated, command, knock, now);
  if (repeated !== null && mayComeBack(repeated)) return comeBack(facts, repeated, command, 'REPEATED', now);
  const session = findSession(facts, command, knock, now);
  if (session === null || !mayComeBack(session)) return enter(facts, command, knock, now);
  const isOwn = session.id === command.resumes;
  return isOwn && isInside(session)
    ? resume(facts, session, command, now)
    : comeBack(facts, session, command, 'NEW', now);
}

/** Ends the pending knocks of somebody who joins or is already in the room. */
function withoutWaiting(
  facts: RoomFacts,
  command: JoinCommand,
  decision: Decision<JoinAnswer>,
  now: Date,
): Decision<JoinAnswer> {
  const { answer, changes } = decision;
  if (isRefusal(answer) || answer.kind !== 'JOINED') return decision;
  const { userId } = answer.participant;
  const knockIds = [command.knockId === 'UNKNOWN' ? null : command.knockId, command.bearerKnockId];
  const claims = command.token?.ok ? command.token.claims : null;
  const jti = claims?.maxUses === 1 ? claims.jti : null;
  const { knocks, events } = withdrawKnocks(facts, { userId, knockIds, jti }, now);
  if (knocks.length === 0) return decision;
  return { ...decision, changes: { ...changes, knocks, events: [...events, ...(changes?.events ?? [])] } };
}

function findByKey(facts: RoomFacts, idempotencyHash: string | null): Participant | null {
  if (idempotencyHash === null) return null;
  const [latest] = latestFirst(facts.keyed.sessionsOfKey(idempotencyHash));
  return latest ?? null;
}

/** The session that this caller comes back to: by its session token, or by the admission that it came in with. */
function findSession(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Participant | null {
  if (command.resumes !== null) return facts.participants.get(command.resumes) ?? null;
  const admission = admissionIn(knock, now);
  if (admission === null) return null;
  const sessions = latestFirst(facts.keyed.sessionsOf(admission.id));
  return sessions.find(isInside) ?? sessions[0] ?? null;
}

function latestFirst(sessions: readonly Participant[]): readonly Participant[] {
  return sessions.toSorted((a, b) => b.joinedAt.getTime() - a.joinedAt.getTime());
}

function enter(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Decision<JoinAnswer> {
  // A knock that was not admitted lends nothing to who comes in otherwise.
  const admission = admissionIn(knock, now);
  const claims = claimsOf({ token: command.token, knock }, now);
  const replaced = findReplaced(facts, claims?.userId ?? null);
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName: command.roomName,
    token: command.token,
    knock,
    addressHash: command.addressHash,
    takesUse: takesUse(admission, claims),
    takesPlace: needsPlace(command.hidden, replaced),
    comesBack: false,
  };
  const validUntil = entryValidUntil(facts, ask, now);
  const answer = answerOf(decideEntry(facts, ask, now).decision);
  if (answer !== null) return { answer, validUntil };
  if (command.hidden && claims?.isOwner !== true) {
    return {
      answer: invalidInput([
        { path: ['input', 'hidden'], message: 'must be false or left out: only owners can join hidden' },
      ]),
      validUntil,
    };
  }
  const participant = newParticipant(facts, command, claims, admission, now);
  const out = putOut(facts, replaced, 'REPLACED', participantActor(participant, facts), now);
  const tokenUses = claims === null ? [] : [countUse(facts, claims, ask.takesUse)];
  return {
    answer: { kind: 'JOINED', participant, credential: 'NEW' },
    changes: {
      participants: [...out.participants, participant],
      tokenUses,
      events: [...out.events, { type: 'ParticipantJoined', by: participantActor(participant, facts), participant }],
    },
    validUntil,
    restsOnDomain: claims !== null,
  };
}

/** @param admission the knock that was admitted, whose name everybody knows them by */
function newParticipant(
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

/** Who was sent back and let in again has used their token before; another one that they show beside it is used like anybody's. */
function takesUse(admission: AdmittedKnock | null, claims: TokenClaims | null): boolean {
  if (admission === null || !admission.isReturn) return true;
  return claims !== null && (admission.token === null || !isSameToken(claims, admission.token));
}

function countUse(facts: RoomFacts, claims: TokenClaims, takesUse: boolean): TokenUse {
  return { jti: claims.jti, uses: facts.tokens.get(claims).uses + (takesUse ? 1 : 0) };
}

/** Who comes in, by all that says who they are. */
export interface Newcomer {
  /** Null: nothing vouches for one. */
  readonly userId: string | null;
  /** Knocks whose tokens were shown. */
  readonly knockIds: readonly (KnockId | null)[];
  /** The meeting token that was shown, if it lets in one person alone. Others may have any other, and wait with it. */
  readonly jti: string | null;
}

/** Somebody who joins no longer waits: their knocks end as if they had withdrawn them. */
export function withdrawKnocks(
  facts: RoomFacts,
  newcomer: Newcomer,
  now: Date,
): { readonly knocks: readonly Knock[]; readonly events: readonly NewRoomEvent[] } {
  const { userId, knockIds, jti } = newcomer;
  if (userId === null && jti === null && knockIds.every((id) => id === null)) return { knocks: [], events: [] };
  const knocks = [...facts.knocks.values()]
    .filter(isPending)
    .filter((knock) => isTheirs(knock, newcomer))
    .map((knock) => closeKnock(knock, 'WITHDRAWN', knockerActor(knock), now));
  return { knocks, events: knocks.map((knock) => ({ type: 'KnockChanged', by: knockerActor(knock), knock })) };
}

/** Who was sent back to the lobby may have shared their token with others: of them it says nothing. */
function isTheirs(knock: PendingKnock, { userId, knockIds, jti }: Newcomer): boolean {
  if (knockIds.includes(knock.id)) return true;
  if (userId !== null && knock.verified && knock.userId === userId) return true;
  return jti !== null && !knock.isReturn && knock.token?.jti === jti;
}
