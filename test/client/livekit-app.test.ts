import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findLiveKit, liveKitKey, startLiveKit } from '../media/livekit-server.ts';
import { startProxy } from '../media/proxies.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { launchBrowser } from '../web/browser.ts';
import { followLeaving } from './client-kit.ts';
import { serveEntry } from './stories/story-page.ts';

// LiveKit's own React components behind a waiting room, as the example has them: a real browser with a camera and a microphone that are made
// up, a real livekit-server, and the gate between.

const program = await findLiveKit();
const nginx = await findProgram('nginx');
const example = join(import.meta.dirname, '../../examples/livekit-react');
const devices = [
  ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection'],
  ...['--autoplay-policy=no-user-gesture-required', '--disable-features=WebRtcHideLocalIpsWithMdns'],
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
const patienceMs = 60_000;

describe.skipIf(program === null || nginx === null)("an app with LiveKit's components", { timeout: 180_000 }, () => {
  let server: TestServer;
  let backend: Seed;
  let browser: Browser;
  let address: string;
  let calls: RoomServiceClient;

  beforeAll(async () => {
    server = await spawnServer({ databaseUrl: (await createTestDatabase()).url, env: { RATE_LIMITS: 'false' } });
    backend = seed(server);
    const livekit = await startLiveKit(program ?? '');
    calls = new RoomServiceClient(livekit.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
    const behind = { vestibule: new URL(server.url).host, livekit: new URL(livekit.apiUrl).host };
    const proxy = await startProxy(nginx ?? '', 'nginx', behind);
    const input = { kind: 'LIVEKIT', url: `ws://${proxy.host}`, apiUrl: livekit.apiUrl, gate: true, ...liveKitKey };
    await change('setMediaServer', 'SetMediaServerInput', input);
    address = await serveExample();
    browser = await launchBrowser(devices);
    closeAfterwards(() => browser.close());
  });

  async function change(field: string, type: string, input: object, who: Pick<Seed, 'ask'> = backend): Promise<void> {
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Refusal { code } } }`;
    expect(JSON.stringify((await who.ask<object>(query, { input })).body), field).not.toMatch(/code|errors/);
  }

  /** The example as it stands, with this service in place of the one that it names. */
  async function serveExample(): Promise<string> {
    const built = join(import.meta.dirname, '../../dist');
    await mkdir(built, { recursive: true });
    const folder = await mkdtemp(join(built, 'livekit-react-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    const text = await readFile(join(example, 'after.tsx'), 'utf8');
    expect(text).toContain('http://localhost:4000');
    await writeFile(join(folder, 'meeting.tsx'), text.replaceAll('http://localhost:4000', server.url));
    await writeFile(
      join(folder, 'page.js'),
      `import { createElement, StrictMode } from 'react';
      import { createRoot } from 'react-dom/client';
      import { Meeting } from './meeting.tsx';
      const root = document.body.appendChild(document.createElement('div'));
      const asked = Object.fromEntries(new URLSearchParams(location.search));
      createRoot(root).render(createElement(StrictMode, null, createElement(Meeting, asked)));`,
    );
    return serveEntry(join(folder, 'page.js'));
  }

  /** Knocks at the page, and is let in. */
  async function enter(room: RoomSeed, owner: Pick<Seed, 'ask'>, userName: string): Promise<Page> {
    const { page, knockId } = await knock(room, owner, userName);
    await change('admitKnock', 'KnockDecisionInput', { knockId }, owner);
    return page;
  }

  async function knock(room: RoomSeed, owner: Pick<Seed, 'ask'>, userName: string) {
    const context = await browser.newContext({ locale: 'en-GB' });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(`${address}?${new URLSearchParams({ roomName: room.name })}`);
    await page.getByLabel('Your name').fill(userName);
    await page.getByRole('button', { name: 'Knock' }).click();
    await page.getByText('Please wait').waitFor();
    const query = `{ knockRequests(roomName: "${room.name}", status: [PENDING], first: 5) { nodes { id } } }`;
    type Answer = { knockRequests: { nodes: readonly { id: string }[] } };
    const waiting = async () => (await owner.ask<Answer>(query)).body.data?.knockRequests.nodes[0]?.id;
    return { page, knockId: await until(waiting, (id) => id !== undefined, patienceMs) };
  }

  async function readRoom({ name }: RoomSeed) {
    type Shown = { id: string; participants: { nodes: readonly { id: string; userName: string }[] } };
    const query = `{ room(name: "${name}") { id participants { nodes { id userName } } } }`;
    const { body } = await backend.ask<{ room: Shown }>(query);
    if (body.data === undefined || body.data === null) throw new Error(JSON.stringify(body));
    return body.data.room;
  }

  const tile = (page: Page, name: string) => page.locator('.lk-participant-tile', { hasText: name });
  /** Pictures that come in. */
  const pictures = (page: Page) =>
    page.evaluate(() => [...document.querySelectorAll('video')].filter(({ videoWidth }) => videoWidth > 16).length);

  test('people knock, see each other, write to each other, and are out when they are put out', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const [nora, ben] = [await enter(room, owner, 'Nora'), await enter(room, owner, 'Ben')];
    await Promise.all([tile(nora, 'Ben').waitFor(), tile(ben, 'Nora').waitFor()]);
    for (const page of [nora, ben])
      await until(
        () => pictures(page),
        (count) => count >= 2,
        patienceMs,
      );
    for (const page of [nora, ben]) await page.getByRole('button', { name: 'Chat' }).click();
    await nora.locator('.lk-chat-form-input').fill('Hello from Nora');
    await nora.locator('.lk-chat-form-button').click();
    await ben.locator('.lk-chat-entry', { hasText: 'Hello from Nora' }).waitFor();
    const { participants } = await readRoom(room);
    const id = participants.nodes.find(({ userName }) => userName === 'Ben')?.id;
    await change('ejectParticipants', 'EjectParticipantsInput', { roomName: room.name, participantIds: [id] }, owner);
    await ben.getByText('You are out.').waitFor();
    await ben.getByLabel('Your name').waitFor();
    await tile(nora, 'Ben').waitFor({ state: 'detached' });
    expect(await pictures(nora)).toBeGreaterThan(0);
  });

  test('whoever leaves is out, here and for everybody else', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const [nora, ben] = [await enter(room, owner, 'Nora'), await enter(room, owner, 'Ben')];
    await tile(ben, 'Nora').waitFor();
    const events = await followLeaving(owner, room);
    await nora.getByRole('button', { name: 'Leave' }).click();
    await nora.getByText('You are out.').waitFor();
    await tile(ben, 'Nora').waitFor({ state: 'detached' });
    const left = await events.find(({ data }) => data?.roomEvents.leaveReason !== undefined);
    expect(left).toEqual({ data: { roomEvents: { leaveReason: 'LEFT' } } });
  });

  test('whoever loads the page again goes on, a copied tab takes over, and a microphone that was off stays off', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const [nora, ben] = [await enter(room, owner, 'Nora'), await enter(room, owner, 'Ben')];
    await tile(ben, 'Nora').waitFor();
    await nora.reload();
    await tile(nora, 'Ben').waitFor();
    const kept = await nora.evaluate(() => JSON.stringify({ ...sessionStorage }));
    const copy = await nora.context().newPage();
    await copy.addInitScript(`for (const [key, value] of Object.entries(${kept})) sessionStorage.setItem(key, value);`);
    await copy.goto(nora.url());
    await tile(copy, 'Ben').waitFor();
    await nora.getByText('The meeting goes on in another tab.').waitFor();
    const microphone = copy.getByRole('button', { name: 'Microphone', exact: true });
    await microphone.and(copy.locator('[aria-pressed="true"]')).click();
    await microphone.and(copy.locator('[aria-pressed="false"]')).waitFor();
    // LiveKit ends the connection, as it does where it is started again.
    const { id, participants } = await readRoom(room);
    const identity = participants.nodes.find(({ userName }) => userName === 'Nora')?.id ?? '';
    await calls.removeParticipant(id, identity);
    await tile(copy, 'Ben').waitFor({ state: 'detached' });
    await tile(copy, 'Ben').waitFor();
    await microphone.and(copy.locator('[aria-pressed="false"]')).waitFor();
    await nora.getByText('The meeting goes on in another tab.').waitFor();
  });

  test('whoever is turned away is told so', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const { page, knockId } = await knock(room, owner, 'Nora');
    await change('denyKnock', 'DenyKnockInput', { knockId }, owner);
    await page.getByText('You were not let in.').waitFor();
  });
});

test('the change is one of forty lines, and the page of the documentation shows it as it is', async () => {
  const read = (name: string) => readFile(join(example, name), 'utf8');
  const [before, after] = [await read('before.tsx'), await read('after.tsx')];
  const known = new Set(before.split('\n'));
  expect(after.split('\n').filter((line) => !known.has(line)).length).toBeLessThanOrEqual(40);
  const page = await readFile(join(import.meta.dirname, '../../docs/livekit-waiting-room.md'), 'utf8');
  for (const text of [before, after]) expect(page).toContain(`\`\`\`tsx\n${text}\`\`\``);
});
