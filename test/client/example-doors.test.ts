import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';
import { serveEntry } from './stories/story-page.ts';

// What the examples say to whom something goes wrong: a room that is full, a line that is away, a stay that ends.

const browser = await shareBrowser();
const shown = { timeout: 20_000 };

let server: TestServer;
let backend: Seed;
let address: string;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  const built = join(import.meta.dirname, '../../dist');
  await mkdir(built, { recursive: true });
  const folder = await mkdtemp(join(built, 'doors-'));
  const examples = join(import.meta.dirname, '../../examples');
  await writeFile(
    join(folder, 'page.js'),
    `import { createElement, StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import { createClient } from '@vestibule/client';
    import { VestibuleProvider } from '@vestibule/client/react';
    import { Room } from '${examples}/client-react/meeting.tsx';
    import { Meeting } from '${examples}/nextjs/app/meeting.jsx';
    const { way, roomName } = Object.fromEntries(new URLSearchParams(location.search));
    const url = '${server.url}';
    const client = createClient({ url });
    const guide = () => createElement(VestibuleProvider, { client, roomName }, createElement(Room));
    const shown = way === 'the guide' ? guide : () => createElement(Meeting, { url, roomName });
    const root = document.body.appendChild(document.createElement('div'));
    createRoot(root).render(createElement(StrictMode, null, createElement(shown)));`,
  );
  address = await serveEntry(join(folder, 'page.js'));
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function open(way: string, { name }: RoomSeed): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${address}?${new URLSearchParams({ way, roomName: name })}`);
  return page;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click(shown);

async function comeToFullRoom(way: string, room: RoomSeed): Promise<Page> {
  const page = await open(way, room);
  await page.getByLabel('Your name').fill('Nora');
  await press(page, 'Knock');
  await page.getByText('You are number 1.').waitFor(shown);
  const requestedBefore = new Date(Date.now() + 60_000).toISOString();
  await change(backend, 'admitKnocks', { roomName: room.name, requestedBefore });
  await page.getByText('full').waitFor(shown);
  expect(await page.getByText('You are number').count()).toBe(0);
  return page;
}

test('the guide: whoever is let in to a full room reads so, and need not wait', async () => {
  const room = await backend.waitingRoom({ maxParticipants: 1 });
  await room.owner();
  const page = await comeToFullRoom('the guide', room);
  await press(page, 'Never mind');
  await page.getByLabel('Your name').waitFor(shown);
});

test('the guide: whoever cannot leave since the line is away reads so', async () => {
  const page = await open('the guide', await backend.room());
  await page.getByText('You are in.').waitFor(shown);
  await page.route('**/graphql*', (route) => route.abort());
  await press(page, 'Leave');
  await page.getByRole('alert').waitFor(shown);
});

test('Next.js: whoever is let in to a full room reads so, comes in later, and may join again after the end', async () => {
  const room = await backend.waitingRoom({ maxParticipants: 1 });
  const owner = await room.owner();
  const page = await comeToFullRoom('Next.js', room);
  await owner.ask('mutation { leaveRoom { __typename } }');
  await page.getByText('You are in.').waitFor(shown);
  await change(backend, 'deleteRoom', { roomName: room.name });
  await page.getByText('You are out.').waitFor(shown);
  await press(page, 'Join again');
  await page.getByRole('status').waitFor(shown);
});

test('Next.js: whoever is turned away reads so, and cannot knock before they may', async () => {
  const room = await backend.waitingRoom();
  const page = await open('Next.js', room);
  await page.getByLabel('Your name').fill('Nora');
  await press(page, 'Knock');
  await page.getByText('You are number 1.').waitFor(shown);
  const requestedBefore = new Date(Date.now() + 60_000).toISOString();
  await change(backend, 'denyKnocks', { roomName: room.name, requestedBefore });
  await page.getByText('You were not let in.').waitFor(shown);
  expect(await page.getByRole('button', { name: 'Knock' }).isDisabled()).toBe(true);
});
