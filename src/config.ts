import { resolve } from 'node:path';
import { z } from 'zod';
import { readDatabaseUrl } from './rules/database-url.ts';
import { findFormerNames, showValue } from './setting-problems.ts';
import { type Environment, itemsOf, secretSettings } from './setting-secrets.ts';
import { parseEventsUrl, parseHostName, parseOrigin, parsePublicUrl, parseRoomUrlTemplate } from './setting-urls.ts';

/** A subnet whose members may say, by X-Forwarded-For, for whom they ask. */
export type TrustedProxy = {
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 'ipv4' | 'ipv6';
};

/** In decimal figures alone: what else JavaScript reads as a number, such as 1e3 or 0x10, is a slip of the pen here. */
function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, message).pipe(z.coerce.number<string>().min(min, message).max(max, message));
}

function flag() {
  return z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive', error: 'must be true or false' });
}

/** Refuses by a message that never repeats the value: settings hold passwords and keys. */
function parsed<Value>(parse: (text: string) => Value | null, message: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function list<Item>(parseItem: (text: string) => Item | null, message: string) {
  return parsed((text): readonly Item[] | null => {
    const items = itemsOf(text).map(parseItem);
    return items.some((item) => item === null) ? null : items.filter((item) => item !== null);
  }, message);
}

function databaseUrl() {
  return z.string().superRefine((text, context) => {
    const read = readDatabaseUrl(text);
    if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
  });
}

const proxy = z.union([
  z.union([z.ipv4(), z.cidrv4()]).transform((text) => toSubnet(text, 'ipv4', 32)),
  z.union([z.ipv6(), z.cidrv6()]).transform((text) => toSubnet(text, 'ipv6', 128)),
]);

function toSubnet(text: string, family: TrustedProxy['family'], bits: number): TrustedProxy {
  const [address = '', prefix] = text.split('/');
  return { address, prefixLength: prefix === undefined ? bits : Number(prefix), family };
}

function parseHostOrNetwork(text: string): string | null {
  return proxy.safeParse(text).success ? text : parseHostName(text);
}

/** Decodes hex, base64 or base64url; null where it is neither, is under 32 bytes, or repeats or counts as nothing random does. */
function parseMasterKey(text: string): Uint8Array | null {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  const isBase64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
  // A word over and over makes a bad key, in whatever order its letters come.
  if ((!isHex && !isBase64) || /^(.+?)\1+=*$/.test(text)) return null;
  // Node reads base64url under the name of base64 as well.
  const bytes = new Uint8Array(Buffer.from(text, isHex ? 'hex' : 'base64'));
  const steps = bytes.map((byte, index) => byte - (bytes[index - 1] ?? 0));
  // Of 32 random bytes fewer than 16 are different once in 10^10 keys; passwords, patterns and sequences stay below.
  const isWeak = new Set(bytes).size < 16 || new Set(steps).size < 16;
  return bytes.length < 32 || isWeak ? null : bytes;
}

const masterKeyForm = 'at least 32 random bytes in base64, base64url or hex, for example from: openssl rand -base64 32';
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const modes = ['production', 'development', 'test'] as const;
const defaultMetricsPort = 9464;
const apiKeyForm = /^vk_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{22,256}$/;

const settings = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: parsed(
    parsePublicUrl,
    'must be an http(s) URL without a path, such as https://meet.example.com: the service answers at the root of its host',
  )
    .nullable()
    .default(null),
  ROOM_URL_TEMPLATE: parsed(
    parseRoomUrlTemplate,
    'must be an absolute http(s) URL that contains {room} and no parameter t; the other placeholders are {PUBLIC_URL} and {domain}',
  ).default('{PUBLIC_URL}/{domain}/{room}'),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((path) => resolve(path)),
  DATABASE_URL: databaseUrl().nullable().default(null),
  DATABASE_DIRECT_URL: databaseUrl().nullable().default(null),
  MASTER_KEY: parsed(parseMasterKey, `must be ${masterKeyForm}`).nullable().default(null),
  MASTER_KEY_PREVIOUS: list(
    parseMasterKey,
    `must be a comma-separated list of master keys; each one must be ${masterKeyForm}`,
  ).default([]),
  BOOTSTRAP_API_KEY: z
    .string()
    .regex(
      apiKeyForm,
      'must have the form vk_<id>_<secret>: the id is 1 to 64 characters from A-Z a-z 0-9, and the secret is 22 or more random characters from A-Z a-z 0-9 - _',
    )
    .nullable()
    .default(null),
  ALLOWED_ORIGINS: list(
    parseOrigin,
    'must be a list of origins such as https://app.example.com, without a path',
  ).default([]),
  TRUSTED_PROXIES: list(
    (text) => proxy.safeParse(text).data ?? null,
    'must be a list of addresses or subnets such as 10.0.0.0/8',
  ).default([]),
  MIGRATE_ON_START: flag().default(true),
  TRIAL: flag().default(false),
  RATE_LIMITS: flag().default(true),
  MAX_OPERATIONS: wholeNumber(1, 1_000_000).default(5000),
  MAX_OPERATIONS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(2500),
  MAX_STREAMS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(1000),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(2500),
  MAX_QUERY_COST: wholeNumber(100, 1_000_000).default(12_000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  DRAIN_SECONDS: wholeNumber(0, 3600).optional(),
  EVENTS_URL: parsed(
    parseEventsUrl,
    'must be nats://host:port or tls://host:port, without a path or query; the host can have user:password@ or token@ before it, percent-encoded',
  )
    .nullable()
    .default(null),
  WEBHOOK_ALLOW_PRIVATE: flag().default(false),
  MEDIA_ALLOW_PRIVATE: list(
    parseHostOrNetwork,
    'must be a list of host names, addresses and networks such as livekit.internal, 10.0.0.5 or 10.0.0.0/8',
  ).optional(),
  INTROSPECTION: flag().optional(),
  GRAPHIQL: flag().optional(),
  PAGE_TEXTS: z
    .string()
    .transform((path) => resolve(path))
    .nullable()
    .default(null),
  POOL_SIZE: wholeNumber(1, 1000).default(10),
  EVENT_RETENTION_DAYS: wholeNumber(1, 3650).default(30),
  NODE_ENV: z.enum(modes, `must be one of ${modes.join(', ')}`).default('development'),
});

