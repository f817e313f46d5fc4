import { type Logger, pino } from 'pino';
import type { Context } from '../schema/context.ts';
import { printedSchema, schema } from '../schema/index.ts';
import { confirmedBy, payerOf } from '../schema/root-guard.ts';
import { type Config, ConfigError, publicUrlOf } from './config.ts';
import { findFreePort } from './free-port.ts';
import { type ClientAt, createClients } from './http/clients.ts';
import { createLanding } from './http/landing-page.ts';
import { ListenError } from './http/node-server.ts';
import { readPageTexts } from './http/page-texts.ts';
import { createPages } from './http/pages.ts';
import type { CreateContext } from './http/ports.ts';
import { createHttpServer, type HttpDoor } from './http/server.ts';
import { createObservation, type Observation } from './metrics/observation.ts';
import { findDeafSdk, flushSpans } from './metrics/tracing.ts';
import { ownSegments } from './rules/own-paths.ts';
import { bootstrap } from './services/bootstrap.ts';
import type { DomainStorage } from './storage/domain.ts';
import { explainDatabaseCode } from './storage/postgres/causes.ts';
import type { Database } from './storage/postgres/database.ts';
import { findDatabaseCode } from './storage/postgres/error.ts';
import { pendingMigrations } from './storage/postgres/migrate.ts';
import { StartRefusal } from './storage/start-refusal.ts';
import { createTally } from './storage/tally.ts';
import type { WiringOptions } from './wiring/ground.ts';
import { describe, gateReportsTo, mediaReportsTo, troublesTo, webhookReportsTo } from './wiring/log.ts';
import { openStore } from './wiring/open-store.ts';
import { wire } from './wiring/runtime.ts';
import { agreeOnPublicUrl, openSealing } from './wiring/sealing.ts';

export interface App {
  /** Where callers reach it. */
  readonly url: string;
  /** The key that the very first start made, to be shown once, also where that start failed afterwards; null on every other. */
  readonly firstApiKey: () => string | null;
  readonly start: () => Promise<void>;
  /** Ends in good order, last opened first, all of it even if one part fails. */
  readonly stop: () => Promise<void>;
}

/** What was opened, and is closed again in the opposite order. */
class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async closeAll(log: Logger): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) {
      await close().catch((error: unknown) => log.error(describe(error), 'closing failed'));
    }
  }
}

interface StartedWith {
  readonly log: Logger;
  readonly closers: Closers;
  readonly onLost: (error: unknown) => void;
  readonly onFirstApiKey: (key: string) => void;
}

/** How long running mutations may take to finish when the service stops. Milliseconds. */
const graceMs = 8_000;
/** Events that nobody has looked for in this time say that the process hangs. Milliseconds. */
const maxLagMs = 5_000;

/**
 * Puts the service together. Nothing is opened before `start`.
 * @param onLost is told, once, where a part ends without which nothing goes on: only another start helps
 * @throws ListenError where this machine has no address HOST
 */
export async function createApp(config: Config, onLost: (error: unknown) => void = () => {}): Promise<App> {
  const log = pino({ level: config.logLevel });
  const port = config.port === 0 ? await choosePort(config.host) : config.port;
  const closers = new Closers();
  let firstApiKey: string | null = null;
  return {
    url: publicUrlOf(config, port),
    firstApiKey: () => firstApiKey,
    start: async () => {
      try {
        const onFirstApiKey = (key: string) => {
          firstApiKey = key;
        };
        await start({ ...config, port }, { log, closers, onLost, onFirstApiKey });
      } catch (error) {
        await closers.closeAll(log);
        throw error;
      }
    },
    stop: () => closers.closeAll(log),
  };
}

function choosePort(host: string): Promise<number> {
  return findFreePort(host).catch((error: NodeJS.ErrnoException) => {
    throw new ListenError(error.code ?? 'UNKNOWN', 0, host, { port: 'PORT', host: 'HOST' });
  });
}

async function start(settings: Config, { log, closers, onLost, onFirstApiKey }: StartedWith): Promise<void> {
  closers.add(flushSpans);
  const observation = observe(settings, log);
  const database = await openStore(settings, { log, onLost, statement: observation.statement }, closers);
  const sealing = await openSealing(settings, database);
  const config = { ...settings, publicUrl: await agreeOnPublicUrl(settings.publicUrl, sealing) };
  // Known once the runtime is, which it serves.
  let breakStreams = () => {};
  const runtime = wireRuntime({ config, database, sealing, breakStreams: () => breakStreams() }, observation, log);
  const { hub, openSubscriptions, storage, secrets, clock } = runtime;
  const { wakeupProblem } = hub;
  const eventLagMs = () => Math.max(hub.lagMs(), hub.roomLagMs());
  observation.watch({ eventLagMs, wakeupProblem, openSubscriptions, tally: createTally(database) });
  const { firstApiKey } = await bootstrap({ storage: storage.domains, secrets, clock }, config.bootstrapApiKey);
  if (firstApiKey !== null) onFirstApiKey(firstApiKey);
  await refuseOwnNames(storage.domains);
  await runtime.start();
  closers.add(runtime.stop);
  const clientAt = createClients(runtime.secrets.addressHash);
  const door = createHttpServer({
    schema,
    config,
    log,
    observe: observation.operation,
    metrics: observation.metrics,
    createContext: createContexts(runtime, clientAt),
    impersonal: ['services'],
    payerOf: (context) => payerOf(context as Context),
    readiness: createReadiness(database, hub, { isSpread: sealing.tokensNameDomain, isTrial: config.isTrial }),
    jwks: runtime.jwks,
    mayConnect: runtime.mayConnect,
    hearMediaServer: runtime.hearMediaServer,
    pages: await openPages(config, runtime, clientAt),
    ...(config.hasLanding ? { landing: createLanding() } : {}),
    printedSchema,
  });
  breakStreams = door.breakStreams;
  await door.listen();
  closers.add(() => closeDoor(door, config.drainSeconds));
}

