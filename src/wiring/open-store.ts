import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../storage/postgres/database.ts';
import { startEmbeddedPostgres } from '../storage/postgres/embedded.ts';
import { countMigrations, migrate, refuseOldCode } from '../storage/postgres/migrate.ts';
import { withScramOnly } from '../storage/postgres/scram-only.ts';
import { keepDistributed } from '../storage/spread-by-domain.ts';
import { StartRefusal } from '../storage/start-refusal.ts';
import { type Reached, reachDatabase } from './store.ts';

export interface StoreHearers {
  readonly log: Logger;
  /** Is told, once, where the embedded database has ended. */
  readonly onLost: (error: unknown) => void;
  readonly statement: NonNullable<DatabaseOptions['watch']>;
}

/** Opens the database, and the embedded one before it. What was opened is added to `closers`. @throws StartRefusal, DatabaseError */
export async function openStore(
  config: Config,
  { log, onLost, statement }: StoreHearers,
  closers: { readonly add: (close: () => Promise<void>) => void },
): Promise<Database> {
  let reached: Pick<Reached, 'url'> & Partial<Reached>;
  if (config.databaseUrl !== null) {
    const { databaseUrl, databaseDirectUrl } = config;
    reached = await reachDatabase({ databaseUrl, databaseDirectUrl }, (sentence) => log.warn(`${sentence}.`));
  } else {
    const embedded = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log: (line) => log.debug({ postgres: line }, 'embedded database'),
      onChange: (sentence) => log.warn(sentence),
      onLost,
    });
    closers.add(embedded.stop);
    reached = { url: withScramOnly(embedded.url) };
  }
  if (config.migrateOnStart) {
    const url = reached.directUrl ?? reached.url;
    const onWait = (sentence: string) => log.warn(`${sentence}.`);
    await migrate(url, undefined, { onWait });
    await keepDistributed(url);
  }
  const database = openDatabase({ ...reached, poolSize: config.poolSize, watch: statement });
  closers.add(database.close);
  await checkMigrations(database);
  return database;
}

/** @throws StartRefusal where this version cannot run on the database at all */
async function checkMigrations(database: Database): Promise<void> {
  const query = (text: string) => database.query<object>(text, []);
  await refuseOldCode(query);
  const { pending, all } = await countMigrations(query);
  if (pending < all) return;
  throw new StartRefusal('MIGRATIONS_MISSING', {
    found: 'The database is empty, and MIGRATE_ON_START is false',
    needed: 'Make its tables, as a role that may',
    command: 'vestibule migrate',
  });
}
