import { access, constants, statfs } from 'node:fs/promises';
import { countPageTexts, refuseOwnNames } from '../../app.ts';
import { type Config, parseConfig } from '../../config.ts';
import { type Domain, isLive } from '../../rules/domain.ts';
import { type Database, openDatabase } from '../../storage/postgres/database.ts';
import { findDatabaseCode, hasErrorCode } from '../../storage/postgres/error.ts';
import { countMigrations, refuseOldCode } from '../../storage/postgres/migrate.ts';
import { createNatsWakeups } from '../../streams/nats-wakeups.ts';
import { listApiKeys } from '../api-keys.ts';
import { examineCluster } from '../cluster.ts';
import { type Call, CliError, type Command } from '../command.ts';
import { examineAddress, examineMode, examineOrigins, examinePort } from '../doors.ts';
import { explainFailure, granted } from '../failure.ts';
import { type Finding, type Tell, well } from '../finding.ts';
import { type Installation, operatorOf, type ReachedHere, withDatabase, withInstallation } from '../installation.ts';
import { examineSecrets } from '../sealed-secrets.ts';

export const doctor: Command = {
  name: 'doctor',
  parameters: [],
  summary:
    'Check settings, texts, ports, address, origins, database, keys, clock, webhooks, NATS, media servers and disk.',
  about: `Checks what the service needs, one after the other, and says of each whether it is well and what to do. It changes nothing, apart
from recording the answers of media servers. The exit code is 1 if there is a problem. Give it the settings of the service.`,
  options: [],
  examples: ['vestibule doctor', 'vestibule doctor --json'],
  run: async (call) => {
    const findings: Finding[] = [];
    await examine(call, (finding) => findings.push(finding));
    const lines = findings.map(
      ({ what, state, found, hint }) =>
        `${state.padEnd(7)}  ${what}: ${found}${hint === '' ? '' : `\n         ${hint}`}`,
    );
    call.output.result({ text: lines.join('\n'), json: findings });
    if (findings.some(({ state }) => state === 'PROBLEM')) {
      throw new CliError('UNWELL', 'Something has to be repaired.', 'Follow what is written below each PROBLEM.');
    }
  },
};

/** A column, a table or a function that is not there. */
const absent: readonly unknown[] = ['42703', '42P01', '42883'];

/**
 * The failure of one check is its finding, and the others go on. Null: it failed.
 * @param isBehind migrations are missing, and so may be what is looked at
 */
async function check<Result>(
  tell: Tell,
  what: string,
  work: () => Promise<Result>,
  isBehind = false,
): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (isBehind && absent.includes(findDatabaseCode(error))) {
      tell({ ...well(what, 'can be looked at once the migrations are applied'), state: 'SKIPPED' });
      return null;
    }
    const { message, hint } = explainFailure(error).failure;
    tell({ what, state: 'PROBLEM', found: message.replaceAll('\n', ' '), hint });
    return null;
  }
}

async function examine(call: Call, tell: Tell): Promise<void> {
  const config = await check(tell, 'settings', async () => parseConfig(call.environment));
  if (config === null) return;
  tell(well('settings', 'all can be used'));
  tell(examineMode(config));
  await check(tell, 'page texts', () => examinePageTexts(config, tell));
  await check(tell, 'port', () => examinePort(config, tell));
  examineOrigins(config, tell);
  await check(tell, 'disk', () => examineDisk(config, tell));
  await check(tell, 'NATS', () => examineNats(config, tell));
  if (!(await isMade(config)))
    return tell({ ...well('database', 'there is none in DATA_DIR yet: the first start makes it'), state: 'SKIPPED' });
  const migrated = await check(tell, 'database', () =>
    withDatabase(call, async (reached) => {
      tell(well('database', describeWay(reached)));
      const database = openDatabase({ ...reached, poolSize: 1 });
      try {
        const found = await check(tell, 'migrations', () => examineMigrations(database, config, tell));
        if (found === null || found === 'NONE') return found;
        const isBehind = found === 'SOME';
        await check(tell, 'cluster', () => examineCluster(database, tell), isBehind);
        await check(tell, 'clock', () => examineClock(database, tell));
        return found;
      } finally {
        await database.close();
      }
    }),
  );
  if (migrated === null || migrated === 'NONE') return;
  await check(tell, 'master key', () => examineInstallation(call, config, tell, migrated === 'SOME'));
}

