import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeLlms } from '../../docs/.vitepress/llms.ts';
import { readSections } from '../../docs/.vitepress/pages.ts';
import { runProgram } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { findFreePort } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';
import { readDocument } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const listed = readSections().flatMap(({ pages }) => pages.map(({ file }) => file));

test('every document has its place in the list, once', async () => {
  const here = await readdir(join(root, 'docs'), { recursive: true });
  const documents = here
    .filter((name) => name.endsWith('.md') && name !== 'reference.md')
    .map((name) => `docs/${name}`);
  expect(listed).toEqual(expect.arrayContaining(documents));
  expect(new Set(listed).size).toBe(listed.length);
});

test('llms.txt is the index of what there is (npm run docs:llms)', async () => {
  expect(await readDocument('llms.txt')).toBe(writeLlms());
});

test('the index says a sentence about each', () => {
  const silent = readSections().flatMap(({ name, pages }) =>
    name === 'Decisions' ? [] : pages.filter(({ about }) => about.length < 20).map(({ file }) => file),
  );
  expect(silent).toEqual([]);
});

const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

async function serve(folder: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/\/$/, '/index.html');
    const file = /\.\w+$/.test(path) ? path : `${path}.html`;
    const text = await readFile(join(folder, file)).catch(() => null);
    const type = types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    response.writeHead(text === null ? 404 : 200, { 'content-type': type }).end(text ?? '');
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}/`;
}

/** The pages, by their path on the site. */
async function readPages(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.html') && name !== '404.html',
  );
  const pages = await Promise.all(
    files.map(
      async (file) =>
        [`/${file.replace(/(?:index)?\.html$/, '')}`, await readFile(join(folder, file), 'utf8')] as const,
    ),
  );
  return new Map(pages);
}

test('the site is built, every link and anchor on it leads somewhere, and it is searched in a browser', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-docs-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const words = [join(root, 'node_modules/vitepress/bin/vitepress.js'), 'build', 'docs', '--outDir', folder];
  const built = await runProgram(process.execPath, words, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  expect(built.exitCode, built.stderr).toBe(0);
  const pages = await readPages(folder);
  expect(pages.size).toBe(listed.length);
  const lost = [...pages].flatMap(([at, html]) =>
    [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].flatMap(([, href = '']) => {
      if (/^(?:[a-z]+:|\/\/)/i.test(href)) return [];
      const url = new URL(href, `http://site${at}`);
      const page = pages.get(url.pathname.replace(/\.html$/, ''));
      const id = decodeURIComponent(url.hash.slice(1));
      return page !== undefined && (id === '' || page.includes(`id="${id}"`)) ? [] : [`${at} leads to ${href}`];
    }),
  );
  expect(lost).toEqual([]);
  const page = await (await shareBrowser()).newPage();
  await page.goto(await serve(folder), { timeout: 30_000 });
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.getByRole('searchbox').fill('knockCooldownSeconds');
  await page.locator('.results a, [role="option"]').first().waitFor({ timeout: 30_000 });
  await page.close();
}, 300_000);
