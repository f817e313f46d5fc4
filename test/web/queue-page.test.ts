import { describe, expect, test } from 'vitest';
import type { KnockerSeed } from '../support/seed.ts';
import { shown } from './page-house.ts';
import {
  focusOf,
  namesIn,
  openQueueHouse,
  press,
  pressKey,
  rowOf,
  settled,
  spokenTo,
  tick,
  withdraw,
} from './queue-hand.ts';
import { visit } from './visitor.ts';

const { backend, browser, hostOf, statusOf } = await openQueueHouse();

describe('the list holds still', () => {
  test('whoever withdraws stays in place under the pointer, and the one who was meant is let in', async () => {
    const { room, host, guest } = await hostOf(['Early', 'Wanted', 'Stranger']);
    await host.button('Admit Wanted').hover();
    const place = () => host.button('Admit Stranger').boundingBox();
    const before = await place();
    await withdraw(guest('Early'));
    await rowOf(host, 'Early').getByText('Withdrew').waitFor(shown);
    expect([await namesIn(host), await place()]).toEqual([['Early', 'Wanted', 'Stranger'], before]);
    await press(host, 'Admit Wanted');
    await rowOf(host, 'Wanted').getByText('Is let in').waitFor(shown);
    expect(await place()).toEqual(before);
    await expect.poll(() => statusOf(room)).toEqual({ Early: 'CANCELLED', Wanted: 'ADMITTED', Stranger: 'PENDING' });
    // Once nobody points there, it is the list of who waits again.
    await host.page.mouse.move(5, 5);
    await expect.poll(() => namesIn(host), shown).toEqual(['Wanted', 'Stranger']);
    expect(host.complaints).toEqual([]);
  });

  test('whoever comes stands below a line that says so', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await host.button('Admit Ada').hover();
    await room.knocker({ userName: 'Cyd' });
    await host.page.getByText('Came while you were choosing').waitFor(shown);
    expect(await namesIn(host)).toEqual(['Ada', 'Ben', 'Cyd']);
    await host.page.mouse.move(5, 5);
    await settled(host);
    await host.expectAccessible();
  });
});

describe('a mistake can be taken back', () => {
  test('an admission, before the guest has come in', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await press(host, 'Admit Ada');
    await press(host, 'Undo: Ada');
    await rowOf(host, 'Ada').getByText('Undone').waitFor(shown);
    expect(await statusOf(room)).toMatchObject({ Ada: 'EXPIRED', Ben: 'PENDING' });
  });

  test('an admission, after it: they wait again, are told why, and do not call as if they had knocked', async () => {
    const { room, host, guest } = await hostOf(['Ada', 'Ben']);
    await press(host, 'Admit Ada');
    await rowOf(host, 'Ada').getByText('Is let in').waitFor(shown);
    await guest('Ada').enter();
    await host.button('Manage Ada').waitFor(shown);
    await press(host, 'Undo: Ada');
    await host.button('Manage Ada').waitFor({ ...shown, state: 'detached' });
    await host.page.mouse.move(5, 5);
    await host.button('Admit Ada').waitFor(shown);
    expect((await statusOf(room)).Ada).toBe('PENDING');
    await rowOf(host, 'Ada').getByText('You were let in a little early.').waitFor(shown);
    expect(await spokenTo(host)).toBe('Ada left.');
  });

  test('a denial, which was not sent', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await press(host, 'Deny Ada');
    await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
    expect((await statusOf(room)).Ada).toBe('PENDING');
    await press(host, 'Undo: Ada');
    await host.page.evaluate(() => localStorage.setItem('vestibule undo', '5000'));
    await host.page.reload();
    await press(host, 'Deny Ben');
    await expect.poll(() => statusOf(room), shown).toEqual({ Ada: 'PENDING', Ben: 'DENIED' });
  });

  test('a denial goes out at once when the host leaves', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await press(host, 'Deny Ada');
    // Ada has her answer: only Ben waits for one.
    await host.page.getByRole('button', { name: 'Leave' }).first().click();
    await host.page.getByText('1 person is waiting. Leave all the same?').waitFor(shown);
    await host.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await expect.poll(() => statusOf(room), shown).toEqual({ Ada: 'DENIED', Ben: 'PENDING' });
  });

  test('nobody is asked where each has an answer', async () => {
    const { room, host } = await hostOf(['Ada']);
    await press(host, 'Deny Ada');
    await host.page.getByRole('button', { name: 'Leave' }).first().click();
    await host.heading('You have left').waitFor(shown);
    expect(await statusOf(room)).toEqual({ Ada: 'DENIED' });
  });

  test('a ban says whom it meets, before it and after it', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await host.page.evaluate(() => localStorage.setItem('vestibule undo', '5000'));
    await host.page.reload();
    await host.button('More for Ada').click();
    await host.button('Deny and ban').click();
    // Both knock from this machine.
    await host.page.getByText('This would affect 1 other person who is waiting now.').waitFor(shown);
    await host.page.getByLabel('Also every guest from the same network').check();
    await host.page.getByRole('dialog').getByRole('button', { name: 'Deny and ban' }).click();
    await rowOf(host, 'Ada')
      .getByText('Will be turned away, and kept out with guests from the same network')
      .waitFor(shown);
    await host.button('Admit Ben').hover();
    await rowOf(host, 'Ada').getByText('Turned away, and kept out with guests from the same network').waitFor(shown);
    await host.page.getByText('and guests from the same network', { exact: true }).waitFor(shown);
    await host.button('Let back in: Ada').click();
    await host.page.getByRole('dialog').getByRole('button', { name: 'Let back in' }).click();
    await host.page.getByRole('heading', { name: 'Kept out' }).waitFor({ ...shown, state: 'detached' });
    const { body } = await backend.ask('query ($name: String!) { room(name: $name) { bans { nodes { id } } } }', {
      name: room.name,
    });
    expect(body.data).toEqual({ room: { bans: { nodes: [] } } });
  });
});

