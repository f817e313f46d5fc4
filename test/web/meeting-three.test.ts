import { beforeAll, describe, expect, test } from 'vitest';
import { canPlay, join, type MeetingHouse, openMeetingHouse, untilFlow } from './meeting-play.ts';

describe.skipIf(!canPlay)('a meeting in the page', { timeout: 180_000 }, () => {
  let house: MeetingHouse;

  beforeAll(async () => {
    house = await openMeetingHouse();
  }, 120_000);

  test('two guests and a host see and hear each other', async () => {
    const room = await house.backend.room();
    const host = await join(house, room, 'Olga', { claims: { isOwner: true } });
    const anna = await join(house, room, 'Anna');
    const ben = await join(house, room, 'Ben');
    for (const one of [host, anna, ben]) await untilFlow(one, { pictures: 2, voices: 2 });
    expect(anna.complaints).toEqual([]);
  });
});
