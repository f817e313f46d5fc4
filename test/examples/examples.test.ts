import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '../support/database.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';
import { buildPage } from '../web/page-build.ts';
import { examplesFolder, listExamples, openHouse, type Running, readManifest, runCommand } from './house.ts';

// Each example is started by its one command, as somebody would who has installed it, and played in a real browser.

const patience = { timeout: 60_000 };

let server: TestServer;
let browser: Browser;
let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  await buildPage();
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  browser = await shareBrowser();
  house = await openHouse({ service: server.url, apiKey: server.apiKey });
}, 180_000);

async function open(address: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(patience.timeout);
  await page.goto(address, patience);
  return page;
}

async function knock(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Nora');
  await page.getByRole('button', { name: 'Knock' }).click();
}

const press = (page: Page, name: RegExp | string) => page.getByRole('button', { name }).first().click();

/** Both links are printed before the page is served. */
async function openBoth(running: Running): Promise<{ host: Page; guest: Page }> {
  const [host, guest] = [await running.said('host:'), await running.said('guest:')];
  await running.said('Local:');
  return { host: await open(host), guest: await open(guest) };
}

describe('a page by Vite, in StrictMode', { timeout: 180_000 }, () => {
  const ways = {
    'asks the service directly': (text: string) => text,
    'asks by the proxy of Vite': (text: string, file: string) =>
      file === 'meeting.tsx' ? text.replace("'http://localhost:4000'", 'location.origin') : text,
  };

  test.each(Object.entries(ways))('with a knock button and an owner’s list %s', async (_how, change) => {
    const { host, guest } = await openBoth(await house.run('client-react', change));
    await host.getByText('0 waiting, 1 inside').waitFor();
    await knock(guest);
    await guest.getByText('You are number 1').waitFor();
    await press(host, 'Admit');
    await host.getByText('0 waiting, 2 inside').waitFor();
    await press(guest, 'Leave');
    await host.getByText('0 waiting, 1 inside').waitFor();
    await press(guest, 'Join again');
    await host.getByText('0 waiting, 2 inside').waitFor();
    await guest.getByText('You are in.').waitFor();
  });

  test.each(['react-urql', 'apollo-client', 'relay'])(
    '%s: a guest knocks, the host admits, the guest comes in',
    async (example) => {
      const { host, guest } = await openBoth(await house.run(example));
      await press(host, 'Come in');
      await host.getByText('You are in.').waitFor();
      await knock(guest);
      await press(host, 'Admit Nora');
      await host.getByText('Nora').waitFor({ state: 'detached' });
      await press(guest, 'Come in');
      await guest.getByText('You are in.').waitFor();
    },
  );

  test('livekit-react shows the door, and waits for the answer', async () => {
    const running = await house.run('livekit-react');
    const guest = await open(await running.said('guest:').finally(() => running.said('Local:')));
    await knock(guest);
    await guest.getByText('Please wait').waitFor();
  });
});

test('node-backend invites a host to the room page, who admits a guest', { timeout: 120_000 }, async () => {
  const address = await (await house.run('node-backend')).said('open:');
  const [host, guest] = [await open(address), await open(address)];
  await host.getByLabel('Your name').fill('Olga');
  await press(host, 'Come in as the host');
  await press(host, /Join/);
  await guest.getByRole('link', { name: 'Knock as a guest' }).click();
  await guest.getByLabel('Your name').fill('Nora');
  await press(guest, 'Ask to join');
  await host.getByRole('button', { name: 'Admit Nora' }).press('Enter');
  await guest.getByRole('heading', { name: 'People' }).waitFor();
});

test('ways shows a plain page with the door in it', { timeout: 120_000 }, async () => {
  const page = await open(await (await house.run('ways')).said('inside our own page:'));
  await page.frameLocator('iframe').getByText('Waiting').first().waitFor();
});

// Next.js is installed by .ci/run alone: it is large.
describe.skipIf(!existsSync(join(examplesFolder, 'nextjs/node_modules/next')))('Next.js with the App Router', () => {
  test('makes a token for the host, who admits a guest', { timeout: 180_000 }, async () => {
    const around = { service: server.url, apiKey: server.apiKey, port: await findFreePort() };
    const running = await runCommand('nextjs', join(examplesFolder, 'nextjs'), around);
    await running.said('Ready in');
    const [host, guest] = [await open(`${running.url}host`), await open(running.url)];
    await press(host, 'Come in as the host');
    await host.getByText('You are in.').waitFor();
    await knock(guest);
    await press(host, 'Admit');
    await guest.getByText('You are in.').waitFor();
  });
});

describe('what an example asks for', async () => {
  const examples = await listExamples();
  const ranges = z.record(z.string(), z.string());
  const manifest = z.object({ dependencies: ranges, devDependencies: ranges });
  const own = manifest.parse(JSON.parse(await readFile(join(examplesFolder, '../package.json'), 'utf8')));
  const tried = { ...own.dependencies, ...own.devDependencies };

  test.each(examples)('%s has one command, and versions that are tried here', async (example) => {
    const { scripts, dependencies, devDependencies } = await readManifest(example);
    expect(Object.keys(scripts)).toHaveLength(1);
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      const ofPackage = `file:../../packages/${name.split('/')[1]}`;
      const known = name.startsWith('@vestibule/') ? ofPackage : tried[name]?.replace(/^\d/, '^$&');
      // Next.js alone is not among them.
      expect(range, name).toBe(name === 'next' ? range : known);
    }
  });

  test('there is one of each kind', () => {
    const wanted = [
      'apollo-client',
      'client-react',
      'livekit-react',
      'nextjs',
      'node-backend',
      'react-urql',
      'relay',
      'ways',
    ];
    expect(examples.toSorted()).toEqual(wanted);
  });
});
