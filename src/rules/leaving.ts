import { type Actor, participantActor, theService } from './actor.ts';
import { type Ban, findBan } from './ban.ts';
import type { Changes, Decision, RoomFacts } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import { closeKnock } from './knock-request.ts';
import { endStream, isRunning } from './live-stream.ts';
import {
  endParticipant,
  isInside,
  type LeaveReason,
  type Participant,
  type PresentParticipant,
} from './participant.ts';
import { type Forbidden, forbidden } from './refusal.ts';

/**
 * Puts people out: their sessions end, and with EJECTED, BANNED and RETURNED_TO_LOBBY the admissions they came with, also of those who
 * have left before.
 */
export function putOut(
  facts: RoomFacts,
  who: readonly Participant[],
  reason: LeaveReason,
  actor: Actor,
  now: Date,
): Changes & Required<Pick<Changes, 'participants' | 'knocks'>> {
  const participants = who.filter(isInside).map((participant) => endParticipant(participant, reason, now));
  const recalled =
    reason === 'EJECTED' || reason === 'BANNED' || reason === 'RETURNED_TO_LOBBY'
      ? [...new Set(who.map(({ knockId }) => knockId))].flatMap((knockId) => {
          const knock = knockId === null ? undefined : facts.knocks.get(knockId);
          return knock?.status === 'ADMITTED' ? [closeKnock(knock, 'RECALLED', actor, now)] : [];
        })
      : [];
  return {
    participants,
    knocks: recalled,
    events: [
      ...recalled.map((knock) => ({ type: 'KnockChanged', by: actor, knock }) as const),
      ...participants.map((participant) => ({ type: 'ParticipantLeft', by: actor, participant }) as const),
    ],
  };
}

/** Ejects all participants to whom these bans apply. */
export function putOutBanned(
  facts: RoomFacts,
  bans: readonly Ban[],
  actor: Actor,
  now: Date,
): ReturnType<typeof putOut> {
  const isMeant = ({ userId, token, knockId, isOwner }: Participant) =>
    findBan(bans, { userId, jti: token?.jti, knockId, isOwner }, now) !== null;
  const named = [...facts.participants.values()].filter(isInside).filter(isMeant);
  return putOut(facts, named, 'BANNED', actor, now);
}

/** Where userIds are unique, a newcomer takes the place of the earlier holder. */
export function findReplaced(facts: RoomFacts, userId: string | null): readonly PresentParticipant[] {
  const isUnique = facts.room.enforceUniqueUserIds ?? facts.domain.enforceUniqueUserIds;
  if (!isUnique || userId === null) return [];
  return [...facts.participants.values()].filter(isInside).filter((participant) => participant.userId === userId);
}

/** A hidden participant takes no place, and a participant who replaces a session takes its place. */
export function needsPlace(hidden: boolean, replaced: readonly Participant[]): boolean {
  return !hidden && !replaced.some((participant) => !participant.hidden);
}

/** Somebody leaves. A second call changes nothing. */
export function leave(facts: RoomFacts, id: ParticipantId, now: Date): Decision<Participant | Forbidden> {
  const participant = facts.participants.get(id);
  if (!participant) return { answer: forbidden('UNAUTHENTICATED') };
  if (!isInside(participant)) {
    return { answer: participant.left.reason === 'LEFT' ? participant : forbidden('UNAUTHENTICATED') };
  }
  const left = endParticipant(participant, 'LEFT', now);
  return {
    answer: left,
    changes: {
      participants: [left],
      events: [{ type: 'ParticipantLeft', by: participantActor(participant, facts), participant: left }],
    },
  };
}

/** The live stream of a room that is over ends with it. Nothing, where none runs. */
export function stopWithRoom({ liveStream }: RoomFacts, by: Actor, now: Date): Changes {
  if (liveStream === null || !isRunning(liveStream)) return { events: [] };
  const stopped = endStream(liveStream, 'STOPPED', null, now);
  return { liveStream: stopped, events: [{ type: 'LiveStreamChanged', by, liveStream: stopped }] };
}

/**
 * A room whose exp has passed is over when its last person has left, and with it what it still sends. Its last event is the one from
 * which the time counts that its record is kept.
 */
export function concludeRoom(facts: RoomFacts, now: Date): Changes | null {
  const { room } = facts;
  if (room.closedAt === null || room.isOver || [...facts.participants.values()].some(isInside)) return null;
  const stopped = stopWithRoom(facts, theService, now);
  const events = [...stopped.events, { type: 'RoomClosed', by: theService } as const];
  return { ...stopped, room: { ...room, isOver: true, updatedAt: now }, events };
}
