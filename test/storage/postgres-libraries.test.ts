import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  awaitEnd,
  findPostgresPrograms,
  refuseWithoutLibraries,
  startProgram,
} from '../../src/storage/postgres/programs.ts';
import { StartRefusal } from '../../src/storage/start-refusal.ts';
import { runProgram } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';

// What a package manager leaves that runs no install script: PostgreSQL without the links to its libraries.

/** A copy of the package without them. Gives its initdb. */
async function copyWithoutLinks(): Promise<string> {
  const { initdb } = await findPostgresPrograms();
  const home = await mkdtemp(join(tmpdir(), 'vestibule-libraries-'));
  closeAfterwards(() => rm(home, { recursive: true, force: true }));
  await cp(dirname(dirname(dirname(initdb))), home, { recursive: true, verbatimSymlinks: true });
  const libraries = await readdir(join(home, 'native/lib'), { withFileTypes: true });
  const links = libraries.filter((one) => one.isSymbolicLink());
  expect(links.length).toBeGreaterThan(0);
  await Promise.all(links.map(({ name }) => rm(join(home, 'native/lib', name))));
  return join(home, 'native/bin/initdb');
}

test('where the install script has not run, the start is refused with the command that mends it', async () => {
  const initdb = await copyWithoutLinks();
  const run = () => awaitEnd(startProgram(initdb, ['--version'], null));
  const broken = await run();
  expect(broken.code).not.toBe(0);
  let refusal: unknown;
  try {
    refuseWithoutLibraries(initdb, broken.output);
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof StartRefusal)) throw new Error('it was not refused');
  expect(refusal.code).toBe('NO_LIBRARIES');
  expect(
    (await runProgram('sh', ['-c', refusal.command], { cwd: tmpdir(), env: { PATH: process.env.PATH } })).exitCode,
  ).toBe(0);
  expect(await run()).toMatchObject({ code: 0 });
});

test('other last words are not taken for it', () => {
  expect(() => refuseWithoutLibraries('/x/native/bin/initdb', 'initdb: error: directory exists')).not.toThrow();
});
