import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Not copied: what is no part of the project, or is made anew. */
const leftOut = new Set(['.git', '.data', 'node_modules', 'coverage']);

export type CopiedTree = { readonly path: string; remove(): Promise<void> };

/**
 * A copy of the project in a folder of its own, where anything may be changed. Packages are linked one by one: what tests put into
 * `node_modules/.cache` stays in the copy.
 */
export async function copyTree(): Promise<CopiedTree> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'vestibule-mutants-')));
  const remove = () => rm(path, { recursive: true, force: true });
  try {
    await cp(root, path, {
      recursive: true,
      // The built page is taken for as old as it is.
      preserveTimestamps: true,
      filter: (source) => dirname(source) !== root || !leftOut.has(basename(source)),
    });
    await mkdir(join(path, 'node_modules'));
    const packages = (await readdir(join(root, 'node_modules'))).filter((name) => name !== '.cache');
    await Promise.all(
      packages.map((name) => symlink(join(root, 'node_modules', name), join(path, 'node_modules', name))),
    );
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
