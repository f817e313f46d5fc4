import { Room } from '@livekit/rtc-node';
import { RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { liveKitKey } from '../media/livekit-server.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { until } from '../support/until.ts';
import {
  attendee,
  canPlay,
  idOf,
  join,
  type MeetingHouse,
  openMeetingHouse,
  patience,
  untilFlow,
  untilPressed,
} from './meeting-play.ts';

// What is lost, what comes back by itself, and what does not claim to be there.

describe.skipIf(!canPlay)('a meeting that loses something', { timeout: 240_000 }, () => {
  let house: MeetingHouse;

  beforeAll(async () => {
    house = await openMeetingHouse();
  }, 120_000);

  async function meet() {
    const room = await house.backend.room();
    const [anna, ben] = [await join(house, room, 'Anna'), await join(house, room, 'Ben')];
    for (const one of [anna, ben]) await untilFlow(one, { pictures: 1, voices: 1 });
    return { room, anna, ben };
  }

  test('the media server ends and begins again: the page says so, holds the place, and goes on by itself', async () => {
    const { anna, ben } = await meet();
    await house.livekit.kill('SIGKILL');
    for (const { page } of [anna, ben])
      await page
        .getByText(/connection is lost|sound are away/)
        .first()
        .waitFor(patience);
    await expect.poll(anna.live, patience).toEqual([]);
    await house.livekit.restart();
    for (const one of [anna, ben]) await untilFlow(one, { pictures: 1, voices: 1 });
    await untilPressed(anna, 'Microphone', true);
    expect(await anna.page.getByText(/connection is lost|sound are away/).count()).toBe(0);
  });

  test('put out by the media server alone: whom the service has not put out comes back', async () => {
    const { room, anna, ben } = await meet();
    const calls = new RoomServiceClient(house.livekit.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
    const id = await idOf(room, 'Anna');
    const [before] = await sidsOf(calls, room, id);
    await calls.removeParticipant(room.id, id);
    await until(
      () => sidsOf(calls, room, id),
      ([sid]) => sid !== undefined && sid !== before,
      patience.timeout,
    );
    for (const one of [anna, ben]) await untilFlow(one, { pictures: 1, voices: 1 });
  });

  test('another copy of the tab takes over: it has picture and sound, and this one lets go of everything', async () => {
    const { anna, ben } = await meet();
    const [page] = await Promise.all([
      anna.context.waitForEvent('page'),
      anna.page.evaluate(() => {
        window.open(location.href);
      }),
    ]);
    const copy = { ...anna, page };
    await page.getByRole('button', { name: 'Use here' }).click(patience);
    await anna.heading('You are here in another tab').waitFor(patience);
    expect(await anna.live()).toEqual([]);
    await page.getByRole('button', { name: 'Leave' }).waitFor(patience);
    await untilFlow(ben, { pictures: 1, voices: 1 });
    await untilPressed(attendee(copy, 'Anna'), 'Microphone', true);
  });

  test('connected somewhere else as the same person: the page says so, throws nobody out, and takes it back when asked', async () => {
    const { room, anna, ben } = await meet();
    const session = await anna.page.evaluate(
      () => Object.entries(sessionStorage).find(([name]) => name.endsWith(' session'))?.[1],
    );
    type Answer = { viewer: { media: { url: string; token: string } } };
    const { body } = await callerOf({ url: new URL(room.url).origin }, session).ask<Answer>(
      '{ viewer { ... on Participant { media { url token } } } }',
    );
    const elsewhere = new Room();
    onTestFinished(() => elsewhere.disconnect());
    const { url = '', token = '' } = body.data?.viewer.media ?? {};
    await elsewhere.connect(url, token, { autoSubscribe: true, dynacast: false });
    await anna.button('Use here').waitFor(patience);
    expect(await anna.live()).toEqual([]);
    await untilFlow(ben, { pictures: 0, voices: 0 });
    expect(elsewhere.isConnected).toBe(true);
    await anna.button('Use here').click();
    for (const one of [anna, ben]) await untilFlow(one, { pictures: 1, voices: 1 });
    await expect.poll(() => elsewhere.isConnected, patience).toBe(false);
  });

  test.each([
    ['refused', 'NotAllowedError'],
    ['not there', 'NotFoundError'],
  ])('camera and microphone %s: nothing claims to be on, and one sees and hears the others', async (_what, error) => {
    const room = await house.backend.room();
    const ben = await join(house, room, 'Ben');
    const before = `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '${error}'); };`;
    const anna = await join(house, room, 'Anna', { before });
    await untilFlow(anna, { pictures: 1, voices: 1 });
    for (const name of ['Microphone', 'Camera'] as const) {
      await anna.control(name).click();
      await untilPressed(anna, name, false);
      await expect.poll(() => anna.control(name).getAttribute('aria-busy'), patience).not.toBe('true');
    }
    await untilFlow(ben, { pictures: 0, voices: 0 });
  });

  test('a browser without WebRTC is told, loads nothing in vain, and keeps its place', async () => {
    const room = await house.backend.room();
    const before = 'delete window.RTCPeerConnection;';
    const anna = await join(house, room, 'Anna', { before });
    expect(await anna.page.getByRole('button', { pressed: true }).count()).toBe(0);
    expect(anna.asked.filter((url) => /open-line|\/rtc/.test(url))).toEqual([]);
    expect(await idOf(room, 'Anna')).toMatch(/^participant_/);
    expect(anna.complaints).toEqual([]);
  });

  test('loaded again and left: what was off stays off, and whoever leaves lets go of everything', async () => {
    const { anna, ben } = await meet();
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await anna.page.reload();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await untilPressed(anna, 'Camera', true);
    await untilPressed(anna, 'Microphone', false);
    expect(await anna.live()).toEqual(['video']);
    await anna.button('Leave').click();
    await anna.heading('You have left').waitFor(patience);
    expect(await anna.live()).toEqual([]);
    await untilFlow(ben, { pictures: 0, voices: 0 });
  });
});

async function sidsOf(calls: RoomServiceClient, room: RoomSeed, id: string): Promise<readonly string[]> {
  const people = await calls.listParticipants(room.id);
  return people.filter(({ identity }) => identity === id).map(({ sid }) => sid);
}
