import { expect, test } from 'vitest';
import { severalDevices } from './browser.ts';
import { describeMeeting } from './meeting-kit.ts';
import { join, patience, untilFlow, untilPressed } from './meeting-play.ts';

describeMeeting('devices in a meeting', { devices: severalDevices }, ({ house, meet }) => {
  test('another camera is used at once, the others go on seeing, and the first one is let go of', async () => {
    const { anna, ben } = await meet();
    const used = () => anna.page.evaluate(() => window.playedMedia.used());
    const first = (await used()).find((label) => label.startsWith('fake_device'));
    // The one in the middle measures depth: nothing of it can be sent.
    const other = first === 'fake_device_0' ? 'fake_device_2' : 'fake_device_0';
    await anna.button('Choose the camera').click();
    await anna.page.getByText(other, { exact: true }).click();
    await expect
      .poll(async () => (await used()).filter((label) => label.startsWith('fake_device')), patience)
      .toEqual([other]);
    await untilFlow(ben, { pictures: 1, voices: 1 });
    await untilPressed(anna, 'Camera', true);
  });

  test('where the browser holds the sound back, one press plays it', async () => {
    const room = await house().backend.room();
    await join(house(), room, 'Ben');
    const anna = await join(house(), room, 'Anna', { before: heldBack });
    await anna.button('Tap to hear the meeting').click(patience);
    await anna.button('Tap to hear the meeting').waitFor({ ...patience, state: 'detached' });
    await untilFlow(anna, { pictures: 1, voices: 1 });
  });
});

/** As browsers do where nobody has clicked since the page came. */
const heldBack = `
  let isAllowed = false;
  addEventListener('click', ({ target }) => { isAllowed ||= target.closest('button')?.textContent.includes('Tap'); }, true);
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = async function () {
    if (this.localName === 'audio' && !isAllowed) throw new DOMException('', 'NotAllowedError');
    return play.call(this);
  };`;
