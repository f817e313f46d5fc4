import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');

/** The project as it was at another commit, with its page, and the packages of today. */
export interface OtherTree {
  readonly folder: string;
  readonly remove: () => void;
}

/** @throws {Error} where Git does not know the commit */
export function checkOut(ref: string): OtherTree {
  const commit = git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`).trim();
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-bench-tree-'));
  git('worktree', 'add', '--detach', '--force', folder, commit);
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'], {
    cwd: folder,
    env,
  });
  return {
    folder,
    remove: () => {
      git('worktree', 'remove', '--force', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`git ${args.join(' ')} did not work: is there such a commit?`, { cause: error });
  }
}
