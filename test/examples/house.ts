import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { installPacked } from '../packages/packed.ts';
import { closeAfterwards } from '../support/closers.ts';
import { findFreePort } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
export const examplesFolder = join(root, 'examples');

const manifestForm = z.object({
  private: z.literal(true),
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

export type ExampleManifest = z.infer<typeof manifestForm>;

export async function readManifest(example: string): Promise<ExampleManifest> {
  return manifestForm.parse(JSON.parse(await readFile(join(examplesFolder, example, 'package.json'), 'utf8')));
}

/** The examples that are programs: the others hold files of configuration. */
export async function listExamples(): Promise<readonly string[]> {
  const found = await readdir(examplesFolder, { withFileTypes: true, recursive: false });
  const inside = await Promise.all(
    found
      .filter((one) => one.isDirectory())
      .map(async ({ name }) => ({ name, files: await readdir(join(examplesFolder, name)) })),
  );
  return inside.filter(({ files }) => files.includes('package.json')).map(({ name }) => name);
}

export type Running = {
  /** Settles with what the line says that begins with this word. */
  readonly said: (word: string) => Promise<string>;
  readonly url: string;
};

export interface Around {
  readonly service: string;
  readonly apiKey: string;
}

/** Where examples are run that somebody has installed: the packages from their packed files, everything else from this checkout. */
export async function openHouse({ service, apiKey }: Around) {
  const { home, packages } = await installPacked();
  const house = join(home, 'checkout');
  await mkdir(join(house, 'examples'), { recursive: true });
  for (const name of ['schema', 'tsconfig.json', 'examples/make-room.mjs'])
    await cp(join(root, name), join(house, name), { recursive: true });
  const packedAt = new Map(packages.map(({ name, folder }) => [name, folder]));

  async function install(example: string, folder: string): Promise<void> {
    const { dependencies, devDependencies } = await readManifest(example);
    await mkdir(join(folder, 'node_modules'), { recursive: true });
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const target = join(folder, 'node_modules', name);
      await mkdir(dirname(target), { recursive: true });
      const packed = packedAt.get(name);
      if (packed === undefined) await symlink(await realpath(join(root, 'node_modules', name)), target);
      else await cp(packed, target, { recursive: true });
    }
  }

  return {
    /** Copies the example, with this service in place of the one that it names, and runs its one command. */
    async run(example: string, change: (text: string, file: string) => string = (text) => text): Promise<Running> {
      const port = await findFreePort();
      const folder = join(house, 'examples', `${example}-${port}`);
      await cp(join(examplesFolder, example), folder, {
        recursive: true,
        // What a fresh clone has.
        filter: (path) => !/node_modules|generated\/.*\.ts$|\.next/.test(path),
      });
      for (const file of await readdir(folder, { recursive: true })) {
        if (!/\.(?:tsx?|m?jsx?|html)$/.test(file)) continue;
        const text = await readFile(join(folder, file), 'utf8');
        await writeFile(join(folder, file), change(text, file).replaceAll('http://localhost:4000', service));
      }
      await install(example, folder);
      return runCommand(example, folder, { service, apiKey, port });
    },
  };
}

/** Runs `npm run dev` or `npm start`, whichever the example has, until the file's tests are over. */
export async function runCommand(
  example: string,
  folder: string,
  { service, apiKey, port }: Around & { readonly port: number },
): Promise<Running> {
  const [script = ''] = Object.keys((await readManifest(example)).scripts);
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    PORT: String(port),
    VESTIBULE_URL: service,
    VESTIBULE_API_KEY: apiKey,
    NODE_ENV: 'development',
  };
  const child = spawn('npm', ['run', script], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  closeAfterwards(() => endGroup(child));
  return { url: `http://localhost:${port}/`, said: listen(child) };
}

/** npm starts others, which end with it. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

function listen(child: ChildProcess): Running['said'] {
  let all = '';
  const waiting = new Set<() => void>();
  const hear = (text: string) => {
    all += text;
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding('utf8').on('data', hear);
  child.stderr?.setEncoding('utf8').on('data', hear);
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
    for (const look of waiting) look();
  });
  return (word) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = () => {
      const found = all.replaceAll(/\u001b\[[0-9;]*m/g, '').match(new RegExp(`^\\W*${word}\\s*(\\S.*)\\n`, 'm'))?.[1];
      if (found !== undefined) resolve(found.trim());
      else if (hasEnded) reject(new Error(`it ended, and said: ${all}`));
    };
    waiting.add(look);
    look();
    return promise;
  };
}