/** Is there a database to look at? The one in DATA_DIR is made by whoever asks for it. */
async function isMade({ databaseUrl, dataDir }: Config): Promise<boolean> {
  if (databaseUrl !== null) return true;
  return access(`${dataDir}/postgres/PG_VERSION`).then(
    () => true,
    (error: unknown) => !hasErrorCode(error, 'ENOENT'),
  );
}

function describeWay({ way, directUrl, url }: ReachedHere): string {
  if (way === undefined) return 'its own, in DATA_DIR';
  const kept = way.keepsPrepared ? 'prepared statements are kept' : 'no prepared statements are kept';
  const settings = way.takesSettings ? 'settings of sessions are passed on' : 'settings of sessions are not passed on';
  return `it answers; ${kept}; ${settings}${directUrl === url ? '' : '; DATABASE_DIRECT_URL leads to it as well'}`;
}

async function examineDisk({ dataDir, databaseUrl }: Config, tell: Tell): Promise<void> {
  if (databaseUrl !== null) return tell({ ...well('disk', 'nothing is kept in DATA_DIR'), state: 'SKIPPED' });
  const isThere = await access(dataDir, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isThere)
    return tell({ ...well('disk', 'DATA_DIR does not exist yet, or another user owns it'), state: 'WARNING' });
  const { bavail, bsize } = await statfs(dataDir);
  const freeMiB = Math.floor((bavail * bsize) / 1_048_576);
  const isFull = freeMiB < 1024;
  const hint = isFull ? 'Make room: a PostgreSQL without space stops.' : '';
  tell({ what: 'disk', state: isFull ? 'PROBLEM' : 'OK', found: `${freeMiB} MiB are free in DATA_DIR`, hint });
}

/** How long NATS may take to answer. Milliseconds. */
const natsMs = 3_000;

async function examineNats({ eventsUrl }: Config, tell: Tell): Promise<void> {
  if (eventsUrl === null) return tell({ ...well('NATS', 'EVENTS_URL is not set'), state: 'SKIPPED' });
  const outcome = Promise.withResolvers<string | null>();
  const wakeups = createNatsWakeups(eventsUrl, (error) => outcome.resolve(error instanceof Error ? error.message : ''));
  const timer = setTimeout(() => outcome.resolve('EVENTS_URL does not answer'), natsMs);
  await wakeups.start(
    () => undefined,
    () => outcome.resolve(null),
  );
  const problem = await outcome.promise;
  clearTimeout(timer);
  await wakeups.stop();
  if (problem === null) return tell(well('NATS', 'it answers'));
  const hint = 'Repair it, or correct EVENTS_URL. Meanwhile events come half a second later.';
  tell({ what: 'NATS', state: 'PROBLEM', found: problem, hint });
}

/** How many of the migrations are there. */
async function examineMigrations(
  database: Database,
  { migrateOnStart }: Config,
  tell: Tell,
): Promise<'ALL' | 'SOME' | 'NONE'> {
  const what = 'migrations';
  const query = (text: string) => database.query<object>(text, []);
  await refuseOldCode(query);
  const { pending, all } = await countMigrations(query);
  const found = pending === all ? 'the database is empty' : `${pending} are missing`;
  if (pending === 0) tell(well(what, 'all are applied'));
  else if (!migrateOnStart)
    tell({ what, state: 'PROBLEM', found, hint: 'To apply them before the start: vestibule migrate' });
  else if (pending === all) tell(well(what, `${found}: the first start makes its tables`));
  else tell({ what, state: 'WARNING', found, hint: 'The next start applies them, or now: vestibule migrate' });
  if (pending === 0) return 'ALL';
  return pending === all ? 'NONE' : 'SOME';
}

