import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../web');

// The build asks for the style of a part before the part, around the whole expression: what is chained to the import itself is not
// reached when the style does not come, and the page would wait for ever.
test('nothing is chained to an import of a part that comes later', async () => {
  const names = (await readdir(root, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'utf8')] as const));
  const imports = texts.flatMap(([name, text]) =>
    [...text.matchAll(/(?<!typeof )\bimport\([^)]*\)\s*\.?/g)].map(([found]) => [name, found]),
  );
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter(([, found]) => found?.endsWith('.'))).toEqual([]);
});
