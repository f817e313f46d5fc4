import { describe, expect, test } from 'vitest';
import { firefoxProgram, launchFirefox, visitByFirefox } from './firefox.ts';
import { canPlay, join, openMeetingHouse, patience, untilFlow, watchMedia } from './meeting-play.ts';

describe.skipIf(!canPlay || firefoxProgram === null)('a meeting between engines', { timeout: 240_000 }, () => {
  test('a guest in Firefox and a host in Chromium see and hear each other, and what one switches off is off', async () => {
    const house = await openMeetingHouse();
    const room = await house.backend.room();
    const firefox = await launchFirefox(firefoxProgram ?? '');
    const host = await join(house, room, 'Olga', { claims: { isOwner: true } });
    const guest = await visitByFirefox(firefox, `${room.url}?name=Nora`, 1280, watchMedia);
    await guest.press('button', 'Join');
    await guest.see('button', 'Leave');
    const nora = { flow: () => guest.page.evaluate(() => window.playedMedia.flow()) };
    for (const one of [host, nora]) await untilFlow(one, { pictures: 1, voices: 1 });
    await host.control('Microphone').click();
    await untilFlow(nora, { pictures: 1, voices: 0 });
    await guest.press('button', 'Camera');
    await untilFlow(host, { pictures: 0, voices: 1 });
    await guest.press('button', 'Leave');
    await guest.seeText('You have left');
    await untilFlow(host, { pictures: 0, voices: 0 });
    await expect.poll(() => guest.page.evaluate(() => window.playedMedia.live()), patience).toEqual([]);
    expect(guest.complaints).toEqual([]);
  });
});