describe('by touch', () => {
  test('where a finger was a moment ago nothing moves, and a tap lets in the one who was there', async () => {
    const { room, host, guest } = await hostOf(['Early', 'Wanted', 'Stranger'], { isTouch: true, width: 390 });
    const stranger = host.page.getByLabel('Select Stranger');
    await expect
      .poll(async () => {
        if (!(await stranger.isChecked())) await stranger.tap({ timeout: 1_000 }).catch(() => {});
        return stranger.isChecked();
      }, shown)
      .toBe(true);
    await withdraw(guest('Early'));
    await rowOf(host, 'Early').getByText('Withdrew').waitFor(shown);
    expect(await namesIn(host)).toEqual(['Early', 'Wanted', 'Stranger']);
    const admit = host.button('Admit Wanted');
    await expect
      .poll(async () => {
        if (await admit.isVisible()) await admit.tap({ timeout: 1_000 }).catch(() => {});
        return statusOf(room);
      }, shown)
      .toEqual({ Early: 'CANCELLED', Wanted: 'ADMITTED', Stranger: 'PENDING' });
    const undo = host.button('Undo: Wanted');
    await expect
      .poll(async () => {
        if (await undo.isVisible()) await undo.tap({ timeout: 1_000 }).catch(() => {});
        return statusOf(room);
      }, shown)
      .toMatchObject({ Wanted: 'EXPIRED', Stranger: 'PENDING' });
  });
});

test.each([-3_600_000, 3_600_000])(
  'with a clock that is off by %i ms, decisions are kept back for as long as they should',
  async (off) => {
    const { room, host } = await hostOf(['Ada', 'Ben'], {
      prepare: (page) =>
        page.addInitScript((by) => {
          const now = Date.now.bind(Date);
          Date.now = () => now() + by;
        }, off),
    });
    await press(host, 'Deny Ada');
    await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
    const clock = host.page.locator('[data-knock] .undo-clock').first();
    expect(Number(/\d+/.exec((await clock.textContent()) ?? '')?.[0])).toBeLessThanOrEqual(30);
    expect((await statusOf(room)).Ada).toBe('PENDING');
    await press(host, 'Undo: Ada');
    await host.button('Admit Ada').waitFor(shown);
  },
);

