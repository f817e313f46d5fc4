import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.ts';
import { migrate } from '../../src/storage/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server of this run, where `createTestDatabase` makes its databases. */
    postgresUrl: string;
    /** The service's program in one file, see `bundleService`. */
    serverScript: string;
  }
}

/** Every test file clones this database, which has seen the migrations and nothing else. */
export const templateName = 'test_template';

// Nothing of this server outlives the run, so it need not reach the disk.
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

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
    await createTemplate(server.url);
    project.provide('postgresUrl', server.url);
    project.provide('serverScript', await bundleService());
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function createTemplate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  try {
    await sql`create database ${sql(templateName)}`;
  } finally {
    await sql.end();
  }
  const template = new URL(url);
  template.pathname = templateName;
  await migrate(template.href);
}

/**
 * src/main.ts and all that it imports, in one file: to find and to link 1,600 takes a process longer than all the rest of its
 * start. It lies within the project, from where the service finds its migrations and its page.
 */
async function bundleService(): Promise<string> {
  const outDir = join(import.meta.dirname, '../../node_modules/.cache/vestibule-tests');
  await mkdir(outDir, { recursive: true });
  const fresh = await mkdtemp(join(outDir, 'run-'));
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      ssr: { noExternal: true },
      build: { ssr: 'src/main.ts', target: 'node24', outDir: fresh, copyPublicDir: false },
    });
    // Always the same name, so that what was compiled of it is found; whole or not at all, where two runs go on at once.
    await rename(join(fresh, 'main.js'), join(outDir, 'main.js'));
  } finally {
    await rm(fresh, { recursive: true });
  }
  return join(outDir, 'main.js');
}
