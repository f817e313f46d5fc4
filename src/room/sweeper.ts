import { detachAll } from '../rules/attendance.ts';
import type { DomainId, ProcessId } from '../rules/ids.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { ProcessStorage } from '../storage/process.ts';
import type { RetentionStorage } from '../storage/retention.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { Clock } from './clock.ts';
import { settleCommand } from './command.ts';
import { inEachRoom } from './many-rooms.ts';
import type { RoomWriter } from './writer.ts';

export interface SweeperDeps {
  readonly rooms: Pick<RoomStorage, 'findDue'>;
  readonly knocks: Pick<KnockStorage, 'findEndedAdmissions'>;
  readonly participants: Pick<ParticipantStorage, 'findRoomsHeldBy'>;
  readonly processes: ProcessStorage;
  readonly retention: RetentionStorage;
  readonly writer: RoomWriter;
  readonly clock: Pick<Clock, 'sync'>;
  readonly newProcessId: () => ProcessId;
  /** This process was taken for dead: what it held is held no more. */
  readonly onBuried: (next: ProcessId) => void;
  /** Looks after the keys of all domains: rotation when it is due, and what has been outlived. */
  readonly tendKeys: (domainIds: readonly DomainId[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
}

/** What falls due by itself is settled by whichever process comes first; rules see to it that it happens once. */
export interface Sweeper {
  readonly start: (processId: ProcessId) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const dueMs = 400;
const leaseMs = 2_000;
/** A process that has not renewed for so long is dead. Seconds. */
const leaseSeconds = 7;
const tendMs = 60_000;
const roomsAtOnce = 200;

export function createSweeper(deps: SweeperDeps): Sweeper {
  const stops: (() => Promise<void>)[] = [];
  let processId: ProcessId | null = null;
  const renew = async () => {
    if (processId === null || (await deps.processes.renew(processId))) return;
    processId = deps.newProcessId();
    await deps.processes.register(processId);
    deps.onBuried(processId);
  };
  // Who looks for the dead has just said that it lives: a clock that was set forward does not bury who looks.
  const renewAndBury = async () => {
    await renew();
    await buryDead(deps);
  };
  return {
    start: async (first) => {
      processId = first;
      await deps.clock.sync(deps.processes.readClock);
      await deps.processes.register(first);
      const chance = deps.random ?? Math.random;
      stops.push(
        repeat(dueMs, chance, () => settleDue(deps), deps.onError),
        repeat(leaseMs, chance, renewAndBury, deps.onError),
        repeat(tendMs, chance, () => tend(deps), deps.onError),
      );
    },
    stop: async () => {
      await Promise.all(stops.splice(0).map((stop) => stop()));
      if (processId !== null) await deps.processes.retire(processId).catch(deps.onError);
    },
  };
}

/** Does it again and again, a little irregularly so that processes do not march in step. The returned function waits for the last. */
function repeat(
  everyMs: number,
  chance: () => number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  let isStopped = false;
  const schedule = () => {
    timer = setTimeout(
      () => {
        running = work()
          .catch(onError)
          .then(() => (isStopped ? undefined : schedule()));
      },
      everyMs * (0.8 + 0.4 * chance()),
    );
  };
  schedule();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    return running;
  };
}

async function settleDue(deps: SweeperDeps): Promise<void> {
  // What falls due falls due by the database's clock, also in a process that has written nothing for long.
  await deps.clock.sync(deps.processes.readClock);
  const due = await deps.rooms.findDue(roomsAtOnce);
  const ended = await deps.knocks.findEndedAdmissions(roomsAtOnce);
  const rooms = new Map([...due, ...ended].map((ref) => [ref.roomId, ref]));
  await inEachRoom(rooms.values(), (ref) => deps.writer.submit(ref, settleCommand));
}

/** Whoever hung on a process that died is away since it was last seen, and has the usual time to come back. */
async function buryDead(deps: SweeperDeps): Promise<void> {
  for (const { id, renewedAt } of await deps.processes.buryDead(leaseSeconds)) {
    const rooms = await deps.participants.findRoomsHeldBy(id);
    const answers = await inEachRoom(rooms, (ref) =>
      deps.writer.submit(ref, { by: null, decide: (facts) => detachAll(facts, id, renewedAt) }),
    );
    const isDone = answers.every((answer) => !isRefusal(answer) || answer.refusal === 'NotFound');
    if (isDone) await deps.processes.markSwept(id);
  }
}

async function tend({ retention, tendKeys }: SweeperDeps): Promise<void> {
  await tendKeys(await retention.listDomains());
  await retention.sweep();
}
