import { openDatabase } from '../../storage/postgres/database.ts';
import { pendingMigrations, migrate as runMigrations } from '../../storage/postgres/migrate.ts';
import type { Command } from '../command.ts';
import { type ReachedHere, withDatabase } from '../installation.ts';

export const migrate: Command = {
  name: 'migrate',
  parameters: [],
  summary: 'Apply all missing migrations to the database.',
  about: `Applies all missing migrations in one transaction. If it is interrupted, the database stays as it was.
Several processes may run it at the same time: one migrates, and the others wait. Back up the database first.`,
  options: [{ name: 'dry-run', value: null, about: 'Only say how many migrations are missing.' }],
  examples: ['vestibule migrate --dry-run', 'DATABASE_URL=postgres://… MASTER_KEY=… vestibule migrate'],
  run: (call) =>
    withDatabase(call, async (reached) => {
      const pending = await countPending(reached);
      if (call.isGiven('dry-run')) {
        const text = pending === 0 ? 'The database is up to date.' : `Missing migrations: ${pending}.`;
        return call.output.result({ text, json: { pending } });
      }
      if (pending > 0) call.output.progress(`Missing migrations: ${pending}. Applying …`);
      const started = performance.now();
      await runMigrations(reached.directUrl ?? reached.url, undefined, {
        onWait: (sentence) => call.output.progress(`${sentence} …`),
      });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const text =
        pending === 0 ? 'The database was already up to date.' : `Applied migrations: ${pending} (in ${seconds} s).`;
      return call.output.result({ text, json: { migrated: pending } });
    }),
};

async function countPending(reached: ReachedHere): Promise<number> {
  const database = openDatabase({ ...reached, poolSize: 1 });
  try {
    return await pendingMigrations((text) => database.query<object>(text, []));
  } finally {
    await database.close();
  }
}
