import { type Actor, theService } from './actor.ts';
import { type Changes, type Decision, inOrderOfJoining, inside, type RoomFacts, waiting } from './facts.ts';
import { closeKnock, isAdmitted, isPending, type Knock } from './knock-request.ts';
import { putOut, stopWithRoom } from './leaving.ts';
import { settleLiveStream } from './live-stream-due.ts';
import { carriedOutOn } from './media-server.ts';
import { endParticipant, isInside, type Participant, type PresentParticipant, willEject } from './participant.ts';
import { connectionAt, connectionDue, excuse, type PresenceKind } from './presence.ts';
import { type NotFound, notFound } from './refusal.ts';
import { type DomainDefaults, hasEnded, type Room } from './room.ts';
import type { NewRoomEvent } from './room-event.ts';

/**
 * Deletes a room: all knocks and admissions end, and all participants are ejected, also those who have stayed after its exp. With that it
 * is over, by whoever deleted it.
 */
export function deleteRoom(facts: RoomFacts, actor: Actor, now: Date): Decision<Room | NotFound> {
  if (hasEnded(facts.room, now) && inside(facts).length === 0) return { answer: notFound() };
  const room: Room = { ...facts.room, closedAt: now, closedBy: 'DELETED', isOver: true, updatedAt: now };
  const open = [...waiting(facts), ...facts.keyed.admissions()];
  const knocks = open.map((knock) => closeKnock(knock, 'ROOM_CLOSED', actor, now));
  const out = putOut(facts, inside(facts), 'ROOM_DELETED', actor, now);
  const stopped = stopWithRoom(facts, actor, now);
  return {
    answer: room,
    changes: {
      ...stopped,
      room,
      knocks,
      participants: out.participants,
      events: [
        ...knocks.map((knock) => knockEvent(knock, actor)),
        ...stopped.events,
        ...out.events,
        { type: 'RoomClosed', by: actor },
      ],
    },
  };
}

/**
 * Settles all that is due at this instant: timeouts, lost connections, ejections, ended admissions, the room's exp (which
 * needs the admissions among the facts, to end them too). Null: nothing is due. Doing it twice does nothing more.
 * @param since when the service was last away, that was over: nobody loses a place by not having come back before
 */
export function settle(facts: RoomFacts, now: Date, since: Date): Changes | null {
  const { room } = facts;
  const nowMs = now.getTime();
  const isOver = hasEnded(room, now);
  // Only few of the many who wait are due at once.
  const knocks = [...facts.knocks.values()]
    .filter((knock) => isOver || !isPending(knock) || knockDue(knock) <= nowMs)
    .flatMap((knock) => settleKnock(knock, room, now, since) ?? []);
  const due = [...facts.participants.values()].filter(isInside).filter((one) => participantDue(one, facts) <= nowMs);
  const participants = inOrderOfJoining(due).flatMap((one) => settleParticipant(one, facts, now, since) ?? []);
  const liveStream = settleLiveStream(facts, now);
  const closes = facts.hasAdmissions && room.closedAt === null && isOver;
  if (knocks.length + participants.length === 0 && liveStream === null && !closes) return null;
  return {
    knocks,
    participants,
    ...(liveStream === null ? {} : { liveStream }),
    ...(closes ? { room: { ...room, closedAt: now, closedBy: 'EXPIRED', updatedAt: now } } : {}),
    events: [
      ...knocks.map((knock) => knockEvent(knock, theService)),
      ...participants.map(participantEvent),
      ...(liveStream === null ? [] : [{ type: 'LiveStreamChanged', by: theService, liveStream } as const]),
      ...(closes ? [{ type: 'RoomUpdated', by: theService } as const] : []),
    ],
  };
}

function settleKnock(knock: Knock, room: Room, now: Date, since: Date): Knock | null {
  if (knock.status !== 'PENDING' && knock.status !== 'ADMITTED') return null;
  if (hasEnded(room, now)) return closeKnock(knock, 'ROOM_CLOSED', theService, now);
  if (knock.status === 'ADMITTED')
    return isAdmitted(knock, now) ? null : closeKnock(knock, 'TIMED_OUT', knock.decided.by, now);
  if (knock.exp <= now) return closeKnock(knock, 'TIMED_OUT', theService, now);
  const excused = excuse('knocker', knock, now, since);
  const state = connectionAt('knocker', excused, now);
  if (state === 'LEFT') return closeKnock(knock, 'KNOCKER_LEFT', theService, now);
  return excused === knock && state === knock.connection ? null : { ...excused, connection: state };
}

function settleParticipant(
  participant: PresentParticipant,
  { room, domain }: Placed,
  now: Date,
  since: Date,
): Participant | null {
  const ejection = willEject(participant, room);
  if (ejection !== null && ejection.at <= now) return endParticipant(participant, ejection.reason, now);
  const kind = presenceKindIn(domain);
  const excused = excuse(kind, participant, now, since);
  const state = connectionAt(kind, excused, now);
  if (state === 'LEFT') return endParticipant(participant, 'CONNECTION_LOST', now);
  return excused === participant && state === participant.connection ? null : { ...excused, connection: state };
}

function knockEvent(knock: Knock, by: Actor): NewRoomEvent {
  return { type: 'KnockChanged', by, knock };
}

function participantEvent(participant: Participant): NewRoomEvent {
  return isInside(participant)
    ? { type: 'ParticipantUpdated', by: theService, participant }
    : { type: 'ParticipantLeft', by: theService, participant };
}

type Placed = Pick<RoomFacts, 'room' | 'domain'>;

/** Where a media server tells who is there, nobody has lost the connection before a look at it. */
function presenceKindIn(domain: DomainDefaults): PresenceKind {
  return carriedOutOn(domain) === null ? 'participant' : 'participantOnMedia';
}

// When something falls due by itself, in milliseconds since 1970; infinite: never. If something was due and is not settled yet, the instant is past.

export function roomDue({ closedAt, exp }: Room): number {
  return closedAt === null && exp !== null ? exp.getTime() : Number.POSITIVE_INFINITY;
}

/** Of a knock that waits: an admission that runs out changes nothing for anybody who has not used it. */
export function knockDue(knock: Knock): number {
  if (!isPending(knock)) return Number.POSITIVE_INFINITY;
  return Math.min(knock.exp.getTime(), connectionDue('knocker', knock));
}

export function participantDue(participant: Participant, { room, domain }: Placed): number {
  if (!isInside(participant)) return Number.POSITIVE_INFINITY;
  const ejection = willEject(participant, room)?.at.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(ejection, connectionDue(presenceKindIn(domain), participant));
}
