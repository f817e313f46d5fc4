import { expect, test } from 'vitest';
import { inEachRoom } from '../../src/room/many-rooms.ts';

test('an errand in thousands of rooms is in few of them at once, reaches each, and answers in their order', async () => {
  const rooms = Array.from({ length: 3000 }, (_, index) => index);
  let [atOnce, most] = [0, 0];
  const answers = await inEachRoom(rooms, async (room) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise(setImmediate);
    atOnce -= 1;
    return -room;
  });
  expect(most).toBe(20);
  expect(answers).toEqual(rooms.map((room) => -room));
});