describe('several at once', () => {
  test('those who are selected, those who were seen, and all', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd', 'Dan']);
    await tick(host, 'Ben');
    await tick(host, 'Dan');
    await press(host, 'Admit 2 selected');
    await host.page.getByText('2 people are let in.').waitFor(shown);
    await press(host, 'Admit 2 seen');
    await expect
      .poll(() => statusOf(room), shown)
      .toEqual({
        ...{ Ada: 'ADMITTED', Ben: 'ADMITTED', Cyd: 'ADMITTED', Dan: 'ADMITTED' },
      });
    for (const userName of ['Eva', 'Finn']) await room.knocker({ userName });
    await press(host, 'Deny all (2)');
    await host.page.getByText('2 people will be turned away.').waitFor(shown);
    await press(host, 'Undo');
    await host.button('Admit Eva').waitFor(shown);
    expect(await statusOf(room)).toMatchObject({ Eva: 'PENDING', Finn: 'PENDING' });
  });

  test('a name is found, and only those who are shown count as seen', async () => {
    const { host } = await hostOf(['Ada', 'Ben', 'Adam']);
    await host.page.getByLabel('Find a name or message').fill('ada');
    expect(await namesIn(host)).toEqual(['Ada', 'Adam']);
    await host.button('Admit 2 seen').waitFor(shown);
    await host.page.getByLabel('Find a name or message').fill('nobody');
    await host.page.getByText('Nobody found for “nobody”.').waitFor(shown);
  });

  test('of a thousand only those on screen count as seen', async () => {
    const { room, host } = await hostOf([]);
    const knocks = Array.from({ length: 100 }, (_, index) => room.knocker({ userName: `Guest ${index}` }));
    await Promise.all(knocks);
    await expect.poll(() => host.page.locator('[data-knock]').count(), shown).toBe(100);
    const seen = await host.page.getByRole('button', { name: /^Admit \d+ seen$/ }).innerText();
    expect(Number(/\d+/.exec(seen)?.[0])).toBeLessThan(40);
  });

  test('in a crowd everybody has a name at once, whoever is on screen soon has buttons, and the others get them too', async () => {
    const { room, host } = await hostOf([]);
    await Promise.all(Array.from({ length: 60 }, (_, index) => room.knocker({ userName: `Guest ${index}` })));
    const rows = host.page.locator('[data-knock]');
    await expect.poll(() => rows.count(), shown).toBe(60);
    await rows.last().scrollIntoViewIfNeeded();
    await rows.last().locator('[data-admit]').waitFor(shown);
    await expect.poll(() => host.page.locator('[data-knock] [data-admit]').count(), shown).toBe(60);
    expect(await host.page.locator('[data-knock].is-bare').count()).toBe(0);
  });
});

describe('by keyboard', () => {
  test('the focus goes on to the next person, and Z takes the last decision back', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd']);
    const { keyboard } = host.page;
    const focused = () => host.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await keyboard.press('w');
    expect(await focused()).toBe('Admit Ada');
    await keyboard.press('Enter');
    expect(await focused()).toBe('Admit Ben');
    await pressKey(host, 'd');
    expect(await focused()).toBe('Admit Cyd');
    await keyboard.press('z');
    await host.button('Admit Ben').waitFor(shown);
    const isTicked = () => host.page.getByLabel('Select Cyd').isChecked();
    await expect.poll(async () => (await isTicked()) || (await keyboard.press('x')), shown).toBe(true);
    await keyboard.press('r');
    await host.page.getByPlaceholder('One more minute, please…').fill('a d z');
    expect(await statusOf(room)).toEqual({ Ada: 'ADMITTED', Ben: 'PENDING', Cyd: 'PENDING' });
    await host.page.reload();
    // What was being typed is still there.
    expect(await host.page.getByPlaceholder('One more minute, please…').inputValue()).toBe('a d z');
    await host.button('Keyboard shortcuts').click();
    await host.page.getByRole('dialog').getByText('Go to the first who waits').waitFor(shown);
    await host.expectAccessible();
    await host.page.getByLabel('Use these keys').uncheck();
    await keyboard.press('Escape');
    await host.button('Admit Ben').focus();
    await keyboard.press('a');
    await keyboard.press('Tab');
    expect(await focused()).toBe('Deny Ben');
  });
});

const many = Array.from({ length: 14 }, (_, place) => `Guest ${place}`);

