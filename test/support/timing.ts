/** Milliseconds of work: long enough to be kept waiting as often as others are. */
const probeMs = 15;
/** A machine that is busier than this is no place to test: nothing would be over in the time that a test has. */
const mostSlowdown = 8;

/** How many times longer work takes now than on a machine that does nothing else, by work of this process's own. */
function slowdown(): number {
  const [begun, before] = [performance.now(), process.cpuUsage()];
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    const workedMs = (user + system) / 1000;
    if (workedMs >= probeMs) return Math.min(mostSlowdown, Math.max(1, (performance.now() - begun) / workedMs));
  }
}

/** A time as a quiet machine keeps it, longer by as much as everything else takes longer here and now. Whole milliseconds. */
export const onThisMachine = (ms: number): number => Math.ceil(ms * slowdown());

/** How long this process works on something. Milliseconds; what else the machine does meanwhile is no part of it. */
export async function measureWork(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least work that it takes of several times, as soon as that is no more than so much. Milliseconds. */
export async function measureLeastWork(work: () => unknown, { times, enoughMs = 0 }: LeastWork): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times && leastMs > enoughMs; time += 1)
    leastMs = Math.min(leastMs, await measureWork(work));
  return leastMs;
}

type LeastWork = { readonly times: number; readonly enoughMs?: number };

/** When whoever waits gives up. */
export class Deadline {
  readonly #withinMs: number;
  readonly #begun = performance.now();
  #limitMs: number;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
    this.#limitMs = withinMs;
  }

  get leftMs(): number {
    return Math.max(0, this.#begun + this.#limitMs - performance.now());
  }

  /** Asked when no time is left: on a busy machine there may be some. */
  isOver(): boolean {
    if (this.leftMs === 0) this.#limitMs = Math.max(this.#limitMs, onThisMachine(this.#withinMs));
    return this.leftMs === 0;
  }
}
