import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as react from '../../packages/client/src/react.ts';
import * as svelte from '../../packages/client/src/svelte.ts';
import * as vue from '../../packages/client/src/vue.ts';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { launchBrowser } from '../web/browser.ts';
import { serveEntry } from './stories/story-page.ts';

const readme = await readDocument('packages/client/README.md');
const example = (language: string) => {
  const [block, ...others] = blocksOf(readme).filter((one) => one.language === language);
  if (block === undefined || others.length > 0) throw new Error(`not one example in ${language}`);
  return block.text.replaceAll('https://meet.example.com', server.url);
};

let server: TestServer;
let backend: Seed;
let browser: Browser;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  browser = await launchBrowser();
  closeAfterwards(() => browser.close());
});

/** A folder of the examples' own, within the project so that they find what it has installed. */
async function makeFolder(): Promise<string> {
  const built = join(import.meta.dirname, '../../dist');
  await mkdir(built, { recursive: true });
  const folder = await mkdtemp(join(built, 'readme-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** How a page opens the example of each language. */
const pages: Readonly<Record<string, string>> = {
  tsx: `import { createElement, StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import { Meeting } from './example.tsx';
    createRoot(root).render(createElement(StrictMode, null, createElement(Meeting, asked)));`,
  vue: `import { createApp } from 'vue';
    import Meeting from './example.vue';
    createApp(Meeting, asked).mount(root);`,
  svelte: `import { mount } from 'svelte';
    import Meeting from './example.svelte';
    mount(Meeting, { target: root, props: asked });`,
};

describe.each(Object.entries(pages))('the example in %s', (language, opening) => {
  test('shows who is inside, and lets in who waits', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, `example.${language}`), example(language));
    // Imports come first, whatever stands above them.
    const prelude = `const asked = Object.fromEntries(new URLSearchParams(location.search));
      const root = document.body.appendChild(document.createElement('div'));`;
    const lines = opening.split('\n');
    const entry = [...lines.slice(0, -1), prelude, lines.at(-1)].join('\n');
    await writeFile(join(folder, 'page.js'), entry);
    const address = await serveEntry(join(folder, 'page.js'));
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ isOwner: true, userName: 'Olga' });
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(`${address}?${new URLSearchParams({ roomName: room.name, token: jwt })}`);
    await page.getByText('Olga').waitFor();
    const nora = await room.knocker({ userName: 'Nora' });
    await page.getByRole('button', { name: 'Admit Nora' }).click();
    await page.getByRole('button', { name: 'Admit Nora' }).waitFor({ state: 'detached' });
    await nora.enter();
    await page.getByRole('listitem').filter({ hasText: 'Nora' }).waitFor();
  });
});

test('the example without a framework runs', async () => {
  const room = await backend.room();
  const { jwt } = await room.token({ userName: 'Gustav' });
  const code = example('ts')
    .replace("'@vestibule/client'", "'../../packages/client/src/index.ts'")
    .replaceAll("'weekly'", `'${room.name}'`);
  const folder = await makeFolder();
  const given = 'const { token, show } = globalThis.readme;\n';
  await writeFile(join(folder, 'example.ts'), code.replace('\n\n', `\n${given}\n`));
  const shown = Promise.withResolvers<{ level: string; names: readonly string[] }>();
  const show = (level: string, view: { participants: readonly { userName: string }[] }) => {
    if (view.participants.length > 0)
      shown.resolve({ level, names: view.participants.map(({ userName }) => userName) });
  };
  Object.assign(globalThis, { readme: { token: jwt, show } });
  await import(/* @vite-ignore */ join(folder, 'example.ts'));
  expect(await shown.promise).toEqual({ level: 'FULL', names: ['Gustav'] });
});

test('the README names every hook, which each adapter has', () => {
  const told = [...readme.matchAll(/^\| `(use\w+)` \|/gm)].map(([, name = '']) => name);
  for (const adapter of [react, vue, svelte]) {
    // The frame is an element of its own: only React needs a component for it.
    const apart = ['useVisit', 'useRoomFrame'];
    const hooks = Object.keys(adapter).filter((name) => name.startsWith('use') && !apart.includes(name));
    expect(hooks.toSorted()).toEqual(told.toSorted());
  }
});
