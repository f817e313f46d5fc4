import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { bootstrapApiKey } from '../support/server.ts';
import { findServiceBundle } from '../support/service-bundle.ts';

const masterKey = randomBytes(32).toString('base64');
let dataDir: string;
let service: Awaited<ReturnType<typeof startService>>;

/** The service with its own database, under the laxest umask; settled when it is ready, or has ended. */
async function startService(folder: string, environment: Readonly<Record<string, string>> = {}) {
  const child = spawn('sh', ['-c', 'umask 000; exec "$0" "$1"', process.execPath, await findServiceBundle()], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn', ...environment },
  });
  let output = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('Vestibule is at')) resolve();
      });
    }
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return output;
  };
  closeAfterwards(stop);
  await Promise.race([ready, ended]);
  return { child, stop, output: () => output };
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-rest-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  dataDir = join(folder, 'data');
  service = await startService(dataDir, { MASTER_KEY: masterKey, BOOTSTRAP_API_KEY: bootstrapApiKey });
  expect(service.output()).toContain('Vestibule is at');
});

test('nothing that the service and its database write is open to other users, whatever the umask', async () => {
  const names = await readdir(dataDir, { recursive: true });
  expect(names.length).toBeGreaterThan(100);
  const open: string[] = [];
  for (const name of ['', ...names]) {
    const found = await lstat(join(dataDir, name)).catch(() => null);
    if (found !== null && !found.isSymbolicLink() && (found.mode & 0o077) !== 0) open.push(name);
  }
  expect(open).toEqual([]);
  // Drafts are gone.
  expect((await readdir(dataDir)).toSorted()).toEqual(['postgres', 'postgres-password']);
});

test('no program that it starts is told a secret, by its words or its environment', async () => {
  const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim();
  const pid = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0] ?? '';
  const told = await Promise.all(['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
  expect(told[0]).toContain(join(dataDir, 'postgres'));
  expect(told[1]?.split('\0').map((line) => line.split('=')[0])).toEqual(
    expect.arrayContaining(['PATH', 'LC_ALL', 'TZ']),
  );
  for (const secret of [masterKey, bootstrapApiKey, password]) expect(told.join('\n')).not.toContain(secret);
  expect(await readFile(`/proc/${service.child.pid}/cmdline`, 'utf8')).not.toContain(password);
});

test('it does not start on a folder that others may change, says why and how to mend it, and leaves it as it is', async () => {
  await service.stop();
  await chmod(dataDir, 0o777);
  const refused = await startService(dataDir);
  expect(refused.child.exitCode).toBe(1);
  expect(refused.output()).toContain(`chmod 700 '${dataDir}'`);
  expect(refused.output()).not.toMatch(/\n {4}at /);
  expect((await lstat(dataDir)).mode & 0o777).toBe(0o777);
  await chmod(dataDir, 0o755);
  const started = await startService(dataDir, { MASTER_KEY: masterKey });
  expect(started.output()).toContain('Vestibule is at');
  // It says which folder it closed.
  expect(started.output()).toContain(`access to ${dataDir}.`);
  expect((await lstat(dataDir)).mode & 0o777).toBe(0o700);
});
