import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What needs a PostgreSQL, the whole service or a process of its own: whoever reaches one of these is a test of `service`. */
const heavy = /\/test\/support\/(?:database|server)\.ts$|^node:child_process$|\/embedded-postgres\.ts$/;

/** What listens or calls over a network: whoever reaches one of these waits for others, and is no pure test. */
const socket =
  /^(?:node:https?|node:http2|node:tls|ws)$|\/src\/http\/(?:server|node-server)\.ts$|\/src\/egress\/poster\.ts$/;

/** The tests' files by project. */
export type Projects = Readonly<Record<'pure' | 'sockets' | 'service', readonly string[]>>;

const imported = /^(?:import|export) (?!type )[^;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/**
 * Test files by what they reach through the files that they import. Nobody lists them, so no list can be wrong; and where the
 * imports of a file are misread, it has no database to ask (`createTestDatabase` says so).
 */
export function sortTests(): Projects {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(root, 'test', path))
    .sort();
  const importsOf = rememberImports();
  const projectOf = (file: string): keyof Projects => {
    if (reaches(heavy, file, importsOf)) return 'service';
    return reaches(socket, file, importsOf) ? 'sockets' : 'pure';
  };
  const projects: Record<keyof Projects, string[]> = { pure: [], sockets: [], service: [] };
  for (const file of files) projects[projectOf(file)].push(relative(root, file));
  return projects;
}

type ImportsOf = (file: string) => readonly string[];

function reaches(what: RegExp, file: string, importsOf: ImportsOf, seen = new Set<string>()): boolean {
  if (what.test(file)) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(file).some((path) => reaches(what, path, importsOf, seen));
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
