import { afterAll, describe, expect, test } from 'vitest';
import { connectLiveKit } from '../media/media-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { launchBrowser, madeUpDevices, shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { shiftOf, type Visitor, visit } from './visitor.ts';

await buildPage();
const database = await createTestDatabase();
// The first one makes the domain; the second one finds its media server, of which nothing is asked before somebody is inside.
await startServer({ databaseUrl: database.url });
await connectLiveKit(database, 'http://127.0.0.1:9');
const server = await startServer({ databaseUrl: database.url });
const backend = seed(server);
const [withDevices, without] = await Promise.all([launchBrowser(madeUpDevices), shareBrowser()]);
afterAll(() => withDevices.close());

const shown = { timeout: 20_000 };

/** How many tracks the page holds that are live: what lights a lamp at the camera. */
async function comeWith(
  room: RoomSeed,
  more: object = {},
): Promise<Visitor & { live: () => Promise<readonly string[]> }> {
  const guest = await visit(withDevices, 'about:blank', more);
  await guest.page.addInitScript(() => {
    const held: MediaStreamTrack[] = [];
    Object.assign(window, {
      live: () => held.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind),
    });
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      held.push(...stream.getTracks());
      return stream;
    };
  });
  await guest.page.goto(room.url);
  const live = () => guest.page.evaluate(() => (window as unknown as { live: () => string[] }).live().toSorted());
  return { ...guest, live };
}

const toggle = ({ page }: Visitor, name: string) => page.getByRole('button', { name, exact: true });

