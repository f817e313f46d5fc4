import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createApp } from '../../src/app.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { closeAfterwards } from './closers.ts';
import { findServiceBundle } from './service-bundle.ts';

/** The key of the domain's backend, with every scope, on each server that the tests start. */
export const bootstrapApiKey = `vk_testbackend_${createHash('sha256').update('backend').digest('base64url')}`;

const compileCache = join(tmpdir(), 'vestibule-tests-compiled');

const masterKey = createHash('sha256').update('master key of the tests').digest('base64');

export type TestServer = {
  readonly url: string;
  readonly apiKey: string;
  /** Ends it in good order. Done by itself after the file's tests. */
  stop(): Promise<void>;
};

type StartOptions = { readonly databaseUrl: string } & Partial<Omit<Config, 'databaseUrl'>>;

function environmentFor(databaseUrl: string, port: number): Record<string, string> {
  return {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    MASTER_KEY: masterKey,
    BOOTSTRAP_API_KEY: bootstrapApiKey,
    LOG_LEVEL: 'silent',
    // The template is migrated; a test of migrations says otherwise.
    MIGRATE_ON_START: 'false',
    WEBHOOK_ALLOW_PRIVATE: 'true',
    POOL_SIZE: '5',
  };
}

/**
 * Starts the service within this process, on a free port of 127.0.0.1, until the file's tests are over. Several that take each other's
 * tokens share a `publicUrl`, and each is asked at a URL of its own.
 */
export function startServer(options: StartOptions): Promise<TestServer> {
  return startUntil(closeAfterwards, options);
}

/** The same; whoever is told how to stop it sees to it. */
export async function startUntil(
  stopLater: (stop: () => Promise<void>) => void,
  { databaseUrl, ...overrides }: StartOptions,
): Promise<TestServer> {
  const port = overrides.publicUrl === undefined ? 0 : await findFreePort();
  const app = await createApp({ ...parseConfig(environmentFor(databaseUrl, port)), ...overrides });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= app.stop();
    return stopped;
  };
  stopLater(stop);
  await app.start();
  return { url: port === 0 ? app.url : `http://127.0.0.1:${port}`, apiKey: bootstrapApiKey, stop };
}

export type ServerProcess = TestServer & {
  readonly pid: number;
  /** Everything that it has written to stdout and stderr so far. */
  output(): string;
  /** Sends a signal and waits for the end. SIGSTOP and SIGCONT: only sends. */
  kill(signal: NodeJS.Signals): Promise<Exit | null>;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

type SpawnOptions = {
  readonly databaseUrl: string;
  /** Settings in place of the tests' own; an empty one counts as left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of another version, whose sources are run in place of this project's. */
  readonly checkout?: string;
};

/** Starts the service as a process of its own, from one file (`findServiceBundle`), and waits until it says that it is ready. */
export async function spawnServer({ databaseUrl, env = {}, checkout }: SpawnOptions): Promise<ServerProcess> {
  const port = env.PORT === undefined ? await findFreePort() : Number(env.PORT);
  const program = checkout === undefined ? await findServiceBundle() : 'src/main.ts';
  const child = spawn(process.execPath, [program], {
    cwd: checkout ?? `${import.meta.dirname}/../..`,
    // Processes of one run share what was compiled: each starts in less than half the time.
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      NODE_COMPILE_CACHE: compileCache,
      ...environmentFor(databaseUrl, port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const ended = once(child, 'close').then((): Exit => ({ code: child.exitCode, signal: child.signalCode }));
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return signal === 'SIGSTOP' || signal === 'SIGCONT' ? null : ended;
  };
  const stop = () => stopProcess(child, ended);
  closeAfterwards(stop);
  const url = `http://127.0.0.1:${port}`;
  await awaitReady(url, child, () => output.join(''));
  if (child.pid === undefined) throw new Error('the server has no process');
  return {
    url,
    apiKey: env.BOOTSTRAP_API_KEY ?? bootstrapApiKey,
    pid: child.pid,
    output: () => output.join(''),
    kill,
    stop,
  };
}

async function stopProcess(child: ChildProcess, ended: Promise<Exit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // A stopped process does not hear SIGTERM before it goes on.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const hasEnded = await Promise.race([ended.then(() => true), pause(12_000, false, { ref: false })]);
  if (hasEnded) return;
  child.kill('SIGKILL');
  await ended;
  throw new Error('the server did not end within 12 s of SIGTERM');
}

/** Many that start at once on a busy machine each take their time. */
const readyWithinMs = 50_000;

async function awaitReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (const deadline = performance.now() + readyWithinMs; performance.now() < deadline; await pause(50)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${output()}`);
    const response = await fetch(`${url}/ready`).catch(() => null);
    await response?.body?.cancel();
    if (response?.status === 200) return;
  }
  throw new Error(`the server was not ready within ${readyWithinMs} ms: ${output()}`);
}

/**
 * A port of 127.0.0.1 that nobody listens on. It lies below those that systems give to connections that go out: one of these cannot
 * take it while its server is down.
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const port = randomInt(20_000, 32_768);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new Error('no free port');
}