function observe({ poolSize }: Config, log: Logger): Observation {
  const api = findDeafSdk();
  if (api !== null) log.warn({ api }, 'the SDK of OpenTelemetry that was loaded gets no spans');
  return createObservation({
    log,
    poolSize,
    webhookReports: webhookReportsTo(log),
    gateReports: gateReportsTo(log),
    mediaReports: mediaReportsTo(log),
  });
}

async function closeDoor(door: HttpDoor, drainSeconds: number): Promise<void> {
  if (drainSeconds > 0) await door.drain(drainSeconds * 1000);
  await door.close({ graceMs });
}

async function openPages(
  { publicUrl, port, pageTexts, rateLimits }: Config,
  { services: { front } }: ReturnType<typeof wire>,
  clientAt: ClientAt,
) {
  return createPages({
    publicUrl,
    port,
    texts: await readPageTexts(pageTexts),
    rateLimits,
    look: front.look,
    lookAtHand: front.lookAtHand,
    access: (clientAddress, place) => front.access(clientAt(clientAddress), place),
  });
}

type Laid = Pick<WiringOptions, 'config' | 'database' | 'sealing' | 'breakStreams'>;

function wireRuntime(laid: Laid, observation: Observation, log: Logger) {
  return wire({
    ...laid,
    onError: troublesTo(log),
    onDecision: observation.decision,
    webhookReports: observation.webhookReports,
    gateReports: observation.gateReports,
    mediaReports: observation.mediaReports,
  });
}

/** How many languages PAGE_TEXTS has. @throws {ConfigError} where the service would not start with them */
export async function countPageTexts({ pageTexts }: Pick<Config, 'pageTexts'>): Promise<number> {
  return (await readPageTexts(pageTexts)).size;
}

/** @throws StartRefusal where a domain was made that has the name of a path of the service's own: its rooms could not be reached */
export async function refuseOwnNames({ listTaken }: Pick<DomainStorage, 'listTaken'>): Promise<void> {
  const [name] = await listTaken([...ownSegments]);
  if (name === undefined) return;
  throw new StartRefusal('RESERVED_NAME', {
    found: `A domain has the name "${name}", and the service answers at /${name} itself`,
    needed: 'Rename the domain',
    command: `psql "$DATABASE_URL" -c "update domains set name = 'my-${name}' where name = '${name}'"`,
  });
}

/**
 * Where the tables are spread over nodes, rooms that cannot be looked at are a warning: one node that is away must not take every process out of
 * service, which the other nodes' domains need.
 */
function createReadiness(
  database: Database,
  hub: ReturnType<typeof wire>['hub'],
  { isSpread, isTrial }: { readonly isSpread: boolean; readonly isTrial: boolean },
) {
  const constant = isTrial
    ? ['TRIAL is set: nothing falls due, and neither webhooks nor media servers are called']
    : [];
  const isMigrated = createMigrationCheck(database);
  const tell = (lagMs: number) => (lagMs > maxLagMs ? [`events are ${Math.round(lagMs / 1000)} s behind`] : []);
  return async () => {
    const problems = [
      ...(await isMigrated()),
      ...tell(isSpread ? hub.lagMs() : Math.max(hub.lagMs(), hub.roomLagMs())),
    ];
    const wakeups = hub.wakeupProblem();
    const warnings = [...constant, ...(wakeups === null ? [] : [wakeups]), ...(isSpread ? tell(hub.roomLagMs()) : [])];
    return { ready: problems.length === 0, problems, warnings };
  };
}

function createMigrationCheck(database: Database): () => Promise<readonly string[]> {
  let isDone = false;
  return async () => {
    if (isDone) {
      await database.query('select 1', []);
      return [];
    }
    const pending = await pendingMigrations((text) => database.query<object>(text, []));
    isDone = pending === 0;
    return isDone ? [] : [`${pending} migrations are missing`];
  };
}

function createContexts({ callers, services }: ReturnType<typeof wire>, clientAt: ClientAt): CreateContext {
  const lookUp = async (bearer: string | null): Promise<Pick<Context, 'caller' | 'unresolved'>> => {
    const caller = await services.safely(() => callers.resolve(bearer));
    return 'refusal' in caller ? { caller: { kind: 'ANYBODY' }, unresolved: caller } : { caller };
  };
  return async (request, asked): Promise<Context> => {
    const { bearer, sentElsewhere, clientAddress, isGet } = request;
    const context = { bearer, client: clientAt(clientAddress), services, isGet };
    if (bearer === null && sentElsewhere) return { ...context, caller: { kind: 'ANYBODY', sentElsewhere } };
    const recalled = asked === undefined ? null : callers.recall(bearer, confirmedBy(asked));
    if (recalled === null) return { ...context, ...(await lookUp(bearer)) };
    const { caller, isConfirmed } = recalled;
    return { ...context, caller, kept: { isConfirmed, lookUp: () => lookUp(bearer) } };
  };
}

/** Why the service did not start, for whoever started it. What the database complains of may hold values: only its code is told. */
export function explainStartFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartRefusal) return error.message;
  if (error instanceof ListenError) return `${error.message}.`;
  const code = findDatabaseCode(error);
  if (code !== null) {
    const { found, hint } = explainDatabaseCode(code);
    return `${found} (${code}). ${hint}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