/** Every setting that the environment may hold. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

/** Something in the environment cannot be used. The message lists every problem, and no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are invalid:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** All settings, parsed. */
export type Config = Readonly<ReturnType<typeof asConfig>>;

/**
 * Reads every setting out of an environment. An empty value counts as left out.
 * @throws {ConfigError} naming all problems together.
 */
export function parseConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = environment[name]?.trim() ?? '';
      return value === '' ? [] : [[name, value] as const];
    }),
  );
  const outcome = settings.safeParse(given);
  const issues = outcome.error?.issues ?? [];
  const problems = issues.map(({ path, message }) => describeProblem(path.join('.'), message, given));
  problems.push(...findFormerNames(environment));
  if (given.DATABASE_URL !== undefined && given.MASTER_KEY === undefined) {
    problems.push('MASTER_KEY is required with DATABASE_URL: all processes that share a database need the same key.');
  }
  if (given.DATABASE_DIRECT_URL !== undefined && given.DATABASE_URL === undefined) {
    problems.push('DATABASE_DIRECT_URL needs DATABASE_URL: it names the same database, without the pooler.');
  }
  problems.push(...findTooFewConnections(given, outcome.data));
  if (!outcome.success || problems.length > 0) throw new ConfigError(problems);
  return asConfig(outcome.data);
}

function findTooFewConnections(given: Environment, read: z.infer<typeof settings> | undefined): readonly string[] {
  if (read === undefined || given.MAX_STREAMS_PER_ADDRESS === undefined) return [];
  const { MAX_STREAMS_PER_ADDRESS: streams, MAX_CONNECTIONS_PER_ADDRESS: connections } = read;
  if (connections >= streams) return [];
  return [
    `MAX_CONNECTIONS_PER_ADDRESS must be at least MAX_STREAMS_PER_ADDRESS, since each stream needs a connection. It is ${connections}, and the other is ${streams}.`,
  ];
}

