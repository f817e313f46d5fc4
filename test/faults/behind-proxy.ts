import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceAll, runProxy } from '../support/proxy-program.ts';
import { findFreePort, type ServerProcess } from '../support/server.ts';
import { until } from './fault-kit.ts';

/** A file of the runbook. */
export const exampleOf = (file: string) =>
  readFile(join(import.meta.dirname, '../../examples/operating', file), 'utf8');

/** The example's addresses, by those of the test. */
export const addressesOf = ([one, other]: readonly ServerProcess[]) => ({
  '10.0.0.11:4000': new URL(one?.url ?? '').host,
  '10.0.0.12:4000': new URL(other?.url ?? '').host,
});

/** Has it been asked anything since it came? */
export async function isUsed({ url }: ServerProcess): Promise<boolean> {
  const metrics = await fetch(`${url}/metrics`).then((answer) => answer.text());
  return /^vestibule_operations_total\{.*\} [1-9]/m.test(metrics);
}

/**
 * Starts nginx before these processes, by the example's configuration. Idle connections are what a process that ends and nginx may
 * disagree about, so nginx is told beforehand whom to ask no more; null: nobody.
 */
export async function startNginx(
  program: string,
  servers: readonly ServerProcess[],
): Promise<{ readonly url: string; readonly leaveOut: (server: ServerProcess | null) => Promise<void> }> {
  const [host, sign] = await Promise.all([0, 1].map(async () => `127.0.0.1:${await findFreePort()}`));
  const example = replaceAll(await exampleOf('nginx.conf'), {
    ...addressesOf(servers),
    'listen 443 ssl': `listen ${host}`,
    'ssl_certificate /etc/ssl/meet.example.com.pem;': '',
    'ssl_certificate_key /etc/ssl/meet.example.com.key;': '',
  });
  // What each configuration is called, so that it shows when it counts.
  const confOf = (name: number, out: ServerProcess | null) => {
    const conf =
      out === null ? example : replaceAll(example, { [`${new URL(out.url).host} `]: `${new URL(out.url).host} down ` });
    // Clients do not keep connections here: nginx ends idle ones as it reads its file anew, and a browser would ask again by itself.
    return `keepalive_timeout 0;\n${conf}\nserver { listen ${sign}; location / { return 200 '${name}'; } }`;
  };
  const proxy = await runProxy(program, 'nginx', confOf(0, null), host ?? '');
  let name = 0;
  return {
    url: `http://${host}`,
    leaveOut: async (out) => {
      name += 1;
      await proxy.reload(confOf(name, out));
      await until(
        () => fetch(`http://${sign}/`, { headers: { connection: 'close' } }).then((answer) => answer.text()),
        (text) => text === String(name),
      );
    },
  };
}
