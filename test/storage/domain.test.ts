import { expect, test } from 'vitest';
import { createDomainStorage } from '../../src/storage/domain.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

test('whoever names no domain comes to the only one, and to none where there are several', async () => {
  const { sql, url } = await createTestDatabase();
  const pool = openDatabase({ url, poolSize: 1 });
  closeAfterwards(pool.close);
  const domains = createDomainStorage(pool);
  const add = (name: string) =>
    sql`insert into domains (id, name, created_at) values (gen_random_uuid(), ${name}, now())`;
  await sql`delete from domains`;
  expect(await domains.findOnly()).toBeNull();
  await add('acme');
  expect(await domains.findOnly()).toMatchObject({ name: 'acme' });
  await add('globex');
  expect(await domains.findOnly()).toBeNull();
});
