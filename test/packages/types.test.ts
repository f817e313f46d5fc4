import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Ran, runProgram } from '../cli/command-line.ts';
import { findPackageFolders } from '../support/package-folders.ts';
import { installPacked, manifestShape, type Packed } from './packed.ts';

const root = join(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript-for-consumers/lib/tsc.js');

/** How TypeScript looks for types, and what the package of whoever asks is. */
const resolutions = [
  { name: 'bundler', type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  { name: 'node16-from-esm', type: 'module', options: { module: 'node16' } },
  { name: 'node16-from-commonjs', type: 'commonjs', options: { module: 'node16' } },
  { name: 'node10', type: 'commonjs', options: { module: 'commonjs', moduleResolution: 'node10' } },
] as const;

/** Read before anything is packed, so that there is a test for each entry point of each package. */
const entries = await Promise.all(
  (await findPackageFolders()).map(async (folder) => {
    const { name, exports } = manifestShape.parse(
      JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
    );
    const paths = Object.keys(exports).filter((path) => path !== './package.json');
    return paths.map((path) => `${name}${path.slice(1)}`);
  }),
).then((lists) => lists.flat());

let home: string;
let packages: readonly Packed[];

beforeAll(async () => {
  ({ home, packages } = await installPacked());
}, 180_000);

test('every entry point of what is packed is looked at here', () => {
  expect(packages.flatMap((one) => one.entries).toSorted()).toEqual(entries.toSorted());
  expect(entries).toEqual(expect.arrayContaining(['@vestibule/client', '@vestibule/client/react']));
});

describe.each(resolutions)('with $name', ({ name, type, options }) => {
  let complaints: readonly string[];

  beforeAll(async () => {
    const compile = async (lib: readonly string[], wanted: readonly string[]) => {
      const folder = join(home, name, lib.join('-'));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
      for (const entry of wanted) await writeFile(join(folder, `${fileOf(entry)}.ts`), await writeConsumer(entry));
      const compilerOptions = { ...options, target: 'es2022', strict: true, outDir: 'out', types: ['node'], lib };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      const { stdout } = await run([compiler, '-p', '.'], folder);
      return stdout.split('\n').filter((line) => line.includes('error TS'));
    };
    // Without the types of a page: a server and a phone have none. Vue's own declarations name them.
    const told = await Promise.all([
      compile(
        libOf(''),
        entries.filter((entry) => !entry.endsWith('/vue')),
      ),
      compile(
        libOf('/vue'),
        entries.filter((entry) => entry.endsWith('/vue')),
      ),
    ]);
    complaints = told.flat();
  }, 120_000);

  test('the declarations are in order, also where the compiler reads all of them', () => {
    expect(complaints).toEqual([]);
  });

  test.each(entries)('the types of %s are found, and what they describe is there', async (entry) => {
    expect(complaints.filter((line) => line.startsWith(`${fileOf(entry)}.ts`))).toEqual([]);
    const folder = join(home, name, libOf(entry).join('-'));
    expect(await run([`out/${fileOf(entry)}.js`], folder)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

function run(words: readonly string[], cwd: string): Promise<Ran> {
  return runProgram(process.execPath, words, { cwd, env: { PATH: process.env.PATH } });
}

const libOf = (entry: string): readonly string[] => ['es2022', ...(entry.endsWith('/vue') ? ['dom'] : [])];

/** The names that the entry points of a package export, once they were imported. */
const exportedBy = new Map<string, readonly string[]>();

const fileOf = (entry: string) => entry.replaceAll(/\W+/g, '-').slice(1);

/** Takes each thing that the entry point exports, by name, and holds that it has a type and a value. */
async function writeConsumer(entry: string): Promise<string> {
  const one = packages.find(({ name }) => entry === name || entry.startsWith(`${name}/`));
  const target = findFiles(one?.manifest.exports[`.${entry.slice(one.name.length)}`]).get('default') ?? '';
  const names = Object.keys(
    z.record(z.string(), z.unknown()).parse(await import(pathToFileURL(join(one?.folder ?? '', target)).href)),
  );
  expect(names.length, entry).toBeGreaterThan(0);
  if (one !== undefined) exportedBy.set(one.name, [...(exportedBy.get(one.name) ?? []), ...names]);
  return [
    `import { ${names.join(', ')} } from '${entry}';`,
    'type IsTyped<T> = 0 extends 1 & T ? false : true;',
    ...names.map((name) => `const ${name}IsTyped: IsTyped<typeof ${name}> = true;`),
    ...names.map((name) => `if (!${name}IsTyped || ${name} === undefined) throw new Error('${name}');`),
  ].join('\n');
}

type Leaf = string | { readonly [condition: string]: Leaf };
const leaf: z.ZodType<Leaf> = z.lazy(() => z.union([z.string(), z.record(z.string(), leaf)]));

/** The files of one entry point, by the conditions that lead to them, in order: `require types`, `default`. */
function findFiles(target: unknown, way: readonly string[] = []): ReadonlyMap<string, string> {
  const read = leaf.parse(target);
  if (typeof read === 'string') return new Map([[way.join(' '), read]]);
  return new Map(Object.entries(read).flatMap(([name, next]) => [...findFiles(next, [...way, name])]));
}

describe.each(entries)('the manifest, of %s', (entry) => {
  test('names files that are there, the types first, and for require those that are CommonJS', async () => {
    const { folder, manifest, name } = packages.find((one) => one.entries.includes(entry)) ?? expect.fail(entry);
    const files = findFiles(manifest.exports[`.${entry.slice(name.length)}`]);
    expect([...files.keys()]).toEqual(['require types', 'require default', 'types', 'default']);
    for (const file of files.values()) expect((await stat(join(folder, file))).isFile(), file).toBe(true);
    // One implementation, however it is asked for: two would be two classes of the same error, and two contexts in one page.
    expect(files.get('require default')).toBe(files.get('default'));
    expect(await moduleTypeOf(join(folder, files.get('require types') ?? ''))).toBe('commonjs');
    expect(await moduleTypeOf(join(folder, files.get('types') ?? ''))).toBe('module');
  });

  test('tells tools that do not read exports the same', () => {
    const { manifest, name } = packages.find((one) => one.entries.includes(entry)) ?? expect.fail(entry);
    const files = findFiles(manifest.exports[`.${entry.slice(name.length)}`]);
    const told =
      entry === name
        ? { types: manifest.types, main: manifest.main }
        : { types: manifest.typesVersions?.['*'][entry.slice(name.length + 1)]?.[0], main: files.get('default') };
    expect(told).toEqual({ types: files.get('types'), main: files.get('default') });
  });
});

test.each(['dist', 'dist/commonjs'])('declarations in %s import files that every compiler finds', async (part) => {
  for (const { folder } of packages) {
    const names = (await readdir(join(folder, part))).filter((name) => name.endsWith('.d.ts'));
    expect(names).not.toHaveLength(0);
    for (const name of names) expect(await readFile(join(folder, part, name), 'utf8')).not.toMatch(/\.tsx?['"]/);
  }
});

test('a reference with every name that can be imported comes with each package', async () => {
  for (const { name, folder, entries: own } of packages) {
    const reference = await readFile(join(folder, 'REFERENCE.md'), 'utf8');
    expect(reference.match(/^## .*/gm)).toEqual(own.map((entry) => `## ${entry}`));
    for (const exported of exportedBy.get(name) ?? expect.fail(name))
      expect(reference).toContain(`\n### ${exported}\n`);
    // Made from the schema or written by hand: nothing is left as the name of what it was made from.
    expect(reference).not.toMatch(/^type \w+ = (?:NonNullable<|Extract<|\w+Fragment;)/m);
  }
});

/** What the package.json nearest to a file says of the modules there. */
async function moduleTypeOf(file: string): Promise<string> {
  const folder = dirname(file);
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  if (text === null) return moduleTypeOf(folder);
  return z.object({ type: z.string().default('commonjs') }).parse(JSON.parse(text)).type;
}
