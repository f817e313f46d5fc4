import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { findFreePort } from '../support/server.ts';

// What a URL asks for, the real database shows.

const database = await createTestDatabase();
const { hostname, port, username, password, pathname } = new URL(database.url);
const who = `${username}${password === '' ? '' : `:${password}`}`;

async function ask(url: string, text: string): Promise<unknown> {
  const pool = openDatabase({ url, poolSize: 1 });
  closeAfterwards(pool.close);
  const [row] = await pool.query<{ seen: unknown }>(text, []);
  return row?.seen;
}

describe('of several hosts', () => {
  test.each(['', '?target_session_attrs=read-write', '?target_session_attrs=primary'])(
    'one that is away is passed by%s',
    async (query) => {
      const away = await findFreePort();
      const url = `postgres://${who}@127.0.0.1:${away},${hostname}:${port}${pathname}${query}`;
      expect(await ask(url, 'select current_database() as seen')).toBe(database.name);
    },
  );
});

test.each([
  ['application_name=door', `select current_setting('application_name') as seen`, 'door'],
  ['options=-c%20search_path%3Dpg_catalog', 'select current_schema() as seen', 'pg_catalog'],
  ['options=-c%20work_mem%3D5MB', `select current_setting('work_mem') as seen`, '5MB'],
  ['dbname=postgres', 'select current_database() as seen', 'postgres'],
  ['sslmode=prefer', 'select ssl as seen from pg_stat_ssl where pid = pg_backend_pid()', false],
])('%s counts', async (query, text, seen) => {
  const path = query.startsWith('dbname') ? '' : pathname;
  expect(await ask(`postgres://${who}@${hostname}:${port}${path}?${query}`, text)).toBe(seen);
});

test('TLS that is asked for and cannot be had is an error, and nothing goes over the network without it', async () => {
  for (const mode of ['require', 'verify-ca', 'verify-full']) {
    const asked = ask(`postgres://${who}@${hostname}:${port}${pathname}?sslmode=${mode}`, 'select 1 as seen');
    await expect(asked).rejects.toMatchObject({ name: 'DatabaseError' });
  }
});
