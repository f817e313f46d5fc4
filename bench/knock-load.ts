import type { KnockTarget, OpenTarget } from './knock-target.ts';
import { atRate, until } from './pace.ts';
import { percentile } from './statistics.ts';

/** What came of knocks at a fixed rate. */
export interface LoadResult {
  readonly offered: number;
  readonly done: number;
  readonly refused: number;
  /** Neither answered with yes nor refused: wrong answers, broken connections, no answer in time. */
  readonly failed: number;
  /** Answered, and never shown to the owner. */
  readonly lost: number;
  /** Shown more than once. */
  readonly doubled: number;
  /** From the instant that a knock was due until it was both answered and shown. Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answered knocks in each second, from the first that was due to the last answer. */
  readonly perSecond: number;
}

export interface LoadOptions {
  readonly perSecond: number;
  readonly seconds: number;
  readonly rooms: number;
  readonly connections?: number;
  /** So long after the last was due whatever is not there counts as failed. Milliseconds. */
  readonly patienceMs?: number;
  /** Told when everything stands that knocks need, and again when the last knock was shown, before any of it is taken away. */
  readonly onStage?: (stage: 'READY' | 'SHOWN') => Promise<void>;
}

interface Tracked {
  readonly dueAt: number;
  answeredAt: number | null;
  shownAt: number | null;
  timesShown: number;
}

let loads = 0;

/** Knocks at a fixed rate over rooms whose owners watch. */
export async function knockAtRate(open: OpenTarget, options: LoadOptions): Promise<LoadResult> {
  const { rooms, connections = 256, patienceMs = 8_000 } = options;
  const tracked = new Map<string, Tracked>();
  loads += 1;
  const prefix = `k${loads}-`;
  const onShown = (userName: string) => {
    const knock = tracked.get(userName);
    if (!knock) return;
    knock.shownAt ??= performance.now();
    knock.timesShown += 1;
  };
  const target = await open({ rooms, owners: 1, connections, onShown });
  try {
    await options.onStage?.('READY');
    const result = await drive(target, tracked, prefix, { ...options, patienceMs });
    await options.onStage?.('SHOWN');
    return result;
  } finally {
    await target.close();
  }
}

async function drive(
  target: KnockTarget,
  tracked: Map<string, Tracked>,
  prefix: string,
  { perSecond, seconds, patienceMs }: LoadOptions & { readonly patienceMs: number },
): Promise<LoadResult> {
  let [done, refused, failed] = [0, 0, 0];
  let lastAnswer = 0;
  const beganAt = performance.now();
  const offered = await atRate(perSecond, seconds, (dueAt, index) => {
    const knock: Tracked = { dueAt, answeredAt: null, shownAt: null, timesShown: 0 };
    const userName = `${prefix}${index}`;
    tracked.set(userName, knock);
    target.knock(index, userName).then(
      (answer) => {
        lastAnswer = performance.now();
        if (answer === 'DONE') {
          done += 1;
          knock.answeredAt = lastAnswer;
        } else if (answer === 'REFUSED') refused += 1;
        else failed += 1;
      },
      () => {
        failed += 1;
      },
    );
  });
  const all = [...tracked.values()];
  await until(() => done + refused + failed >= offered, patienceMs);
  await until(() => all.every(({ answeredAt, shownAt }) => answeredAt === null || shownAt !== null), 3_000);
  const answered = all.filter(({ answeredAt }) => answeredAt !== null);
  const latencies = answered.map(
    ({ dueAt, answeredAt, shownAt }) => Math.max(answeredAt ?? 0, shownAt ?? Number.POSITIVE_INFINITY) - dueAt,
  );
  return {
    offered,
    done,
    refused,
    failed: offered - done - refused,
    lost: answered.filter(({ shownAt }) => shownAt === null).length,
    doubled: all.filter(({ timesShown }) => timesShown > 1).length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    perSecond: done / ((lastAnswer - beganAt) / 1000),
  };
}

/** What a load must not show, whoever was measured. */
export function faultsOf(name: string, { lost, doubled, failed }: LoadResult): readonly string[] {
  return [
    ...(lost > 0 ? [`${name}: ${lost} knocks were answered and never shown`] : []),
    ...(doubled > 0 ? [`${name}: ${doubled} knocks were shown twice`] : []),
    ...(failed > 0 ? [`${name}: ${failed} knocks were not answered`] : []),
  ];
}
