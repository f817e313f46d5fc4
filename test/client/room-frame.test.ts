import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { VestibuleRoom } from '../../packages/client/src/react.ts';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';
import { buildPage } from '../web/page-build.ts';
import { serveEntry } from './stories/story-page.ts';

await buildPage();
const browser = await shareBrowser();
const shown = { timeout: 20_000 };

let server: TestServer;
let backend: Seed;
let address: string;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  address = await servePages();
  await change(backend, 'updateDomain', { doorPage: { frameOrigins: [new URL(address).origin] } });
}, 60_000);

/** The example as it stands, and a page that has the frame alone, as one site. */
async function servePages(): Promise<string> {
  const built = join(import.meta.dirname, '../../dist');
  await mkdir(built, { recursive: true });
  const folder = await mkdtemp(join(built, 'inside-'));
  const text = await readFile(join(import.meta.dirname, '../../examples/client-react/inside.tsx'), 'utf8');
  await writeFile(join(folder, 'example.tsx'), text.replaceAll('https://meet.example.com', server.url));
  await writeFile(
    join(folder, 'page.js'),
    `import { createElement, StrictMode, useState } from 'react';
    import { createRoot } from 'react-dom/client';
    import { useRoomFrame, VestibuleRoom } from '@vestibule/client/react';
    import { createClient } from '@vestibule/client';
    import { Inside } from './example.tsx';
    function Alone({ roomName, name, url = '${server.url}' }) {
      const frame = useRoomFrame();
      const said = frame.phase + ' ' + frame.reason + ' ' + (frame.handover === null ? '' : 'handed over');
      const leave = createElement('button', { onClick: frame.leave }, 'Leave the frame');
      return createElement('div', null, said, leave, createElement(VestibuleRoom, { url, room: roomName, name, frame }));
    }
    function Moving({ first, second, name }) {
      const [roomName, setRoom] = useState(first);
      const move = createElement('button', { onClick: () => setRoom(second) }, 'Go to the second room');
      return createElement('div', null, move, createElement(Inside, { roomName, name }));
    }
    function Signing({ roomName, token }) {
      const [given, setToken] = useState(token);
      const out = createElement('button', { onClick: () => setToken(undefined) }, 'Sign out');
      const inside = createElement('h1', null, 'Our meeting');
      const door = createElement(VestibuleRoom, { url: '${server.url}', room: roomName, token: given, client }, inside);
      return createElement('div', null, out, door);
    }
    const client = createClient({ url: '${server.url}' });
    const asked = Object.fromEntries(new URLSearchParams(location.search));
    const shown = asked.alone ? Alone : asked.first ? Moving : asked.token ? Signing : Inside;
    const root = document.body.appendChild(document.createElement('div'));
    createRoot(root).render(createElement(StrictMode, null, createElement(shown, asked)));`,
  );
  const served = await serveEntry(join(folder, 'page.js'));
  await rm(folder, { recursive: true, force: true });
  return served;
}

