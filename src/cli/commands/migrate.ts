import { openDatabase } from '../../storage/postgres/database.ts';
import { pendingMigrations, migrate as runMigrations } from '../../storage/postgres/migrate.ts';
import type { SpreadDone } from '../../storage/postgres/spread.ts';
import { distribute, keepDistributed, refuseUnready } from '../../storage/spread-by-domain.ts';
import type { Call, Command } from '../command.ts';
import { type ReachedHere, withDatabase } from '../installation.ts';

export const migrate: Command = {
  name: 'migrate',
  parameters: [],
  summary: 'Apply all missing migrations to the database.',
  about: `Applies all missing migrations in one transaction. If it is interrupted, the database stays as it was.
Several processes may run it at the same time: one migrates, and the others wait. Back up the database first.
With --distributed it then spreads the tables over a Citus cluster, by domain, in one transaction too; what is in the way is refused
before anything is changed. Stop the service before the first time. A second time it finds nothing to do.`,
  options: [
    { name: 'dry-run', value: null, about: 'Only say how many migrations are missing.' },
    {
      name: 'distributed',
      value: null,
      about: 'Also spread the tables over the cluster of this coordinator, by domain.',
    },
  ],
  examples: [
    'vestibule migrate --dry-run',
    'DATABASE_URL=postgres://… MASTER_KEY=… vestibule migrate',
    'DATABASE_URL=postgres://coordinator/… MASTER_KEY=… vestibule migrate --distributed',
  ],
  run: (call) =>
    withDatabase(call, async (reached) => {
      const url = reached.directUrl ?? reached.url;
      // Before anything is changed.
      if (call.isGiven('distributed')) await refuseUnready(url);
      const pending = await countPending(reached);
      if (call.isGiven('dry-run')) {
        const text = pending === 0 ? 'The database is up to date.' : `Missing migrations: ${pending}.`;
        return call.output.result({ text, json: { pending } });
      }
      const applied = await applyMissing(call, url, pending);
      if (!call.isGiven('distributed')) {
        // Also where nothing was missing: another process may have been ended between the two.
        const kept = await keepDistributed(url);
        const text = kept === null || isNothing(kept) ? applied : `${applied}\n${tell(kept)}`;
        return call.output.result({ text, json: { migrated: pending, ...kept } });
      }
      call.output.progress(`${applied} Spreading the tables …`);
      const done = await distribute(url);
      return call.output.result({ text: tell(done), json: { migrated: pending, ...done } });
    }),
};

async function applyMissing(call: Call, url: string, pending: number): Promise<string> {
  if (pending > 0) call.output.progress(`Missing migrations: ${pending}. Applying …`);
  const started = performance.now();
  await runMigrations(url, undefined, { onWait: (sentence) => call.output.progress(`${sentence} …`) });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return pending === 0 ? 'The database was already up to date.' : `Applied migrations: ${pending} (in ${seconds} s).`;
}

function isNothing({ references, ofDomains, functions }: SpreadDone): boolean {
  return references.length + ofDomains.length + functions.length === 0;
}

function tell({ references, ofDomains, functions }: SpreadDone): string {
  const lines = [
    ...(references.length > 0 ? [`Copied to every node: ${references.join(', ')}.`] : []),
    ...(ofDomains.length > 0 ? [`Spread by domain: ${ofDomains.join(', ')}.`] : []),
    ...(functions.length > 0 ? [`Run where the domain is: ${functions.join(', ')}.`] : []),
  ];
  return lines.length > 0 ? lines.join('\n') : 'The database was already spread by domain.';
}

async function countPending(reached: ReachedHere): Promise<number> {
  const database = openDatabase({ ...reached, poolSize: 1 });
  try {
    return await pendingMigrations((text) => database.query<object>(text, []));
  } finally {
    await database.close();
  }
}
