import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../web/console/queue/letters.ts';
import { shown } from './page-house.ts';
import { focusOf, openQueueHouse, rowOf } from './queue-hand.ts';
import { visit } from './visitor.ts';

// What keys mean in the list of who waits, and where the focus is.

const { backend, browser, hostOf, statusOf } = await openQueueHouse();

describe('a key is known', () => {
  test.each([
    ['by its letter, wherever a layout has it', { key: 'A', code: 'KeyQ' }, 'a'],
    ['by its letter, a Latin one that no key here has', { key: 'ą', code: 'KeyA' }, 'ą'],
    ['by its place where Cyrillic letters are typed', { key: 'ф', code: 'KeyA' }, 'a'],
    ['by its place where Arabic letters are typed', { key: 'ئ', code: 'KeyZ' }, 'z'],
    ['by its place where a word is being composed', { key: 'Process', code: 'KeyD' }, 'd'],
    ['as a slash, on a layout without one', { key: '.', code: 'Slash' }, '.'],
    ['as a slash among Arabic letters', { key: 'ظ', code: 'Slash' }, '/'],
    ['as a question mark of theirs', { key: '؟', code: 'Slash', shiftKey: true }, '?'],
    ['by its name', { key: 'Escape', code: 'Escape' }, 'escape'],
  ])('%s', (_how, key, expected) => {
    expect(keyOf({ shiftKey: false, ...key })).toBe(expected);
  });
});

test('Escape closes an answer that is being written, keeps it, and goes back to where it was opened', async () => {
  const { room, host } = await hostOf(['Ada']);
  await room.knocker({ userName: 'Ben', message: 'It is me.' });
  const form = host.page.getByPlaceholder('One more minute, please…');
  for (const [opener, back] of [
    ['More for Ada', 'More for Ada'],
    ['Reply to Ben', 'Reply to Ben'],
  ] as const) {
    await host.button(opener).press('Enter');
    if (opener === 'More for Ada') await host.button('Reply to Ada').press('Enter');
    await form.fill('One mom');
    await form.press('Escape');
    await form.waitFor({ ...shown, state: 'detached' });
    expect(await focusOf(host)).toBe(back);
  }
  await host.button('Reply to Ben').press('Enter');
  expect(await form.inputValue()).toBe('One mom');
});

test('a key with another key held is the browser’s, and decides nobody', async () => {
  const { room, host } = await hostOf(['Ada', 'Ben']);
  const { keyboard } = host.page;
  await host.button('Admit Ada').focus();
  // The browser's own, such as loading the page again, are left out by pressing them in the page alone.
  for (const held of ['ctrlKey', 'metaKey', 'altKey'])
    for (const key of 'wadrxz/')
      await host.page.evaluate(
        ([name = '', letter = '']) => {
          const code = letter === '/' ? 'Slash' : `Key${letter.toUpperCase()}`;
          const press = { key: letter, code, bubbles: true, cancelable: true, [name]: true };
          document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', press));
        },
        [held, key],
      );
  expect(await focusOf(host)).toBe('Admit Ada');
  expect(await host.page.getByLabel('Select Ada').isChecked()).toBe(false);
  expect(await host.page.getByPlaceholder('One more minute, please…').count()).toBe(0);
  expect(await host.button('Undo').count()).toBe(0);
  await keyboard.press('x');
  await expect.poll(() => host.page.getByLabel('Select Ada').isChecked(), shown).toBe(true);
  expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'PENDING' });
});

test('every row gets its buttons, also in browsers that do not say when they have time', async () => {
  const names = Array.from({ length: 40 }, (_, place) => `Guest ${place + 1}`);
  const prepare = (page: Page) =>
    page.addInitScript(() => {
      Reflect.deleteProperty(window, 'requestIdleCallback');
    });
  const { host } = await hostOf(names, { height: 480, prepare });
  expect(await host.page.evaluate(() => 'requestIdleCallback' in window)).toBe(false);
  await expect.poll(() => host.page.locator('[data-knock] [data-admit]').count(), shown).toBe(names.length);
});

test('a row that is higher than the list counts as seen once it fills the list', async () => {
  const room = await backend.waitingRoom();
  const link = (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '';
  const host = await visit(browser, `${link}&view=console`, { width: 320, height: 480 });
  await host.button('Join').click();
  await host.page.getByText('Nobody is waiting').waitFor(shown);
  const message = 'I bring the plans. '.repeat(26).trim();
  await room.knocker({ userName: 'Ada', message });
  await room.knocker({ userName: 'Ben', message });
  await rowOf(host, 'Ada').waitFor(shown);
  const { row, list } = await host.page.evaluate(() => ({
    row: document.querySelector('[data-knock]')?.clientHeight ?? 0,
    list: document.querySelector('.queue')?.clientHeight ?? 0,
  }));
  expect(row * 0.6).toBeGreaterThan(list);
  await host.button('Admit 1 seen').waitFor(shown);
});

test('the list by itself begins with its title, as every screen does', async () => {
  const room = await backend.waitingRoom({ title: 'Design review' });
  const link = (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '';
  const host = await visit(browser, `${link}&view=console`);
  await host.button('Join').press('Enter');
  await host.page.getByText('Nobody is waiting').waitFor(shown);
  const focused = () => host.page.evaluate(() => document.activeElement?.textContent);
  await expect.poll(focused, shown).toBe('Design review');
});

test('the bell of the list by itself asks for notifications once, and is the switch of the chime then', async () => {
  const room = await backend.waitingRoom();
  const link = (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '';
  const host = await visit(browser, `${link}&view=console`);
  await host.button('Join').press('Enter');
  await host.button('When somebody knocks: Show a notification').press('Enter');
  const bell = host.button('When somebody knocks: Play a chime');
  expect(await host.page.evaluate(() => Notification.permission)).toBe('granted');
  for (const isOn of ['true', 'false', 'true']) {
    await expect.poll(() => bell.getAttribute('aria-pressed'), shown).toBe(isOn);
    await bell.press('Enter');
  }
});
