import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAfterwards } from '../support/closers.ts';
import { findProgram } from '../support/programs.ts';
import { findFreePort } from '../support/server.ts';
import { until } from '../support/until.ts';

/** The collector of OpenTelemetry (.ci/otelcol.yaml); null: this machine has none. */
export const findCollector = () => findProgram('otelcol');

/** Starts a real collector, which prints what it takes. */
export async function startCollector(program: string): Promise<{ readonly url: string; readonly said: () => string }> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-collector-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const host = `127.0.0.1:${await findFreePort()}`;
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: host } } } },
    exporters: { debug: { verbosity: 'detailed', sampling_initial: 1_000_000 } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  };
  const file = join(folder, 'config.yaml');
  await writeFile(file, JSON.stringify(config));
  const child = spawn(program, ['--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  closeAfterwards(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await until(
    async () => said,
    (text) => text.includes('Everything is ready'),
    20_000,
  );
  return { url: `http://${host}`, said: () => said };
}
