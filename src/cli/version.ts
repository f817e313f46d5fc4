import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findMigrationsFolder } from '../storage/postgres/migrate.ts';

/** The version of this installation, as its package says. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(join(dirname(findMigrationsFolder()), 'package.json'), 'utf8');
  const read: unknown = JSON.parse(text);
  const isPackage = typeof read === 'object' && read !== null && 'version' in read;
  return isPackage ? String(read.version) : 'unknown';
}
