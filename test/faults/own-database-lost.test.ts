import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { findServiceBundle } from '../support/service-bundle.ts';
import { until } from '../support/until.ts';

// The service with its own PostgreSQL, of which one of the two is ended from outside.

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-lost-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

async function launch(dataDir: string) {
  const child = spawn(process.execPath, [await findServiceBundle()], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn' },
  });
  closeAfterwards(() => child.kill('SIGKILL'));
  let output = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('Vestibule is at')) resolve();
      });
  });
  return { child, ready, ended: once(child, 'close'), output: () => output };
}

/** The service on this folder, as soon as it serves. */
async function start(dataDir: string) {
  const service = await launch(dataDir);
  await Promise.race([service.ready, service.ended]);
  expect(service.output()).toContain('Vestibule is at');
  return service;
}

const postmasterOf = async (dataDir: string) =>
  Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** Programs that have this folder in their words. */
async function findPrograms(dataDir: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const words = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return words.filter((line) => line.includes(dataDir));
}

const untilNobodyRuns = (dataDir: string) =>
  until(
    () => findPrograms(dataDir),
    (found) => found.length === 0,
  );

test('the service ends with its own PostgreSQL, each process of it, and the next start begins both', async () => {
  const dataDir = await makeFolder();
  const services = [await start(dataDir), await start(dataDir)];
  const pid = await postmasterOf(dataDir);
  process.kill(pid, 'SIGKILL');
  for (const { ended, output } of services) {
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain(`PostgreSQL, process ${pid}, has ended`);
  }
  const { child, ended } = await start(dataDir);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('ended while the database is made, a first start leaves no program, and the next one clears what it left', async () => {
  const dataDir = await makeFolder();
  const { child, ended } = await launch(dataDir);
  await until(
    () => findPrograms(`${dataDir}/postgres.new-`),
    (found) => found.length > 0,
  );
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await untilNobodyRuns(dataDir);
  const drafts = async () => (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'));
  const [old] = await drafts();
  expect(old).toBeDefined();
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  for (const name of await drafts()) await utimes(join(dataDir, name), twoHoursAgo, twoHoursAgo);
  const next = await start(dataDir);
  expect(await drafts()).toEqual([]);
  next.child.kill('SIGTERM');
  expect(await next.ended).toEqual([0, null]);
});

test('a terminal that is closed ends the service and its database in good order', async () => {
  const dataDir = await makeFolder();
  const { child, ended } = await start(dataDir);
  child.kill('SIGHUP');
  expect(await ended).toEqual([0, null]);
  await untilNobodyRuns(dataDir);
});