function describeProblem(name: string, message: string, given: Environment): string {
  const isSecret = secretSettings.some((one) => one === name);
  return isSecret ? `${name} ${message}.` : `${name} ${message}. It is ${showValue(given[name] ?? '')}.`;
}

function asConfig(values: z.infer<typeof settings>) {
  const isDevelopment = values.NODE_ENV !== 'production';
  return {
    /** 0: any free port. */
    port: values.PORT,
    host: values.HOST,
    /** Without slash at the end; null: the server's own address, see `publicUrlOf`. */
    publicUrl: values.PUBLIC_URL,
    roomUrlTemplate: values.ROOM_URL_TEMPLATE,
    /** Absolute. */
    dataDir: values.DATA_DIR,
    /** Null: an embedded PostgreSQL in `dataDir`. */
    databaseUrl: values.DATABASE_URL,
    /** Where a connection is a session; null: at `databaseUrl`. */
    databaseDirectUrl: values.DATABASE_DIRECT_URL,
    /** 32 bytes or more. Null: `keepMasterKey` makes one; never null with `databaseUrl`. */
    masterKey: values.MASTER_KEY,
    /** Keys that open as well, while `masterKey` is rotated. */
    otherMasterKeys: values.MASTER_KEY_PREVIOUS,
    bootstrapApiKey: values.BOOTSTRAP_API_KEY,
    allowedOrigins: values.ALLOWED_ORIGINS,
    /** In development pages come from wherever a tool serves them on this machine. */
    acceptsLocalPages: isDevelopment,
    /** In development the root leads on. */
    hasLanding: isDevelopment,
    trustedProxies: values.TRUSTED_PROXIES,
    migrateOnStart: values.MIGRATE_ON_START,
    /** Answers, and does nothing by itself. */
    isTrial: values.TRIAL,
    rateLimits: values.RATE_LIMITS,
    /** At work at once in one process. */
    maxOperations: values.MAX_OPERATIONS,
    maxOperationsPerAddress: values.MAX_OPERATIONS_PER_ADDRESS,
    /** Sockets and event streams. */
    maxStreamsPerAddress: values.MAX_STREAMS_PER_ADDRESS,
    /** Whatever they do. */
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
    /** Objects that one operation may ask for. */
    maxQueryCost: values.MAX_QUERY_COST,
    logLevel: values.LOG_LEVEL,
    /** Null: metrics are served on the main port, as in development. */
    metricsPort: values.METRICS_PORT ?? (isDevelopment ? null : defaultMetricsPort),
    /** False: nobody chose the port, and where another program has it the service goes without metrics. */
    isMetricsPortSet: values.METRICS_PORT !== undefined,
    metricsHost: values.METRICS_HOST,
    /** How long /ready says no before anything else ends. */
    drainSeconds: values.DRAIN_SECONDS ?? (isDevelopment ? 0 : 5),
    eventsUrl: values.EVENTS_URL,
    webhookAllowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
    /** Hosts and networks of media servers that may be private. */
    mediaAllowPrivate: values.MEDIA_ALLOW_PRIVATE ?? (isDevelopment ? ('ALL' as const) : []),
    introspection: values.INTROSPECTION ?? isDevelopment,
    graphiql: values.GRAPHIQL ?? isDevelopment,
    /** A folder; null: the page says what it comes with. */
    pageTexts: values.PAGE_TEXTS,
    poolSize: values.POOL_SIZE,
    eventRetentionDays: values.EVENT_RETENTION_DAYS,
  };
}

/** The service's address as its callers write it; `port` is the one it listens on. */
export function publicUrlOf(config: Pick<Config, 'publicUrl'>, port: number): string {
  return config.publicUrl ?? `http://localhost:${port}`;
}
