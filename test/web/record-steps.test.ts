import { expect, test } from 'vitest';
import { shown } from './page-house.ts';
import { openQueueHouse } from './queue-hand.ts';

const { hostOf } = await openQueueHouse();

const names = Array.from({ length: 30 }, (_, place) => `Guest ${place}`);

test('a long record is drawn a few lines at a time, the newest first, until all of it is there', async () => {
  const { host } = await hostOf(names);
  await host.page.evaluate(() => {
    const seen = { lines: [] as string[][] };
    const look = () => {
      const lines = [...document.querySelectorAll('.record li span')].map(({ textContent }) => textContent ?? '');
      if (lines.length !== seen.lines.at(-1)?.length) seen.lines.push(lines);
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    Object.assign(globalThis, { seen });
  });
  await host.page.locator('section[aria-labelledby=record-title] button').click();
  const lines = host.page.locator('.record li span');
  await expect.poll(() => lines.count(), shown).toBeGreaterThanOrEqual(names.length);
  await expect.poll(async () => (await lines.last().textContent())?.includes('Guest'), shown).toBe(false);
  const all = await lines.allTextContents();
  expect(all.filter((line) => line.includes('Guest')).map((line) => /\d+/.exec(line)?.[0])).toEqual(
    names.map((_name, place) => `${names.length - 1 - place}`),
  );
  const steps = await host.page.evaluate(() => (globalThis as unknown as { seen: { lines: string[][] } }).seen.lines);
  const drawn = steps.filter(({ length }) => length > 0);
  const atOnce = drawn.map(({ length }, step) => length - (drawn[step - 1]?.length ?? 0));
  expect(atOnce[0]).toBe(1);
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(8);
  for (const step of drawn) expect(step).toEqual(all.slice(0, step.length));
});
