import { beforeAll, describe, expect, test } from 'vitest';
import { ownPaths, ownSegments } from '../../src/rules/own-paths.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
});

describe('where the service answers itself, there is no room', () => {
  test.each(Object.entries(ownPaths))('%s', async (_what, path) => {
    const html = async (at: string) => {
      const answer = await fetch(`${server.url}${at}`, { headers: { accept: '*/*' } });
      await answer.body?.cancel();
      return { status: answer.status, isPage: answer.headers.get('content-type')?.startsWith('text/html') ?? false };
    };
    const answer = await html(path);
    expect(answer.isPage).toBe(false);
    // The list of assets is nobody's.
    if (path !== ownPaths.assets) expect(answer.status).not.toBe(404);
    expect(await html(`/${path.split('/')[1]}/a-room`)).toEqual({ status: 404, isPage: false });
  });
});

describe('no domain has the name of such a path', () => {
  test.each([...ownSegments])('%s is not made', async (name) => {
    const made = await vestibuleWith(settingsFor(database.url))('domain', 'create', name);
    expect(made.exitCode).toBe(2);
    expect(await database.sql`select 1 from domains where name = ${name}`).toEqual([]);
  });

  test.each([...ownSegments])('the service does not start beside one that is called %s, and names it', async (name) => {
    const [domain] = await database.sql`
      insert into domains (id, name, created_at) values (gen_random_uuid(), ${name}, now()) returning id`;
    await expect(startServer({ databaseUrl: database.url })).rejects.toMatchObject({
      code: 'RESERVED_NAME',
      message: expect.stringContaining(`"${name}"`),
    });
    await database.sql`delete from domains where id = ${domain?.id}`;
  });
});
