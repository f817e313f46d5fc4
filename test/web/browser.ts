import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { z } from 'zod';

/** Nothing but the pages is fetched, and root may run it. */
const flags = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A camera and a microphone that no machine need have, which the browser shares when it is asked to. */
export const madeUpDevices: readonly string[] = [
  '--use-fake-device-for-media-stream=fps=5',
  '--use-fake-ui-for-media-stream',
];

/** Several of each. */
export const severalDevices: readonly string[] = [
  '--use-fake-device-for-media-stream=device-count=3,fps=5',
  '--use-fake-ui-for-media-stream',
];

/** A meeting on this machine alone: by its own address, and heard without a press. */
export const meetingFlags: readonly string[] = [
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--auto-select-desktop-capture-source=Entire screen',
];

/** A real browser: on Linux the one that npm brings, elsewhere the Chrome of the machine. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const args = [...flags, ...more];
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome', args });
  return chromium.launch({ executablePath: await unpackBrowser(), args });
}

let shared: Promise<Browser> | undefined;

/** One for each worker, which ends with it: to begin with one takes longest, and whoever comes has a context of their own. */
export function shareBrowser(): Promise<Browser> {
  shared ??= launchBrowser();
  return shared;
}

/** The package unpacks into the temporary folder; whole or not at all, however many processes do so at once. */
async function unpackBrowser(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  const manifest = await readFile(new URL('../../package.json', import.meta.resolve('@sparticuz/chromium')), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const folder = join(tmpdir(), `vestibule-browser-${version}`);
  if (!existsSync(join(folder, 'chromium'))) {
    const fresh = await mkdtemp(`${folder}-`);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = fresh;
    await packed.executablePath();
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    // Another process was faster: then its folder is as good.
    await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  }
  return join(folder, 'chromium');
}