describe('a key', () => {
  test.each(['a', 'Enter'])('%s that is held down lets in one person, and not all who come after', async (key) => {
    const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd']);
    await host.page.keyboard.press('w');
    // As a keyboard repeats: longer than a second key must be apart from the first to count as meant.
    const now = () => host.page.evaluate(() => performance.now());
    for (const from = await now(); (await now()) - from < 1_500; ) await host.page.keyboard.down(key);
    await host.page.keyboard.up(key);
    await expect.poll(() => statusOf(room), shown).toMatchObject({ Ada: 'ADMITTED' });
    expect(await statusOf(room)).toEqual({ Ada: 'ADMITTED', Ben: 'PENDING', Cyd: 'PENDING' });
  });

  test('whoever it decides next is on screen', async () => {
    const { host } = await hostOf(many, { width: 1280, height: 640 });
    await host.page.keyboard.press('w');
    for (const name of many.slice(1)) {
      await pressKey(host, 'd');
      await expect.poll(() => focusOf(host), shown).toBe(`Admit ${name}`);
      const isShown = () =>
        host.page.evaluate(() => {
          const list = document.querySelector('.queue')?.getBoundingClientRect();
          const button = document.activeElement?.getBoundingClientRect();
          return (
            list !== undefined && button !== undefined && button.top >= list.top && button.bottom <= list.bottom + 1
          );
        });
      await expect.poll(isShown, shown).toBe(true);
    }
  });

  test('Enter twice on a button for several answers those, and not everybody else', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd', 'Dan']);
    for (const name of ['Ada', 'Ben']) await host.page.getByLabel(`Select ${name}`).press('Space');
    await host.button('Admit 2 selected').focus();
    await host.page.keyboard.press('Enter');
    await host.page.keyboard.press('Enter');
    await expect.poll(() => statusOf(room), shown).toMatchObject({ Ada: 'ADMITTED', Ben: 'ADMITTED' });
    expect(await host.page.getByText('Will be turned away').count()).toBe(0);
    expect(await statusOf(room)).toMatchObject({ Cyd: 'PENDING', Dan: 'PENDING' });
  });
});

test('what is sent in the same moment as its last letter has that letter', async () => {
  const { host, guest } = await hostOf(['Ada']);
  await host.button('More for Ada').press('Enter');
  await host.button('Reply to Ada').press('Enter');
  const form = host.page.getByPlaceholder('One more minute, please…');
  await form.evaluate((input: HTMLInputElement) => {
    input.value = 'Two minutes, please.';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    input.form?.requestSubmit();
  });
  const read = 'query { viewer { ... on KnockRequest { reply } } }';
  await expect
    .poll(async () => (await guest('Ada').ask(read)).body.data, shown)
    .toEqual({
      viewer: { reply: 'Two minutes, please.' },
    });
});

