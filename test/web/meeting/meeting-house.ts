import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { closeAfterwards } from '../../support/closers.ts';
import { stayOn, type Visitor, type VisitorOptions } from '../visitor.ts';
import type { Play, Scene } from './scene.ts';

declare global {
  interface Window {
    play: Play;
  }
}

const root = join(import.meta.dirname, '../../..');
/** Nobody listens there: what the page loads is answered out of the folder in which it was built. */
const address = 'http://localhost:9';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

let built: Promise<string> | undefined;

/** The page of test/web/meeting, built once for all files of tests. Answers the folder. */
export function buildMeetingPage(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-meeting-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const config = join(import.meta.dirname, 'vite.config.ts');
  const program = join(root, 'node_modules/vite/bin/vite.js');
  const parameters = [program, 'build', '--config', config, '--outDir', folder, '--logLevel', 'error'];
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, parameters, { cwd: root, env });
  return folder;
}

export interface Audience extends Visitor {
  /** Anew: nothing is open, and nothing was asked. */
  readonly begin: (scene: Scene) => Promise<void>;
  readonly show: (scene: Scene) => Promise<void>;
  /** Waits until what has changed, such as the size of the window, is laid out and drawn. */
  readonly settle: () => Promise<void>;
  /** What the page has asked of the call and of the service since this was read last. */
  readonly heard: () => Promise<readonly string[]>;
}

export async function attend(browser: Browser, folder: string, options: VisitorOptions = {}): Promise<Audience> {
  const visitor = await stayOn(browser, 'about:blank', options);
  const { page } = visitor;
  closeAfterwards(() => visitor.context.close());
  await page.route(`${address}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = await readFile(join(folder, path));
    await route.fulfill({ body, contentType: types[extname(path)] ?? 'application/octet-stream' });
  });
  await page.goto(`${address}/`);
  await page.locator('.bar').waitFor();
  // Drawn, and measured once more.
  const settle = () =>
    page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  const show = async (scene: Scene) => {
    await page.evaluate((shown) => window.play.show(shown), scene);
    await settle();
  };
  return {
    ...visitor,
    async begin(scene) {
      await page.evaluate((shown) => window.play.begin(shown), scene);
      await settle();
    },
    show,
    settle,
    heard: () => page.evaluate(() => window.play.asked.splice(0)),
  };
}
