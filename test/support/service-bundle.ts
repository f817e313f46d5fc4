import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { findServer } from './database.ts';

let bundle: Promise<string> | undefined;

/**
 * The service's program in one file, made once a run: by whoever starts the first process. The run's database holds where it lies, and
 * lets the others wait for it.
 */
export function findServiceBundle(): Promise<string> {
  bundle ??= findOrMake();
  return bundle;
}

async function findOrMake(): Promise<string> {
  const sql = postgres(findServer(), { max: 1 });
  try {
    return await sql.begin(async (turn) => {
      await turn`lock table service_bundle in exclusive mode`;
      const [found] = await turn<{ path: string }[]>`select path from service_bundle`;
      if (found) return found.path;
      const path = await bundleService();
      await turn`insert into service_bundle (path) values (${path})`;
      return path;
    });
  } finally {
    await sql.end();
  }
}

/**
 * src/main.ts and all that it imports, in one file: to find and to link 1,600 takes a process longer than all the rest of its
 * start. It lies within the project, from where the service finds its migrations and its page.
 */
async function bundleService(): Promise<string> {
  // Loaded by whoever starts processes, and by nobody else.
  const { build } = await import('vite');
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