test('what is entered while others come is kept, letter by letter', async () => {
  const { room, host } = await hostOf(['Ada']);
  await host.button('More for Ada').press('Enter');
  await host.button('Reply to Ada').press('Enter');
  const fields = ['One more minute, please…', 'Find a name or message'].map((name) => host.page.getByPlaceholder(name));
  for (const field of fields) {
    // Twice before any frame, as a hand that is quicker than the screen.
    await field.evaluate((input: HTMLInputElement) => {
      for (const value of ['A', 'Ad']) {
        input.value = value;
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    });
    await room.knocker({ userName: 'Ada too' });
    expect(await field.inputValue()).toBe('Ad');
  }
});

test('a reply that comes back after a reload takes the focus from nobody', async () => {
  const { host } = await hostOf(many);
  await host.button('More for Guest 13').press('Enter');
  await host.button('Reply to Guest 13').press('Enter');
  const form = host.page.getByPlaceholder('One more minute, please…');
  const hasFocus = () => form.evaluate((input) => input === document.activeElement);
  await expect.poll(hasFocus, shown).toBe(true);
  await host.page.keyboard.type('One mom');
  await host.page.reload();
  await expect.poll(() => form.inputValue(), shown).toBe('One mom');
  expect(await hasFocus()).toBe(false);
  expect(await host.page.locator('.queue').evaluate(({ scrollTop }) => scrollTop)).toBe(0);
});

const talkative = {
  Ada: 'Hello.',
  'Konstantinos Papadimitriou-Featherstonehaugh':
    'I am here for the review of the new building, and bring the plans. '.repeat(3),
  Cyd: '',
};

test.each([360, 1280])('whatever becomes of somebody, the row keeps its height, %i pixels wide', async (width) => {
  const { room, host } = await hostOf([], { width, height: 800 });
  const guests: KnockerSeed[] = [];
  for (const [userName, message] of Object.entries(talkative)) guests.push(await room.knocker({ userName, message }));
  const names = Object.keys(talkative);
  for (const name of names) await host.button(`Admit ${name}`).waitFor(shown);
  const heights = () => Promise.all(names.map(async (name) => (await rowOf(host, name).boundingBox())?.height));
  const before = await heights();
  // From here on the list holds still.
  await host.page.locator('#waiting-title').hover();
  for (const guest of guests) await withdraw(guest);
  for (const name of names) await rowOf(host, name).getByText('Withdrew').waitFor(shown);
  expect(await heights()).toEqual(before);
});

describe('several hosts at once', () => {
  test('each is told in place who decided, and nothing is sent a second time', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    const other = await room.owner({ userName: 'Otto' });
    await press(host, 'Deny Ada');
    const decide = 'mutation ($input: DecideKnocksInput!) { admitKnocks(input: $input) { __typename } }';
    await other.ask(decide, { input: { roomName: room.name, requestedBefore: new Date().toISOString() } });
    await rowOf(host, 'Ada').getByText('Otto let Ada in before you.').waitFor(shown);
    await rowOf(host, 'Ben').getByText('Otto let Ben in before you.').waitFor(shown);
    expect(await statusOf(room)).toEqual({ Ada: 'ADMITTED', Ben: 'ADMITTED' });
  });

  test('a line that is lost in the middle says that it may have been done', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await tick(host, 'Ada');
    await tick(host, 'Ben');
    await host.offline(true);
    await press(host, 'Admit 2 selected');
    await rowOf(host, 'Ada').getByText('The connection was lost').waitFor(shown);
    await rowOf(host, 'Ben').getByText('The connection was lost').waitFor(shown);
    await host.offline(false);
    expect(await statusOf(room)).toEqual({ Ada: 'PENDING', Ben: 'PENDING' });
    await press(host, 'Admit Ada');
    await expect.poll(() => statusOf(room), shown).toEqual({ Ada: 'ADMITTED', Ben: 'PENDING' });
  });
});

test.each([
  ['320 px', { width: 320, height: 640 }],
  ['360 px, dark', { width: 360, height: 740, colorScheme: 'dark' }],
  ['1280 px', { width: 1280, height: 800 }],
] as const)('it is usable and accessible at %s', async (_what, options) => {
  const { host } = await hostOf(['Ada', 'Konstantinos Papadimitriou-Featherstonehaugh', 'نور الهدى'], options);
  await host.expectAccessible();
  await tick(host, 'Ada');
  await host.expectAccessible();
  await press(host, 'Admit Ada');
  await host.page.getByText('Ada is let in.').waitFor(shown);
  await host.expectAccessible();
  expect(host.complaints).toEqual([]);
});

describe('the console beside another meeting', () => {
  test('is nothing but the list, for a host whom nobody sees, and does not lead on to the meeting', async () => {
    const room = await backend.waitingRoom({ meetingUrl: 'https://meet.example.com/{room}' });
    const claims = { isOwner: true, userName: 'Olga', permissions: { hasPresence: false } };
    const link = (await room.token(claims)).joinUrl ?? '';
    const host = await visit(browser, `${link}&view=console`, { width: 360, height: 740 });
    await host.button('Join').click();
    await host.page.getByText('Nobody is waiting').waitFor(shown);
    await host.expectAccessible();
    const guest = await room.knocker({ userName: 'Ada' });
    await host.button('Admit Ada').press('Enter');
    await host.page.getByText('Ada is let in.').waitFor(shown);
    await host.expectAccessible();
    await guest.enter();
    expect(new URL(host.page.url()).searchParams.get('view')).toBe('console');
    expect(await host.heading('People').count()).toBe(0);
    await host.page.reload();
    await host.page.getByRole('heading', { name: 'Waiting' }).waitFor(shown);
    expect(host.complaints).toEqual([]);
  });
});
