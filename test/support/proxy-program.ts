import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { closeAfterwards } from './closers.ts';

/** The reverse proxies that the examples are for. */
export const proxyNames = ['nginx', 'caddy'] as const;
export type ProxyName = (typeof proxyNames)[number];

export type RunningProxy = {
  /** Gives it another configuration while it works, as `nginx -s reload` does. */
  readonly reload: (conf: string) => Promise<void>;
};

/**
 * Starts the real program with a configuration, in a folder of its own, and waits until it listens.
 * @param conf what stands in nginx's http block, or in a Caddyfile
 * @param host host:port on which it listens
 */
export async function runProxy(program: string, name: ProxyName, conf: string, host: string): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), `vestibule-${name}-`));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'conf');
  const write = (text: string) => writeFile(file, name === 'nginx' ? nginxAround(text) : `{\n\tadmin off\n}\n${text}`);
  await write(conf);
  const words = {
    nginx: ['-p', folder, '-e', 'stderr', '-c', file],
    caddy: ['run', '--adapter', 'caddyfile', '--config', file],
  };
  const child = spawn(program, words[name], {
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
  return {
    async reload(text) {
      await write(text);
      child.kill('SIGHUP');
    },
  };
}

async function end(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // Its workers would outlive a master that is killed.
  child.kill('SIGTERM');
  await ended;
}

/** Each of these stands there: an example that says it in another way is not tested by leaving it as it is. */
export function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((left, [old, by]) => {
    if (!left.includes(old)) throw new Error(`the example has no "${old}"`);
    return left.replaceAll(old, by);
  }, text);
}

function nginxAround(conf: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${what};`);
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  return `daemon off;\n${user}worker_processes 1;\npid nginx.pid;\nevents {}\nhttp {\n${temporary.join('\n')}\n${conf}\n}\n`;
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