async function examineClock(database: Database, tell: Tell): Promise<void> {
  const asked = Date.now();
  const [row] = await database.query<{ clock: Date }>('select app_now() as clock', []);
  const offMs = Math.abs((row?.clock.getTime() ?? 0) - (asked + Date.now()) / 2);
  const found = `this machine and the database differ by ${(offMs / 1000).toFixed(1)} s`;
  const isOff = offMs > 2_000;
  const hint = isOff
    ? 'Let both follow NTP: the database decides, and tokens that others sign are compared with it.'
    : '';
  tell({ what: 'clock', state: isOff ? 'WARNING' : 'OK', found, hint });
}

async function examinePageTexts(config: Config, tell: Tell): Promise<void> {
  if (config.pageTexts === null) return tell({ ...well('page texts', 'PAGE_TEXTS is not set'), state: 'SKIPPED' });
  tell(well('page texts', `the page can say all of PAGE_TEXTS (languages: ${await countPageTexts(config)})`));
}

async function examineNames({ storage }: Installation, tell: Tell): Promise<void> {
  await refuseOwnNames(storage.domains);
  tell(well('domain names', 'none is taken by a path of the service'));
}

function examineInstallation(call: Call, config: Config, tell: Tell, isBehind: boolean): Promise<void> {
  // Which database that is has been said.
  const quiet = { ...call, output: { ...call.output, progress: () => undefined } };
  const look = <Result>(what: string, work: () => Promise<Result>) => check(tell, what, work, isBehind);
  const examineAll = async (installation: Installation) => {
    const { storage, recordedUrl } = installation;
    await look('master key', () => examineSecrets(installation, tell));
    tell(examineAddress(config, await recordedUrl.read()));
    await look('domain names', () => examineNames(installation, tell));
    const ids = await storage.sealed.listDomains();
    for (const domain of (await look('domains', () => Promise.all(ids.map(storage.domains.findById)))) ?? []) {
      if (domain === null) continue;
      await look(`keys of ${domain.name}`, () => examineKeys(installation, domain, tell));
      await look(`webhooks of ${domain.name}`, () => examineWebhooks(installation, domain, tell));
      await look(`media server of ${domain.name}`, () => examineMedia(installation, domain, tell));
    }
  };
  return withInstallation(quiet, examineAll, true);
}

async function examineKeys(installation: Installation, domain: Domain, tell: Tell): Promise<void> {
  const keys = await listApiKeys(installation, domain.id);
  const good = keys.filter((key) => isLive(key, installation.clock.now())).length;
  const what = `keys of ${domain.name}`;
  if (good > 0) return tell(well(what, `${good} can be used`));
  const hint = `Backends cannot ask anything. To make one: vestibule key create --domain ${domain.name} --scope ADMIN`;
  tell({ what, state: 'WARNING', found: 'none can be used', hint });
}

async function examineWebhooks(installation: Installation, domain: Domain, tell: Tell): Promise<void> {
  const caller = operatorOf(installation, domain);
  const webhooks = granted(await installation.services.webhooks.list(caller), 'See: vestibule doctor --help');
  const off = webhooks.filter(({ isActive }) => !isActive).length;
  const found = webhooks.length === 0 ? 'there are none' : `${webhooks.length}, of which ${off} are switched off`;
  const hint =
    off === 0 ? '' : 'Repair the endpoint, switch it on with updateWebhook, and send again with redeliverWebhook.';
  tell({ what: `webhooks of ${domain.name}`, state: off === 0 ? 'OK' : 'WARNING', found, hint });
}

async function examineMedia(installation: Installation, domain: Domain, tell: Tell): Promise<void> {
  const what = `media server of ${domain.name}`;
  const answer = await installation.services.mediaServers.check(operatorOf(installation, domain));
  if ('refusal' in answer && answer.refusal === 'NotFound')
    return tell({ ...well(what, 'there is none'), state: 'SKIPPED' });
  const server = granted(answer, 'See: vestibule media check --help');
  const isWell = server.state !== 'UNREACHABLE' && server.state !== 'REFUSED';
  const hint = isWell ? '' : 'Look at its address and its key: vestibule media show';
  tell({ what, state: isWell ? 'OK' : 'PROBLEM', found: server.lastError ?? server.state, hint });
}
