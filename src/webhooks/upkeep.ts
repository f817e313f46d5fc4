import type { WebhookOutbox } from '../storage/webhook-outbox.ts';
import type { WebhookReports } from './reports.ts';

export interface UpkeepOptions {
  readonly outbox: Pick<WebhookOutbox, 'endAbandoned' | 'forget' | 'measure'>;
  readonly reports: Pick<WebhookReports, 'queued' | 'troubled'>;
  readonly retentionDays: number;
  /** Is it this process that looks through all domains? */
  readonly isOnDuty: () => boolean;
  /** Milliseconds that only grow. */
  readonly monotonicMs?: () => number;
}

/** What has to be done now and then: measuring the queue, ending what nobody will be told, forgetting what is old. */
export interface Upkeep {
  /** Does what has become due since the last time. One thing at a time: a tick while another works does nothing. */
  readonly tick: () => void;
  /** What waits for webhooks that are switched off ends with the next tick. */
  readonly endAbandoned: () => void;
  readonly stop: () => Promise<void>;
}

/** Rows that one statement ends or deletes, so that none holds its locks for long. */
const batch = 1000;

export function createUpkeep({ outbox, reports, retentionDays, isOnDuty, monotonicMs }: UpkeepOptions): Upkeep {
  const clock = monotonicMs ?? (() => performance.now());
  const inBatches = async (run: (limit: number) => Promise<number>) => {
    while (!isOver && (await run(batch)) === batch);
  };
  const measure = {
    everyMs: 15_000,
    dueAt: 0,
    isMine: () => true,
    run: () => tellSize({ outbox, reports }),
  };
  // Whoever has just switched something off looks, whoever looked last.
  let isSwitchedOff = false;
  const abandoned = {
    everyMs: 60_000,
    dueAt: 0,
    isMine: () => isSwitchedOff || isOnDuty(),
    run: async () => {
      isSwitchedOff = false;
      await inBatches(outbox.endAbandoned);
    },
  };
  const retention = {
    everyMs: 3_600_000,
    dueAt: 0,
    isMine: isOnDuty,
    run: () => inBatches((limit) => outbox.forget(retentionDays, limit)),
  };
  const tasks = [measure, abandoned, retention];
  let isOver = false;
  let working: Promise<void> | null = null;

  const work = async () => {
    for (const task of tasks) {
      // What is another's now stays due: a process that follows one which lived for less than an hour does it at once.
      if (isOver || clock() < task.dueAt || !task.isMine()) continue;
      task.dueAt = clock() + task.everyMs;
      await task.run().catch(reports.troubled);
    }
  };
  return {
    tick: () => {
      if (working !== null || isOver) return;
      working = work().finally(() => {
        working = null;
      });
    },
    endAbandoned: () => {
      isSwitchedOff = true;
      abandoned.dueAt = 0;
    },
    stop: async () => {
      isOver = true;
      await working;
    },
  };
}

/** While the database is away an old number would say that all is as it was. */
async function tellSize({ outbox, reports }: Pick<UpkeepOptions, 'outbox' | 'reports'>): Promise<void> {
  try {
    reports.queued(await outbox.measure());
  } catch (error) {
    reports.queued(null);
    throw error;
  }
}
