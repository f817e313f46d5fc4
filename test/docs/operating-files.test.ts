import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createMeters } from '../../src/metrics/meters.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { replaceAll } from '../support/proxy-program.ts';
import { spawnServer } from '../support/server.ts';
import { until } from '../support/until.ts';

// The files of examples/operating, in the programs that read them.

const folder = join(import.meta.dirname, '../../examples/operating');
const exampleOf = (name: string) => readFile(join(folder, name), 'utf8');
const promtool = await findProgram('promtool');
const analyze = await findProgram('systemd-analyze');
const notify = await findProgram('systemd-notify');
const perl = await findProgram('perl');

describe('the alerts', () => {
  test('ask only for metrics that there are', async () => {
    const told = createMeters()
      .register.getMetricsAsArray()
      .map(({ name }) => name);
    const asked = (await exampleOf('alerts.yaml')).match(/\bvestibule_[a-z0-9_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(8);
    for (const name of asked) expect(told).toContain(name);
  });

  test.skipIf(promtool === null)('are rules that Prometheus takes', async () => {
    const { stdout } = await promisify(execFile)(promtool ?? '', ['check', 'rules', join(folder, 'alerts.yaml')]);
    expect(stdout).toContain('SUCCESS');
  });
});

describe('the unit', () => {
  test.skipIf(analyze === null)('is one that systemd takes', async () => {
    const own = await mkdtemp(join(tmpdir(), 'vestibule-unit-'));
    closeAfterwards(() => rm(own, { recursive: true, force: true }));
    const unit = join(own, 'vestibule.service');
    await writeFile(unit, replaceAll(await exampleOf('vestibule.service'), { '/usr/bin/node': process.execPath }));
    const { stderr } = await promisify(execFile)(analyze ?? '', ['verify', '--man=no', '--recursive-errors=no', unit]);
    expect(stderr.split('\n').filter((line) => line.includes('vestibule'))).toEqual([]);
  });

  test('sets nothing that its file of settings would set otherwise', async () => {
    const unit = await exampleOf('vestibule.service');
    expect(unit).toMatch(/^EnvironmentFile=/m);
    expect(unit).not.toMatch(/^Environment=/m);
    expect(unit).toMatch(
      /^ExecStart=\/usr\/bin\/env NODE_ENV=production DATA_DIR=\/var\/lib\/vestibule \/usr\/bin\/node /m,
    );
  });

  test('waits for the drain and 15 seconds', async () => {
    expect(await exampleOf('vestibule.service')).toContain('TimeoutStopSec=20');
  });

  test.skipIf(notify === null || perl === null)('hears when the service serves, and when it stops', async () => {
    const own = await mkdtemp(join(tmpdir(), 'vestibule-notify-'));
    closeAfterwards(() => rm(own, { recursive: true, force: true }));
    const path = join(own, 'notify');
    const script =
      'use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])); $| = 1; print "up\n"; while (1) { recv($s, my $m, 4096, 0); print "$m\n"; }';
    const listener = spawn(perl ?? '', ['-e', script, path], { stdio: ['ignore', 'pipe', 'ignore'] });
    closeAfterwards(() => listener.kill('SIGKILL'));
    let heard = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    const has = (text: string) =>
      until(
        async () => heard,
        (all) => all.includes(text),
        20_000,
      );
    await has('up');
    const database = await createTestDatabase();
    const server = await spawnServer({ databaseUrl: database.url, env: { NOTIFY_SOCKET: path } });
    await has('READY=1');
    await server.kill('SIGTERM');
    await has('STOPPING=1');
  });
});
