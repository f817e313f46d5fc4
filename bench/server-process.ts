import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../src/free-port.ts';
import { readCpuMs, readRss } from './proc.ts';

/** A server in a process of its own, whose costs the operating system knows. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start until it was ready. */
  readonly startMs: number;
  /** Processor time that this process alone has used, user and system. Milliseconds, in steps of ten. */
  readonly cpuMs: () => number;
  /** Resident memory. Bytes. */
  readonly rss: () => number;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  /** Relative to the folder. */
  readonly script: string;
  /** Where the code lies: this project, if it is not said. */
  readonly folder?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when the server is ready; null: it listens only when it is, and any answer says so. */
  readonly readyPath: string | null;
  readonly nodeOptions?: readonly string[];
}

const project = `${import.meta.dirname}/..`;
const startTimeoutMs = 60_000;

/** Starts a server and waits until it is ready. @throws with what it wrote where it does not come up */
export async function startProcess(options: StartOptions): Promise<ServerProcess> {
  const { script, folder = project, env, readyPath, nodeOptions = [] } = options;
  const port = await findFreePort('127.0.0.1');
  const startedAt = performance.now();
  // Options of the bench's own process, such as a profiler, are not handed on.
  const child = spawn(process.execPath, [...nodeOptions, script], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const url = `http://127.0.0.1:${port}`;
  await awaitReady(`${url}${readyPath ?? '/'}`, (status) => readyPath === null || status === 200, child, output);
  const startMs = performance.now() - startedAt;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} has no process`);
  return {
    url,
    pid,
    startMs,
    cpuMs: () => readCpuMs(pid),
    rss: () => readRss(pid),
    signal: (signal) => void child.kill(signal),
    stop: () => stop(child),
  };
}

async function awaitReady(
  url: string,
  isReady: (status: number) => boolean,
  child: ChildProcess,
  output: readonly string[],
): Promise<void> {
  for (const deadline = performance.now() + startTimeoutMs; performance.now() < deadline; await pause(20)) {
    if (child.exitCode !== null) break;
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response !== null && isReady(response.status)) return;
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not come up: ${output.join('')}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(late);
}
