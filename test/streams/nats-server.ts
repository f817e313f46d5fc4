import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeAfterwards } from '../support/closers.ts';

/** Starts it on this port of 127.0.0.1, and waits until it is ready. */
export async function startNats(path: string, port: number, more: readonly string[] = []): Promise<ChildProcess> {
  const child = spawn(path, ['-a', '127.0.0.1', '-p', String(port), ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  closeAfterwards(async () => {
    child.kill('SIGKILL');
  });
  let said = '';
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`nats-server ended: ${said}`)));
  const ready = Promise.withResolvers<void>();
  // It is listened to as long as it lives: whoever writes to a closed pipe ends.
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
    if (said.includes('Server is ready')) ready.resolve();
  });
  await Promise.race([ready.promise, ended]);
  ended.catch(() => undefined);
  return child;
}
