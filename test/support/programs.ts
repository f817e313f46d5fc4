import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * The path of a program that npm does not bring: .ci/run installs these. Where the machine has none (null), what needs it is not tested,
 * and the run says so.
 * @param variable names a variable of the environment that may hold the path
 */
export async function findProgram(name: string, variable?: string): Promise<string | null> {
  const given = variable === undefined ? undefined : process.env[variable];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', join(homedir(), 'go/bin')];
  for (const path of given ? [given] : folders.map((folder) => join(folder, name))) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
