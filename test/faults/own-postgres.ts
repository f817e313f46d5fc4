import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { closeAfterwards } from '../support/closers.ts';
import { findFreePort } from '../support/server.ts';
import { until } from './fault-kit.ts';

/** A PostgreSQL of this test's own, to do things to that would disturb others. */
export type OwnPostgres = {
  readonly url: string;
  /** A new connection for each call, so that it works whatever was done to the server. */
  ask<Row extends object>(statement: string): Promise<readonly Row[]>;
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  /** Ends the server and all that it has started at once, as a machine does that loses its power. `start` begins from what is on the disk. */
  kill(): Promise<void>;
  /** Sends a signal to the server and to all that it has started. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
};

export async function startOwnPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vestibule-faults-'));
  closeAfterwards(() => rm(dataDir, { recursive: true, force: true }));
  const port = String(await findFreePort());
  const start = () => startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { ...settings, port } });
  let server = await start();
  closeAfterwards(() => server.stop());
  await migrate(server.url);
  const postmaster = async () =>
    Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  return {
    url: server.url,
    async ask<Row extends object>(statement: string) {
      const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
      try {
        return await sql.unsafe<Row[]>(statement);
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
    stop: () => server.stop(),
    async start() {
      server = await start();
    },
    async kill() {
      const parent = await postmaster();
      const all = [parent, ...(await childrenOf(parent))];
      for (const pid of all) process.kill(pid, 'SIGKILL');
      for (const pid of all) {
        await until(
          () => stateOf(pid).catch(() => undefined),
          (state) => state === undefined || state === 'Z',
        );
      }
    },
    async signal(signal) {
      const parent = await postmaster();
      if (signal === 'SIGSTOP') {
        // The parent first: then it starts nothing more, and none of its children goes away, as it would have to see to that.
        process.kill(parent, signal);
        await until(
          () => stateOf(parent),
          (state) => state === 'T',
        );
        for (const child of await childrenOf(parent)) process.kill(child, signal);
      } else {
        for (const pid of [...(await childrenOf(parent)), parent]) process.kill(pid, signal);
      }
    },
  };
}

/** Of a process, as Linux names it: T is stopped. */
async function stateOf(pid: number): Promise<string | undefined> {
  return /^State:\s+(\w)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
}
