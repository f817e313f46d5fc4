import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../test/web/browser.ts';
import { buildPage } from '../../test/web/page-build.ts';
import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** The page at a door, for somebody with a slow phone on a slow line who has never been here. */
export const page: Figure = { name: 'P15', measure };

/** What Lighthouse calls slow 4G, and a phone at a quarter of this machine's speed. Bytes a second, milliseconds. */
const line = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const cpuSlowdown = 4;
const on = 'slow 4G, CPU ÷ 4';

interface Visit {
  readonly paintMs: number;
  readonly usableMs: number;
  readonly shift: number;
}

async function measure(ground: Ground): Promise<Findings> {
  await buildPage();
  const service = await ground.startService(await ground.createDatabase(), { PUBLIC_URL: '' });
  const browser = await launchBrowser();
  try {
    const client = new ServiceClient(service);
    await client.createRoom('standup');
    client.close();
    const url = `${service.url}/default/standup`;
    // The first visitor finds a service that has not read its own files yet.
    await visit(browser, url);
    const visits: Visit[] = [];
    for (const _ of range(ground.isQuick ? 2 : 7)) visits.push(await visit(browser, url));
    const of = (read: (one: Visit) => number) => median(visits.map(read));
    return {
      rows: [
        alone('P15', `door: first contentful paint (${on})`, of(({ paintMs }) => paintMs) / 1000, 's', { atMost: 0.8 }),
        alone('P15', `door: form usable (${on})`, of(({ usableMs }) => usableMs) / 1000, 's', { atMost: 1 }),
        alone('P15', 'door: layout shift', Math.max(...visits.map(({ shift }) => shift)), '', { atMost: 0.02 }),
      ],
      faults: [],
    };
  } finally {
    await browser.close();
    await service.stop();
  }
}

/** Somebody with nothing in the cache, until the form works and nothing moves any more. */
async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' });
  const tab = await context.newPage();
  const devtools = await context.newCDPSession(tab);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', line);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
  await tab.goto(url);
  await tab.waitForFunction(() => performance.getEntriesByName('usable').length > 0);
  await tab.evaluate(() => document.fonts.ready);
  const seen = await tab.evaluate(async () => {
    const shifts = await new Promise<number>((settle) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if ('value' in entry && typeof entry.value === 'number') sum += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => settle(sum), 500);
    });
    return {
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      usableMs: performance.getEntriesByName('usable')[0]?.startTime ?? Number.NaN,
      shift: shifts,
    };
  });
  await context.close();
  return seen;
}
