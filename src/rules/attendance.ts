import { participantActor, theService } from './actor.ts';
import { type Decision, findInside, type RoomFacts } from './facts.ts';
import type { KnockId, ParticipantId, ProcessId } from './ids.ts';
import { isPending, type Knock, type PendingKnock } from './knock-request.ts';
import { isInside, mayAdminister, type Participant, type PresentParticipant } from './participant.ts';
import { attach, beat, detach, type Present } from './presence.ts';
import { type Forbidden, forbidden } from './refusal.ts';
import type { NewRoomEvent } from './room-event.ts';

/** Whose presence is meant. */
export type Attendee =
  | { readonly kind: 'PARTICIPANT'; readonly id: ParticipantId }
  | { readonly kind: 'KNOCKER'; readonly id: KnockId };

export interface Attached {
  /** May this person see and answer knocks? Knockers may not. */
  readonly decidesKnocks: boolean;
  /** A knock that has ended has nothing to hold on to. */
  readonly hasEnded: boolean;
  /** Since when they are in the room, a lost connection between included. Null: they wait. */
  readonly joinedAt: Date | null;
}

/** A process holds a subscription of this person from now on. */
export function attachTo(
  facts: RoomFacts,
  who: Attendee,
  processId: ProcessId,
  now: Date,
): Decision<Attached | Forbidden> {
  if (who.kind === 'KNOCKER') {
    const knock = facts.knocks.get(who.id);
    if (!knock) return { answer: forbidden('UNAUTHENTICATED') };
    const answer = { decidesKnocks: false, hasEnded: !isPending(knock), joinedAt: null };
    return isPending(knock) ? changeKnock(knock, attach(knock, processId, now), answer) : { answer };
  }
  const participant = findInside(facts, who.id);
  if (!participant) return { answer: forbidden('UNAUTHENTICATED') };
  const decidesKnocks = mayAdminister(participant, 'PARTICIPANTS', facts.room, facts.domain);
  const answer = { decidesKnocks, hasEnded: false, joinedAt: participant.joinedAt };
  return changeParticipant(facts, participant, attach(participant, processId, now), answer);
}

/** The last subscription of this person in a process has ended. Whom the process does not hold is left as it is. */
export function detachFrom(facts: RoomFacts, who: Attendee, processId: ProcessId, at: Date): Decision<null> {
  if (who.kind === 'KNOCKER') {
    const knock = facts.knocks.get(who.id);
    if (!knock || !isPending(knock) || !knock.attachedTo.includes(processId)) return { answer: null };
    return changeKnock(knock, detach('knocker', knock, processId, at), null);
  }
  const participant = findInside(facts, who.id);
  if (!participant?.attachedTo.includes(processId)) return { answer: null };
  const loose = detach('participant', participant, processId, at);
  return changeParticipant(
    facts,
    participant,
    isAway(loose, at) ? { ...loose, connection: 'RECONNECTING' } : loose,
    null,
  );
}

/** Held by no process, and not heard of by other ways either. */
function isAway({ attachedTo, seenUntil }: Present, at: Date): boolean {
  return attachedTo.length === 0 && seenUntil <= at;
}

/** A process has died: people whose only connections it held count as away since it was last seen alive. */
export function detachAll(facts: RoomFacts, processId: ProcessId, lastSeen: Date): Decision<null> {
  const knocks = [...facts.knocks.values()].filter(isPending).filter((knock) => knock.attachedTo.includes(processId));
  const people = [...facts.participants.values()]
    .filter(isInside)
    .filter((participant) => participant.attachedTo.includes(processId));
  if (knocks.length + people.length === 0) return { answer: null };
  const loose = people.map((participant): PresentParticipant => {
    const detached = detach('participant', participant, processId, lastSeen);
    return isAway(detached, lastSeen) ? { ...detached, connection: 'RECONNECTING' } : detached;
  });
  const changed = loose.filter((participant) => participant.connection === 'RECONNECTING');
  const events: readonly NewRoomEvent[] = [
    { type: 'Internal', by: null },
    ...changed.map((participant): NewRoomEvent => ({ type: 'ParticipantUpdated', by: theService, participant })),
  ];
  return {
    answer: null,
    changes: {
      knocks: knocks.map((knock) => detach('knocker', knock, processId, lastSeen)),
      participants: loose,
      events,
    },
  };
}

/** Who said that it is there. */
export type Heard =
  | { readonly kind: 'PARTICIPANT'; readonly participant: Participant }
  | { readonly kind: 'KNOCKER'; readonly knock: Knock };

/** A participant or a knocker reports that they are still there. */
export function heartbeat(facts: RoomFacts, who: Attendee, now: Date): Decision<Heard | Forbidden> {
  if (who.kind === 'KNOCKER') {
    const knock = facts.knocks.get(who.id);
    if (knock?.status === 'ADMITTED') return { answer: { kind: who.kind, knock } };
    if (knock?.status !== 'PENDING') return { answer: forbidden('UNAUTHENTICATED') };
    const next = beat('knocker', knock, now);
    return changeKnock(knock, next, { kind: who.kind, knock: next });
  }
  const participant = findInside(facts, who.id);
  if (!participant) return { answer: forbidden('UNAUTHENTICATED') };
  const next = beat('participant', participant, now);
  return changeParticipant(facts, participant, next, { kind: who.kind, participant: next });
}

function changeKnock<Answer>(before: PendingKnock, after: PendingKnock, answer: Answer): Decision<Answer> {
  if (after === before) return { answer };
  const isNews = before.connection !== after.connection;
  const event: NewRoomEvent = isNews
    ? { type: 'KnockChanged', by: theService, knock: after }
    : { type: 'Internal', by: null };
  return { answer, changes: { knocks: [after], events: [event] } };
}

function changeParticipant<Answer>(
  facts: RoomFacts,
  before: PresentParticipant,
  after: PresentParticipant,
  answer: Answer,
): Decision<Answer> {
  if (after === before) return { answer };
  const isNews = before.connection !== after.connection;
  const by = isNews && after.connection === 'CONNECTED' ? participantActor(after, facts) : theService;
  const event: NewRoomEvent = isNews
    ? { type: 'ParticipantUpdated', by, participant: after }
    : { type: 'Internal', by: null };
  return { answer, changes: { participants: [after], events: [event] } };
}
