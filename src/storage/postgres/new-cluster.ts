import { chmod, chown, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writePrivateFile } from '../private-data.ts';
import { hasErrorCode } from './error.ts';
import { awaitEnd, type findPostgresPrograms, type RunAs, refuseWithoutLibraries, startProgram } from './programs.ts';

export type PostgresCluster = {
  readonly folder: string;
  readonly password: string;
  readonly programs: Awaited<ReturnType<typeof findPostgresPrograms>>;
  readonly runAs: RunAs;
};

const draftsOf = (folder: string) => `${folder}.new-`;

/** Makes the data in a folder of its own, and moves it to its place when it is complete: an interrupted start leaves no half of it. */
export async function initialise({ folder, password, programs, runAs }: PostgresCluster): Promise<void> {
  const draft = await mkdtemp(draftsOf(folder));
  const passwordFile = `${draft}.password`;
  try {
    await chmod(draft, 0o700);
    await writePrivateFile(passwordFile, `${password}\n`);
    if (runAs !== null) await Promise.all([draft, passwordFile].map((path) => chown(path, runAs.uid, runAs.gid)));
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const end = await awaitEnd(startProgram(programs.initdb, [`--pgdata=${draft}`, ...locale, ...access], runAs));
    if (end.code !== 0) {
      refuseWithoutLibraries(programs.initdb, end.output);
      throw new Error(`the database could not be prepared: ${end.output}`);
    }
    await rename(draft, folder).catch((error: unknown) => {
      // Another process was first: its data counts.
      if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await Promise.all([draft, passwordFile].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Nobody takes so long to make one. Milliseconds. */
const abandonedMs = 3_600_000;

/** Removes what a process that was killed in its first start has left. */
export async function clearDrafts(folder: string): Promise<void> {
  const parent = dirname(folder);
  const names = (await readdir(parent)).filter((name) => name.startsWith(basename(draftsOf(folder))));
  for (const path of names.map((name) => join(parent, name))) {
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - abandonedMs) await rm(path, { recursive: true, force: true });
  }
}
