import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeAfterwards } from './closers.ts';
import { findFreePort } from './server.ts';
import { until } from './until.ts';

export type PoolMode = 'session' | 'transaction' | 'statement';

type PgbouncerOptions = {
  readonly mode: PoolMode;
  /** More lines of pgbouncer.ini. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** It does not run as root. */
async function runAs(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const ask = async (option: string) => Number((await promisify(execFile)('id', [option, 'nobody'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}

/** Starts the real program before the server of a postgres:// URL, on a free port. Returns the URL by way of it. */
export async function startPgbouncer(
  program: string,
  databaseUrl: string,
  { mode, settings = {} }: PgbouncerOptions,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-pgbouncer-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const server = new URL(databaseUrl);
  const port = await findFreePort();
  const password = decodeURIComponent(server.password);
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: mode,
    default_pool_size: 8,
    max_client_conn: 200,
    ...settings,
  };
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=${server.hostname} port=${server.port} user=${decodeURIComponent(server.username)}${password === '' ? '' : ` password='${password}'`}
[pgbouncer]
${Object.entries(lines)
  .map(([name, value]) => `${name} = ${value}`)
  .join('\n')}
`,
  );
  const child = spawn(program, [file], { ...(await runAs()), stdio: ['ignore', 'ignore', 'pipe'] });
  closeAfterwards(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-10_000);
  });
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`);
      return said;
    },
    (text) => text.includes('process up'),
  );
  return Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
}
