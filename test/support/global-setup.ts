import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { storedFunctions } from '../../src/storage/stored-functions.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server of this run, where `createTestDatabase` makes its databases. The pure tests have none. */
    postgresUrl?: string;
  }
}

/** Every test file clones this database, which has seen the migrations and nothing else. */
export const templateName = 'test_template';

const settings = {
  max_connections: '300',
  // Nothing of this server outlives the run, so it need not reach the disk.
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  // Each server of a test uses each statement a few times: the first five plans took as long as the statements themselves. What plans
  // are really made, test/storage/plans.test.ts sees for itself.
  plan_cache_mode: 'force_generic_plan',
};

/** One real PostgreSQL for the whole run, in a folder that goes with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vestibule-test-'));
  const closers: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  const close = async () => {
    for (const closeOne of closers.toReversed()) await closeOne();
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings });
    closers.push(server.stop);
    await prepare(server.url);
    project.provide('postgresUrl', server.url);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  try {
    // Where `findServiceBundle` keeps what it made for this run.
    await sql`create table service_bundle (path text not null)`;
    await sql`create database ${sql(templateName)}`;
  } finally {
    await sql.end();
  }
  const template = new URL(url);
  template.pathname = templateName;
  await migrate(template.href);
  // As this code has them, also where no migration makes them yet: that is said by test/storage/stored-functions.test.ts alone.
  const made = postgres(template.href, { max: 1, onnotice: () => undefined });
  for (const { ddl } of storedFunctions) await made.unsafe(ddl);
  await made.end();
}
