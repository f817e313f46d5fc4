import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findFreePort } from '../../src/free-port.ts';
import { closeAllOfThisFile } from '../support/closers.ts';
import { launchBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { createHouse, type House } from './screenshot-house.ts';
import { launchForMeetings, takeMeetings } from './screenshot-meeting.ts';

// Makes docs/images: each screen of the room page, from a service with an empty database of its own. `npm run web:screenshots meeting` makes
// those of the meeting alone.

const folder = join(import.meta.dirname, '../../docs/images');

interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
}

const phone: View = { width: 390, height: 844 };
const wide: View = { width: 1280, height: 860 };

async function takeAll(browser: Browser, house: House): Promise<void> {
  const open: Open = async (url, view) => {
    const context = await browser.newContext({
      viewport: { width: view.width, height: view.height },
      colorScheme: view.scheme ?? 'light',
      locale: 'en-GB',
      reducedMotion: 'reduce',
      deviceScaleFactor: view.width < 600 ? 2 : 1,
    });
    const page = await context.newPage();
    // This browser has no notifications; others ask.
    await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'default' }));
    await page.goto(url);
    await page.locator('h1').first().waitFor();
    return page;
  };
  await takeDoors(house, open, save);
  await takeEmbedded(house, open, save);
  await takeRoom(house, open, save);
}

async function save(page: Page, name: string, isWhole = false): Promise<void> {
  const before = page.viewportSize() ?? wide;
  // As high as the page is: what stands at its lower edge would cover the middle of a picture made by scrolling.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (isWhole) await page.setViewportSize({ width: before.width, height });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  await page.setViewportSize(before);
  process.stdout.write(`docs/images/${name}.png\n`);
}

type Open = (url: string, view: View) => Promise<Page>;
type Save = (page: Page, name: string, isWhole?: boolean) => Promise<void>;

async function takeDoors(house: House, open: Open, save: Save): Promise<void> {
  const lobbyMessage = 'Welcome to the practice. Dr. Weber is running about ten minutes late today.';
  const asked = { privacy: 'PRIVATE', enableKnocking: true } as const;
  const plain = await house.room('consultation', { ...asked, title: 'Consultation', lobbyMessage });
  const open_ = await house.room('open-evening', { title: 'Open evening' });
  const later = await house.room('board-meeting', { nbf: new Date(Date.now() + 25 * 60_000).toISOString() });
  await save(await open(open_.url, phone), 'door-join');
  await save(await open(later.url, { ...phone, scheme: 'dark' }), 'not-open-yet');
  await save(await open(`${plain.url}-unknown`, phone), 'not-allowed');

  await house.wear({ brandName: 'Lindqvist & Weber', accentColor: '#8a3a5e', links: practiceLinks });
  await save(await open(plain.url, wide), 'door-brand');
  await save(await open(`${plain.url}?name=Amira%20Haddad`, phone), 'door-phone');
  await save(await open(plain.url, { ...wide, scheme: 'dark' }), 'door-dark');
  const title = 'استشارة';
  const words = 'مرحبًا بكم في العيادة. يتأخر الطبيب اليوم نحو عشر دقائق.';
  const arabic = await house.room('istishara', { ...asked, title, lobbyMessage: words });
  await save(await open(`${arabic.url}?lang=ar`, wide), 'door-arabic');

  const guest = await open(plain.url, wide);
  await guest.getByLabel('Your name').fill('Amira Haddad');
  await guest.getByLabel('Message').fill('I have my results with me.');
  await guest.getByRole('button', { name: 'Ask to join' }).click();
  await guest.getByText('You are next').waitFor();
  await house.reply(plain, 'Amira Haddad', 'I will be with you in two minutes.');
  await guest.getByText('I will be with you').waitFor();
  await save(guest, 'waiting');
  const german = await open(`${plain.url}?lang=de`, { ...phone, scheme: 'dark' });
  await german.getByLabel('Ihr Name').fill('Jonas Berg');
  await german.getByRole('button', { name: 'Um Einlass bitten' }).click();
  await german.getByText('Eine Person ist vor Ihnen').waitFor();
  await save(german, 'waiting-german-dark');
  await house.deny(plain, 'Amira Haddad');
  await guest.getByText('Not this time').waitFor();
  await save(guest, 'turned-away');
  await house.wear(null);
}

