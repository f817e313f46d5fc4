import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findLiveKit, liveKitKey, startLiveKit } from '../media/livekit-server.ts';
import { until } from '../support/until.ts';
import { launchBrowser, madeUpDevices } from './browser.ts';
import type { House, HouseRoom } from './screenshot-house.ts';
import { type Portrait, portraits, useDevices } from './screenshot-people.ts';

// Pictures of the meeting: people who are painted, and everything else real: the service, a LiveKit, and each one's own browser.

/** A browser for it: it shares devices when it is asked to, and its microphone has a steady voice. */
export async function launchForMeetings(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-voice-'));
  const voice = join(folder, 'voice.wav');
  await writeFile(voice, humming(10));
  const browser = await launchBrowser([
    ...madeUpDevices,
    `--use-file-for-fake-audio-capture=${voice}`,
    ...['--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection'],
    '--disable-features=WebRtcHideLocalIpsWithMdns',
  ]);
  browser.on('disconnected', () => void rm(folder, { recursive: true, force: true }));
  return browser;
}

/**
 * So many seconds of a voice that hums, louder and softer, as a WAV: 16 bits, one channel. LiveKit tells only what changes: whoever comes
 * later would not learn of a steady one.
 */
function humming(seconds: number): Buffer {
  const rate = 48_000;
  const samples = Int16Array.from({ length: seconds * rate }, (_, index) => {
    const at = index / rate;
    const loudness = 0.55 + 0.45 * Math.sin(2 * Math.PI * 0.3 * at);
    return Math.sin(2 * Math.PI * 180 * at) * Math.sin(2 * Math.PI * 3 * at) ** 2 * loudness * 16_000;
  });
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  for (const [place, value] of [
    [16, 16],
    [24, rate],
    [28, rate * 2],
  ] as const)
    head.writeUInt32LE(value, place);
  for (const [place, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, place);
  head.write('data', 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

type Save = (page: Page, name: string) => Promise<void>;

interface Attending {
  readonly portrait: Portrait;
  readonly size?: { readonly width: number; readonly height: number };
  readonly scale?: number;
  /** What they switch off at the door. */
  readonly off?: readonly ('Microphone' | 'Camera')[];
  /** How wide their picture is sent. */
  readonly sends?: number;
}

const wide = { width: 1280, height: 800 };
/** Whoever is only there to be seen draws little. */
const low = { width: 320, height: 256 };

/** Comes in, with devices that are painted. */
async function come(
  browser: Browser,
  link: string,
  { portrait, size = low, scale = 1, off = [], sends = 640 }: Attending,
) {
  const context = await browser.newContext({
    viewport: size,
    deviceScaleFactor: scale,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript(useDevices, { portrait, size: sends });
  await page.goto(link);
  await page.getByRole('button', { name: 'Camera', exact: true }).waitFor();
  for (const name of off) await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('button', { name: 'Leave' }).waitFor();
  return page;
}

/** Enough of them that what came first, and was coarse, is over. */
const settledFrames = 16;

/** Waits until so many pictures are there that are at least so wide, and have become clear. */
async function untilSeen(page: Page, count: number, width = 300): Promise<void> {
  const clear = (all: readonly { readonly wide: number; readonly frames: number }[]) =>
    all.filter(({ wide, frames }) => wide >= width && frames >= settledFrames);
  const look = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLVideoElement>('.stage-box video')].map((one) => ({
        wide: one.videoWidth,
        frames: one.getVideoPlaybackQuality().totalVideoFrames,
      })),
    );
  await until(look, (all) => clear(all).length >= count, 60_000);
}

export async function takeMeetings(browser: Browser, house: House, save: Save): Promise<void> {
  const program = await findLiveKit();
  if (program === null) {
    process.stdout.write('no pictures of the meeting: this machine has no livekit-server\n');
    return;
  }
  const { url, apiUrl } = await startLiveKit(program);
  await house.connect({ kind: 'LIVEKIT', url, apiUrl, ...liveKitKey });
  await takeReview(browser, house, save);
  await closeAll(browser);
  await takeLecture(browser, house, save);
  await closeAll(browser);
  await house.disconnect();
}

async function closeAll(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context: BrowserContext) => context.close()));
}

