import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
export const builtPage = join(root, 'dist/web');

/** Has the page of these sources in dist/web, where the service serves it from: builds it where it is missing or older. */
export async function buildPage(): Promise<void> {
  const made = await stat(join(builtPage, 'index.html')).catch(() => null);
  if (made !== null && made.mtimeMs > (await newestSource())) return;
  // Beside it, and then put in its place whole: another process may be serving the one before.
  const fresh = `${builtPage}-${process.pid}`;
  // In a process of its own: the tests' NODE_ENV would make it a build for development.
  const program = join(root, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [program, 'build', '--outDir', fresh, '--logLevel', 'error'], {
    cwd: root,
    env,
  });
  await rm(builtPage, { recursive: true, force: true });
  // Another process may have been faster with the same: then its build is as good.
  await rename(fresh, builtPage).catch(() => rm(fresh, { recursive: true, force: true }));
}

async function newestSource(): Promise<number> {
  const folders = ['web', 'packages/client/src', 'src/rules'].map((folder) => join(root, folder));
  const inside = await Promise.all(
    folders.map(async (folder) => (await readdir(folder, { recursive: true })).map((name) => join(folder, name))),
  );
  const sources = [...inside.flat(), join(root, 'vite.config.ts')];
  const times = await Promise.all(sources.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times);
}
