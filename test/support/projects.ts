import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What needs a PostgreSQL, a server or a process of its own: whoever reaches one of these is no pure test. */
const heavy = /\/test\/support\/(?:database|server)\.ts$|^node:child_process$|\/embedded-postgres\.ts$/;

const imported = /^(?:import|export) (?!type )[^;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/**
 * Test files by what they reach through the files that they import. Nobody lists them, so no list can be wrong; and where the
 * imports of a file are misread, it has no database to ask (`createTestDatabase` says so).
 */
export function sortTests(): { readonly pure: readonly string[]; readonly service: readonly string[] } {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(root, 'test', path))
    .sort();
  const importsOf = rememberImports();
  const isPure = (file: string) => !reaches(file, importsOf, new Set());
  const named = (isWanted: (file: string) => boolean) => files.filter(isWanted).map((file) => relative(root, file));
  return { pure: named(isPure), service: named((file) => !isPure(file)) };
}

type ImportsOf = (file: string) => readonly string[];

function reaches(file: string, importsOf: ImportsOf, seen: Set<string>): boolean {
  if (heavy.test(file)) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(file).some((path) => reaches(path, importsOf, seen));
}

function rememberImports(): ImportsOf {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const found = known.get(file) ?? readImports(file);
    known.set(file, found);
    return found;
  };
}

/** Absolute paths of files, names of packages. */
function readImports(file: string): readonly string[] {
  // Only tests and their kits are followed: what they test is theirs to start.
  if (!file.startsWith(join(root, 'test/')) || !existsSync(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(imported)].map(([, ...paths]) => {
    const path = paths.find((one) => one !== undefined) ?? '';
    return path.startsWith('.') ? join(dirname(file), path) : path;
  });
}
