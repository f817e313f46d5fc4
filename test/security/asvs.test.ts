import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rows = (await readFile(join(root, 'docs/asvs.md'), 'utf8')).split('\n').filter((line) => line.startsWith('| V'));

test('every row of docs/asvs.md names tests that exist, wherever it says that something is met', () => {
  expect(rows.length).toBeGreaterThan(90);
  const documented = /above|SECURITY\.md|package-lock/;
  for (const row of rows) {
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
    for (const path of tests) expect(existsSync(join(root, path)), path).toBe(true);
    if (/\| met/.test(row) && !documented.test(row)) expect(tests, row).not.toEqual([]);
  }
});

test('no requirement is answered twice', () => {
  const ids = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/V\d+\.\d+\.\d+/g)].map(([id]) => id));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
