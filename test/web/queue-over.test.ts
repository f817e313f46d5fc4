import { expect, test } from 'vitest';
import { shown } from './page-house.ts';
import { focusOf, openQueueHouse, press, pressKey, rowOf, tick, withdraw } from './queue-hand.ts';
import type { Visitor } from './visitor.ts';

// What lies over the list goes away, and what was pressed in it comes down on the list. The focus goes elsewhere, and stays there.

const { hostOf, statusOf } = await openQueueHouse();

const names = Array.from({ length: 9 }, (_, place) => `Guest ${place}`);
const decide = 'mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }';

/** Presses where somebody's Admit lies beneath this, in the moment in which it goes: no hand is quicker. */
const pressAsSoonAsGone = (selector: string) => {
  const find = () => [...document.querySelectorAll<HTMLElement>(selector)].find((one) => one.checkVisibility());
  const cover = find()?.getBoundingClientRect();
  const admits = [...document.querySelectorAll('[data-admit]')].map((one) => one.getBoundingClientRect());
  const beneath = admits.find(
    ({ left, top }) =>
      cover && left > cover.left && left + 4 < cover.right && top > cover.top && top + 4 < cover.bottom,
  );
  if (beneath === undefined) throw new Error('somebody is beneath it');
  const [clientX, clientY] = [beneath.left + 4, beneath.top + 4];
  return new Promise<string>((resolve) => {
    const look = new MutationObserver(() => {
      if (find() !== undefined) return;
      look.disconnect();
      const part = document.elementFromPoint(clientX, clientY)?.closest('button');
      part?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1, clientX, clientY }));
      // What came of it is drawn with the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(part?.getAttribute('aria-label') ?? 'nobody')));
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
};

type House = Awaited<ReturnType<typeof hostOf>>;
const openMenu = async ({ host }: House) => {
  await host.button('More for Guest 0').click();
  await host.button('Reply to Guest 0').waitFor(shown);
};
const askForBan = async (house: House) => {
  await openMenu(house);
  await house.host.button('Deny and ban').click();
  await house.host.page.getByRole('dialog').waitFor(shown);
};
const showNotice = async ({ host }: House) => {
  await host.button('More for Guest 8').press('Enter');
  await host.button('Reply to Guest 8').press('Enter');
  await host.page.getByPlaceholder('One more minute, please…').fill('Soon.');
  await host.page.keyboard.press('Enter');
  await host.page.locator('.reply-form').waitFor({ ...shown, state: 'detached' });
  await host.page.locator('.notice').waitFor(shown);
  await host.page.evaluate(() => {
    document.querySelector('.queue')?.scrollTo(0, 0);
    const notices = document.querySelector<HTMLElement>('.notices');
    const row = document.querySelector('[data-knock]:nth-of-type(2)');
    if (notices !== null) notices.style.top = `${(row?.getBoundingClientRect().top ?? 0) - 8}px`;
  });
};
const isDecidedElsewhere = async ({ room, guest }: House) =>
  (await room.owner({ userName: 'Otto' })).ask(decide, { input: { knockId: guest('Guest 0').knockId } });

const covers = {
  'a menu, as another host decides': ['.menu-list', openMenu, isDecidedElsewhere],
  'a menu, by Escape': ['.menu-list', openMenu, ({ host }) => host.page.keyboard.press('Escape')],
  'a menu, by a choice': ['.menu-list', openMenu, ({ host }) => host.button('Deny and ban').click()],
  'a question, by Cancel': ['dialog[open]', askForBan, ({ host }) => host.button('Cancel').click()],
  'a question, by Escape': ['dialog[open]', askForBan, ({ host }) => host.page.keyboard.press('Escape')],
  'a notice, by its cross': ['.notice', showNotice, ({ host }) => host.page.locator('.notice-close').click()],
} satisfies Record<string, readonly [string, (house: House) => Promise<unknown>, (house: House) => Promise<unknown>]>;

test.each(Object.entries(covers))('what lay beneath %s, is not pressed by who meant that', async (_what, cover) => {
  const [selector, open, goes] = cover;
  const house = await hostOf(names, { width: 360, height: 740 });
  await house.host.page.locator('[data-knock] .menu').nth(8).waitFor(shown);
  // Once a tick of the last one counts, everybody has stood there for a while.
  for (const isTicked of [true, false]) await tick(house.host, 'Guest 8', isTicked);
  await house.host.page.evaluate(() => document.querySelector('.queue')?.scrollTo(0, 0));
  await open(house);
  const pressed = house.host.page.evaluate(pressAsSoonAsGone, selector);
  // It looks from now on.
  await house.host.page.evaluate(() => 0);
  await goes(house);
  const label = await pressed;
  expect(label).toMatch(/^Admit Guest/);
  const person = label.replace('Admit ', '');
  expect(await statusOf(house.room)).toMatchObject({ [person]: 'PENDING' });
  expect(await rowOf(house.host, person).locator('[data-admit]').count()).toBe(1);
});

test('where nothing lay a press counts, although a menu has just closed elsewhere', async () => {
  const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd', 'Dan', 'Eva'], { width: 1280, height: 900 });
  await press(host, 'Deny Eva');
  await host.button('More for Ada').click();
  // The press on it is what closes the menu.
  await host.button('Admit Dan').click();
  await expect.poll(() => statusOf(room), shown).toMatchObject({ Ada: 'PENDING', Dan: 'ADMITTED' });
});

/** A page within the page, as a meeting of somebody else's is. */
async function openFrame({ page }: Visitor) {
  await page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.style.cssText = 'position: fixed; inset: auto auto 0 0; z-index: 9';
    frame.contentDocument?.body.append(document.createElement('input'));
  });
  return page.frameLocator('iframe').locator('input');
}

