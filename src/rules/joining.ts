import { participantActor } from './actor.ts';
import { findLetIn, refuseTogether } from './credentials.ts';
import {
  decideEntry,
  type EntryAsk,
  type EntryDecision,
  entryValidUntil,
  type TokenVerdict,
  tokenAt,
} from './entry.ts';
import { type Decision, isInside, type RoomFacts, type TokenUse } from './facts.ts';
import { handOut, tokensOfSession } from './handed-out.ts';
import type { KnockId, ParticipantId } from './ids.ts';
import { isAdmitted, type Knock } from './knock.ts';
import { putOut } from './leaving.ts';
import { type Arrival, newParticipant } from './newcomer.ts';
import type { Participant } from './participant.ts';
import { beat } from './presence.ts';
import { type EntryRefused, entryRefused, type InvalidInput, invalidInput } from './refusal.ts';
import { withdrawKnocks } from './withdrawing.ts';

/** Somebody wants in. */
export interface JoinCommand extends Arrival {
  readonly roomName: string;
  readonly token: TokenVerdict | null;
  /** The knock whose token was shown; 'UNKNOWN' for a token that belongs to no knock of this room. */
  readonly knockId: KnockId | 'UNKNOWN' | null;
  /** The knock whose token came as bearer, beside another that was shown or not. */
  readonly bearerKnockId: KnockId | null;
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
  command: JoinCommand,
  knock: Knock | null,
  now: Date,
): EntryRefused | InvalidInput | null {
  const token = tokenAt(command.token, now);
  if (token === null) return null;
  if (!token.ok) return entryRefused(token.code, token.opensAt);
  if (facts.revokedJtis.has(token.claims.jti)) return entryRefused('TOKEN_REVOKED');
  const session = command.resumes === null ? null : (facts.participants.get(command.resumes) ?? null);
  return refuseTogether(findLetIn(session, knock, now), token.claims, ['input', 'token']);
}