/** The door in a page of another site. */
async function takeEmbedded(house: House, open: Open, save: Save): Promise<void> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(html),
  );
  const port = await findFreePort('127.0.0.1');
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const site = `http://127.0.0.1:${port}`;
  await house.wear({ brandName: 'Lindqvist & Weber', accentColor: '#8a3a5e', frameOrigins: [site] });
  const settings = { title: 'Consultation', privacy: 'PRIVATE', enableKnocking: true } as const;
  const { name, url } = await house.room('on-our-site', settings);
  const style = `body{margin:0;font:17px/1.5 Georgia,serif;color:#2b2b2b;background:#fbfaf7}
    header{display:flex;gap:2rem;align-items:baseline;padding:1.1rem 2.5rem;background:#8a3a5e;color:#fff}
    main{display:grid;grid-template-columns:18rem 1fr;gap:2.5rem;padding:2rem 2.5rem}
    vestibule-room{height:640px;border:1px solid #d9d2c7;border-radius:12px;overflow:hidden}`;
  const text = `<h1>Your visit</h1><p>Please be here five minutes before your appointment, and keep your results at hand.</p>
    <p>Dr. Weber lets you in when it is your turn.</p>`;
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice</title><style>${style}</style>
    <script src="${new URL(url).origin}/embed.js" async></script>
    <header><b>Lindqvist &amp; Weber</b><span>Appointments</span><span>Team</span><span>Contact</span></header>
    <main><section>${text}</section><vestibule-room room="${name}" name="Amira Haddad"></vestibule-room></main>`;
  const page = await open(`${site}/`, wide);
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Ask to join' }).waitFor();
  await save(page, 'embedded');
  server.closeAllConnections();
  server.close();
  await house.wear(null);
}

const practiceLinks = [
  { label: 'Privacy', url: 'https://practice.example/privacy' },
  { label: 'Help', url: 'https://practice.example/help' },
];

async function takeRoom(house: House, open: Open, save: Save): Promise<void> {
  const room = await house.room('product-review', {
    title: 'Product review',
    privacy: 'PRIVATE',
    enableKnocking: true,
    lobbyMessage: 'Thank you for waiting: we begin on the hour.',
  });
  const owner = await open(await house.ownerLink(room, 'Mara Lindqvist'), wide);
  await save(owner, 'door-host');
  await owner.getByRole('button', { name: 'Join' }).click();
  await owner.getByRole('heading', { name: 'Waiting' }).waitFor();
  await save(owner, 'console-empty');
  await house.fill(room);
  await owner.getByText('Chidi Okafor').first().waitFor();
  await owner.getByRole('button', { name: 'Show the record' }).click();
  await owner.locator('.record li').first().waitFor();
  await save(owner, 'console', true);
  await owner.evaluate(() => scrollTo(0, 0));
  await owner.emulateMedia({ colorScheme: 'dark' });
  await save(owner, 'console-dark');
  await owner.emulateMedia({ colorScheme: 'light' });
  await owner.getByRole('button', { name: 'Manage Chidi Okafor' }).click();
  await save(owner, 'console-menu');
  await owner.keyboard.press('Escape');
  await owner.setViewportSize(phone);
  await save(owner, 'console-phone', true);

  const guest = await open(await house.guestLink(room, 'Noor van Dijk'), phone);
  await guest.getByRole('button', { name: 'Join' }).click();
  await guest.getByRole('heading', { name: 'The meeting itself is elsewhere' }).waitFor();
  await save(guest, 'inside-phone');
  await house.eject(room, 'Noor van Dijk');
  await guest.getByText('You were removed').waitFor();
  await save(guest, 'removed');
}

async function startService(dataDir: string) {
  const port = await findFreePort('127.0.0.1');
  const apiKey = `vk_screenshots_${randomBytes(32).toString('base64url')}`;
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      BOOTSTRAP_API_KEY: apiKey,
      LOG_LEVEL: 'warn',
      MEDIA_ALLOW_PRIVATE: '127.0.0.1/32',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of child.stdout.setEncoding('utf8')) if (String(line).includes('Vestibule is at')) break;
  const stop = async () => {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  return { url: `http://localhost:${port}`, apiKey, stop };
}

await buildPage();
await mkdir(folder, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), 'vestibule-screenshots-'));
const service = await startService(dataDir);
const browsers = [await launchBrowser(), await launchForMeetings()] as const;
const house = createHouse(service);
try {
  if (process.argv[2] !== 'meeting') await takeAll(browsers[0], house);
  await takeMeetings(browsers[1], house, save);
} finally {
  for (const browser of browsers) await browser.close();
  await closeAllOfThisFile();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
}
