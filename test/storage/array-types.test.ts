import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readArray, writeArray } from '../../src/storage/postgres/client.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

const database = openDatabase({ url: (await createTestDatabase()).url, poolSize: 2 });
closeAfterwards(database.close);

const storable = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

test('whatever texts go into an array come out of it', () => {
  fc.assert(
    fc.property(fc.array(fc.option(storable)), (texts) => {
      expect(readArray(writeArray(texts))).toEqual(texts);
    }),
  );
});

test('PostgreSQL reads arrays as they are written here, and writes them as they are read here', async () => {
  const texts = ['', ' ', 'NULL', 'null', '{}', 'a,b', '"', '\\', '\\"', '🚪', 'line\nbreak', "it's"];
  const [row] = await database.query('select $1::text[] as texts, array_length($1::text[], 1) as length', [texts]);
  expect(row).toEqual({ texts, length: texts.length });
});

test('uuids and numbers go in and come out, as many as there are', async () => {
  const ids = ['01a20bef-3ac4-7457-8fb8-378878e785a8', '01a20bef-3ac4-7457-8fb8-378878e785a9'];
  const [row] = await database.query('select $1::uuid[] as ids, $2::int[] as numbers, $3::uuid[] as none', [
    ids,
    [1, -2],
    [],
  ]);
  expect(row).toEqual({ ids, numbers: [1, -2], none: [] });
});

test('what is null in an array is null', async () => {
  expect(await database.query(`select array['a', null, 'b'] as mixed`, [])).toEqual([{ mixed: ['a', null, 'b'] }]);
});