function come(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Decision<JoinAnswer> {
  const repeated = findByKey(facts, command.idempotencyHash);
  if (repeated && isInside(repeated))
    return { answer: { kind: 'JOINED', participant: repeated, credential: 'REPEATED' } };
  if (repeated?.leaveReason === 'CONNECTION_LOST') return comeBack(facts, repeated, command, 'REPEATED', now);
  const session = findSession(facts, command, knock, now);
  if (session && isInside(session)) return resume(facts, session, command, now);
  if (session?.leaveReason === 'CONNECTION_LOST') return comeBack(facts, session, command, 'NEW', now);
  return enter(facts, command, knock, now);
}

/** Who is in has no knock that waits. */
function withoutWaiting(
  facts: RoomFacts,
  command: JoinCommand,
  decision: Decision<JoinAnswer>,
  now: Date,
): Decision<JoinAnswer> {
  const { answer, changes } = decision;
  if (!('kind' in answer) || answer.kind !== 'JOINED') return decision;
  const { userId } = answer.participant;
  const knockIds = [command.knockId === 'UNKNOWN' ? null : command.knockId, command.bearerKnockId];
  const jti = command.token?.ok ? command.token.claims.jti : null;
  const { knocks, events } = withdrawKnocks(facts, { userId, knockIds, jti }, now);
  if (knocks.length === 0) return decision;
  return { ...decision, changes: { ...changes, knocks, events: [...events, ...(changes?.events ?? [])] } };
}

function findByKey(facts: RoomFacts, idempotencyHash: string | null): Participant | null {
  if (idempotencyHash === null) return null;
  let latest: Participant | null = null;
  for (const participant of facts.participants.values()) {
    if (participant.idempotencyHash !== idempotencyHash) continue;
    if (latest === null || participant.joinedAt > latest.joinedAt) latest = participant;
  }
  return latest;
}

/** The session that this caller comes back to: by its session token, or by the admission that it came in with. */
function findSession(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Participant | null {
  if (command.resumes !== null) return facts.participants.get(command.resumes) ?? null;
  if (knock === null || !isAdmitted(knock, now)) return null;
  const sessions = [...facts.participants.values()].filter((participant) => participant.knockId === knock.id);
  return sessions.find(isInside) ?? sessions.sort((a, b) => b.joinedAt.getTime() - a.joinedAt.getTime())[0] ?? null;
}

function renewSession(session: Participant, command: JoinCommand, now: Date): Participant {
  const { next, previous, spare } = handOut(command.sessionHash, tokensOfSession(session));
  const hashes = { sessionHash: next, previousSessionHash: previous, spareSessionHashes: spare };
  return { ...beat('participant', session, now), ...hashes };
}

function resume(facts: RoomFacts, session: Participant, command: JoinCommand, now: Date): Decision<JoinAnswer> {
  const participant = renewSession(session, command, now);
  const isNews = session.connection !== 'CONNECTED';
  const by = participantActor(participant, facts);
  return {
    answer: { kind: 'JOINED', participant, credential: 'NEW' },
    changes: {
      participants: [participant],
      events: [isNews ? { type: 'ParticipantUpdated', by, participant } : { type: 'Internal', by: null }],
    },
  };
}

/** Back after the connection was lost, while the right to enter lasts: the same person, no new use. */
function comeBack(
  facts: RoomFacts,
  session: Participant,
  command: JoinCommand,
  credential: 'NEW' | 'REPEATED',
  now: Date,
): Decision<JoinAnswer> {
  const knock = session.knockId === null ? null : (facts.knocks.get(session.knockId) ?? null);
  const token: TokenVerdict | null = session.token === null ? null : { ok: true, claims: session.token };
  const replaced = findReplaced(facts, session.userId);
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName: command.roomName,
    // An admission outlives the token that vouched for who knocked, and no other.
    token: knock?.token?.jti === session.token?.jti && admissionOf(knock, now) ? token : tokenAt(token, now),
    knock,
    addressHash: command.addressHash,
    takesUse: false,
    takesPlace: takesPlace(session.hidden, replaced),
  };
  const answer = answerOf(decideEntry(facts, ask, now).decision);
  const validUntil = entryValidUntil(facts, ask, now);
  if (answer !== null) return { answer, validUntil };
  const back = credential === 'NEW' ? renewSession(session, command, now) : beat('participant', session, now);
  const participant = { ...back, leftAt: null, leaveReason: null };
  const out = putOut(facts, replaced, 'REPLACED', participantActor(participant, facts), now);
  return {
    answer: { kind: 'JOINED', participant, credential },
    changes: {
      participants: [...out.participants, participant],
      events: [...out.events, { type: 'ParticipantJoined', by: participantActor(participant, facts), participant }],
    },
    validUntil,
    restsOnDomain: session.token !== null,
  };
}

function answerOf(decision: EntryDecision): EntryRefused | { readonly kind: 'MUST_KNOCK' } | null {
  if (decision.kind === 'REFUSED') return decision.refusal;
  return decision.kind === 'MUST_KNOCK' ? { kind: 'MUST_KNOCK' } : null;
}

function admissionOf(knock: Knock | null, now: Date): Knock | null {
  return knock !== null && isAdmitted(knock, now) ? knock : null;
}

/** The token that somebody comes with, or that vouched for them when they knocked: until they are admitted it opens nothing. */
function tokenToEnter({ token }: JoinCommand, knock: Knock | null, now: Date): TokenVerdict | null {
  if (token !== null || !knock?.token) return tokenAt(token, now);
  return { ok: true, claims: admissionOf(knock, now) ? knock.token : { ...knock.token, knocking: true } };
}

function enter(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Decision<JoinAnswer> {
  const token = tokenToEnter(command, knock, now);
  const admission = admissionOf(knock, now);
  // A knock that was not admitted lends nothing to who comes in otherwise.
  const claims = token?.ok && (command.token !== null || admission !== null) ? token.claims : null;
  const replaced = findReplaced(facts, claims?.userId ?? admission?.userId ?? null);
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName: command.roomName,
    token,
    knock,
    addressHash: command.addressHash,
    takesUse: admission?.isReturn !== true,
    takesPlace: takesPlace(command.hidden, replaced),
  };
  const validUntil = entryValidUntil(facts, ask, now);
  const answer = answerOf(decideEntry(facts, ask, now).decision);
  if (answer !== null) return { answer, validUntil };
  if (command.hidden && claims?.isOwner !== true) {
    return { answer: invalidInput([{ path: ['input', 'hidden'], message: 'is for owners only' }]), validUntil };
  }
  const participant = newParticipant(facts, command, claims, admission, now);
  const out = putOut(facts, replaced, 'REPLACED', participantActor(participant, facts), now);
  const tokenUses = claims === null ? [] : [countUse(facts, claims.jti, ask.takesUse)];
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

/** Where userIds are unique, a newcomer takes the place of the earlier holder. */
function findReplaced(facts: RoomFacts, userId: string | null): readonly Participant[] {
  const isUnique = facts.room.enforceUniqueUserIds ?? facts.domain.enforceUniqueUserIds;
  if (!isUnique || userId === null) return [];
  return [...facts.participants.values()].filter(
    (participant) => isInside(participant) && participant.userId === userId,
  );
}

/** Who is hidden takes no place, and who replaces somebody takes theirs. */
function takesPlace(hidden: boolean, replaced: readonly Participant[]): boolean {
  return !hidden && !replaced.some((participant) => !participant.hidden);
}

function countUse(facts: RoomFacts, jti: string, takesUse: boolean): TokenUse {
  const before = facts.tokenUses.get(jti);
  return { jti, uses: (before?.uses ?? 0) + (takesUse ? 1 : 0), inLobby: false };
}

export function confirmSession(facts: RoomFacts, id: ParticipantId, sessionHash: string): Decision<null> {
  const session = facts.participants.get(id);
  if (!session || !isInside(session) || session.previousSessionHash === null) return { answer: null };
  if (![session.sessionHash, ...session.spareSessionHashes].includes(sessionHash)) return { answer: null };
  const confirmed = { ...session, sessionHash, previousSessionHash: null, spareSessionHashes: [] };
  // Told as an event, so that streams which one of the others opened end wherever they are.
  const events = [{ type: 'Internal', by: null, participant: confirmed } as const];
  return { answer: null, changes: { participants: [confirmed], events } };
}
