import { describe, expect, test } from 'vitest';
import { shown } from './page-house.ts';
import { focusOf, namesIn, openQueueHouse, press, rowOf, tick, withdraw } from './queue-hand.ts';

// What moves on the screen for a reason that the list itself does not know, and where keys go when what they were meant for is gone.

const { hostOf, statusOf } = await openQueueHouse();

const decide = 'mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }';

/** Presses in the same frame in which the page has told that it moved: no hand is quicker. */
const pressAsSoonAsMoved = ([grows, wanted]: readonly [string, string]) => {
  const row = document.querySelector<HTMLElement>(`[data-knock="${grows}"]`);
  const part = document.querySelector<HTMLElement>(wanted);
  if (row === null || part === null) throw new Error('both are there');
  row.style.paddingBlockEnd = '60px';
  return new Promise<void>((resolve) => {
    const look = new ResizeObserver(() => {
      look.disconnect();
      // Once everybody was told.
      requestAnimationFrame(() => {
        part.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
        // What came of it is drawn with the next frame.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      });
    });
    look.observe(row);
  });
};

test.each([
  ['Admit', '[data-admit]'],
  ['Deny', '[data-deny]'],
  ['the tick', 'input[type=checkbox]'],
])('%s of a row below one that became higher takes no press at once', async (_what, part) => {
  const { room, host, guest } = await hostOf(['Ada', 'Ben']);
  await rowOf(host, 'Ben')
    .locator(part)
    .waitFor({ ...shown, state: 'attached' });
  // Once a tick counts, both have stood there for a while.
  for (const isTicked of [true, false]) await tick(host, 'Ben', isTicked);
  const { knockId } = guest('Ada');
  const wanted = `[data-knock="${guest('Ben').knockId}"] ${part}`;
  const decidedOrTicked = async () => [
    await host.page.locator('.ask:is(.is-done, .is-gone)').count(),
    await host.page.locator('.ask.is-picked').count(),
  ];
  await host.page.evaluate(pressAsSoonAsMoved, [knockId, wanted] as const);
  expect(await decidedOrTicked()).toEqual([0, 0]);
  expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'PENDING' });
  // Once it has stood still it is as good as any.
  const again = host.page.locator(wanted);
  await expect
    .poll(async () => {
      if ((await again.count()) > 0) await again.click({ timeout: 1_000 }).catch(() => {});
      return (await decidedOrTicked()).some((count) => count > 0);
    }, shown)
    .toBe(true);
});

test('letters of a reply are letters, also when somebody else has decided meanwhile', async () => {
  const { room, host, guest } = await hostOf(['Ada', 'Ben', 'Cyd']);
  const other = await room.owner({ userName: 'Otto' });
  await press(host, 'Deny Cyd');
  await rowOf(host, 'Ada').getByRole('button', { name: 'More for Ada' }).press('Enter');
  await host.button('Reply to Ada').press('Enter');
  const form = host.page.getByPlaceholder('One more minute, please…');
  await form.pressSequentially('O');
  await other.ask(decide, { input: { knockId: guest('Ada').knockId } });
  await rowOf(host, 'Ada').getByText('Otto let Ada in before you.').waitFor(shown);
  // W goes to the first who waits, A lets in, D denies, X selects, Z takes back.
  await host.page.keyboard.type('waxdz');
  expect(await form.inputValue()).toBe('Owaxdz');
  expect(await statusOf(room)).toEqual({ Ada: 'ADMITTED', Ben: 'PENDING', Cyd: 'PENDING' });
  await rowOf(host, 'Cyd').getByText('Will be turned away').waitFor(shown);
  await host.button('Admit Ben').focus();
  await form.waitFor({ ...shown, state: 'detached' });
});

test('a reply is sent once, however often Enter is pressed on a slow line', async () => {
  const { host } = await hostOf(['Ada']);
  await host.button('More for Ada').press('Enter');
  await host.button('Reply to Ada').press('Enter');
  const sent: string[] = [];
  const held: (() => void)[] = [];
  await host.page.route('**/graphql*', async (route) => {
    if (route.request().postData()?.includes('Two minutes.') !== true) return route.fallback();
    sent.push('Two minutes.');
    await new Promise<void>((resolve) => held.push(resolve));
    return route.fallback();
  });
  const form = host.page.getByPlaceholder('One more minute, please…');
  await form.fill('Two minutes.');
  await form.press('Enter');
  await form.press('Enter');
  await form.press('Enter');
  await expect.poll(() => held.length, shown).toBe(1);
  for (const letGo of held) letGo();
  await form.waitFor({ ...shown, state: 'detached' });
  expect(sent).toHaveLength(1);
});

