import { chmod, chown, lchown, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keepMasterKey } from '../../src/storage/kept-secret.ts';
import { checkDatabaseFolder, preparePrivateFolder, readPrivateFile } from '../../src/storage/private-data.ts';
import { closeAfterwards } from '../support/closers.ts';

const isRoot = process.getuid?.() === 0;
/** Belongs to nobody who runs this. */
const stranger = 54_321;

async function makeFolder(mode = 0o700): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-private-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, mode);
  return folder;
}

const modeOf = async (path: string) => ((await lstat(path)).mode & 0o7777).toString(8);

/** With the umask of an operator, for as long as it takes. */
async function withUmask<T>(umask: number, work: () => Promise<T>): Promise<T> {
  const before = process.umask(umask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

test.each([0o000, 0o022, 0o027, 0o077, 0o277])(
  'folder and key are made for their owner alone under umask %i',
  async (umask) => {
    const folder = join(await makeFolder(), 'data');
    const key = await withUmask(umask, () => keepMasterKey(folder));
    expect([await modeOf(folder), await modeOf(join(folder, 'master-key'))]).toEqual(['700', '600']);
    expect(await keepMasterKey(folder)).toEqual(key);
  },
);

test.each([0o755, 0o750, 0o744, 0o705])(
  'a folder of our own that others may list (mode %i) is closed to them',
  async (mode) => {
    const folder = await makeFolder();
    const key = await keepMasterKey(folder);
    await chmod(folder, mode);
    expect(await preparePrivateFolder(folder)).toBe('WAS_CLOSED');
    expect(await modeOf(folder)).toBe('700');
    expect(await keepMasterKey(folder)).toEqual(key);
  },
);

test.each([0o777, 0o1777, 0o770, 0o703])('so is an empty one that others may write to (mode %i)', async (mode) => {
  const folder = await makeFolder(mode);
  expect(await preparePrivateFolder(folder)).toBe('WAS_CLOSED');
  expect(await modeOf(folder)).toBe('700');
});

test.each([0o700, 0o711, 0o500])('one that others may at most pass through (mode %i) stays as it is', async (mode) => {
  const folder = await makeFolder(mode);
  expect(await preparePrivateFolder(folder)).toBe('WAS_PRIVATE');
  expect(await modeOf(folder)).toBe(mode.toString(8));
});

test.each([
  ['others may write to it, and something lies in it', 0o720, 'master-key'],
  ['everybody may write to it, sticky or not', 0o1777, 'master-key'],
  ['others may list it, and something of somebody else lies in it', 0o755, 'holiday.jpg'],
] as const)('a folder is refused and left alone where %s', async (_what, mode, name) => {
  const folder = await makeFolder();
  await writeFile(join(folder, name), 'text', { mode: 0o600 });
  await chmod(folder, mode);
  await expect(preparePrivateFolder(folder)).rejects.toMatchObject({
    code: 'OPEN_TO_OTHERS',
    command: `chmod 700 '${folder}'`,
  });
  expect(await modeOf(folder)).toBe(mode.toString(8));
  expect(await readFile(join(folder, name), 'utf8')).toBe('text');
});

test.each([0o640, 0o604, 0o620, 0o602, 0o666, 0o610])(
  'a key that others may get at (mode %i) is not used',
  async (mode) => {
    const folder = await makeFolder();
    await keepMasterKey(folder);
    const path = join(folder, 'master-key');
    await chmod(path, mode);
    await expect(keepMasterKey(folder)).rejects.toMatchObject({
      code: 'OPEN_TO_OTHERS',
      command: `chmod 600 '${path}'`,
    });
    expect(await modeOf(path)).toBe(mode.toString(8));
  },
);

test.each([0o750, 0o755, 0o770, 0o777])('nor is a database whose folder others may enter (mode %i)', async (mode) => {
  await expect(checkDatabaseFolder(await makeFolder(mode))).rejects.toMatchObject({ code: 'OPEN_TO_OTHERS' });
});

test('a key is a file of its own: no link, no folder, and nothing waits for a pipe', async () => {
  const folder = await makeFolder();
  const elsewhere = join(await makeFolder(), 'key');
  await symlink(elsewhere, join(folder, 'master-key'));
  // It leads nowhere yet, and then to a key that would do.
  await expect(keepMasterKey(folder)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(lstat(elsewhere)).rejects.toMatchObject({ code: 'ENOENT' });
  await writeFile(elsewhere, await readKey(), { mode: 0o600 });
  await expect(keepMasterKey(folder)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await rm(join(folder, 'master-key'));
  await mkdir(join(folder, 'master-key'));
  await expect(keepMasterKey(folder)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
});

async function readKey(): Promise<string> {
  const folder = await makeFolder();
  await keepMasterKey(folder);
  return readFile(join(folder, 'master-key'), 'utf8');
}

test('DATA_DIR may be a link of our own to a folder of our own; what it leads to is judged', async () => {
  const target = await makeFolder();
  const link = join(await makeFolder(), 'data');
  await symlink(target, link);
  expect(await preparePrivateFolder(link)).toBe('WAS_PRIVATE');
  await writeFile(join(target, 'master-key'), 'text', { mode: 0o600 });
  await chmod(target, 0o777);
  await expect(preparePrivateFolder(link)).rejects.toMatchObject({ code: 'OPEN_TO_OTHERS' });
});

test('a file, a path through a file, and a link that leads nowhere are no folder', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'file'), '');
  await symlink(join(folder, 'nowhere', 'at all'), join(folder, 'link'));
  for (const name of ['file', 'file/data', 'link']) {
    await expect(preparePrivateFolder(join(folder, name)), name).rejects.toMatchObject({ code: 'NOT_A_FOLDER' });
  }
});

test('what belongs to another user is neither used nor changed', async () => {
  const folder = await makeFolder();
  const file = join(folder, 'master-key');
  await keepMasterKey(folder);
  // Only root can give things away; to everybody else, root is the other user.
  const [foreignFile, foreignFolder] = isRoot ? [file, folder] : ['/etc/passwd', '/'];
  if (isRoot) await chown(file, stranger, stranger);
  await expect(readPrivateFile(foreignFile)).rejects.toMatchObject({ code: 'OTHER_OWNER' });
  if (isRoot) await chown(folder, stranger, stranger);
  await expect(preparePrivateFolder(foreignFolder)).rejects.toMatchObject({ code: 'OTHER_OWNER' });
});

test.skipIf(!isRoot)('nor may DATA_DIR be a link of another user, who can lead it elsewhere', async () => {
  const link = join(await makeFolder(), 'data');
  await symlink(await makeFolder(), link);
  await lchown(link, stranger, stranger);
  await expect(preparePrivateFolder(link)).rejects.toMatchObject({
    code: 'OTHER_OWNER',
    command: `chown -h 0 '${link}'`,
  });
});

test('whoever is not root takes over what lies in the folder too; root leaves the files of its database as they are', async () => {
  const folder = isRoot ? await makeFolder() : '/';
  if (isRoot) await chown(folder, stranger, stranger);
  await expect(preparePrivateFolder(folder)).rejects.toMatchObject({
    command: `${isRoot ? 'chown' : 'chown -R'} ${process.geteuid?.()} '${folder}'`,
  });
  if (isRoot) {
    const [root, ours] = [vi.spyOn(process, 'getuid'), vi.spyOn(process, 'geteuid')];
    onTestFinished(() => {
      root.mockRestore();
      ours.mockRestore();
    });
    root.mockReturnValue(1000);
    ours.mockReturnValue(1000);
    await expect(preparePrivateFolder(folder)).rejects.toMatchObject({ command: `chown -R 1000 '${folder}'` });
  }
});

test.each([
  [0o640, 'read'],
  [0o620, 'change'],
  [0o666, 'change'],
] as const)('what is said of a key of mode %i: others may %s it', async (mode, may) => {
  const folder = await makeFolder();
  await keepMasterKey(folder);
  await chmod(join(folder, 'master-key'), mode);
  await expect(keepMasterKey(folder)).rejects.toThrow(`may ${may} ${join(folder, 'master-key')}`);
});

test.each([0, 1, 16, 31, 33, 64])('a key of %i bytes is damaged, and is neither used nor replaced', async (length) => {
  const folder = await makeFolder();
  const path = join(folder, 'master-key');
  const text = Buffer.alloc(length, 7).toString('base64url');
  await writeFile(path, text, { mode: 0o600 });
  await expect(keepMasterKey(folder)).rejects.toThrow(`${path} is damaged`);
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('what a first start left that was ended is our own: the folder is closed, and a key is made', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'master-key.0a1b2c3d4e5f'), '', { mode: 0o600 });
  await mkdir(join(folder, 'postgres.new-x1Y2z3'), { mode: 0o700 });
  await chmod(folder, 0o755);
  expect(await preparePrivateFolder(folder)).toBe('WAS_CLOSED');
  expect(await keepMasterKey(folder)).toHaveLength(32);
});

test('the command that is named mends it, whatever the path is called', async () => {
  const folder = join(await makeFolder(), "it's $HOME");
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'master-key'), await readKey(), { mode: 0o600 });
  await chmod(folder, 0o777);
  const refusal: unknown = await preparePrivateFolder(folder).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ command: `chmod 700 '${folder.replace("'", String.raw`'\''`)}'` });
  await chmod(folder, 0o700);
  expect(await preparePrivateFolder(folder)).toBe('WAS_PRIVATE');
});
