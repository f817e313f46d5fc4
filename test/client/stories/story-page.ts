import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { compile } from 'svelte/compiler';
import { build, type Plugin } from 'vite';
import { onTestFinished } from 'vitest';
import { compileScript, parse } from 'vue/compiler-sfc';
import { closeAfterwards } from '../../support/closers.ts';
import type { Shown } from './shown.ts';

const svelte: Plugin = {
  name: 'svelte',
  transform: (code, id) => (id.endsWith('.svelte') ? compile(code, { filename: id, generate: 'client' }).js : null),
};

const vue: Plugin = {
  name: 'vue',
  transform: (code, id) => {
    if (!id.endsWith('.vue')) return null;
    const script = compileScript(parse(code).descriptor, { id, inlineTemplate: true, genDefaultAs: 'component' });
    return { code: `${script.content}\nexport default component;`, moduleType: 'js' };
  },
};

const source = join(import.meta.dirname, '../../../packages/client/src');

/** A page as one script, as in development: StrictMode does there what it does. */
async function bundlePage(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    mode: 'development',
    plugins: [svelte, vue],
    oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
    define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
    resolve: {
      conditions: ['browser', 'module', 'development'],
      // An example may bring a React of its own: two of them in one page know nothing of each other's hooks.
      dedupe: ['react', 'react-dom'],
      alias: [
        { find: /^@vestibule\/client$/, replacement: join(source, 'index.ts') },
        { find: /^@vestibule\/client\/(\w+)$/, replacement: join(source, '$1.ts') },
      ],
    },
    build: { write: false, minify: false, rolldownOptions: { input: entry } },
  });
  const [output] = [made].flat();
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('no bundle');
  return chunk.code;
}

/** Serves the page of the stories. */
export const servePage = (): Promise<string> => serveEntry(join(import.meta.dirname, 'page.ts'));

/** Serves a page that is this script, at an address of this machine, until the file's tests are over. */
export async function serveEntry(entry: string): Promise<string> {
  const script = await bundlePage(entry);
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    const html =
      '<!doctype html><meta charset="utf-8"><title>Story</title><script type="module" src="/page.js"></script>';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

/** A page of the stories in a browser of its own, which is theirs until the end of the test. */
export interface StoryPage {
  readonly page: Page;
  /** What went wrong on the page by itself: exceptions, rejections that nobody caught. */
  readonly thrown: readonly string[];
  /** Waits until what the hooks show is as wanted, and answers with what `pick` takes from it. */
  until<Value>(pick: (shown: Shown) => Value, isWanted: (value: Value) => boolean): Promise<Value>;
  /** Does something on the page with what the hooks give. */
  act<Value>(work: (shown: Shown) => Value): Promise<Awaited<Value>>;
}

const untilMs = 15_000;

export async function openStory(
  browser: Browser,
  address: string,
  asked: Readonly<Record<string, string>>,
): Promise<StoryPage> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(`${address}?${new URLSearchParams(asked)}`);
  return storyOf(page, thrown);
}

export function storyOf(page: Page, thrown: readonly string[] = []): StoryPage {
  const act = <Value>(work: (shown: Shown) => Value) =>
    page.evaluate<Value>(`(${work.toString()})(window.shown)`) as Promise<Awaited<Value>>;
  return {
    page,
    thrown,
    act,
    until: async (pick, isWanted) => {
      let last: unknown = null;
      for (const deadline = performance.now() + untilMs; performance.now() < deadline; ) {
        // While a page loads there is nothing shown yet.
        const value = await act(pick).catch(() => undefined);
        last = value;
        if (value !== undefined && isWanted(value)) return value;
        await pause(50);
      }
      throw new Error(`not so in time: ${JSON.stringify(last)}`);
    },
  };
}
