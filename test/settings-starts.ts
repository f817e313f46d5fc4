import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import { statusOf } from './settings-looks.ts';
import { masterKeys } from './settings-scene.ts';
import { closeAfterwards } from './support/closers.ts';
import { createTestDatabase } from './support/database.ts';
import { findFreePort } from './support/server.ts';

// What counts before anything else does: each of these is a start of its own.

/** A folder within a file cannot be: what refuses it has looked there. */
export async function startInFile(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-settings-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  const app = await createApp(parseConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: join(file, 'data') }));
  return app.start().then(
    () => app.stop().then(() => false),
    (error: unknown) => String(error).includes(file),
  );
}

/** Does it start where the second way to the database leads to the same one, or to another? */
export async function startBeside(databaseUrl: string, isSame: boolean): Promise<boolean> {
  const app = await createApp(
    parseConfig({
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      DATABASE_DIRECT_URL: isSame ? databaseUrl : (await createTestDatabase()).url,
      MASTER_KEY: masterKeys[0]?.toString('hex'),
      MASTER_KEY_PREVIOUS: masterKeys.map((key) => key.toString('hex')).join(),
      PUBLIC_URL: '',
    }),
  );
  closeAfterwards(app.stop);
  return app.start().then(
    () => app.stop().then(() => true),
    () => false,
  );
}

/** What somebody finds who comes while it stops; null: nobody was there any more. */
export async function stopWith(databaseUrl: string, drainSeconds: string) {
  const port = await findFreePort();
  const app = await createApp(
    parseConfig({
      PORT: String(port),
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      MASTER_KEY: masterKeys[0]?.toString('hex'),
      MASTER_KEY_PREVIOUS: masterKeys.map((key) => key.toString('hex')).join(),
      DRAIN_SECONDS: drainSeconds,
    }),
  );
  closeAfterwards(app.stop);
  await app.start();
  const stopped = app.stop();
  if (drainSeconds === '0') await stopped;
  const ready = await statusOf(`http://127.0.0.1:${port}/ready`);
  if (ready === null) return null;
  const query = await statusOf(`http://127.0.0.1:${port}/graphql?query={__typename}`);
  await stopped;
  return { ready, query };
}

/** Does it say that it is a trial? */
export async function warnsOfTrial(trial: string): Promise<boolean> {
  const { url: databaseUrl } = await createTestDatabase();
  const port = await findFreePort();
  const app = await createApp(
    parseConfig({
      PORT: String(port),
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      MASTER_KEY: masterKeys[0]?.toString('hex'),
      TRIAL: trial,
    }),
  );
  closeAfterwards(app.stop);
  await app.start();
  const text = await (await fetch(`http://127.0.0.1:${port}/ready`)).text();
  await app.stop();
  return text.includes('TRIAL');
}

/** Does it start on a database with nothing in it? */
export async function startOnEmpty(migrateOnStart: string): Promise<boolean> {
  const database = await createTestDatabase('template0');
  const app = await createApp(
    parseConfig({
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      MASTER_KEY: masterKeys[0]?.toString('hex'),
      MIGRATE_ON_START: migrateOnStart,
    }),
  );
  closeAfterwards(app.stop);
  const isStarted = await app.start().then(
    () => true,
    () => false,
  );
  await app.stop();
  return isStarted;
}
