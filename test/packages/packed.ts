import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runProgram } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { findPackageFolders } from '../support/package-folders.ts';

const root = join(import.meta.dirname, '../..');

/** The Node of this run goes first, as it does for npm's own scripts. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

export const manifestShape = z.object({
  name: z.string(),
  main: z.string(),
  types: z.string(),
  exports: z.record(z.string(), z.unknown()),
  typesVersions: z.object({ '*': z.record(z.string(), z.array(z.string())) }).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/** A package as its packed file brings it to whoever installs it. */
export type Packed = {
  readonly name: string;
  readonly folder: string;
  readonly manifest: z.infer<typeof manifestShape>;
  /** What may be imported of it, as one writes it: `@vestibule/client/react`. */
  readonly entries: readonly string[];
};

/**
 * A folder of somebody else's, in which every package of the project is installed from its packed file, and what the packages ask for from
 * this checkout: nothing is fetched.
 */
export async function installPacked(): Promise<{ readonly home: string; readonly packages: readonly Packed[] }> {
  const home = await mkdtemp(join(tmpdir(), 'vestibule-consumer-'));
  closeAfterwards(() => rm(home, { recursive: true, force: true }));
  const house = await copySources(home);
  const folders = await findPackageFolders();
  const packages = await Promise.all(folders.map((folder) => install(join(house, folder), home)));
  await offerFromHere(home, packages);
  return { home, packages };
}

/** Packed in a copy: packing builds, and somebody else may be reading what was built in the checkout. */
async function copySources(home: string): Promise<string> {
  const house = join(home, 'house');
  await mkdir(house);
  for (const name of ['packages', 'tsconfig.json', 'package.json']) {
    await cp(join(root, name), join(house, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  return house;
}

async function install(from: string, home: string): Promise<Packed> {
  const packed = await runProgram('npm', ['pack', '--silent', '--pack-destination', home], { cwd: from, env });
  if (packed.exitCode !== 0) throw new Error(`npm pack failed in ${from}: ${packed.stderr}`);
  const { name } = await readManifest(from);
  const folder = join(home, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  const file = join(home, packed.stdout.trim().split('\n').at(-1) ?? '');
  const opened = await runProgram('tar', ['-xzf', file, '--strip-components=1', '-C', folder], { cwd: home, env });
  if (opened.exitCode !== 0) throw new Error(`${file} does not open: ${opened.stderr}`);
  const manifest = await readManifest(folder);
  const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json');
  return { name, folder, manifest, entries: paths.map((path) => `${name}${path.slice(1)}`) };
}

async function readManifest(folder: string): Promise<Packed['manifest']> {
  return manifestShape.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}

/** What the packages depend on, and the types of it. */
async function offerFromHere(home: string, packages: readonly Packed[]): Promise<void> {
  const asked = packages.flatMap(({ manifest }) => [
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.peerDependencies),
  ]);
  await mkdir(join(home, 'node_modules/@types'), { recursive: true });
  for (const name of new Set([...asked, '@types/react', '@types/node'])) {
    await symlink(join(root, 'node_modules', name), join(home, 'node_modules', name));
  }
}
