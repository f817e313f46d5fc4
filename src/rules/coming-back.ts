import { participantActor } from './actor.ts';
import { handOut, opens, tokensOfSession } from './credentials.ts';
import { answerOf, askOf, decideEntry, type EntryAsk, entryValidUntil } from './entry.ts';
import { type Decision, findInside, type RoomFacts } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import type { JoinAnswer, JoinCommand } from './join-command.ts';
import { admissionIn, type Knock } from './knock-request.ts';
import { findReplaced, needsPlace, putOut } from './leaving.ts';
import { isSameToken } from './meeting-token-claims.ts';
import { isInside, mayComeBack, type Participant, type PresentParticipant, resumeParticipant } from './participant.ts';
import { beat } from './presence.ts';
import { entryRefused, invalidInput } from './refusal.ts';

// Coming back to a session that is there: every way is judged by the right that the session rests on.

/**
 * What a session rests on: the meeting token that it came with, or the admission, which stands for the token that vouched for it; a
 * session that rests on neither came into a public room.
 */
function rightOf(facts: RoomFacts, { knockId, token }: Participant): Pick<EntryAsk, 'token' | 'knock'> {
  const knock = knockId === null ? null : (facts.knocks.get(knockId) ?? null);
  if (token === null || (knock?.token && isSameToken(knock.token, token))) return { token: null, knock };
  return { token: { ok: true, claims: token }, knock };
}

function askAgain(
  facts: RoomFacts,
  session: Participant,
  { roomName, addressHash }: JoinCommand,
  replaced: readonly Participant[],
): EntryAsk {
  const takesPlace = !isInside(session) && needsPlace(session.hidden, replaced);
  return askOf({ roomName, addressHash, ...rightOf(facts, session), takesPlace, comesBack: true });
}

/**
 * Was this session opened with what is shown now: the same token, the same admission, or as much as none? A session that nobody comes
 * back to, and a knock that does not let in, are as none.
 */
export function isOpenedBy(
  facts: RoomFacts,
  session: Participant,
  command: JoinCommand,
  knock: Knock | null,
  now: Date,
): boolean {
  const shown = command.resumes === null ? undefined : facts.participants.get(command.resumes);
  if (shown && mayComeBack(shown)) return shown.id === session.id;
  if (session.knockId !== null && session.knockId !== knock?.id) return false;
  if (session.knockId === null && admissionIn(knock, now) !== null) return false;
  const claims = command.token?.ok ? command.token.claims : null;
  if (claims !== null) return session.token !== null && isSameToken(session.token, claims);
  return session.token === null || session.knockId !== null;
}

/**
 * A key that was used with another credential finds no session, and makes no second one. What is shown instead is judged by itself;
 * a caller without a credential is told why the first session's right has ended, where it has.
 */
export function refuseKey(
  facts: RoomFacts,
  session: Participant,
  command: JoinCommand,
  knock: Knock | null,
  now: Date,
): Decision<JoinAnswer> {
  const path = ['input', 'idempotencyKey'];
  const message =
    'was already used with another credential: create a new key, or send the credential that it was first used with';
  const answer = invalidInput([{ path, message }]);
  const { roomName, token, addressHash } = command;
  const showsNothing = token === null && knock === null && command.resumes === null;
  const ask = showsNothing ? askAgain(facts, session, command, []) : askOf({ roomName, token, knock, addressHash });
  return { answer: answerOf(decideEntry(facts, ask, now).decision) ?? answer };
}

function renewToken<Session extends Participant>(session: Session, { sessionHash }: JoinCommand): Session {
  const { next, previous, spare } = handOut(sessionHash, tokensOfSession(session));
  return { ...session, sessionHash: next, previousSessionHash: previous, spareSessionHashes: spare };
}

/** Still inside: the session itself is the right to be there, unless the token that it came with was taken back. */
export function resume(
  facts: RoomFacts,
  session: PresentParticipant,
  command: JoinCommand,
  now: Date,
): Decision<JoinAnswer> {
  const ended = session.token === null ? null : facts.tokens.get(session.token).ended;
  return ended === null ? stay(facts, session, command, now) : { answer: entryRefused(ended) };
}

const keyIsOver = invalidInput([
  {
    path: ['input', 'idempotencyKey'],
    message:
      'was already used, and its session has been resumed since: send the newest session token, or join with a new key',
  },
]);

/** Does the token that the key gives again still open the session? It does not after a newer token was used. */
function isOpenedByKey(session: Participant, { hashByKey }: JoinCommand): boolean {
  return hashByKey !== null && opens(tokensOfSession(session), hashByKey(session.id));
}

/** Comes back, while the right to enter lasts that the session rests on: the same person, no new use. */
export function comeBack(
  facts: RoomFacts,
  session: Participant,
  command: JoinCommand,
  credential: 'NEW' | 'REPEATED',
  now: Date,
): Decision<JoinAnswer> {
  const replaced = isInside(session) ? [] : findReplaced(facts, session.userId);
  const ask = askAgain(facts, session, command, replaced);
  const validUntil = entryValidUntil(facts, ask, now);
  const refusal = answerOf(decideEntry(facts, ask, now).decision);
  if (refusal !== null) return { answer: refusal, validUntil };
  if (credential === 'REPEATED' && !isOpenedByKey(session, command)) return { answer: keyIsOver, validUntil };
  if (isInside(session) && credential === 'REPEATED')
    return { answer: { kind: 'JOINED', participant: session, credential }, validUntil };
  if (isInside(session)) return { ...stay(facts, session, command, now), validUntil };
  const back = resumeParticipant(session, now);
  const participant = credential === 'NEW' ? renewToken(back, command) : back;
  const by = participantActor(participant, facts);
  const out = putOut(facts, replaced, 'REPLACED', by, now);
  return {
    answer: { kind: 'JOINED', participant, credential },
    changes: {
      participants: [...out.participants, participant],
      events: [...out.events, { type: 'ParticipantJoined', by, participant }],
    },
    validUntil,
    restsOnDomain: session.token !== null,
  };
}

/** A new session token for somebody who is inside. */
function stay(facts: RoomFacts, session: PresentParticipant, command: JoinCommand, now: Date): Decision<JoinAnswer> {
  const participant = renewToken(beat('participant', session, now), command);
  const isNews = session.connection !== 'CONNECTED';
  const by = participantActor(participant, facts);
  return {
    answer: { kind: 'JOINED', participant, credential: 'NEW' },
    changes: {
      participants: [participant],
      events: [isNews ? { type: 'ParticipantUpdated', by, participant } : { type: 'Internal', by: null }],
    },
    restsOnDomain: session.token !== null,
  };
}

/** A session token that was handed out on resuming is used for the first time: all others end. */
export function confirmSession(facts: RoomFacts, id: ParticipantId, sessionHash: string): Decision<null> {
  const session = findInside(facts, id);
  if (!session || session.previousSessionHash === null) return { answer: null };
  if (![session.sessionHash, ...session.spareSessionHashes].includes(sessionHash)) return { answer: null };
  const confirmed = { ...session, sessionHash, previousSessionHash: null, spareSessionHashes: [] };
  // Told as an event, so that streams which one of the others opened end wherever they are.
  const events = [{ type: 'Internal', by: null, participant: confirmed } as const];
  return { answer: null, changes: { participants: [confirmed], events } };
}
