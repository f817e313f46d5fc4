import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeAfterwards } from './closers.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The version before the next one that is published: from it operators come, and to it they go back. */
export const earlierCommit = '6cde68c';

/** Is the version before part of this checkout's history? A shallow checkout has none of it. */
export const hasEarlierVersion = (): Promise<boolean> =>
  run('git', ['cat-file', '-e', `${earlierCommit}^{commit}`], { cwd: root }).then(
    () => true,
    () => false,
  );

/** The sources of the version before, from the history of this checkout, in a folder of their own, with the packages of this one. */
export async function openEarlierVersion(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-earlier-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const archive = join(folder, 'sources.tar');
  await run('git', ['archive', '--output', archive, earlierCommit], { cwd: root });
  await run('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