test('the focus stays in a frame within the page, and its letters decide nobody', async () => {
  const { room, host, guest } = await hostOf(['Ada', 'Ben']);
  const chat = await openFrame(host);
  await host.page.keyboard.press('w');
  await host.button('Admit Ben').focus();
  await chat.click();
  await host.page.keyboard.type('wa');
  await withdraw(guest('Ben'));
  await rowOf(host, 'Ben').getByText('Withdrew').waitFor(shown);
  await host.page.keyboard.type('it for me, aaa');
  expect(await chat.inputValue()).toBe('wait for me, aaa');
  // Somebody goes back to the page, and to nothing in it.
  await host.page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
    window.dispatchEvent(new FocusEvent('focus'));
  });
  expect(await host.page.evaluate(() => document.activeElement?.localName)).toBe('body');
  expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'CANCELLED' });
});

test('the focus that was lost in a window behind is in its row again once somebody looks', async () => {
  const { host, guest } = await hostOf(['Ada', 'Ben']);
  await host.page.keyboard.press('w');
  await host.button('Admit Ben').focus();
  await host.page.evaluate(() => Object.assign(document, { hasFocus: () => false }));
  await withdraw(guest('Ben'));
  await rowOf(host, 'Ben').getByText('Withdrew').waitFor(shown);
  const focused = () => host.page.evaluate(() => document.activeElement?.getAttribute('data-knock') ?? null);
  expect(await focused()).toBeNull();
  await host.page.evaluate(() => {
    Object.assign(document, { hasFocus: () => true });
    window.dispatchEvent(new FocusEvent('focus'));
  });
  expect(await focused()).toBe(guest('Ben').knockId);
});

test.each(['Enter', 'a', 'd'])('%s twice decides one, and not whom the focus has just gone on to', async (key) => {
  const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd']);
  await host.page.keyboard.press('w');
  // Both within one task: no hand is quicker. A browser makes a click of Enter.
  const twice = (pressed: string) => {
    const again = () => {
      const at = document.activeElement as HTMLElement;
      if (pressed === 'Enter') at.click();
      else at.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }));
    };
    again();
    again();
  };
  // They count once W is some time ago, and decide nobody before.
  await expect
    .poll(async () => {
      if ((await focusOf(host)) === 'Admit Ada') await host.page.evaluate(twice, key);
      return focusOf(host);
    }, shown)
    .toBe('Admit Ben');
  await expect.poll(() => host.page.locator('.ask:is(.is-done, .is-gone)').count(), shown).toBe(1);
  await pressKey(host, key);
  expect(await focusOf(host)).toBe('Admit Cyd');
  expect(await statusOf(room)).toMatchObject({ Cyd: 'PENDING' });
});

test('D goes on to the next one also where there is no room for Deny', async () => {
  const { host } = await hostOf(['Ada', 'Ben'], { width: 360, height: 740 });
  await host.page.keyboard.press('w');
  await pressKey(host, 'd');
  expect(await focusOf(host)).toBe('Admit Ben');
});

const rowInFocus = ({ host: { page } }: House) =>
  page.evaluate(() => document.activeElement?.closest('[data-knock]')?.getAttribute('data-knock'));

