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
    const frame = document.body.appendChild(document.createElement('iframe'));
    const requestWindow = () => Promise.resolve(frame.contentWindow);
    Object.defineProperty(window, 'documentPictureInPicture', { value: { requestWindow }, configurable: true });
  });
  const people = crowd(60, { 55: { isSpeaking: true, isHeard: true } });
  await begin(stage({ people }));
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await button('Small window').click();
  const small = page.frameLocator('iframe');
  await small.getByText('Guest 56').waitFor();
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
  await small.getByRole('button', { name: 'Microphone' }).click();
  expect(await heard()).toContain('toggle "microphone"');
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

test('nothing of it is complained of', () => {
  expect(audience.complaints).toEqual([]);
});