/** Five people, of whom one shares a screen later, and some who wait. */
async function takeReview(browser: Browser, house: House, save: Save): Promise<void> {
  const room = await house.room('design-review', { title: 'Design review', privacy: 'PRIVATE', enableKnocking: true });
  const guest = (name: string) => house.guestLink(room, name);
  const mara = await come(browser, await house.ownerLink(room, 'Mara Lindqvist'), {
    portrait: portraits.mara,
    off: ['Microphone'],
  });
  const jonas = await come(browser, await guest('Jonas Weber'), { portrait: portraits.jonas });
  await come(browser, await guest('Amélie Fournier'), { portrait: portraits.amelie, off: ['Microphone'] });
  await come(browser, await guest('Priya Raman'), { portrait: portraits.noor, off: ['Microphone', 'Camera'] });
  const lucia = await come(browser, await guest('Lucía Ortega'), {
    portrait: portraits.lucia,
    size: wide,
    off: ['Microphone'],
  });
  await untilSeen(lucia, 4);
  await lucia.locator('.speaks').first().waitFor();
  await save(lucia, 'meeting');
  await lucia.emulateMedia({ colorScheme: 'dark' });
  await save(lucia, 'meeting-dark');
  await lucia.emulateMedia({ colorScheme: 'light' });
  await takeHost(house, room, mara, save);
  await takePhone(browser, await guest('Noor van Dijk'), save);
  await jonas.setViewportSize(wide);
  await jonas.getByRole('button', { name: 'Share', exact: true }).click();
  await jonas.setViewportSize(low);
  await lucia.getByText('Jonas Weber shares a screen').waitFor();
  await untilSeen(lucia, 1, 1_000);
  await untilSeen(lucia, 4);
  await save(lucia, 'meeting-screen');
}

async function takeHost(house: House, room: HouseRoom, mara: Page, save: Save): Promise<void> {
  await mara.setViewportSize(wide);
  await house.fillWaiting(room);
  await mara.getByRole('button', { name: /^Waiting/ }).click();
  await mara.getByRole('button', { name: 'Admit Amira Haddad' }).waitFor();
  await untilSeen(mara, 4);
  await save(mara, 'meeting-host');
  await mara.getByRole('button', { name: 'Close' }).click();
  await mara.emulateMedia({ colorScheme: 'dark' });
  await mara.locator('.tile', { hasText: 'Amélie' }).getByRole('button').click();
  await mara.getByText('Make co-host').waitFor();
  await save(mara, 'meeting-person');
  await mara.keyboard.press('Escape');
  await mara.setViewportSize(low);
}

async function takePhone(browser: Browser, link: string, save: Save): Promise<void> {
  const phone = { width: 390, height: 844 };
  const noor = await come(browser, link, { portrait: portraits.noor, size: phone, scale: 2, off: ['Microphone'] });
  await untilSeen(noor, 5);
  await noor.locator('.speaks').first().waitFor();
  await save(noor, 'meeting-phone');
  await noor.context().close();
}

/** Two hosts whom others watch, in the colours of the domain. */
async function takeLecture(browser: Browser, house: House, save: Save): Promise<void> {
  await house.wear({ brandName: 'Museum of Tides', accentColor: '#7a2e5d' });
  const room = await house.room('lecture', { title: 'The sea at night', ownerOnlyBroadcast: true });
  await come(browser, await house.ownerLink(room, 'Sofia Rossi'), { portrait: portraits.sofia, sends: 1280 });
  await come(browser, await house.ownerLink(room, 'Daniel Osei'), {
    portrait: portraits.daniel,
    off: ['Microphone'],
    sends: 1280,
  });
  await house.listeners(room, 24);
  const guest = await come(browser, await house.guestLink(room, 'Noor van Dijk'), {
    portrait: portraits.noor,
    size: wide,
  });
  await untilSeen(guest, 2, 600);
  await guest.locator('.speaks').first().waitFor();
  await save(guest, 'meeting-audience');
  await house.wear(null);
}
