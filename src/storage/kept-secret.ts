import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from './postgres/error.ts';
import { preparePrivateFolder, readPrivateFile, writePrivateFile } from './private-data.ts';

/**
 * Returns the 32 random bytes in a file that only its owner may read. Makes the file and its folder if they do not exist. Several callers
 * at once, even in several processes, all get the same bytes.
 * @throws {StartRefusal} where others may read or replace it
 */
export async function keepSecret(path: string): Promise<Uint8Array> {
  return (await readSecret(path)) ?? (await makeSecret(path));
}

/** The master key of an installation without one in its settings. It lies in the data folder. */
export function keepMasterKey(dataDir: string): Promise<Uint8Array> {
  return keepSecret(`${dataDir}/master-key`);
}

async function readSecret(path: string): Promise<Uint8Array | null> {
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== 32) throw new Error(`${path} is damaged: it must contain 32 bytes in base64url`);
  return new Uint8Array(bytes);
}

async function makeSecret(path: string): Promise<Uint8Array> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await preparePrivateFolder(dirname(path));
  await writePrivateFile(draft, `${randomBytes(32).toString('base64url')}\n`);
  try {
    // A link appears whole or not at all, and never replaces another process's file.
    await link(draft, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return keepSecret(path);
}
