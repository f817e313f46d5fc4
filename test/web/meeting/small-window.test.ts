import { expect, test } from 'vitest';
import { shareBrowser } from '../browser.ts';
import { attend, buildMeetingPage } from './meeting-house.ts';
import { crowd, lostBy, stage } from './scene.ts';

const folder = await buildMeetingPage();
const audience = await attend(await shareBrowser(), folder);
const { page, begin, show, heard, button } = audience;

/** The last pictures that the page wants to receive. */
const received = (asked: readonly string[]) => asked.findLast((one) => one.startsWith('show ')) ?? '';
const lostLines = [
  [{ at: 'reconnecting' }, 'The connection is lost.'],
  [lostBy('away'), 'Picture and sound are lost'],
] as const;

test('a small window shows who speaks, is received although it is on no page, and switches devices', async () => {
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
    const requestWindow = () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      // As a window does: a frame would stay.
      const close = () => frame.remove();
      Object.defineProperty(frame.contentWindow, 'close', { value: close });
      return Promise.resolve(frame.contentWindow);
    };
    Object.defineProperty(window, 'documentPictureInPicture', { value: { requestWindow }, configurable: true });
  });
  const people = crowd(60, { 55: { isSpeaking: true, isHeard: true } });
  await begin(stage({ people }));
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await button('Small window').click();
  const small = page.frameLocator('iframe');
  await small.getByText('Guest 56').waitFor();
  expect(await small.locator('html').getAttribute('dir')).toBe('rtl');
  await page.evaluate(() => {
    document.documentElement.dir = 'ltr';
  });
  await expect.poll(async () => received(await heard())).toContain('"p55/camera"');
  // Whoever spoke last stays in front, in each picture that is drawn.
  await show(stage({ people: crowd(60) }));
  const names = await page.evaluate(async () => {
    const shown: (string | undefined)[] = [];
    for (let frames = 0; frames < 10; frames += 1) {
      await new Promise(requestAnimationFrame);
      const body = document.querySelector('iframe')?.contentDocument?.body;
      shown.push(body?.querySelector('.plate')?.textContent ?? undefined);
    }
    return [...new Set(shown)];
  });
  expect(names).toEqual(['Guest 56']);
  await show(stage({ people }));
  for (const [name, medium] of [
    ['Microphone', 'microphone'],
    ['Camera', 'camera'],
  ] as const) {
    await small.getByRole('button', { name }).click();
    expect((await heard()).filter((one) => one.startsWith('toggle'))).toEqual([`toggle "${medium}"`]);
  }
  await small.getByRole('status').waitFor({ state: 'detached' });
  for (const [line, words] of lostLines) {
    await show(stage({ people, call: { line } }));
    await small.getByRole('status').getByText(words).waitFor();
  }
  await show(stage({ people }));
  await page.evaluate(() => {
    for (const frame of document.querySelectorAll('iframe')) frame.contentWindow?.dispatchEvent(new Event('pagehide'));
  });
  await expect.poll(async () => received(await heard())).not.toContain('"p55/camera"');
});

test('a small window goes with the meeting, however that ends', async () => {
  await begin(stage({ people: crowd(3) }));
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await button('Small window').click();
  await page.frameLocator('iframe').getByText('Mara Lindqvist').waitFor();
  // The page is drawn anew.
  await begin(stage({ people: crowd(3) }));
  await page.locator('iframe').waitFor({ state: 'detached' });
});

test('without a window of its own, the largest picture that plays stands in front', async () => {
  await page.evaluate(() => {
    Object.defineProperty(window, 'documentPictureInPicture', { value: undefined, configurable: true });
    Object.defineProperty(document, 'pictureInPictureEnabled', { value: true, configurable: true });
    HTMLVideoElement.prototype.requestPictureInPicture = function () {
      window.play.asked.push(`in front ${this.closest('.shared') === null ? 'a tile' : 'the screen'}`);
      return Promise.reject(new Error('It is not needed here.'));
    };
  });
  await begin(stage({ people: crowd(4, { 1: { screen: true } }) }));
  await page.waitForFunction(() => {
    const videos = [...document.querySelectorAll<HTMLVideoElement>('.stage-box video')];
    return videos.length > 1 && videos.every(({ readyState }) => readyState > HTMLMediaElement.HAVE_METADATA);
  });
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await heard();
  await button('Small window').click();
  expect((await heard()).filter((one) => one.startsWith('in front'))).toEqual(['in front the screen']);
});

test('nothing of it is complained of', () => {
  expect(audience.complaints).toEqual([]);
});
