import { describe, expect, test } from 'vitest';
import { Batches, batchSize } from '../../web/console/queue/batches.ts';
import type { Row } from '../../web/console/queue/queue.ts';
import { newRow } from '../../web/console/queue/row-after.ts';
import { knockOf } from './meeting/scene.ts';
import { shown } from './page-house.ts';
import { focusOf, namesIn, openQueueHouse, settled, withdraw } from './queue-hand.ts';

// A browser draws a few rows of the list together, and passes over them together. Nobody is to notice.

const { hostOf } = await openQueueHouse();

const rowsOf = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, place) => newRow(knockOf(`Guest ${place}`, place), false, 0));
const sizes = (batches: ReturnType<Batches['of']>) => batches.map(({ rows }) => rows.length);

describe('in batches', () => {
  test('stand all rows, in their order, and no more than belong together', () => {
    const rows = rowsOf(3 * batchSize + 1);
    const batches = new Batches().of(rows);
    expect(batches.flatMap((batch) => batch.rows)).toEqual(rows);
    expect(sizes(batches)).toEqual([batchSize, batchSize, batchSize, 1]);
  });

  test('everybody stays where they are, whoever goes before them and whoever comes', () => {
    const batches = new Batches();
    const rows = rowsOf(2 * batchSize + 2);
    const [, second, third] = batches.of(rows);
    const come = rows.map((row, place) => (place === 2 * batchSize ? { ...row, isSelected: true } : row));
    const after = batches.of(come.slice(3));
    expect(sizes(after)).toEqual([batchSize - 3, batchSize, 2]);
    // What has not changed is the same object, for which nothing is drawn.
    expect(after[1]).toBe(second);
    expect(after[2]).toMatchObject({ id: third?.id, rows: come.slice(2 * batchSize) });
    expect(sizes(batches.of(come.slice(batchSize)))).toEqual([batchSize, 2]);
  });

  test('whoever belongs between others stands there, once', () => {
    const batches = new Batches();
    const rows = rowsOf(3 * batchSize);
    batches.of(rows.filter((_row, place) => place % 2 === 0));
    expect(batches.of(rows).flatMap((batch) => batch.rows)).toEqual(rows);
    const turned = rows.toReversed();
    const found = batches.of(turned);
    expect(found.flatMap((batch) => batch.rows)).toEqual(turned);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  });
});

const names = Array.from({ length: 2 * batchSize + 4 }, (_, place) => `Guest ${place}`);

test('to a screen reader it is one list of everybody who waits', async () => {
  const { host } = await hostOf(names);
  const list = host.page.getByRole('list', { name: /^Waiting/ });
  await expect.poll(() => list.locator('.is-bare').count(), shown).toBe(0);
  // Nobody chooses: the line that says who came meanwhile goes.
  await host.page.mouse.move(2, 2);
  await settled(host);
  const said = await list.ariaSnapshot();
  expect(said.match(/^ {2}- listitem/gm)).toHaveLength(names.length);
  expect(said.match(/^ *- list /gm)).toHaveLength(1);
  await host.expectAccessible();
});

test('a browser has few parts of it to pass over, however many wait', async () => {
  const { host } = await hostOf(names);
  const passedOver = await host.page
    .locator('.queue *')
    .evaluateAll((all) => all.filter((one) => getComputedStyle(one).contentVisibility === 'auto').length);
  expect(passedOver).toBe(3);
});

test('whoever has the focus keeps it as others go from the list before them', async () => {
  const { host, guest } = await hostOf(names);
  const wanted = `Admit Guest ${batchSize + 3}`;
  await host.button(wanted).focus();
  await Promise.all(names.slice(0, batchSize + 2).map((name) => withdraw(guest(name))));
  await expect.poll(() => host.page.locator('.ask.is-gone').count(), shown).toBe(batchSize + 2);
  // The focus alone, which a pointer has left behind, does not hold the list.
  await host.page.mouse.click(2, 2);
  await host
    .button(wanted)
    .evaluate((button) => (button as HTMLElement).focus({ focusVisible: false } as FocusOptions));
  await expect.poll(() => namesIn(host), shown).toEqual(names.slice(batchSize + 2));
  expect(await focusOf(host)).toBe(wanted);
  await settled(host);
});

test('where the buttons for several stand is not looked for among all that the rows have', async () => {
  const { host } = await hostOf(names);
  await expect.poll(() => host.page.locator('[data-knock] [data-admit]').count(), shown).toBe(names.length);
  const looked = await host.page.evaluate(async () => {
    const list = document.querySelector<HTMLElement>('.queue');
    const row = document.querySelector<HTMLElement>('[data-knock]');
    if (list === null || row === null) throw new Error('both are there');
    const found: string[] = [];
    const { querySelectorAll } = Element.prototype;
    Element.prototype.querySelectorAll = function (this: Element, selector: string) {
      if (this.contains(list)) found.push(selector);
      return querySelectorAll.call(this, selector);
    } as typeof querySelectorAll;
    await new Promise<void>((resolve) => {
      const look = new ResizeObserver(() => {
        if (row.style.paddingBlockEnd === '') return;
        look.disconnect();
        requestAnimationFrame(() => resolve());
      });
      look.observe(row, { box: 'border-box' });
      requestAnimationFrame(() => {
        row.style.paddingBlockEnd = '60px';
      });
    });
    Element.prototype.querySelectorAll = querySelectorAll;
    return found;
  });
  expect(looked).toEqual([]);
});
