import type { Forbidden, NotFound, Unavailable } from '../rules/refusal.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { RoomCommand, RoomWriterDeps, Written } from './command.ts';
import { maxGroup, type RoomMemory, type Waiting, writeGroup } from './group.ts';

/** The only way in which a room changes. */
export interface RoomWriter {
  /**
   * Decides on the room's facts and writes what follows, or writes nothing. Every answer was true at one version of the room:
   * refusals too. NotFound: no such room. Forbidden: the credential ended meanwhile. Unavailable: it may have been done.
   */
  readonly submit: <Answer>(
    ref: RoomRef,
    command: RoomCommand<Answer>,
  ) => Promise<Written<Answer> | NotFound | Forbidden | Unavailable>;
}

/** Commands of one room that are decided in turn and written together. */
interface Lane extends RoomMemory {
  waiting: Waiting[];
  isRunning: boolean;
}

const maxKeptRooms = 5_000;

export function createRoomWriter(deps: RoomWriterDeps): RoomWriter {
  const lanes = new Map<string, Lane>();
  const laneOf = (ref: RoomRef): Lane => {
    const known = lanes.get(ref.roomId);
    if (known) return known;
    const lane: Lane = { ref, waiting: [], isRunning: false, draft: null, noTurnsUntil: 0, contendedUntil: 0 };
    lanes.set(ref.roomId, lane);
    return lane;
  };
  const forgetIdle = () => {
    for (const [id, lane] of lanes) {
      if (lanes.size <= maxKeptRooms) return;
      if (!lane.isRunning) lanes.delete(id);
    }
  };
  const run = async (lane: Lane) => {
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
      new Promise<Written<Answer> | NotFound | Forbidden | Unavailable>((resolve) => {
        const lane = laneOf(ref);
        // What comes back to a command is the answer that its own `decide` gave.
        lane.waiting.push({ by, keys, decide, resolve: resolve as Waiting['resolve'] });
        if (!lane.isRunning) void run(lane);
      }),
  };
}
