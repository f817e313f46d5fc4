/*
 * The reconciler makes media servers show what holds here. It is the only writer to them, and it compares states: nothing rests on an
 * event, a webhook or an answer that arrives.
 *
 *  1. The statement that changes a room moves `wanted` on the room's row in `media_rooms` (storage/room-apply), if there is anything in it
 *     for a media server. The process that wrote pokes its own reconciler, which looks in that domain; for what is due anywhere one process
 *     looks four times a second, whichever is on the lookout.
 *  2. Whoever claims the row has it until the lease is over, so that two processes never work on one room. A process that dies is
 *     followed by the next one then.
 *  3. A pass (`pass.ts`) lists who is on the media server, and only then reads who may be there. What differs becomes calls, what takes
 *     away first (`rules/media-plan.ts`). Each call may be repeated; one that is lost is made again by the next look.
 *  4. What the look has shown is written into the room: who is connected, who sends what, and who has been away for too long
 *     (`rules/media-following.ts`).
 *  5. `done` follows `wanted` when all of it was asked for. If the room has changed meanwhile, it is looked at again at once.
 *
 * It looks when something was decided or told, 0.3, 1, 2, 5 and 10 s after somebody was removed or lost a right, every 30 s while a room is in
 * use, when somebody is about to count as lost, and every second while somebody may come back with an old token and no gate stands before
 * the server. A server that does not answer is asked as `health.ts` says. However slow the servers of a domain are, its rooms have a share
 * of the places alone, and a look ends after some seconds: what is left is due again, behind whatever waits longer.
 */

import { createLane } from '../egress/lane.ts';
import { createPlaces } from '../egress/places.ts';
import type { Lookout } from '../room/lookout.ts';
import type { DomainId } from '../rules/ids.ts';
import type { ClaimedMediaRoom, MediaRoomStorage } from '../storage/media-room.ts';
import type { MediaServerStorage } from '../storage/media-server.ts';
import { createMediaHealth, type MediaHealth } from './health.ts';
import { holdLease } from './lease.ts';
import { createStateNotes } from './notes.ts';
import { makePass, type PassDeps } from './pass.ts';
import { scheduleAfter, scheduleUnseen } from './schedule.ts';
import { createMediaUpkeep } from './upkeep.ts';

export interface MediaReconcilerOptions extends Omit<PassDeps, 'onAnswer'> {
  readonly rooms: MediaRoomStorage;
  readonly storage: Pick<MediaServerStorage, 'noteAnswer'>;
  /** Who looks through all domains. */
  readonly lookout: Lookout;
  /** The instant by the database's clock. */
  readonly now: () => Date;
  /** How often it looks for what others wrote and what fell due. Milliseconds. */
  readonly pollMs?: number;
}

/** One runs in every process; they share the rooms by leases. */
export interface MediaReconciler {
  /** Something was committed in this domain that a media server has to follow: looks there at once. Costs next to nothing, however often it is called. */
  readonly poke: (domainId: DomainId) => void;
  /** Takes nothing more, and waits for the looks on their way. */
  readonly stop: () => Promise<void>;
}

/** Rooms that one process looks at at once. */
const size = 100;
const pauseMs = 5;
/** A process that dies holds its rooms up for no longer than this. Whoever waits for a media server renews the lease meanwhile. */
const leaseSeconds = 0.75;

export function startMediaReconciler(options: MediaReconcilerOptions): MediaReconciler {
  const { rooms, reports, lookout, pollMs = 250 } = options;
  const health = createMediaHealth(size);
  const noteState = createStateNotes(options.storage, reports);
  const onAnswer: PassDeps['onAnswer'] = ({ record }, answer) => {
    const isBack = health.answered(record.id, answer.outcome);
    noteState(record, answer);
    if (isBack) rooms.lookNow(record.domainId, record.id, null).then(() => poke(record.domainId), reports.troubled);
  };
  const places = createPlaces<DomainId, ClaimedMediaRoom>((limit, domains) =>
    rooms.claim(limit, leaseSeconds, domains),
  );
  const attempt = async (claimed: ClaimedMediaRoom) => {
    await lookAtRoom(claimed, { ...options, onAnswer }, health).catch(reports.troubled);
    // Something may have been decided there meanwhile.
    places.ask(claimed.domainId);
  };
  const lane = createLane({ size, pauseMs, claim: places.claim, attempt, onTrouble: reports.troubled });
  const poke = (domainId: DomainId) => {
    places.ask(domainId);
    lane.poke();
  };
  const upkeep = createMediaUpkeep({ ...options, isOnDuty: lookout.isOnDuty, onClosing: poke });
  const look = () => {
    places.askAll();
    lane.poke();
    if (lane.isFull()) lookout.passOn();
  };
  const poll = () => {
    if (lookout.isOnDuty()) look();
    upkeep.tick();
  };
  const timer = setInterval(poll, pollMs);
  poll();
  return {
    poke,
    stop: async () => {
      clearInterval(timer);
      await Promise.all([lane.stop(), upkeep.stop()]);
    },
  };
}

/** One look at a room that was claimed, with all that follows from it. @throws DatabaseError: the lease runs out, and somebody looks again */
export async function lookAtRoom(
  claimed: ClaimedMediaRoom,
  options: MediaReconcilerOptions & PassDeps,
  health: MediaHealth,
): Promise<void> {
  const { rooms, reports } = options;
  const isWanted = claimed.wanted > claimed.done;
  const waitMs = health.enter(claimed, isWanted);
  if (waitMs > 0) {
    await rooms.finish(claimed, scheduleUnseen(claimed, waitMs, options.now()));
    return;
  }
  const startedAt = performance.now();
  const lease = holdLease(claimed, leaseSeconds, rooms, reports.troubled);
  try {
    const end = await makePass(claimed, options);
    // It was closed there, or need not be: nothing holds up the next room.
    if (end.kind === 'OVER') health.answered(claimed.mediaServerId, 'DONE');
    const next = scheduleAfter(claimed, end, options.now());
    const mine = await lease.end();
    if (next === null) await rooms.forget(mine);
    else await rooms.finish(mine, next);
    const { domainId, roomId, mediaServerId } = claimed;
    const isDone = end.kind === 'OVER' || (end.kind === 'LOOKED' && end.isDone);
    reports.passed({ domainId, roomId, mediaServerId, isDone, seconds: (performance.now() - startedAt) / 1000 });
  } finally {
    await lease.end();
    health.leave(claimed);
  }
}
