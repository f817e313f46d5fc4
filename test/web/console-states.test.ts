import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectPlaceAtEverySize } from './every-size.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

// What a host has before them where the meeting is elsewhere: the list of who waits, and all that opens in it and beside it.

const { backend, browser } = await openPageHouse({ rateLimits: false });

const longName = 'Konstantinos Papadimitriou-Featherstonehaugh';
const names = ['Ada', longName, 'نور الهدى'];

interface Options {
  readonly view?: 'console';
  readonly message?: string;
  /** When the host has to go, after so many seconds. */
  readonly endsIn?: number;
}

/** A host, with people at the door and a guest inside. */
async function host({ view, endsIn, message = 'I am here for the review of the new building.' }: Options = {}) {
  const room = await backend.waitingRoom({ title: 'Design review' });
  const ends = endsIn === undefined ? {} : { ejectAfterElapsedSeconds: endsIn };
  const link = (await room.token({ isOwner: true, userName: 'Olga', ...ends })).joinUrl ?? '';
  const olga = await visit(browser, view === undefined ? link : `${link}&view=${view}`);
  await olga.page.evaluate(() => localStorage.setItem('vestibule undo', '30000'));
  await olga.button('Join').click();
  await room.join({ token: (await room.token({ userName: 'Gus', userId: 'gus' })).jwt });
  for (const userName of names) await room.knocker({ userName, message });
  await expect.poll(() => olga.page.locator('[data-admit]').count(), shown).toBe(names.length);
  return { ...olga, room };
}

const open = (locator: Locator) => locator.first().press('Enter');

interface State {
  readonly what: string;
  /** Shows it; what it answers stands on screen then. */
  readonly show: () => Promise<{ readonly olga: Visitor; readonly shows: Locator }>;
}

const states: readonly State[] = [
  {
    what: 'people who wait, each with a message',
    show: async () => {
      const olga = await host();
      return { olga, shows: olga.button('Reply to Ada') };
    },
  },
  {
    what: 'a host who has to go the day after tomorrow',
    show: async () => {
      const olga = await host({ endsIn: 2 * 24 * 3_600 });
      return { olga, shows: olga.page.getByText('Your time here ends:') };
    },
  },
  {
    what: 'the list by itself',
    show: async () => {
      const olga = await host({ view: 'console' });
      return { olga, shows: olga.button('Admit Ada') };
    },
  },
  {
    what: 'several who are selected',
    show: async () => {
      const olga = await host();
      for (const tick of await olga.page.locator('.tick input').all()) await tick.press('Space');
      return { olga, shows: olga.button('Admit 3 selected') };
    },
  },
  {
    what: 'decisions that can be taken back',
    show: async () => {
      const olga = await host();
      await open(olga.button('Admit Ada'));
      await open(olga.button(`Deny ${longName}`));
      return { olga, shows: olga.button('Undo: Ada') };
    },
  },
  {
    what: 'a reply that is being written',
    show: async () => {
      const olga = await host();
      await open(olga.button('Reply to Ada'));
      return { olga, shows: olga.page.getByPlaceholder('One more minute, please…') };
    },
  },
  {
    what: 'what else can be done with somebody who waits',
    show: async () => {
      const olga = await host();
      await open(olga.button('More for Ada'));
      return { olga, shows: olga.button('Deny and ban') };
    },
  },
  {
    what: 'the question whom a ban meets',
    show: async () => {
      const olga = await host();
      await open(olga.button('More for Ada'));
      await open(olga.button('Deny and ban'));
      return { olga, shows: olga.heading('Keep Ada out for good?') };
    },
  },
  {
    what: 'the keys',
    show: async () => {
      const olga = await host();
      await open(olga.button('Keyboard shortcuts'));
      return { olga, shows: olga.page.getByText('Go to the first who waits') };
    },
  },
  {
    what: 'what can be done with somebody inside',
    show: async () => {
      const olga = await host();
      await open(olga.button('Manage Gus'));
      return { olga, shows: olga.button('Remove and ban') };
    },
  },
  {
    what: 'somebody who is kept out',
    show: async () => {
      const olga = await host();
      const ban = 'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }';
      await backend.ask(ban, { input: { roomName: olga.room.name, userIds: ['gus'], ban: true } });
      return { olga, shows: olga.heading('Kept out') };
    },
  },
  {
    what: 'the question before leaving',
    show: async () => {
      const olga = await host();
      await open(olga.button('Leave'));
      return { olga, shows: olga.heading('3 people are waiting. Leave all the same?') };
    },
  },
];

describe.each(states)('$what', ({ show }) => {
  test('has its place at every size, dark, mirrored, spaced and in the system’s colours', async () => {
    const { olga, shows } = await show();
    await shows.first().waitFor(shown);
    await expectPlaceAtEverySize(olga);
    expect(olga.complaints).toEqual([]);
    await olga.context.close();
  });
});

test('in the system’s colours each switch shows whether it is on', async () => {
  const olga = await host();
  await olga.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const switches = await olga.page.getByRole('switch').all();
  expect(switches.length).toBeGreaterThan(3);
  const looks = new Map<string, Set<string>>();
  for (const one of switches) {
    if ((await one.getAttribute('aria-disabled')) === 'true') continue;
    const look = (await one.screenshot()).toString('base64');
    const state = (await one.getAttribute('aria-checked')) ?? '';
    looks.set(state, (looks.get(state) ?? new Set()).add(look));
  }
  const [on, off] = [looks.get('true') ?? new Set<string>(), looks.get('false') ?? new Set<string>()];
  expect([on.size > 0, off.size > 0]).toEqual([true, true]);
  expect([...on].filter((look) => off.has(look))).toEqual([]);
});

/** What in sight cannot be pressed, as something else lies over it. */
const covered = ({ page }: Visitor) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main :is(button, input)')].flatMap((part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      if (width === 0 || y < 0 || y > innerHeight || !part.checkVisibility({ visibilityProperty: true })) return [];
      const at = document.elementFromPoint(x, y);
      const isOwn = at === part || part.contains(at) || at?.closest('label')?.contains(part) === true;
      // What lies beyond the edge of the list is scrolled to.
      const isInList = part.closest('.queue') !== null && at?.closest('.queue') === null;
      return isOwn || (isInList && at?.closest('.notices, .banner') === null) ? [] : [part.outerHTML.slice(0, 90)];
    }),
  );

describe.each([
  [360, 740],
  [320, 256],
])('of the list by itself nothing lies over what can be pressed, %i by %i', (width, height) => {
  test('while sentences come and go, and while the line is lost', async () => {
    const olga = await host({ view: 'console' });
    await olga.page.setViewportSize({ width, height });
    await open(olga.button('Reply to Ada'));
    await olga.page.getByPlaceholder('One more minute, please…').fill('Soon.');
    await olga.page.keyboard.press('Enter');
    await olga.page.locator('.notice').waitFor(shown);
    await olga.page.evaluate(() => scrollTo(0, 0));
    expect(await covered(olga)).toEqual([]);
    await olga.offline(true);
    await olga.page.locator('.banner-text').waitFor(shown);
    expect(await covered(olga)).toEqual([]);
    await olga.page.evaluate(() => scrollTo(0, 9_999));
    const overButtons = await olga.page.evaluate(
      () => document.querySelector('.banner')?.getBoundingClientRect().height,
    );
    expect(overButtons).toBe(44);
  });
});