test('the focus stays with somebody whose button has gone, where a key on its way means nothing', async () => {
  const { room, host, guest } = await hostOf(['Ada', 'Ben']);
  const focusedRow = () => host.page.evaluate(() => document.activeElement?.getAttribute('data-knock'));
  await host.page.keyboard.press('w');
  await host.page.keyboard.press('d');
  expect(await focusOf(host)).toBe('Admit Ben');
  await host.button('Undo: Ada').focus();
  await host.page.keyboard.press('Enter');
  await host.button('Admit Ada').waitFor(shown);
  await expect.poll(focusedRow, shown).toBe(guest('Ada').knockId);
  await host.page.keyboard.press('Enter');
  expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'PENDING' });
  await host.page.keyboard.press('Tab');
  await host.button('Admit Ben').focus();
  await withdraw(guest('Ben'));
  await rowOf(host, 'Ben').getByText('Withdrew').waitFor(shown);
  await expect.poll(focusedRow, shown).toBe(guest('Ben').knockId);
  await host.expectAccessible();
});

test('Enter on a button for several does not mean somebody who has come in that moment', async () => {
  const { room, host } = await hostOf(['Ada']);
  // Once a tick counts she has been there for a while.
  for (const isTicked of [true, false]) await tick(host, 'Ada', isTicked);
  const button = host.page.getByRole('button', { name: /^Deny all/ });
  await button.focus();
  // As soon as the number on the button is another one: nobody has read it yet.
  await button.evaluate((element) => {
    new MutationObserver((_changes, observer) => {
      observer.disconnect();
      (element as HTMLButtonElement).click();
    }).observe(element, { childList: true, characterData: true, subtree: true });
  });
  await room.knocker({ userName: 'Ben' });
  await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
  await host.button('Admit Ben').waitFor(shown);
});

describe('a press on its way to a button for several', () => {
  /** Presses in the same frame in which the page has told that they moved. */
  const pressAsSoonAsLower = (wanted: string) => {
    const head = document.querySelector<HTMLElement>('.waiting > .panel-head');
    if (head === null) throw new Error('it is there');
    head.style.paddingBlockEnd = '60px';
    return new Promise<string>((resolve) => {
      const look = new ResizeObserver(() => {
        look.disconnect();
        requestAnimationFrame(() => {
          const buttons = [...document.querySelectorAll<HTMLElement>('.waiting .button')];
          const part = buttons.find(({ textContent }) => textContent?.startsWith(wanted));
          part?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(part?.textContent ?? 'nothing')));
        });
      });
      look.observe(head);
    });
  };

  test.each(['Admit 3 seen', 'Admit 1 selected', 'Deny 1'])(
    '%s: where it has moved it is not meant, and once it stands still it is',
    async (name) => {
      const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd']);
      // Once a tick counts, all have stood there for a while.
      await tick(host, 'Cyd');
      await host.button(name).waitFor(shown);
      expect(await host.page.evaluate(pressAsSoonAsLower, name)).toBe(name);
      expect(await host.page.locator('.ask:is(.is-done, .is-gone)').count()).toBe(0);
      expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'PENDING', Cyd: 'PENDING' });
      await press(host, name);
      await host.page.locator('.ask.is-done').first().waitFor(shown);
    },
  );
});

test('whoever writes what is looked for comes below those who were found, while the list holds still', async () => {
  const { room, host, guest } = await hostOf(['Ada', 'Ben', 'Adam']);
  await host.page.getByLabel('Find a name or message').fill('ada');
  await host.button('Admit Adam').hover();
  const writes = (userName: string, message: string) =>
    guest(userName).ask('mutation ($input: KnockInput!) { knock(input: $input) { __typename } }', {
      input: { roomName: room.name, userName, message },
    });
  await writes('Ben', 'Is Ada there?');
  // Whoever writes after him is heard after him.
  await writes('Adam', 'Hello?');
  await rowOf(host, 'Adam').getByText('Hello?').waitFor(shown);
  expect(await namesIn(host)).toEqual(['Ada', 'Adam']);
  await host.page.mouse.move(0, 0);
  await host.page.getByLabel('Find a name or message').blur();
  await rowOf(host, 'Ben').waitFor(shown);
  expect(await namesIn(host)).toEqual(['Ada', 'Ben', 'Adam']);
});

test('Deny all turns away those whom a search has found, and nobody else', async () => {
  const { room, host } = await hostOf(['Ada', 'Ben', 'Adam']);
  await host.page.getByLabel('Find a name or message').fill('ada');
  await press(host, 'Deny all (2)');
  await rowOf(host, 'Adam').getByText('Will be turned away').waitFor(shown);
  await host.page.getByLabel('Find a name or message').fill('');
  await host.button('Admit Ben').waitFor(shown);
  expect(await host.page.locator('.ask.is-done').count()).toBe(2);
  expect(await statusOf(room)).toMatchObject({ Ben: 'PENDING' });
});
