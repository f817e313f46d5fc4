import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, stat } from 'node:fs/promises';
import { hasErrorCode } from './postgres/error.ts';
import { StartRefusal } from './start-refusal.ts';

// Whoever may write to the folder of a key can replace the key, and whoever may read there knows it. So the service checks what lies in
// DATA_DIR before it uses it: it must belong to this user, and nobody else may read or write it (docs/decisions/0024).

type Found = { readonly uid: number; readonly mode: number };

/** Does not follow a link, and does not wait for the writer of a pipe. Windows has neither. */
const fileItself = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const readers = 0o044;
const writers = 0o022;
/** What the service itself puts into DATA_DIR. */
const ownNames = /^(?:master-key|postgres-password|postgres)(?:[.-][\w.-]+)?$/;

/**
 * Makes the folder, or finds one that only this user may read and write. If others may list it but not write to it, and all that it holds
 * belongs to this user, it is closed to them; so is an empty folder.
 * @returns whether it was closed, which the operator should learn
 * @throws {StartRefusal} if others may have changed what lies there
 */
export async function preparePrivateFolder(path: string): Promise<'WAS_PRIVATE' | 'WAS_CLOSED'> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) =>
    refuseNoFolder(path, error),
  );
  if (made !== undefined) {
    await chmod(path, 0o700);
    return 'WAS_PRIVATE';
  }
  const found = await judgeFolder(path, isOurs);
  if ((found.mode & (readers | writers)) === 0) return 'WAS_PRIVATE';
  const mayClose = (found.mode & writers) === 0 ? holdsOnlyOurs : isEmpty;
  if (!mayClose(await readdir(path))) throw openToOthers(path, found, '700');
  await chmod(path, 0o700);
  // Another process may have been quicker.
  if (!mayClose(await readdir(path))) throw openToOthers(path, found, '700');
  return 'WAS_CLOSED';
}

/** The folder of PostgreSQL's data. Root lends it to another user, see `chooseRunAs`. @throws {StartRefusal} */
export async function checkDatabaseFolder(path: string): Promise<void> {
  const found = await judgeFolder(path, ({ uid }) => isOurs({ uid }) || process.getuid?.() === 0);
  if ((found.mode & 0o077) !== 0 && process.getuid !== undefined) throw openToOthers(path, found, '700');
}

/** The text of a file that only this user may read. Null: there is none. @throws {StartRefusal} */
export async function readPrivateFile(path: string): Promise<string | null> {
  // The open file is checked, so that the file that is checked is the one that is read.
  const file = await open(path, fileItself).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    if (hasErrorCode(error, 'ELOOP')) throw notAFile(path);
    throw error;
  });
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw notAFile(path);
    if (!isOurs(found)) throw otherOwner(path, found, 'chown');
    if ((found.mode & 0o077) !== 0 && process.getuid !== undefined) throw openToOthers(path, found, '600');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Writes a new file that only this user may read, whatever the umask. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Follows a link to the folder, if nobody else can change where it leads. */
async function judgeFolder(path: string, mayOwn: (found: Pick<Found, 'uid'>) => boolean): Promise<Found> {
  const [found, itself] = [await stat(path), await lstat(path)];
  if (!found.isDirectory()) throw noFolder(path);
  if (itself.isSymbolicLink() && !isOurs(itself) && itself.uid !== 0) throw otherOwner(path, itself, 'chown -h');
  // If root runs the service, PostgreSQL's folder belongs to another user.
  if (!mayOwn(found)) throw otherOwner(path, found, process.getuid?.() === 0 ? 'chown' : 'chown -R');
  // Windows keeps no such modes.
  return process.getuid === undefined ? { uid: found.uid, mode: 0 } : found;
}

function isOurs({ uid }: Pick<Found, 'uid'>): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}

function isEmpty(names: readonly string[]): boolean {
  return names.length === 0;
}

function holdsOnlyOurs(names: readonly string[]): boolean {
  return names.every((name) => ownNames.test(name));
}

function openToOthers(path: string, { mode }: Found, needed: '600' | '700'): StartRefusal {
  const may = (mode & writers) === 0 ? 'read' : 'change';
  return new StartRefusal('OPEN_TO_OTHERS', {
    found: `Other users of this machine may ${may} ${path} (mode ${(mode & 0o7777).toString(8)})`,
    needed: `It contains secrets, so only its owner may have access to it (mode ${needed}). Check that nobody has changed the files in it, and then run`,
    command: `chmod ${needed} ${quoted(path)}`,
  });
}

function otherOwner(
  path: string,
  { uid }: Pick<Found, 'uid'>,
  change: 'chown' | 'chown -h' | 'chown -R',
): StartRefusal {
  const own = process.geteuid?.() ?? 0;
  return new StartRefusal('OTHER_OWNER', {
    found: `${path} belongs to the user with the id ${uid}, and the service runs as the user ${own}`,
    needed: 'Its owner can read and replace the secrets in it, so it must belong to the user who runs the service',
    command: `${change} ${own} ${quoted(path)}`,
  });
}

function notAFile(path: string): StartRefusal {
  return new StartRefusal('NOT_A_FILE', {
    found: `${path} is a link, or is not a regular file`,
    needed: 'A secret must be in a regular file that no other link leads to',
    command: `ls -l ${quoted(path)}`,
  });
}

function noFolder(path: string): StartRefusal {
  return new StartRefusal('NOT_A_FOLDER', {
    found: `${path} is not a folder, and does not lead to one`,
    needed: 'DATA_DIR must be a folder, or a path where the service can create one',
    command: `ls -ld ${quoted(path)}`,
  });
}

function refuseNoFolder(path: string, error: unknown): never {
  const isNone = ['EEXIST', 'ENOTDIR', 'ENOENT', 'ELOOP'].some((code) => hasErrorCode(error, code));
  throw isNone ? noFolder(path) : error;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
