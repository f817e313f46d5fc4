import { setTimeout } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { presenceTimes } from '../../src/rules/presence.ts';
import { closeAllOfThisFile } from '../../test/support/closers.ts';
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.ts';
import { launchBrowser } from '../../test/web/browser.ts';
import { buildPage } from '../../test/web/page-build.ts';
import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** A host's list on a phone, while many come at once, and when it is long. */
export const hostConsole: Figure = { name: 'P15', measure };

/** How far somebody scrolls with one frame, a quick flick, and how often. */
const notches = 3;
const flicks = 60;

/** A phone at a quarter of this machine's speed. */
const cpuSlowdown = 4;
const on = `CPU ÷ ${cpuSlowdown}`;

/** Who is inside already, and who came to the door before and went away: with them the record has some hundred entries. */
const inside = 50;
const wentAway = 120;

/** What the host's page did while something went on. Milliseconds. */
interface Strain {
  /** The longest time between two frames. */
  readonly worstMs: number;
  /** All work of the page's main thread. */
  readonly workMs: number;
}

const worst = (strains: readonly Strain[]) => median(strains.map(({ worstMs }) => worstMs));
const work = (strains: readonly Strain[]) => median(strains.map(({ workMs }) => workMs));

async function measure(ground: Ground): Promise<Findings> {
  await buildPage();
  const service = await ground.startService(await ground.createDatabase(), { PUBLIC_URL: '', RATE_LIMITS: 'false' });
  const browser = await launchBrowser();
  const line = await startTcpProxy(service.url);
  const client = new ServiceClient(service);
  const count = ground.isQuick ? 200 : 1_000;
  try {
    const { isQuiet } = await fillLong(client, count);
    const crowds: Strain[] = [];
    for (const turn of range(ground.isQuick ? 1 : 5)) crowds.push(await crowd(browser, client, line, `crowd-${turn}`));
    await isQuiet;
    const scrolls: Strain[] = [];
    for (const _ of range(ground.isQuick ? 1 : 3)) scrolls.push(await scroll(browser, client, line, count));
    return {
      rows: [
        alone(
          'P15',
          `console: 60 knocks, ${inside} inside, the record open: worst frame (${on})`,
          worst(crowds),
          'ms',
          {
            atMost: 100,
          },
        ),
        alone('P15', 'the same: work of the page for each knock', work(crowds) / 60, 'ms', null),
        alone('P15', `console: 1,000 wait, worst frame while it scrolls (${on})`, worst(scrolls), 'ms', {
          atMost: 100,
        }),
        alone('P15', 'the same: work of the page for each turn of the wheel', work(scrolls) / flicks, 'ms', null),
      ],
      faults: [],
    };
  } finally {
    client.close();
    await browser.close();
    await closeAllOfThisFile();
    await service.stop();
  }
}

/**
 * 60 people knock, each with a message, until each of them can be let in. The phone hears of all of them at once, and only when the service
 * has done its work: it shares no processor with a service.
 */
async function crowd(browser: Browser, client: ServiceClient, line: TcpProxy, room: string): Promise<Strain> {
  await client.createRoom(room);
  await furnish(client, room);
  const { page, devtools, close } = await host(browser, client, line, room);
  await page.locator('.person').nth(inside).waitFor({ state: 'attached' });
  await page.locator('section[aria-labelledby=record-title] button').click();
  await page
    .locator('.record li')
    .nth(2 * wentAway)
    .waitFor({ state: 'attached' });
  // Whoever opened the record has scrolled to it.
  await page.evaluate(() => scrollTo(0, 0));
  // What looks for them is brought into the page before that.
  await shown(page, '[data-admit]', 0);
  line.hold('answers');
  await Promise.all(
    range(60).map((guest) => client.knock(room, `Guest ${guest}`, `I am number ${guest} of the group.`)),
  );
  const strain = await strainOf(page, devtools, async () => {
    line.release();
    await shown(page, '[data-admit]', 60);
  });
  await close();
  return strain;
}

async function furnish(client: ServiceClient, room: string): Promise<void> {
  const token = await client.createToken(room);
  await Promise.all(
    range(inside).map((person) => client.join({ roomName: room, token, userName: `Person ${person}` })),
  );
  const gone = await Promise.all(range(wentAway).map((guest) => client.knock(room, `Early ${guest}`)));
  await Promise.all(gone.map(({ knockToken }) => client.cancelKnock(knockToken)));
}

/** `isQuiet` once all of them were told to be away, as nobody there follows their knock: what is measured after that is scrolling alone. */
async function fillLong(client: ServiceClient, count: number): Promise<{ readonly isQuiet: Promise<void> }> {
  await client.createRoom('long');
  for (const guest of range(count)) await client.knock('long', `Guest ${guest}`, `I am number ${guest}.`);
  return { isQuiet: setTimeout((presenceTimes.knocker.beat + 5) * 1_000) };
}

/** Somebody scrolls through the whole list as soon as it is there. */
async function scroll(browser: Browser, client: ServiceClient, line: TcpProxy, count: number): Promise<Strain> {
  const { page, devtools, close } = await host(browser, client, line, 'long');
  await shown(page, '[data-knock]', count);
  await page.locator('.queue').hover();
  const strain = await strainOf(page, devtools, async () => {
    for (const _ of range(flicks)) {
      await page.mouse.wheel(0, notches * 120);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
    }
  });
  await close();
  return strain;
}

async function host(browser: Browser, client: ServiceClient, line: TcpProxy, room: string) {
  const token = await client.createToken(room, { isOwner: true, userName: 'Olga' });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(new URL(`default/${room}?t=${token}`, line.url).href);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.locator('#waiting-title').waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
  return { page, devtools, close: () => context.close() };
}

const shown = (page: Page, selector: string, count: number) =>
  // Not at each frame, as it is part of what is measured.
  page.waitForFunction(
    ([wanted, all]) => document.querySelectorAll(wanted).length === all,
    [selector, count] as const,
    {
      polling: 100,
    },
  );

async function strainOf(page: Page, devtools: CDPSession, act: () => Promise<void>): Promise<Strain> {
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
  // What the page still had to do is done.
  await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  await frames.evaluate((seen) => {
    seen.worst = 0;
  });
  const before = await workOf(devtools);
  await act();
  const workMs = (await workOf(devtools)) - before;
  const worstMs = await frames.evaluate((seen) => {
    seen.isOver = true;
    return seen.worst;
  });
  return { worstMs, workMs };
}

/** What the main thread of the page has worked until now, in milliseconds. */
async function workOf(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}