test('Deny in the menu goes on to the next one too, by keys', async () => {
  const { host } = await hostOf(['Ada', 'Ben'], { width: 360, height: 740 });
  await host.button('More for Ada').press('Enter');
  await host.page.locator('.menu-item.is-narrow').press('Enter');
  await expect.poll(() => focusOf(host), shown).toBe('Admit Ben');
  await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
  expect(await focusOf(host)).toBe('Admit Ben');
});

test('after a ban by keys the focus is in the row of whoever was banned', async () => {
  const house = await hostOf(['Ada', 'Ben']);
  const { host, guest } = house;
  await host.button('More for Ada').press('Enter');
  await host.button('Deny and ban').press('Enter');
  const dialog = host.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Deny and ban' }).press('Enter');
  await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
  await expect.poll(() => rowInFocus(house), shown).toBe(guest('Ada').knockId);
});

test('who chooses in the moment in which the menu is there comes back to it from the question', async () => {
  const { host } = await hostOf(['Ada', 'Ben']);
  // As soon as there is a choice: no effect of the draw has run that is not part of it.
  await host.button('More for Ada').evaluate((more: HTMLElement) => {
    const look = new MutationObserver(() => {
      const choice = document.querySelector<HTMLElement>('.menu-item.is-grave');
      if (choice === null) return;
      look.disconnect();
      choice.click();
    });
    look.observe(document.body, { subtree: true, childList: true });
    more.focus();
    more.click();
  });
  await host.button('Cancel').press('Enter');
  await expect.poll(() => focusOf(host), shown).toBe('More for Ada');
});

test.each(['Escape', 'Enter'])(
  'whose question stood there while somebody else decided is in the list again after %s',
  async (key) => {
    const house = await hostOf(['Guest 0', 'Ben']);
    await house.host.button('More for Guest 0').press('Enter');
    await house.host.button('Deny and ban').press('Enter');
    await house.host.page.getByRole('dialog').waitFor(shown);
    await isDecidedElsewhere(house);
    await rowOf(house.host, 'Guest 0').waitFor({ ...shown, state: 'detached' });
    // It is there with the question's end, and not only once the list changes again.
    await house.host.page.evaluate(() => {
      const note = () => document.body.setAttribute('data-after', document.activeElement?.id ?? '');
      document.querySelector('dialog[open]')?.addEventListener('close', note);
    });
    if (key === 'Enter') await house.host.button('Cancel').focus();
    await house.host.page.keyboard.press(key);
    await expect.poll(() => house.host.page.locator('body').getAttribute('data-after'), shown).toBe('waiting-title');
  },
);

test('a ban that comes too late says so', async () => {
  const house = await hostOf(['Guest 0', 'Ben']);
  await askForBan(house);
  await isDecidedElsewhere(house);
  await rowOf(house.host, 'Guest 0')
    .getByText('Otto let Guest 0 in before you.')
    .waitFor({ ...shown, state: 'attached' });
  await house.host.page.getByRole('dialog').getByRole('button', { name: 'Deny and ban' }).click();
  await house.host.page.locator('.notice').getByText('Guest 0: Otto let Guest 0 in before you.').waitFor(shown);
});

/** The number of those who wait from the same network is on its way until it is let through. */
async function holdCount({ page }: Visitor) {
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await page.route('**/graphql*', async (route) => {
    if (route.request().postData()?.includes('SameNetwork') === true) await held;
    await route.continue();
  });
  const came = page.waitForResponse((answer) => answer.request().postData()?.includes('SameNetwork') === true, shown);
  return async () => {
    letThrough();
    await (await came).finished();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  };
}

test('whoever is asked one thing is asked nothing else in its place', async () => {
  const house = await hostOf(['Guest 0', 'Ben']);
  const { host } = house;
  const letThrough = await holdCount(host);
  await openMenu(house);
  await host.button('Deny and ban').click();
  await host.button('Leave').click();
  const asked = () => host.page.getByRole('dialog').getByRole('heading').textContent();
  expect(await asked()).toBe('2 people are waiting. Leave all the same?');
  await letThrough();
  expect(await asked()).toBe('2 people are waiting. Leave all the same?');
});

test('whom a ban meets is asked soon, also where the line is slow', async () => {
  const house = await hostOf(['Guest 0', 'Ben']);
  const letThrough = await holdCount(house.host);
  await askForBan(house);
  expect(await house.host.page.getByText('This would affect').count()).toBe(0);
  await letThrough();
  expect(await house.host.page.getByText('This would affect').count()).toBe(0);
});
