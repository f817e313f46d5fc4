import { openDatabase } from '../../storage/postgres/database.ts';
import { pendingMigrations, migrate as runMigrations } from '../../storage/postgres/migrate.ts';
import type { Command } from '../command.ts';
import { withDatabaseUrl } from '../installation.ts';

export const migrate: Command = {
  name: 'migrate',
  parameters: [],
  summary: 'Bring the database to the newest migration.',
  about: `Runs the migrations that the database lacks, all in one transaction: interrupted, it leaves the database as it was.
Any number of processes may run it at once; one migrates, the others wait for it. Back up first.`,
  options: [{ name: 'dry-run', value: null, about: 'Only tell how many migrations the database lacks.' }],
  examples: ['vestibule migrate --dry-run', 'DATABASE_URL=postgres://… MASTER_KEY=… vestibule migrate'],
  run: (call) =>
    withDatabaseUrl(call, async (url) => {
      const pending = await countPending(url);
      if (call.isGiven('dry-run')) {
        const text = pending === 0 ? 'The database is up to date.' : `The database lacks ${pending} migrations.`;
        return call.output.result({ text, json: { pending } });
      }
      if (pending > 0) call.output.progress(`Running ${pending} migrations …`);
      const started = performance.now();
      await runMigrations(url);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const text = pending === 0 ? 'The database was up to date.' : `Ran ${pending} migrations in ${seconds} s.`;
      return call.output.result({ text, json: { migrated: pending } });
    }),
};

async function countPending(url: string): Promise<number> {
  const database = openDatabase({ url, poolSize: 1 });
  try {
    return await pendingMigrations((text) => database.query<object>(text, []));
  } finally {
    await database.close();
  }
}
