import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { runProgram, settingsFor, vestibuleWith } from './command-line.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await (await startServer({ databaseUrl: database.url })).stop();
});

const listed = z.array(z.object({ name: z.string() }));

test('key list shows all keys, however many, and says of each that has ended how', async () => {
  await database.sql`insert into api_keys (domain_id, id, name, prefix, hash, scopes, created_at, exp)
    select d.id, gen_random_uuid(), 'key ' || n, 'vk_' || n, decode(md5(n::text), 'hex'), array['READ'], now() - n * interval '1 hour',
      case n when 150 then now() - interval '1 day' when 149 then now() + interval '1 day' end
    from domains d, generate_series(1, 250) n where d.name = 'default'`;
  const vestibule = vestibuleWith(settingsFor(database.url));
  const json = await vestibule('key', 'list', '--json');
  const names = listed.parse(JSON.parse(json.stdout)).map(({ name }) => name);
  expect(names).toHaveLength(251);
  expect(new Set(names).size).toBe(251);
  const { stdout } = await vestibule('key', 'list');
  expect(stdout).toMatch(/vk_150 {2}READ {2}expired \S+ {2}key 150$/m);
  expect(stdout).toMatch(/vk_149 {2}READ {2}never used, expires \S+ {2}key 149$/m);
  expect(stdout).toMatch(/vk_148 {2}READ {2}never used {2}key 148$/m);
  expect((await vestibule('key', 'revoke', 'vk_250')).exitCode).toBe(0);
});

test('a command goes to the database that the service beside it uses: .env says which, unless the environment does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-env-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const other = await createTestDatabase();
  await (await startServer({ databaseUrl: other.url })).stop();
  const { MASTER_KEY, DATABASE_URL: there, NODE_ENV: _, ...env } = settingsFor(database.url);
  await writeFile(join(folder, '.env'), `DATABASE_URL=${there}\nMASTER_KEY=${MASTER_KEY}\n`);
  for (const [{ sql }, name] of [
    [database, 'from-the-file'],
    [other, 'from-the-environment'],
  ] as const)
    await sql`insert into domains (id, name, created_at) values (gen_random_uuid(), ${name}, now())`;
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  const list = async (more: Readonly<Record<string, string>>, ...words: readonly string[]) =>
    (await runProgram(process.execPath, [main, 'domain', 'list', ...words], { cwd: folder, env: { ...env, ...more } }))
      .stdout;
  expect(await list({})).toContain('from-the-file');
  // The file that is named leaves the database out, as the service that is started with it finds it in the other one.
  await writeFile(join(folder, 'office.env'), 'PUBLIC_URL=https://meet.example.com\n');
  expect(await list({}, '--settings', 'office.env')).toContain('from-the-file');
  expect(await list({ DATABASE_URL: other.url })).toContain('from-the-environment');
});
