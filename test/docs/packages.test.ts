import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { findPackageFolders } from '../support/package-folders.ts';
import { readDocument } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const places = ['.', 'docs', 'examples', 'packages', 'src', 'web', '.github', '.ci'];

/** Every text that may tell people, or a machine, what to install. */
async function findTexts(): Promise<readonly string[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      const names = await readdir(join(root, place), { recursive: place !== '.' }).catch(() => []);
      return names.map((name) => join(place, name));
    }),
  );
  const isText = /(?:\.(?:md|ts|tsx|ya?ml|json)|Dockerfile|\.ci\/run|\.env\.example)$/;
  return found.flat().filter((path) => isText.test(path) && !/node_modules|package-lock|decisions/.test(path));
}

/** Words of a command that a registry would be asked for: options, paths and packed files are not. */
function fetchedBy(text: string): readonly string[] {
  const commands = text.matchAll(
    /\b(?:npm (?:install|i|add|exec)|pnpm add|yarn add|docker pull)((?: +[^\s`"';&|)]+)+)/g,
  );
  const words = [...commands].flatMap(([, rest = '']) => rest.trim().split(/ +/));
  return words.filter((word) => !/^[-.#/]|\.tgz$/.test(word));
}

const isOurs = (word: string) => /^(?:[\w.]+\/)*@?vestibule(?:\/\w+)?(?:[@:].*)?$/.test(word);

test('an instruction that would fetch one of our names from a registry is found, and one that installs a file is not', () => {
  const wrong = [
    'npm install vestibule',
    'npm i --save @vestibule/client',
    'npm install vestibule@2 zod',
    'docker pull a/vestibule:1',
  ];
  for (const text of wrong) expect(fetchedBy(text).filter(isOurs), text).toHaveLength(1);
  const right = [
    'npm install ./vestibule-server-1.0.0.tgz',
    'npm install ../vestibule/packages/client/vestibule-client-*.tgz',
    'npm install urql',
  ];
  for (const text of right) expect(fetchedBy(text).filter(isOurs), text).toEqual([]);
});

test('nothing tells people to install what is not ours yet (decision 0025)', async () => {
  const paths = await findTexts();
  for (const path of [
    'README.md',
    'Dockerfile',
    ...(await findPackageFolders()).map((folder) => `${folder}/README.md`),
  ])
    expect(paths).toContain(path);
  for (const path of paths) {
    const text = await readDocument(path);
    expect(fetchedBy(text).filter(isOurs), path).toEqual([]);
    expect(text, path).not.toContain('npmjs.com/package/vestibule');
  }
});

test('npx is told only where the package is installed: elsewhere it would fetch a stranger’s', async () => {
  const telling = await Promise.all(
    (await findTexts()).map(async (path) => ({
      path,
      count: (await readDocument(path)).split('npx vestibule').length - 1,
    })),
  );
  expect(telling.filter(({ count }) => count > 0)).toEqual([{ path: 'docs/operating.md', count: 2 }]);
});

test('every package is scoped, and private until the scope is owned', async () => {
  const manifest = z.object({ name: z.string().startsWith('@vestibule/'), private: z.literal(true) });
  for (const folder of ['.', ...(await findPackageFolders())]) {
    const path = `${folder}/package.json`;
    expect(manifest.safeParse(JSON.parse(await readDocument(path))).error, path).toBeUndefined();
  }
});