async function open(asked: Readonly<Record<string, string>>): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${address}?${new URLSearchParams(asked)}`);
  return page;
}

async function admitEverybody(owner: Pick<Seed, 'ask' | 'domain'>, room: RoomSeed): Promise<void> {
  await expect
    .poll(async () => {
      const input = { roomName: room.name, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
      const selection = '... on KnocksDecided { knockRequests { id } }';
      const decided = await change<{ knockRequests?: readonly object[] }>(owner, 'admitKnocks', input, selection);
      return decided.knockRequests?.length;
    }, shown)
    .toBe(1);
}

async function countJoined({ name }: RoomSeed): Promise<number> {
  const { body } = await backend.ask<{ room: { events: { nodes: readonly { __typename: string }[] } } }>(
    'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { __typename } } } }',
    { name },
  );
  return body.data?.room.events.nodes.filter(({ __typename }) => __typename === 'ParticipantJoined').length ?? 0;
}

test('the example: a guest waits at the door in the frame, and goes on as the same person in the site’s own meeting', async () => {
  const room = await backend.waitingRoom();
  const owner = await room.owner();
  const page = await open({ roomName: room.name, name: 'Gustav' });
  await page.getByText('KNOCKING').waitFor(shown);
  await admitEverybody(owner, room);
  await page.getByRole('heading', { name: 'Our meeting' }).waitFor(shown);
  await page.getByRole('listitem').filter({ hasText: 'Gustav' }).waitFor(shown);
  expect(await page.locator('vestibule-room').count()).toBe(0);
  // The owner, and the guest, once.
  expect(await countJoined(room)).toBe(2);
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await page.getByText('LEFT').waitFor(shown);
});

test('the hook tells of each step, and leaves', async () => {
  const room = await backend.room();
  const page = await open({ roomName: room.name, name: 'Gustav', alone: 'yes' });
  await page.getByText('READY').waitFor(shown);
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByText('JOINED null handed over').waitFor(shown);
  await page.getByRole('button', { name: 'Leave the frame' }).click();
  await page.getByText('LEFT LEFT').waitFor(shown);
  expect(await countJoined(room)).toBe(1);
});

test('the hook tells what the host wrote to whom they turned away', async () => {
  const room = await backend.waitingRoom();
  // As people write an address, and as `createClient` takes it.
  const page = await open({ roomName: room.name, name: 'Gustav', alone: 'yes', url: ` ${server.url}/graphql/ ` });
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Ask to join' }).click();
  await page.getByText('KNOCKING').waitFor(shown);
  const input = {
    roomName: room.name,
    requestedBefore: new Date(Date.now() + 60_000).toISOString(),
    reply: 'Not today',
  };
  await change(backend, 'denyKnocks', input);
  await page.getByText('DENIED Not today').waitFor(shown);
});

test('another room in its place is another visit: it begins at the door, and nothing of the first goes on', async () => {
  const [first, second] = [await backend.room(), await backend.waitingRoom()];
  const owner = await second.owner();
  const page = await open({ first: first.name, second: second.name, name: 'Gustav' });
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('heading', { name: 'Our meeting' }).waitFor(shown);
  await page.getByRole('button', { name: 'Go to the second room' }).click();
  await page.getByText('KNOCKING').waitFor(shown);
  await page.getByRole('heading', { name: 'Our meeting' }).waitFor({ state: 'detached', ...shown });
  await admitEverybody(owner, second);
  await page.getByRole('heading', { name: 'Our meeting' }).waitFor(shown);
  expect([await countJoined(first), await countJoined(second)]).toEqual([1, 2]);
});

test('where the token goes away, whoever came with it is gone, also from the site’s own meeting', async () => {
  const room = await backend.waitingRoom();
  const { jwt } = await room.token({ userName: 'Olga', isOwner: true });
  const page = await open({ roomName: room.name, token: jwt });
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('heading', { name: 'Our meeting' }).waitFor(shown);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.frameLocator('vestibule-room iframe').getByRole('button', { name: 'Ask to join' }).waitFor(shown);
  expect(await page.getByRole('heading', { name: 'Our meeting' }).count()).toBe(0);
});

test('each attribute reaches the page in the frame, and the token no server', async () => {
  const page = await open({ roomName: (await backend.room()).name, alone: 'yes', url: `${server.url}/` });
  await page.getByText('READY').waitFor(shown);
  const addressOf = (attributes: Readonly<Record<string, string>>) =>
    page.evaluate(async (given) => {
      const element = document.createElement('vestibule-room');
      for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
      document.body.append(element);
      await Promise.resolve();
      const src = element.shadowRoot?.querySelector('iframe')?.src ?? '';
      element.remove();
      return src;
    }, attributes);
  const origin = new URL(address).origin;
  const given = {
    domain: 'acme',
    room: 'a b',
    name: 'Zoë & Co',
    lang: 'de',
    view: 'console',
    token: 'x.y.z',
    knock: '',
  };
  const whole = new URL(await addressOf(given));
  expect([whole.origin, whole.pathname]).toEqual([server.url, '/acme/a%20b']);
  expect(Object.fromEntries(whole.searchParams)).toEqual({ name: 'Zoë & Co', lang: 'de', view: 'console' });
  const kept = Object.fromEntries(new URLSearchParams(whole.hash.slice(1)));
  expect(kept).toEqual({ frame: origin, t: 'x.y.z', knock: '' });
  const least = new URL(await addressOf({ room: 'weekly' }));
  expect([least.pathname, least.search, least.hash]).toEqual([
    '/default/weekly',
    '',
    `#frame=${encodeURIComponent(origin)}&t=`,
  ]);
});

test('says so where the script of the element does not come', async () => {
  const room = await backend.room();
  const page = await open({ roomName: room.name, alone: 'yes', url: 'http://127.0.0.1:9' });
  await page.getByText('ERROR NETWORK').waitFor(shown);
});

test('renders on a server, where nothing is loaded', () => {
  const html = renderToString(
    createElement(VestibuleRoom, { url: 'https://meet.example.com', room: 'weekly', knock: true }),
  );
  expect(html).toBe('<vestibule-room room="weekly" knock=""></vestibule-room>');
});

test('what of the page is shown, and whether it knocks at once, is told to the element', () => {
  const shownAs = (more: object) =>
    renderToString(createElement(VestibuleRoom, { url: 'https://meet.example.com', room: 'weekly', ...more }));
  expect(shownAs({ knock: true })).toContain('knock=""');
  // The element goes by the attribute that is there, whatever it says.
  for (const knock of [false, undefined]) expect(shownAs({ knock })).not.toContain('knock');
  expect(shownAs({ view: 'console' })).toContain('view="console"');
  expect(shownAs({})).not.toContain('view');
});
