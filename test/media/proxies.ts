import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { closeAfterwards } from '../support/closers.ts';
import { findFreePort } from '../support/server.ts';

/** The proxies before LiveKit that the examples show. */
export const proxyNames = ['nginx', 'caddy'] as const;
export type ProxyName = (typeof proxyNames)[number];

export type GateProxy = {
  /** host:port, where LiveKit is reached by way of the gate. */
  readonly host: string;
};

type Behind = {
  /** host:port of the service. */
  readonly vestibule: string;
  readonly livekit: string;
};

const examples = join(import.meta.dirname, '../../examples/livekit');

/** Starts the real program on a free port, with the example's own configuration: only addresses and certificates are others. */
export async function startProxy(program: string, name: ProxyName, behind: Behind): Promise<GateProxy> {
  const folder = await mkdtemp(join(tmpdir(), `vestibule-${name}-`));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const host = `127.0.0.1:${await findFreePort()}`;
  const write = async (file: string, text: string) => {
    await writeFile(join(folder, file), text);
    return join(folder, file);
  };
  const parameters =
    name === 'nginx'
      ? [
          '-p',
          folder,
          '-e',
          'stderr',
          '-c',
          await write('nginx.conf', nginxAround(await example('nginx.conf'), host, behind)),
        ]
      : [
          'run',
          '--adapter',
          'caddyfile',
          '--config',
          await write('Caddyfile', caddyAround(await example('Caddyfile'), host, behind)),
        ];
  const child = spawn(program, parameters, {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  closeAfterwards(() => end(child));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-10_000);
  });
  await awaitListening(host, () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
  });
  return { host };
}

async function end(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const example = (file: string) => readFile(join(examples, file), 'utf8');

/** Each of these stands there: an example that says it in another way is not tested by leaving it as it is. */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((left, [old, by]) => {
    if (!left.includes(old)) throw new Error(`the example has no "${old}"`);
    return left.replaceAll(old, by);
  }, text);
}

function nginxAround(conf: string, host: string, { vestibule, livekit }: Behind): string {
  const server = replaceAll(conf, {
    'vestibule:4000': vestibule,
    'livekit:7880': livekit,
    'listen 443 ssl': `listen ${host}`,
    'ssl_certificate /etc/ssl/livekit.example.com.pem;': '',
    'ssl_certificate_key /etc/ssl/livekit.example.com.key;': '',
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${what};`);
  return `daemon off;\nmaster_process off;\npid nginx.pid;\nevents {}\nhttp {\n${temporary.join('\n')}\n${server}\n}\n`;
}

function caddyAround(file: string, host: string, { vestibule, livekit }: Behind): string {
  const [site = ''] = file.split('meet.example.com');
  const own = replaceAll(site, {
    'vestibule:4000': vestibule,
    'livekit:7880': livekit,
    'livekit.example.com {': `http://${host} {`,
  });
  return `{\n\tadmin off\n}\n${own}`;
}

async function awaitListening(host: string, check: () => void): Promise<void> {
  const [name = '', port] = host.split(':');
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await pause(20)) {
    check();
    const socket = connect(Number(port), name);
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error('the proxy does not listen');
}
