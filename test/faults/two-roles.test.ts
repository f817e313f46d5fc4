import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { replaceAll } from '../support/proxy-program.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// The roles of the runbook: one makes the tables, in a schema that is not `public`, and the service runs as one that may only use them.

test('a strong role migrates and a weak one runs the service, in a schema of their own', async () => {
  const database = await createTestDatabase('template0');
  const { sql } = database;
  const id = randomBytes(6).toString('hex');
  const [migrator, service] = [`migrate_${id}`, `service_${id}`];
  const example = await readFile(join(import.meta.dirname, '../../examples/operating/roles.sql'), 'utf8');
  await sql.unsafe(
    replaceAll(example, {
      vestibule_migrate: migrator,
      vestibule_service: service,
      'in database vestibule': `in database ${database.name}`,
      'on database vestibule': `on database ${database.name}`,
    }),
  );
  closeAfterwards(async () => {
    for (const role of [service, migrator]) await sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`);
  });
  const urlOf = (username: string, password: string) =>
    Object.assign(new URL(database.url), { username, password }).href;

  const weak = urlOf(service, 'change-me-2');
  await expect(startServer({ databaseUrl: weak, migrateOnStart: true })).rejects.toThrow();
  expect(await vestibuleWith(settingsFor(urlOf(migrator, 'change-me-1')))('migrate')).toMatchObject({ exitCode: 0 });
  expect(await sql`select 1 from pg_tables where schemaname = 'public'`).toEqual([]);

  // Where nothing is missing, a start only reads.
  const server = await startServer({ databaseUrl: weak, migrateOnStart: true });
  const room = await seed(server).waitingRoom();
  const owner = await room.owner();
  const knocker = await room.knocker();
  const admitted = await owner.ask('mutation ($id: ID!) { admitKnock(input: { knockId: $id }) { __typename } }', {
    id: knocker.knockId,
  });
  expect(admitted.body.data).toEqual({ admitKnock: { __typename: 'KnockRequest' } });
  expect((await knocker.enter()).id).toBeDefined();
  expect((await vestibuleWith(settingsFor(weak))('key', 'rotate', '--json')).exitCode).toBe(0);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
});
