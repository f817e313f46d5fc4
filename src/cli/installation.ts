import { type Config, parseConfig } from '../config.ts';
import type { Caller } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import { type DatabaseOptions, openDatabase } from '../storage/postgres/database.ts';
import { startEmbeddedPostgres } from '../storage/postgres/embedded.ts';
import { pendingMigrations, refuseOldCode } from '../storage/postgres/migrate.ts';
import { withScramOnly } from '../storage/postgres/scram-only.ts';
import type { RecordedUrl } from '../tokens/installation-keys.ts';
import { wire } from '../wiring/runtime.ts';
import { openSealing } from '../wiring/sealing.ts';
import { reachDatabase } from '../wiring/store.ts';
import { type Call, CliError } from './command.ts';

/** How a command reaches the database. */
export type ReachedHere = Omit<DatabaseOptions, 'poolSize'>;

/** The service's insides, at work on its database without serving anybody. */
export type Installation = ReturnType<typeof wire> & { readonly recordedUrl: RecordedUrl };

/**
 * Lends the database of the settings, starting the one in DATA_DIR if need be, and gives it back whatever happens.
 * @throws {ConfigError} with every setting that cannot be used
 */
export async function withDatabase<Result>(
  call: Call,
  work: (reached: ReachedHere, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = parseConfig(call.environment);
  if (config.databaseUrl !== null) {
    const { databaseUrl, databaseDirectUrl } = config;
    return work(await reachDatabase({ databaseUrl, databaseDirectUrl }, () => undefined), config);
  }
  call.output.progress(`Using the database in ${config.dataDir} (to use another one, set DATABASE_URL) …`);
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: () => undefined,
    onChange: (sentence) => call.output.progress(`${sentence}.`),
  });
  try {
    return await work({ url: withScramOnly(embedded.url) }, config);
  } finally {
    await embedded.stop();
  }
}

const silentReports = {
  webhookReports: { attempted() {}, switchedOff() {}, queued() {}, troubled() {} },
  gateReports: { answered() {}, unknownKey() {}, looked() {} },
  mediaReports: { called() {}, passed() {}, offended() {}, changed() {}, lagged() {}, troubled() {} },
};

/**
 * Lends the whole service, on a database that has seen every migration.
 * @param isDryRun the work only looks, and at a database that may lack migrations
 * @throws {CliError} where it lacks some, unless the work only looks
 */
export function withInstallation(
  call: Call,
  work: (installation: Installation) => Promise<void>,
  isDryRun = false,
): Promise<void> {
  return withDatabase(call, async (reached, config) => {
    const database = openDatabase({ ...reached, poolSize: 2 });
    try {
      const pending = isDryRun ? 0 : await pendingMigrations((text) => database.query<object>(text, []));
      if (pending > 0) {
        throw new CliError('MIGRATIONS_MISSING', `Missing migrations: ${pending}.`, 'To apply them: vestibule migrate');
      }
      await refuseOldCode((text) => database.query<object>(text, []));
      const sealing = await openSealing(config, database, isDryRun);
      const { recordedUrl } = sealing;
      const service = wire({
        config: { ...config, publicUrl: config.publicUrl ?? (await recordedUrl.read()) },
        database,
        sealing,
        onError: (error) => {
          throw error;
        },
        ...silentReports,
      });
      // What is decided here is decided at the database's time, as anywhere. A database that is only looked at may have no clock yet.
      if (!isDryRun) await service.clock.sync(service.storage.processes.readClock);
      await work({ ...service, recordedUrl }).finally(service.hub.stop);
    } finally {
      await database.close();
    }
  });
}

/** @throws {CliError} where there is no domain of this name */
export async function getDomain({ storage }: Pick<Installation, 'storage'>, name: string): Promise<Domain> {
  const domain = await storage.domains.findByName(name);
  if (domain !== null) return domain;
  throw new CliError('NOT_FOUND', `There is no domain "${name}".`, `To create it: vestibule domain create ${name}`);
}

/** Whoever may run this command on the database may do everything in the domain; the record names the command line. */
export function operatorOf({ secrets, clock }: Pick<Installation, 'secrets' | 'clock'>, domain: Domain): Caller {
  return {
    kind: 'BACKEND',
    domainId: domain.id,
    seenAt: null,
    apiKey: {
      id: secrets.newId<'ApiKey'>(),
      domainId: domain.id,
      name: 'command line',
      prefix: '',
      scopes: ['ADMIN'],
      createdAt: clock.now(),
      lastUsedAt: null,
      exp: null,
      revokedAt: null,
    },
  };
}
