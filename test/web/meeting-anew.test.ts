import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { describeMeeting } from './meeting-kit.ts';
import { type Attendee, patience, untilFlow, untilPressed } from './meeting-play.ts';

// LiveKit's client connects anew, after its server has forgotten everything: for a while nothing is on its list of what is sent, and the
// devices are being taken again. The test stops the time there.

describeMeeting('while LiveKit connects anew', {}, ({ house, meet }) => {
  /** Anna and Ben meet, and Anna's devices are just being taken again. */
  async function beginAnew(): Promise<{ readonly anna: Attendee; readonly ben: Attendee }> {
    const { anna, ben } = await meet({ before: heldDevices });
    await anna.page.evaluate(() => window.heldDevices.hold());
    await house().livekit.kill('SIGKILL');
    await house().livekit.restart();
    // The microphone and the camera.
    await until(
      () => anna.page.evaluate(() => window.heldDevices.asked()),
      (asked) => asked >= 2,
      patience.timeout,
    );
    return { anna, ben };
  }

  const goOn = ({ page }: Attendee) => page.evaluate(() => window.heldDevices.goOn());

  test('what is switched off is off, and what is on is sent again', async () => {
    const { anna, ben } = await beginAnew();
    await anna.control('Microphone').click();
    await untilPressed(anna, 'Microphone', false);
    await goOn(anna);
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await expect.poll(anna.live, patience).toEqual(['video']);
    await untilPressed(anna, 'Camera', true);
    await untilPressed(anna, 'Microphone', false);
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 1, voices: 1 });
  });

  test('whoever leaves lets go of everything, also of what the browser gives only then', async () => {
    const { anna, ben } = await beginAnew();
    await anna.button('Leave').click();
    await anna.heading('You have left').waitFor(patience);
    await goOn(anna);
    await expect.poll(anna.live, patience).toEqual([]);
    await untilFlow(ben, { pictures: 0, voices: 0 });
    expect(await anna.live()).toEqual([]);
  });
});

declare global {
  interface Window {
    heldDevices: { readonly hold: () => void; readonly asked: () => number; readonly goOn: () => void };
  }
}

/** Runs in the page: from `hold` on until `goOn` the browser does not answer who asks for a device. */
const heldDevices = `
  if (isSecureContext) {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let held = Promise.resolve();
    let release = () => {};
    let asked = 0;
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      asked += 1;
      await held;
      return ask(wanted);
    };
    window.heldDevices = {
      hold: () => {
        asked = 0;
        held = new Promise((resolve) => { release = resolve; });
      },
      asked: () => asked,
      goOn: () => release(),
    };
  }`;
