import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Somebody's access to the media server. */
export interface Publisher {
  readonly url: string;
  readonly token: string;
}

/** Starts one process for all of these, each with a camera that is made up, and waits until they send. Answers how to end it. */
export async function startPublishers(publishers: readonly Publisher[]): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, 'publisher-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(publishers)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said = once(createInterface(child.stdout), 'line').then(() => true);
  const isReady = await Promise.race([said, ended.then(() => false)]);
  if (!isReady) throw new Error('the publishers ended before they sent anything');
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}
