import { detachAll } from '../rules/attendance.ts';
import type { ProcessId } from '../rules/ids.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { ProcessStorage } from '../storage/process.ts';
import type { RetentionStorage } from '../storage/retention.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { Clock } from './clock.ts';
import { settleCommand } from './command.ts';
import { createErrands, type Errands } from './errands.ts';
import type { LookoutKeeper } from './lookout.ts';
import { inEachRoom, roomsAtOnce } from './many-rooms.ts';
import { leaseSeconds, type UptimeKeeper } from './uptime.ts';
import type { RoomWriter } from './writer.ts';

export interface SweeperDeps {
  readonly rooms: Pick<RoomStorage, 'findDue'>;
  readonly knocks: Pick<KnockStorage, 'findEndedAdmissions'>;
  readonly participants: Pick<ParticipantStorage, 'findRoomsHeldBy'>;
  readonly processes: ProcessStorage;
  readonly retention: RetentionStorage;
  readonly writer: RoomWriter;
  readonly clock: Pick<Clock, 'now' | 'sync'>;
  readonly uptime: UptimeKeeper;
  readonly lookout: LookoutKeeper;
  readonly newProcessId: () => ProcessId;
  /** Other processes took this one for dead, and gave up what it held. */
  readonly onBuried: (next: ProcessId) => void;
  /** Looks after the keys of all domains: rotates those that are due, and removes those that nothing needs any more. */
  readonly tendKeys: () => Promise<void>;
  /** Makes good what a change of a media server has left undone. */
  readonly tendMediaServers: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
}

/** One process at a time looks for what is due, and settles it. Rules make sure that it happens once, whoever looks. */
export interface Sweeper {
  readonly start: (processId: ProcessId) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const dueMs = 400;
const leaseMs = 2_000;
const lookoutMs = 250;
const tendMs = 60_000;
const roomsInALook = 200;
const burialsAtOnce = 5;

export function createSweeper(deps: SweeperDeps): Sweeper {
  const stops: (() => Promise<void>)[] = [];
  const settling = createErrands(roomsAtOnce, deps.onError);
  const burials = createErrands(burialsAtOnce, deps.onError);
  let processId: ProcessId | null = null;
  let isStopped = false;
  const renew = async () => {
    if (processId === null) return;
    const id = processId;
    const renewed = await deps.clock.sync(() => deps.processes.renew(id, deps.uptime.since()));
    deps.lookout.hearOfOthers(renewed?.others ?? Number.POSITIVE_INFINITY);
    if (renewed !== null) return deps.uptime.renewed(renewed.clock);
    // It counts once its row is known: until then this is done again.
    const next = deps.newProcessId();
    await register(deps, next);
    processId = next;
    deps.onBuried(next);
  };
  // This process has just renewed, so that a clock that was set forward does not make it bury itself.
  const renewAndBury = async () => {
    await renew();
    await buryDead(deps, burials);
  };
  return {
    start: async (first) => {
      processId = first;
      await deps.clock.sync(deps.processes.readClock);
      await register(deps, first);
      // Whoever is alone looks at once, and asks nobody.
      await renew();
      const keepLookout = async () => deps.lookout.tick(processId ?? first);
      await keepLookout();
      const chance = deps.random ?? Math.random;
      stops.push(
        repeat({ everyMs: dueMs }, chance, () => settleDue(deps, settling), deps.onError),
        repeat({ everyMs: leaseMs }, chance, renewAndBury, deps.onError),
        repeat({ everyMs: lookoutMs }, chance, keepLookout, deps.onError),
        // At once: where processes never live for a minute, old rows and keys would otherwise stay for good.
        repeat({ everyMs: tendMs, firstMs: 0 }, chance, () => tend(deps, () => !isStopped), deps.onError),
      );
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(stops.splice(0).map((stop) => stop()));
      await Promise.all([settling.stop(), burials.stop()]);
      if (processId !== null) await deps.processes.retire(processId).catch(deps.onError);
    },
  };
}

async function register(
  { processes, uptime }: Pick<SweeperDeps, 'processes' | 'uptime'>,
  id: ProcessId,
): Promise<void> {
  const { since } = await processes.register(id, leaseSeconds);
  uptime.begin(since);
}

/** Repeats the work at slightly irregular intervals, so that processes do not run in step. The returned function waits for the last run. */
function repeat(
  { everyMs, firstMs = everyMs }: { readonly everyMs: number; readonly firstMs?: number },
  chance: () => number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  let isStopped = false;
  const schedule = (inMs: number) => {
    timer = setTimeout(
      () => {
        running = work()
          .catch(onError)
          .then(() => (isStopped ? undefined : schedule(everyMs)));
      },
      inMs * (0.8 + 0.4 * chance()),
    );
  };
  schedule(firstMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    return running;
  };
}

async function settleDue(deps: SweeperDeps, settling: Errands): Promise<void> {
  if (!deps.lookout.isOnDuty()) return;
  const leftOut = settling.leftOut();
  const due = await deps.rooms.findDue(roomsInALook, leftOut);
  const ended = await deps.knocks.findEndedAdmissions(roomsInALook, leftOut);
  if (due.length + ended.length === 0) return;
  // The database's clock decides, also in a process that has not written for a long time.
  await deps.clock.sync(deps.processes.readClock);
  for (const ref of [...due, ...ended]) settling.take(ref.roomId, () => settleRoom(deps, ref));
}

/** False: the database would not do it now. */
async function settleRoom({ writer }: SweeperDeps, ref: RoomRef): Promise<boolean> {
  const answer = await writer.submit(ref, settleCommand);
  return !isRefusal(answer) || answer.refusal !== 'Unavailable';
}

/**
 * People whose connections a dead process held count as away since it last renewed, and have the usual time to come back: while the service was
 * away nobody could. Whoever else was away with it renews its lease within a moment.
 */
async function buryDead(deps: SweeperDeps, burials: Errands): Promise<void> {
  const since = deps.uptime.since();
  if (deps.clock.now().getTime() < since.getTime() + leaseSeconds * 1_000) return;
  const dead = await deps.processes.buryDead(leaseSeconds);
  // Each declares dead who does not renew, and one lets go of what they held. The lease of this one does not wait for it.
  if (!deps.lookout.isOnDuty()) return;
  for (const { id, renewedAt } of dead) {
    const lastSeen = renewedAt < since ? since : renewedAt;
    burials.take(id, () => letGoOf(deps, id, lastSeen));
  }
}

/** False: a room refused, and the process is still to be let go of there. */
async function letGoOf({ participants, writer, processes }: SweeperDeps, id: ProcessId, lastSeen: Date) {
  const rooms = await participants.findRoomsHeldBy(id);
  const answers = await inEachRoom(rooms, (ref) =>
    writer.submit(ref, { by: null, decide: (facts) => detachAll(facts, id, lastSeen) }),
  );
  const isDone = answers.every((answer) => !isRefusal(answer) || answer.refusal === 'NotFound');
  if (isDone) await processes.markSwept(id);
  return isDone;
}

/** @param goesOn false: this process is about to stop, and leaves the rest to others */
async function tend(
  { lookout, retention, tendKeys, tendMediaServers, onError }: SweeperDeps,
  goesOn: () => boolean,
): Promise<void> {
  if (!lookout.isOnDuty()) return;
  // What goes wrong in one of them holds up none of the others.
  for (const work of [tendKeys, tendMediaServers, () => retention.sweep(goesOn)]) await work().catch(onError);
}