describe('the mirror at the door', () => {
  test('shows oneself, lets one choose, and lets go of camera and microphone while one waits', async () => {
    const room = await backend.waitingRoom({ title: 'Design review' });
    const guest = await comeWith(room);
    await guest.heading('Design review').waitFor(shown);
    await expect.poll(guest.live, shown).toEqual(['audio', 'video']);
    const video = guest.page.locator('video');
    await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.videoWidth > 0), shown).toBe(true);
    await guest.page.locator('.devices .meter .on').first().waitFor(shown);
    for (const name of ['Microphone', 'Camera']) {
      expect(await guest.page.getByRole('combobox', { name }).count(), name).toBe(1);
    }
    // The devices are named when the browser shares one, and nothing makes room for them then.
    expect(await shiftOf(guest)).toBeLessThanOrEqual(0.02);
    await guest.expectAccessible();

    await toggle(guest, 'Microphone').click();
    await expect.poll(guest.live, shown).toEqual(['video']);
    expect(await toggle(guest, 'Microphone').getAttribute('aria-pressed')).toBe('false');
    await guest.page.getByLabel('Your name').fill('Lucía');
    await guest.button('Ask to join').click();
    await guest.page.getByText('You go in with your microphone off and your camera on.').waitFor(shown);
    expect(await guest.live()).toEqual([]);
    await guest.expectAccessible();
    await toggle(guest, 'Camera').click();
    await guest.page.getByText('You go in with your microphone and your camera off.').waitFor(shown);
    await guest.page.reload();
    await guest.page.getByText('You go in with your microphone and your camera off.').waitFor(shown);
    expect(guest.complaints).toEqual([]);
  });

  test('what one chose holds inside', async () => {
    const room = await backend.room();
    const guest = await comeWith(room);
    await expect.poll(guest.live, shown).toEqual(['audio', 'video']);
    await toggle(guest, 'Microphone').click();
    await guest.page.getByLabel('Your name').fill('Lucía');
    await guest.button('Join').click();
    await guest.button('Leave').waitFor(shown);
    const read = 'query ($n: String!) { room(name: $n) { participants { nodes { audio video } } } }';
    const { body } = await backend.ask<{ room: { participants: { nodes: object[] } } }>(read, { n: room.name });
    expect(body.data?.room.participants.nodes).toEqual([{ audio: false, video: true }]);
    expect(await guest.live()).toEqual([]);
  });

  test('begins with what the room says', async () => {
    const room = await backend.waitingRoom({ startAudioOff: true, startVideoOff: true });
    const guest = await comeWith(room);
    await guest.page.getByText('Your camera is off').waitFor(shown);
    expect(await toggle(guest, 'Microphone').getAttribute('aria-pressed')).toBe('false');
    expect(await guest.live()).toEqual([]);
    await toggle(guest, 'Camera').click();
    await expect.poll(guest.live, shown).toEqual(['video']);
  });

  test('shows what is on without any colour of its own', async () => {
    const guest = await comeWith(await backend.waitingRoom({ startVideoOff: true }));
    await expect.poll(guest.live, shown).toEqual(['audio']);
    await guest.page.emulateMedia({ forcedColors: 'active' });
    const groundOf = (name: string) => toggle(guest, name).evaluate((one) => getComputedStyle(one).backgroundColor);
    const drawingOf = (name: string) => toggle(guest, name).locator('path').getAttribute('d');
    expect(await groundOf('Microphone')).not.toBe(await groundOf('Camera'));
    const off = await drawingOf('Camera');
    await toggle(guest, 'Camera').click();
    await expect.poll(() => drawingOf('Camera')).not.toBe(off);
    await expect.poll(() => groundOf('Camera')).toBe(await groundOf('Microphone'));
  });

  const lacks = [
    ['not allowed', 'NotAllowedError', 'Your browser does not share the camera and microphone with this page.'],
    ['used by another program', 'NotReadableError', 'Another program may be using your camera or microphone.'],
    ['not there', 'NotFoundError', 'No microphone was found. You can listen.'],
    ['not known to the browser', '', 'Your browser does not share the camera and microphone with this page.'],
  ] as const;

  test.each(lacks)('works without devices: %s', async (_what, name, says) => {
    const room = await backend.waitingRoom();
    const guest = await visit(without, 'about:blank', { width: 390, height: 844 });
    await guest.page.addInitScript((error) => {
      const mediaDevices = Object.assign(new EventTarget(), {
        enumerateDevices: async () => [],
        getUserMedia: () => Promise.reject(new DOMException('', error)),
      });
      Object.defineProperty(navigator, 'mediaDevices', { value: error === '' ? undefined : mediaDevices });
    }, name);
    await guest.page.goto(room.url);
    await guest.page.getByText(says).waitFor(shown);
    expect(await toggle(guest, 'Microphone').getAttribute('aria-pressed')).toBe('false');
    // Whoever has begun to fill the form in sees it where it was.
    expect(await shiftOf(guest)).toBeLessThanOrEqual(0.02);
    await guest.expectAccessible();
    await guest.page.getByLabel('Your name').fill('Lena');
    await guest.button('Ask to join').click();
    await guest.page.getByText('You go in with your microphone and your camera off.').waitFor(shown);
    expect(guest.complaints).toEqual([]);
  });
});

test('inside, where the media server does not answer, nothing claims to be on, and there is a way on', async () => {
  const room = await backend.waitingRoom();
  const guest = await visit(without, (await room.token({ userName: 'Gus' })).joinUrl ?? '');
  await guest.button('Join').click();
  await guest.page.getByRole('button', { name: /^Try / }).first().waitFor(shown);
  expect(await guest.page.getByRole('button', { pressed: true }).count()).toBe(0);
  expect(await guest.heading('The meeting itself is elsewhere').count()).toBe(0);
  await guest.expectAccessible();
});

test('a domain without a media server has no mirror, and its page may not ask for a camera', async () => {
  const [other] = await Promise.all([createTestDatabase()]);
  const plain = seed(await startServer({ databaseUrl: other.url }));
  const guest = await visit(without, (await plain.waitingRoom()).url);
  await guest.heading('Ask to come in').waitFor(shown);
  expect(await guest.page.locator('video').count()).toBe(0);
});
