/*
 * The room writer: the only way in which a room changes.
 *
 * A room is a state machine with a version. Each change is decided on facts of one version and written only while the room still has it,
 * so any number of processes may write the same room without asking each other. This is how a command goes:
 *
 *  1. Commands of one room form a line in this process (`submit`). While a group is being written, those that come wait; then all of them
 *     are the next group. A busy room therefore costs one write for many commands, and an idle one waits for nobody.
 *  2. The group reads what its rules need and what is not kept here already (`FactsDraft`: a room's facts stay in memory between groups,
 *     and only what others wrote since is read again). A rule that meets a fact nobody read says which one, and is asked again with it.
 *  3. Each command is decided in its turn, by a pure rule, on what the ones before it in the group left behind. Before any of them, what
 *     has fallen due by itself is settled (timeouts, ejections, the room's end). A command whose credential ended meanwhile is refused.
 *  4. One statement writes the changes of all, their events and their webhook deliveries (`storage/room-apply`). Its guard: the room has
 *     the version that was read, the domain too where a key or a domain's word counts, and the decision is not older than 5 seconds.
 *  5. The guard missed: somebody else wrote. Nothing happened, the draft goes back, and the group starts again at 2, now with a turn (an
 *     advisory lock, which is about fairness and never about truth: whoever lost a race must not lose the next one to a faster process).
 *  6. The answer of the database was lost: the same write goes out again. One of the two must miss, and the event log knows the group
 *     that won (`writeSurely`). Where that cannot be found out either, the answer is UNAVAILABLE: it may have been done.
 *  7. A group that changes nothing is confirmed by a read at the same version, so that refusals are true as well. Then everybody is
 *     answered, and the events go to `publish`.
 *
 * What a group cannot store is halved until the command at fault is alone; the others are done. A rule that throws fails alone.
 */

import type { KnockerCaller, ParticipantCaller } from '../rules/caller.ts';
import {
  type Forbidden,
  forbidden,
  isRefusal,
  type NotFound,
  type Refusal,
  type Unavailable,
} from '../rules/refusal.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { RoomCommand, RoomWriterDeps, Written } from './command.ts';
import { maxGroup, type RoomMemory, type WaitingCommand, writeGroup } from './group.ts';
import type { RoomView } from './views.ts';

/** The only way in which a room changes. */
export interface RoomWriter {
  /**
   * Decides on the room's facts and writes what follows, or writes nothing. Every answer was true at one version of the room:
   * refusals too. NotFound: no such room. Forbidden: the credential ended meanwhile. Unavailable: it may have been done.
   */
  readonly submit: <Answer>(ref: RoomRef, command: RoomCommand<Answer>) => Promise<Written<Answer> | Undecided>;
}

export interface RoomWriterKeeper extends RoomWriter {
  /** What was read or written before does not count any more: each room is read anew. */
  readonly forget: () => void;
}

/** Why no rule decided: there is no such room, the credential ended meanwhile, or the database did not answer. */
export type Undecided = NotFound | Forbidden | Unavailable;

/** What was done, and the room right after it, as whoever asked is shown them. */
export type Show<Answer, Shown> = (done: Exclude<Answer, Refusal>, room: RoomView) => Shown | Promise<Shown>;

/** The way in which services act on a room. Refusals of the writer and of the rule are handed on as they are. */
export async function act<Answer, Shown>(
  writer: RoomWriter,
  ref: RoomRef,
  command: RoomCommand<Answer>,
  show: Show<Answer, Shown>,
): Promise<Shown | Extract<Answer, Refusal> | Undecided> {
  const written = await writer.submit(ref, command);
  return isRefusal(written) ? written : told(written, show);
}

/** The same, of people on themselves: where there is no such room any more, the credential opens nothing. */
export async function actOnSelf<Answer, Shown>(
  writer: RoomWriter,
  caller: ParticipantCaller | KnockerCaller,
  command: Omit<RoomCommand<Answer>, 'by'>,
  show: Show<Answer, Shown>,
): Promise<Shown | Extract<Answer, Refusal> | Forbidden | Unavailable> {
  const written = await writer.submit(caller, { ...command, by: caller });
  if (!isRefusal(written)) return told(written, show);
  return written.refusal === 'NotFound' ? forbidden('UNAUTHENTICATED') : written;
}

async function told<Answer, Shown>(
  { answer, room }: Written<Answer>,
  show: Show<Answer, Shown>,
): Promise<Shown | Extract<Answer, Refusal>> {
  if (isRefused(answer)) return answer;
  // A type parameter is not narrowed by what it is not: this is what the line above has left.
  return show(answer as Exclude<Answer, Refusal>, room);
}

function isRefused<Answer>(answer: Answer): answer is Extract<Answer, Refusal> {
  return isRefusal(answer);
}

/** Commands of one room that are decided in turn and written together. */
interface RoomLane extends RoomMemory {
  waiting: WaitingCommand[];
  isRunning: boolean;
}

const maxKeptRooms = 5_000;

export function createRoomWriter(deps: RoomWriterDeps): RoomWriterKeeper {
  const lanes = new Map<string, RoomLane>();
  const laneOf = (ref: RoomRef): RoomLane => {
    const known = lanes.get(ref.roomId);
    if (known) return known;
    const lane: RoomLane = { ref, waiting: [], isRunning: false, draft: null, noTurnsUntil: 0, contendedUntil: 0 };
    lanes.set(ref.roomId, lane);
    return lane;
  };
  const forgetIdle = () => {
    for (const [id, lane] of lanes) {
      if (lanes.size <= maxKeptRooms) return;
      if (!lane.isRunning) lanes.delete(id);
    }
  };
  const run = async (lane: RoomLane) => {
    lane.isRunning = true;
    const take = (places: number) => lane.waiting.splice(0, places);
    while (lane.waiting.length > 0) await writeGroup(deps, lane, take(maxGroup), take);
    lane.isRunning = false;
    // Rooms that were used last stand last, so that the longest idle ones are let go of first.
    lanes.delete(lane.ref.roomId);
    lanes.set(lane.ref.roomId, lane);
    forgetIdle();
  };
  return {
    submit: <Answer>(ref: RoomRef, { by, keys = {}, decide }: RoomCommand<Answer>) =>
      new Promise<Written<Answer> | Undecided>((resolve) => {
        const lane = laneOf(ref);
        // What comes back to a command is the answer that its own `decide` gave.
        lane.waiting.push({ by, keys, decide, resolve: resolve as WaitingCommand['resolve'] });
        if (!lane.isRunning) void run(lane);
      }),
    forget: () => {
      for (const lane of lanes.values()) lane.draft = null;
    },
  };
}
