import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../src/storage/postgres/embedded.ts';
import { migrate } from '../src/storage/postgres/migrate.ts';
import { type ServerProcess, startProcess } from './server-process.ts';

/** What a run stands on: one embedded PostgreSQL that keeps what it commits, and a migrated database to clone. */
export interface Ground {
  /** Shorter rounds and fewer of them: to see that everything works, not to believe the figures. */
  readonly isQuick: boolean;
  /** A fresh database, as after the migrations. */
  readonly createDatabase: () => Promise<string>;
  readonly startService: (databaseUrl: string, env?: Readonly<Record<string, string>>) => Promise<Service>;
  readonly startBaseline: (name: BaselineName, databaseUrl: string) => Promise<ServerProcess>;
  /** The service with an embedded database of its own in this folder, as `npm start` runs it. */
  readonly startEmbedded: (folder: string) => Promise<Service>;
  /** Taken away at the end. */
  readonly emptyFolder: () => Promise<string>;
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
export async function withGround(isQuick: boolean, run: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-bench-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined, settings: serverSettings });
    closers.push(server.stop);
    const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
    closers.push(() => admin.end({ timeout: 5 }));
    await run(await layGround(isQuick, server.url, admin, closers));
  } finally {
    for (const close of closers.toReversed()) await close().catch(() => undefined);
  }
}

async function layGround(
  isQuick: boolean,
  serverUrl: string,
  admin: postgres.Sql,
  closers: (() => Promise<unknown>)[],
): Promise<Ground> {
  const urlOf = (name: string) => Object.assign(new URL(serverUrl), { pathname: name }).href;
  await admin`create database bench_template`;
  await migrate(urlOf('bench_template'));
  const started = async <Started extends ServerProcess>(starting: Promise<Started>): Promise<Started> => {
    const process = await starting;
    closers.push(process.stop);
    return process;
  };
  /** `CPU_PROF`: a folder for a profile of this process, in place of a setting of the service. */
  const startService = async ({ CPU_PROF: profile, ...env }: Readonly<Record<string, string>>): Promise<Service> => {
    const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const process = startProcess({ script: 'src/main.ts', env, readyPath: '/ready', nodeOptions });
    return { ...(await started(process)), apiKey: benchApiKey };
  };
  return {
    isQuick,
    createDatabase: async () => {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      await admin`create database ${admin(name)} template bench_template`;
      return urlOf(name);
    },
    startService: (databaseUrl, env = {}) => startService({ ...serviceEnv, DATABASE_URL: databaseUrl, ...env }),
    startEmbedded: (folder) => startService({ ...serviceEnv, MIGRATE_ON_START: 'true', DATA_DIR: folder }),
    startBaseline: (name, databaseUrl) =>
      started(
        startProcess({
          script: `bench/baselines/${name}.ts`,
          env: { DATABASE_URL: databaseUrl, API_KEY: benchApiKey },
          readyPath: null,
        }),
      ),
    emptyFolder: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'vestibule-bench-start-'));
      closers.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
  };
}
