import { beforeAll, describe, expect, test } from 'vitest';
import {
  canPlay,
  join,
  type MeetingHouse,
  openMeetingHouse,
  patience,
  untilFlow,
  untilPressed,
} from './meeting-play.ts';

describe.skipIf(!canPlay)('a meeting in the page', { timeout: 240_000 }, () => {
  let house: MeetingHouse;

  beforeAll(async () => {
    house = await openMeetingHouse();
  }, 120_000);

  test('two guests and a host see and hear each other', async () => {
    const room = await house.backend.room();
    const host = await join(house, room, 'Olga', { claims: { isOwner: true } });
    const [anna, ben] = [await join(house, room, 'Anna'), await join(house, room, 'Ben')];
    const all = [host, anna, ben];
    for (const one of all) await untilFlow(one, { pictures: 2, voices: 2 });
    for (const { complaints } of all) expect(complaints).toEqual([]);
  });

  test('a screen is shared, beside the camera, until the person or the browser ends it', async () => {
    const room = await house.backend.room();
    const [anna, ben] = [await join(house, room, 'Anna'), await join(house, room, 'Ben')];
    await untilFlow(ben, { pictures: 1, voices: 1 });
    await anna.control('Screen').click();
    await untilPressed(anna, 'Screen', true);
    await expect.poll(async () => (await ben.flow()).pictures, patience).toBe(2);
    await anna.control('Screen').click();
    await untilPressed(anna, 'Screen', false);
    await untilFlow(ben, { pictures: 1, voices: 1 });
    expect(await anna.live()).toEqual(['audio', 'video']);
  });

  test('who comes without a camera and a microphone takes neither, and is asked for neither', async () => {
    const room = await house.backend.room({ startAudioOff: true, startVideoOff: true });
    const [anna, ben] = [await join(house, room, 'Anna'), await join(house, room, 'Ben')];
    await untilPressed(anna, 'Microphone', false);
    await untilPressed(anna, 'Camera', false);
    expect(await anna.live()).toEqual([]);
    await anna.control('Camera').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    expect(await anna.live()).toEqual(['video']);
  });
});
