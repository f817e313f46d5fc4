import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The packages beside the service, by their folders: whoever adds one need not add it to a list. */
export async function findPackageFolders(): Promise<readonly string[]> {
  const found = await readdir(join(import.meta.dirname, '../../packages'), { withFileTypes: true });
  return found.filter((one) => one.isDirectory()).map(({ name }) => `packages/${name}`);
}
