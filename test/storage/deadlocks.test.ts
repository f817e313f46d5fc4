import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

const store = await createTestDatabase();
const pool = openDatabase({ url: store.url, poolSize: 1 });
closeAfterwards(pool.close);

/** A statement that is the victim of a deadlock so many times, and is carried out then. A sequence is not set back with it. */
async function victim(name: string, times: number): Promise<() => Promise<readonly unknown[]>> {
  await store.sql.unsafe(`
    create sequence ${name}_tries;
    create function ${name}() returns integer language plpgsql as $$
    begin
      if nextval('${name}_tries') <= ${times} then raise exception 'deadlock detected' using errcode = '40P01'; end if;
      return currval('${name}_tries');
    end $$`);
  return () => pool.query(`with done as (select ${name}() as tries) select tries from done`, []);
}

test('a statement that PostgreSQL ended so that another one could go on is sent again', async () => {
  const run = await victim('once', 1);
  expect(await run()).toEqual([{ tries: 2 }]);
});

test('one that is ended again and again is told of', async () => {
  const run = await victim('often', 5);
  await expect(run()).rejects.toMatchObject({ failure: 'RETRY', code: '40P01' });
});
