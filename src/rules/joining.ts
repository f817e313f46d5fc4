import { participantActor } from './actor.ts';
import {
  decideEntry,
  type EntryAsk,
  type EntryDecision,
  entryValidUntil,
  type TokenVerdict,
  tokenAt,
} from './entry.ts';
import { type Decision, isInside, type RoomFacts, type TokenUse } from './facts.ts';
import { handOut } from './handed-out.ts';
import type { KnockId, ParticipantId } from './ids.ts';
import { isAdmitted, type Knock } from './knock.ts';
import { putOut } from './leaving.ts';
import { type Participant, participantPermissions } from './participant.ts';
import { beat, presenceTimes } from './presence.ts';
import { type EntryRefused, entryRefused, type InvalidInput, invalidInput } from './refusal.ts';

/** Somebody wants in. Ids and tokens are made by the caller: chance is a parameter. */
export interface JoinCommand {
  readonly roomName: string;
  readonly newId: ParticipantId;
  readonly userName: string | null;
  readonly token: TokenVerdict | null;
  /** The knock whose token was shown; 'UNKNOWN' for a token that belongs to no knock of this room. */
  readonly knockId: KnockId | 'UNKNOWN' | null;
  /** The session whose token came as bearer. */
  readonly resumes: ParticipantId | null;
  readonly sessionHash: string;
  readonly idempotencyHash: string | null;
  readonly addressHash: string;
  readonly hidden: boolean;
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
  const repeated = findByKey(facts, command.idempotencyHash);
  if (repeated && isInside(repeated))
    return { answer: { kind: 'JOINED', participant: repeated, credential: 'REPEATED' } };
  if (repeated?.leaveReason === 'CONNECTION_LOST') return comeBack(facts, repeated, command, 'REPEATED', now);
  const knock = command.knockId === null ? null : (facts.knocks.get(command.knockId) ?? null);
  const session = findSession(facts, command, knock, now);
  if (session && isInside(session)) return resume(facts, session, command, now);
  if (session?.leaveReason === 'CONNECTION_LOST') return comeBack(facts, session, command, 'NEW', now);
  return enter(facts, command, knock, now);
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
  const { next, previous, spare } = handOut(command.sessionHash, {
    newest: session.sessionHash,
    previous: session.previousSessionHash,
    spare: session.spareSessionHashes,
  });
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
    // An admission outlives the token that vouched for who knocked.
    token: knock !== null && isAdmitted(knock, now) ? token : tokenAt(token, now),
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

function enter(facts: RoomFacts, command: JoinCommand, knock: Knock | null, now: Date): Decision<JoinAnswer> {
  const token: TokenVerdict | null =
    tokenAt(command.token, now) ?? (knock?.token ? { ok: true, claims: knock.token } : null);
  const claims = token?.ok ? token.claims : null;
  const replaced = findReplaced(facts, claims?.userId ?? knock?.userId ?? null);
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName: command.roomName,
    token,
    knock,
    addressHash: command.addressHash,
    takesUse: knock?.isReturn !== true,
    takesPlace: takesPlace(command.hidden, replaced),
  };
  const validUntil = entryValidUntil(facts, ask, now);
  const answer = answerOf(decideEntry(facts, ask, now).decision);
  if (answer !== null) return { answer, validUntil };
  if (command.hidden && claims?.isOwner !== true) {
    return { answer: invalidInput([{ path: ['input', 'hidden'], message: 'is for owners only' }]), validUntil };
  }
  const participant = newParticipant(facts, command, claims, knock, now);
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

function newParticipant(
  { room, domain }: RoomFacts,
  command: JoinCommand,
  claims: Participant['token'],
  knock: Knock | null,
  now: Date,
): Participant {
  const person: Participant = {
    id: command.newId,
    roomId: room.id,
    domainId: room.domainId,
    userName: claims?.userName ?? knock?.userName ?? command.userName ?? 'Guest',
    userId: claims?.userId ?? knock?.userId ?? null,
    verified: claims !== null || knock?.verified === true,
    isOwner: claims?.isOwner ?? false,
    hidden: command.hidden,
    joinedAt: now,
    leftAt: null,
    leaveReason: null,
    token: claims,
    knockId: knock?.id ?? null,
    permissions: null,
    audio: !(claims?.startAudioOff ?? room.startAudioOff),
    video: !(claims?.startVideoOff ?? room.startVideoOff),
    screenShare: false,
    sessionHash: command.sessionHash,
    previousSessionHash: null,
    spareSessionHashes: [],
    idempotencyHash: command.idempotencyHash,
    addressHash: command.addressHash,
    connection: 'CONNECTED',
    attachedTo: [],
    seenUntil: new Date(now.getTime() + presenceTimes.participant.beat * 1000),
  };
  const { canSend } = participantPermissions(person, room, domain);
  return {
    ...person,
    audio: person.audio && canSend.includes('AUDIO'),
    video: person.video && canSend.includes('VIDEO'),
  };
}

/** A session token that was handed out on resuming is used for the first time: all others end. */
export function confirmSession(facts: RoomFacts, id: ParticipantId, sessionHash: string): Decision<null> {
  const session = facts.participants.get(id);
  if (!session || !isInside(session) || session.previousSessionHash === null) return { answer: null };
  if (![session.sessionHash, ...session.spareSessionHashes].includes(sessionHash)) return { answer: null };
  const confirmed = { ...session, sessionHash, previousSessionHash: null, spareSessionHashes: [] };
  return { answer: null, changes: { participants: [confirmed], events: [{ type: 'Internal', by: null }] } };
}
