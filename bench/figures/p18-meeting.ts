import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { launchBrowser, meetingFlags } from '../../test/web/browser.ts';
import { buildPage } from '../../test/web/page-build.ts';
import { alone, type Figure, type Findings, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { startLiveKit } from '../livekit-process.ts';
import { inParallel, range } from '../pace.ts';
import { readRss } from '../proc.ts';
import { type Publisher, startPublishers } from '../publishers.ts';
import { ServiceClient } from '../service-client.ts';

/** What a meeting costs whoever watches it: pictures of 320 × 180 at 15 a second, sent by processes of their own. */
export const meeting: Figure = { name: 'P18', measure };

const key = { apiKey: 'bench', apiSecret: 'a-secret-of-the-bench-and-of-nobody-else' };
const counts = [4, 8, 12];
/** As many as one process sends for. */
const perProcess = 4;

async function measure(ground: Ground): Promise<Findings> {
  await buildPage();
  const livekit = await startLiveKit(key.apiKey, key.apiSecret);
  if (livekit === null) return { rows: [], faults: [] };
  const env = { MEDIA_ALLOW_PRIVATE: '127.0.0.0/8', PUBLIC_URL: '' };
  const service = await ground.startService(await ground.createDatabase(), env);
  const client = new ServiceClient(service, 8);
  const browser = await launchBrowser(meetingFlags);
  try {
    const made = z.object({ __typename: z.literal('MediaServer') });
    await client.ask(setServer, { input: { kind: 'LIVEKIT', url: livekit.url, ...key } }, made, client.apiKey);
    const rows: Row[] = [];
    for (const count of counts) rows.push(...(await watch(browser, client, count, ground.isQuick ? 3_000 : 15_000)));
    return { rows, faults: [] };
  } finally {
    await browser.close();
    client.close();
    await service.stop();
    await livekit.stop();
  }
}

const setServer = 'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { __typename } }';

/** One who watches so many. */
async function watch(browser: Browser, client: ServiceClient, count: number, forMs: number): Promise<readonly Row[]> {
  const room = `meeting-of-${count}`;
  await client.createRoom(room, { startAudioOff: true, startVideoOff: true });
  const publishers = await inParallel(range(count), 4, (index) => enter(client, room, `Guest ${index}`));
  const parts = range(Math.ceil(count / perProcess)).map((part) =>
    publishers.slice(part * perProcess, (part + 1) * perProcess),
  );
  const stops = await Promise.all(parts.map(startPublishers));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  try {
    const page = await context.newPage();
    await page.addInitScript(holdConnections);
    await page.goto(`${client.url}/default/${room}?t=${await client.createToken(room, { userName: 'Olga' })}`);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.waitForFunction((all) => document.querySelectorAll('video:not([hidden])').length === all, count);
    return await measurePage(browser, page, count, forMs);
  } finally {
    await context.close();
    for (const stop of stops) await stop();
  }
}

async function enter(client: ServiceClient, roomName: string, userName: string): Promise<Publisher> {
  const token = await client.createToken(roomName, { userName });
  const { sessionToken } = await client.join({ roomName, token });
  const form = z.object({ media: z.object({ url: z.string(), token: z.string() }) });
  const query = '{ viewer { ... on Participant { media { url token } } } }';
  return (await client.ask(query, {}, form, sessionToken)).media;
}

async function measurePage(browser: Browser, page: Page, count: number, forMs: number): Promise<readonly Row[]> {
  // What comes once, such as the parts of the page, does not belong to it.
  await pause(3_000);
  const framesBefore = await page.evaluate(() => window.framesDecoded());
  const before = await readProcesses(browser);
  const startedAt = performance.now();
  await pause(forMs);
  const tookMs = performance.now() - startedAt;
  const after = await readProcesses(browser);
  const frames = (await page.evaluate(() => window.framesDecoded())) - framesBefore;
  const usedMs = (type: string) => (after.cpuMs(type) - before.cpuMs(type)) / tookMs;
  const what = `${count} people with a picture`;
  return [
    alone('P18', `${what}: pictures of each that arrive, of 15`, (1000 * frames) / tookMs / count, '/s', null),
    alone('P18', 'the same: the page’s process', 100 * usedMs('renderer'), '% of a core', null),
    alone('P18', 'the same: the whole browser', 100 * usedMs(''), '% of a core', null),
    alone('P18', 'the same: memory of the page’s process', after.rss('renderer') / 2 ** 20, 'MiB', null),
  ];
}

/** Processor time and memory of the browser's processes of a type; of all for the empty one. */
async function readProcesses(browser: Browser) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const of = (type: string) => processInfo.filter((one) => type === '' || one.type === type);
  return {
    cpuMs: (type: string) => 1000 * of(type).reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    rss: (type: string) => of(type).reduce((sum, { id }) => sum + readRss(id), 0),
  };
}

declare global {
  interface Window {
    framesDecoded: () => Promise<number>;
  }
}

/** Runs in the page, before its own code. */
function holdConnections(): void {
  const connections: RTCPeerConnection[] = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(options?: RTCConfiguration) {
      super(options);
      connections.push(this);
    }
  };
  window.framesDecoded = async () => {
    let frames = 0;
    for (const connection of connections)
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp' && report.kind === 'video') frames += report.framesDecoded ?? 0;
    return frames;
  };
}
