import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../test/web/browser.ts';
import { buildPage } from '../../test/web/page-build.ts';
import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** A host's list on a phone, while many come at once, and when it is long. */
export const hostConsole: Figure = { name: 'P15', measure };

/** How far somebody scrolls with one frame: a quick flick. */
const notches = 3;

/** A phone at a quarter of this machine's speed. */
const cpuSlowdown = 4;
const on = `CPU ÷ ${cpuSlowdown}`;

async function measure(ground: Ground): Promise<Findings> {
  await buildPage();
  const service = await ground.startService(await ground.createDatabase(), { PUBLIC_URL: '', RATE_LIMITS: 'false' });
  const browser = await launchBrowser();
  const client = new ServiceClient(service);
  try {
    const crowds: number[] = [];
    for (const turn of range(ground.isQuick ? 1 : 5)) crowds.push(await crowd(browser, client, `crowd-${turn}`));
    const scrolled = await scroll(browser, client, ground.isQuick ? 200 : 1_000);
    return {
      rows: [
        alone('P15', `console: 60 knocks, worst frame (${on})`, median(crowds), 'ms', { atMost: 100 }),
        alone('P15', `console: 1,000 wait, worst frame while it scrolls (${on})`, scrolled, 'ms', { atMost: 100 }),
      ],
      faults: [],
    };
  } finally {
    client.close();
    await browser.close();
    await service.stop();
  }
}

/** 60 people knock at once; the longest frame until they are all listed. Milliseconds. */
async function crowd(browser: Browser, client: ServiceClient, room: string): Promise<number> {
  const { page, close } = await host(browser, client, room);
  const worst = await worstFrame(page, async () => {
    await Promise.all(range(60).map((guest) => client.knock(room, `Guest ${guest}`)));
    await listed(page, 60);
  });
  await close();
  return worst;
}

/** The longest frame while somebody scrolls through the whole list. Milliseconds. */
async function scroll(browser: Browser, client: ServiceClient, count: number): Promise<number> {
  const room = 'long';
  await client.createRoom(room);
  for (const guest of range(count)) await client.knock(room, `Guest ${guest}`);
  const { page, close } = await host(browser, client, room);
  await listed(page, count);
  await page.locator('.queue').hover();
  const worst = await worstFrame(page, async () => {
    for (const _ of range(60)) {
      await page.mouse.wheel(0, notches * 120);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
    }
  });
  await close();
  return worst;
}

async function host(browser: Browser, client: ServiceClient, room: string) {
  if (room !== 'long') await client.createRoom(room);
  const token = await client.createToken(room, { isOwner: true, userName: 'Olga' });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${client.url}/default/${room}?t=${token}`);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.locator('#waiting-title').waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
  return { page, close: () => context.close() };
}

const listed = (page: Page, count: number) =>
  page.waitForFunction((all) => document.querySelectorAll('[data-knock]').length === all, count);

/** The longest time between two frames while this goes on, in milliseconds. */
async function worstFrame(page: Page, act: () => Promise<void>): Promise<number> {
  const frames = await page.evaluateHandle(() => {
    const seen = { worst: 0, isOver: false };
    let last = performance.now();
    const look = (now: number) => {
      seen.worst = Math.max(seen.worst, now - last);
      last = now;
      if (!seen.isOver) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return seen;
  });
  await act();
  return frames.evaluate((seen) => {
    seen.isOver = true;
    return seen.worst;
  });
}
