import { readdir, readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { explainOldNode } from '../../src/cli/node-version.ts';
import { parseConfig } from '../../src/config.ts';
import { withEnvFile } from '../../src/env-file.ts';
import { createTestDatabase } from '../support/database.ts';
import { type ServerProcess, startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { visit } from './visitor.ts';

// A service in development leads on by itself; in production there is nothing of that.

let server: TestServer | ServerProcess;
let strict: TestServer;
let browser: Browser;

beforeAll(async () => {
  await buildPage();
  const databaseUrl = (await createTestDatabase()).url;
  server = await startServer({ databaseUrl });
  const production = parseConfig({ NODE_ENV: 'production', METRICS_PORT: '0' });
  strict = await startServer({
    databaseUrl,
    hasLanding: production.hasLanding,
    graphiql: production.graphiql,
    acceptsLocalPages: production.acceptsLocalPages,
  });
  browser = await shareBrowser();
});

describe('in development', () => {
  test('the root leads on, and makes a first room with the key that was printed', async () => {
    const visitor = await visit(browser, `${server.url}/`);
    const links = await visitor.page
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links).toEqual(expect.arrayContaining(['/guide.md', '/graphql', '/schema.graphql', '/health', '/ready']));
    const tasks = await readdir(new URL('../../docs/guide', import.meta.url));
    expect(links.filter((link) => link.startsWith('/guide/')).toSorted()).toEqual(
      tasks.map((name) => `/guide/${name}`).toSorted(),
    );
    for (const link of links) {
      const { status } = await fetch(`${server.url}${link}`, { headers: { accept: 'text/html' } });
      expect([link, status]).toEqual([link, 200]);
    }
    await visitor.page.getByLabel('The API key').fill('vk_wrong_key');
    await visitor.button('Make a room').click();
    await visitor.page.locator('output').filter({ hasText: /\w/ }).waitFor();
    expect(await visitor.page.locator('output a').count()).toBe(0);
    await visitor.page.getByLabel('The API key').fill(server.apiKey);
    await visitor.button('Make a room').click();
    const follow = async (name: string) => {
      const [page] = await Promise.all([
        visitor.context.waitForEvent('page'),
        visitor.page.getByRole('link', { name }).click(),
      ]);
      return page;
    };
    // What it leads to works by itself: a guest knocks, and the host lets them in.
    const host = await follow('Come in as the host');
    await host.getByRole('button', { name: 'Join' }).click();
    const guest = await follow('Knock as a guest');
    await guest.locator('[name="userName"]').fill('Nora');
    await guest.getByRole('button', { name: 'Ask to join' }).click();
    await host.getByRole('button', { name: 'Admit Nora' }).press('Enter');
    await guest.getByRole('heading', { name: 'People' }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test('GraphiQL comes from the service alone, and asks and edits under its own policy', async () => {
    const visitor = await visit(browser, 'about:blank');
    await visitor.context.route(/.*/, (route) =>
      route.request().url().startsWith(server.url) ? route.continue() : route.abort(),
    );
    const answer = await visitor.page.goto(`${server.url}/graphql?query=${encodeURIComponent('{ __typename }')}`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe-eval|https:|blob:/);
    await visitor.page.locator('.graphiql-execute-button').click();
    await visitor.page.getByText('"Query"').first().waitFor();
    const elsewhere = visitor.asked.filter(
      (url) => /^(?:https?|wss?):/.test(url) && !url.replace(/^ws/, 'http').startsWith(server.url),
    );
    expect(elsewhere).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});

describe('in production', () => {
  test.each(['/', '/guide.md', '/guide/knock.md', '/assets/graphiql/graphiql.js'])('there is no %s', async (path) => {
    expect((await fetch(`${strict.url}${path}`, { headers: { accept: 'text/html' } })).status).toBe(404);
  });

  test('GraphiQL does not answer, and pages of this machine may not call', async () => {
    const page = await fetch(`${strict.url}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, (await page.text()).includes('GraphiQL')]).toEqual([406, false]);
    const origin = 'http://localhost:5173';
    const [there, here] = await Promise.all(
      [strict, server].map(({ url }) => fetch(`${url}/graphql?query={__typename}`, { headers: { origin } })),
    );
    expect(there?.headers.get('access-control-allow-origin')).toBeNull();
    expect(here?.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

describe('a .env', () => {
  const file = new URL('../../.env.example', import.meta.url).pathname;

  test('is read for what the environment leaves out', () => {
    expect(withEnvFile({ PORT: '5000' }, file)).toMatchObject({ PORT: '5000', HOST: '127.0.0.1' });
    expect(withEnvFile({ PORT: '5000' }, '/no/such/file')).toEqual({ PORT: '5000' });
  });

  test.each(['production', 'test'])('is not read in %s', (NODE_ENV) => {
    expect(withEnvFile({ NODE_ENV }, file)).toEqual({ NODE_ENV });
  });

  test('that cannot be read ends the start', () => {
    expect(() => withEnvFile({}, import.meta.dirname)).toThrow('EISDIR');
  });
});

describe('a Node.js that is too old', () => {
  test.each([
    ['18.20.8', true],
    ['20.20.2', true],
    ['22.17.1', true],
    ['22.18.0', false],
    ['23.0.0', false],
    ['24.21.0', false],
  ])('%s: %s', (version, isOld) => {
    expect(explainOldNode(version)?.includes(version) ?? false).toBe(isOld);
  });

  test('is told before anything else is loaded', async () => {
    const read = (name: string) => readFile(new URL(`../../src/cli/${name}`, import.meta.url), 'utf8');
    expect([...(await read('main.ts')).matchAll(/^import .* from '(.*)';/gm)].map(([, from]) => from)).toEqual([
      './node-version.ts',
    ]);
    expect(await read('node-version.ts')).not.toMatch(/^import /m);
  });
});
