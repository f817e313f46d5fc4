import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../src/storage/postgres/embedded.ts';
import { atEnd } from './ending.ts';
import { type ServerProcess, startProcess } from './server-process.ts';
import { readUsage, type Usage } from './usage.ts';

/** What a run stands on: one embedded PostgreSQL that keeps what it commits, and a migrated database to clone. */
export interface Ground {
  /** Shorter rounds and fewer of them: to see that everything works, not to believe the figures. */
  readonly isQuick: boolean;
  /** A fresh database, as after the migrations. */
  readonly createDatabase: () => Promise<string>;
  readonly startService: (
    databaseUrl: string,
    env?: Readonly<Record<string, string>>,
    nodeOptions?: readonly string[],
  ) => Promise<Service>;
  readonly startBaseline: (
    name: BaselineName,
    databaseUrl: string,
    nodeOptions?: readonly string[],
  ) => Promise<ServerProcess>;
  /** The service with an embedded database of its own in this folder, as `npm start` runs it. */
  readonly startEmbedded: (folder: string) => Promise<Service>;
  /** Taken away at the end. */
  readonly emptyFolder: () => Promise<string>;
  /** What everybody has used until now. */
  readonly usage: () => Usage;
  /** How much PostgreSQL has written to its log until now, whoever asked for it. Bytes. */
  readonly walBytes: () => Promise<number>;
  /** Runs while PostgreSQL does nothing by itself: no autovacuum and no checkpoint, whatever was written before. */
  readonly withoutUpkeep: <Result>(run: () => Promise<Result>) => Promise<Result>;
}

export interface GroundOptions {
  /** Shorter rounds and fewer of them. */
  readonly isQuick: boolean;
  /** Where the service's code lies, if it is not this project's. */
  readonly folder?: string;
}

export type BaselineName = 'floor' | 'mercurius' | 'apollo' | 'yoga';

/** The service under measurement, and the key of its domain's backend. */
export interface Service extends ServerProcess {
  readonly apiKey: string;
}

export const benchApiKey = `vk_benchmark_${randomBytes(32).toString('base64url')}`;

/** One for all processes of a run: what one of them signs the others open. */
export const benchMasterKey = randomBytes(32);
export const benchPublicUrl = 'http://meet.localhost';

const serviceEnv = {
  BOOTSTRAP_API_KEY: benchApiKey,
  MASTER_KEY: benchMasterKey.toString('base64'),
  RATE_LIMITS: 'false',
  LOG_LEVEL: 'warn',
  PUBLIC_URL: benchPublicUrl,
  MIGRATE_ON_START: 'false',
};

const serverSettings = {
  max_connections: '250',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  // P14 counts by it how often the statement that writes a room was sent. It costs both sides the same.
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_planning': 'off',
};

/** Lays the ground, runs, and takes everything away again, whatever happened. */
export async function withGround(options: GroundOptions, run: (ground: Ground) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vestibule-bench-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  const clear = atEnd(async () => {
    for (const close of closers.toReversed()) await close().catch(() => undefined);
  });
  try {
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings: serverSettings });
    closers.push(server.stop);
    const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
    closers.push(() => admin.end({ timeout: 5 }));
    await run(await layGround(options, { serverUrl: server.url, dataDir, admin, closers }));
  } finally {
    await clear();
  }
}

interface Laid {
  readonly serverUrl: string;
  readonly dataDir: string;
  readonly admin: postgres.Sql;
  readonly closers: (() => Promise<unknown>)[];
}

const project = join(import.meta.dirname, '..');

async function layGround({ isQuick, folder = project }: GroundOptions, laid: Laid): Promise<Ground> {
  const { serverUrl, dataDir, admin, closers } = laid;
  const urlOf = (name: string) => Object.assign(new URL(serverUrl), { pathname: name }).href;
  await admin`create database bench_template`;
  await migrateBy(folder, urlOf('bench_template'));
  const servers: (() => number)[] = [];
  const started = async (starting: Promise<ServerProcess>): Promise<ServerProcess> => {
    const server = await starting;
    // A process that has ended says nothing any more: the last that it said counts on.
    let lastMs = 0;
    servers.push(() => (lastMs = Math.max(lastMs, server.cpuMs())));
    const stop = () => {
      lastMs = Math.max(lastMs, server.cpuMs());
      return server.stop();
    };
    closers.push(stop);
    return { ...server, stop };
  };
  /** `CPU_PROF`: a folder for a profile of this process, in place of a setting of the service. */
  const startService = async (
    { CPU_PROF: profile, ...env }: Readonly<Record<string, string>>,
    options: readonly string[] = [],
  ): Promise<Service> => {
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const nodeOptions = [...options, ...profiling];
    const service = startProcess({ script: 'src/main.ts', folder, env, readyPath: '/ready', nodeOptions });
    return { ...(await started(service)), apiKey: benchApiKey };
  };
  return {
    isQuick,
    createDatabase: async () => {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      await admin`create database ${admin(name)} template bench_template`;
      return urlOf(name);
    },
    startService: (databaseUrl, env = {}, nodeOptions = []) =>
      startService({ ...serviceEnv, DATABASE_URL: databaseUrl, ...env }, nodeOptions),
    startEmbedded: (data) => startService({ ...serviceEnv, MIGRATE_ON_START: 'true', DATA_DIR: data }),
    startBaseline: (name, databaseUrl, nodeOptions = []) =>
      started(
        startProcess({
          script: `bench/baselines/${name}.ts`,
          env: { DATABASE_URL: databaseUrl, API_KEY: benchApiKey },
          readyPath: null,
          nodeOptions,
        }),
      ),
    emptyFolder: async () => {
      const empty = await mkdtemp(join(tmpdir(), 'vestibule-bench-start-'));
      closers.push(() => rm(empty, { recursive: true, force: true }));
      return empty;
    },
    walBytes: async () => {
      const [row] = await admin<{ bytes: string }[]>`select pg_current_wal_insert_lsn() - '0/0' as bytes`;
      return Number(row?.bytes);
    },
    withoutUpkeep: async (run) => {
      await admin`alter system set autovacuum = off`;
      await admin`select pg_reload_conf()`;
      try {
        await admin`checkpoint`;
        return await run();
      } finally {
        await admin`alter system reset autovacuum`;
        await admin`select pg_reload_conf()`;
      }
    },
    usage: () => readUsage({ dataDir, serversMs: () => servers.reduce((total, cpuMs) => total + cpuMs(), 0) }),
  };
}

/** Each tree by its own migrations. */
async function migrateBy(folder: string, databaseUrl: string): Promise<void> {
  const env = { ...process.env, ...serviceEnv, DATABASE_URL: databaseUrl };
  await promisify(execFile)(process.execPath, ['src/cli/main.ts', 'migrate'], { cwd: folder, env });
}
