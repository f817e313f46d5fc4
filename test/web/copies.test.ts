import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { RoomSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

const { backend, browser } = await openPageHouse();

/** As a browser duplicates a tab: with all that it keeps. */
async function duplicate({ page, context }: Visitor): Promise<Page> {
  const [copy] = await Promise.all([
    context.waitForEvent('page'),
    page.evaluate(() => {
      window.open(location.href);
    }),
  ]);
  return copy;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function namesIn(room: RoomSeed): Promise<readonly string[]> {
  const read = 'query ($n: String!) { room(name: $n) { participants { nodes { userName } } } }';
  const { body } = await backend.ask<{ room: { participants: { nodes: { userName: string }[] } } }>(read, {
    n: room.name,
  });
  return (body.data?.room.participants.nodes ?? []).map(({ userName }) => userName);
}

async function knock(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await button(page, 'Ask to join').click();
  await heading(page, 'You are next').waitFor(shown);
}

describe('copies of a tab are one person', () => {
  test('at the door and waiting each of them works; inside there is one, and the others offer to take over', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const first = await visit(browser, room.url);
    const second = await duplicate(first);
    await heading(second, 'Ask to come in').waitFor(shown);
    await knock(first.page, 'Wanda');
    await heading(second, 'You are next').waitFor(shown);

    // What is written in one stands in the other.
    await second.getByLabel('Your message').fill('It is me, twice.');
    await button(second, 'Send').click();
    await expect.poll(() => first.page.getByLabel('Your message').inputValue(), shown).toBe('It is me, twice.');

    const admitAll = 'mutation ($input: DecideKnocksInput!) { admitKnocks(input: $input) { __typename } }';
    const requestedBefore = new Date(Date.now() + 60_000).toISOString();
    await owner.ask(admitAll, { input: { roomName: room.name, requestedBefore } });
    const both = [first.page, second];
    const isInside = async (page: Page) => (await heading(page, 'People').count()) === 1;
    const isElsewhere = async (page: Page) => (await heading(page, 'You are here in another tab').count()) === 1;
    await expect.poll(async () => (await Promise.all(both.map(isInside))).toSorted(), shown).toEqual([false, true]);
    const [inside, other] = (await isInside(first.page)) ? [first.page, second] : [second, first.page];
    await heading(other, 'You are here in another tab').waitFor(shown);
    expect(await namesIn(room)).toEqual(['Olga Owner', 'Wanda']);

    await button(other, 'Use here').click();
    await heading(other, 'People').waitFor(shown);
    await heading(inside, 'You are here in another tab').waitFor(shown);
    expect(await namesIn(room)).toEqual(['Olga Owner', 'Wanda']);
    expect(await isElsewhere(other)).toBe(false);
    await button(other, 'Leave').click();
    await heading(other, 'You have left').waitFor(shown);
    await expect.poll(() => namesIn(room), shown).toEqual(['Olga Owner']);
    expect(first.complaints).toEqual([]);
  });

  /** Presses in both copies, and lets the requests go once both are on their way. */
  async function pressAtOnce(pages: readonly Page[], press: (page: Page) => Promise<unknown>): Promise<void> {
    const bothAsk = Promise.withResolvers<void>();
    let asked = 0;
    for (const page of pages)
      await page.route('**/graphql*', async (route) => {
        if (route.request().postData()?.includes('idempotencyKey"') === true) {
          asked += 1;
          if (asked === pages.length) bothAsk.resolve();
          await bothAsk.promise;
        }
        await route.continue();
      });
    await Promise.all(pages.map(press));
    await bothAsk.promise;
  }

  test('who knocks in both in one instant knocks once, and withdraws once', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const first = await visit(browser, room.url);
    const second = await duplicate(first);
    const both = [first.page, second];
    for (const page of both) await page.getByLabel('Your name').fill('Wanda');
    await pressAtOnce(both, (page) => button(page, 'Ask to join').click());
    for (const page of both) await heading(page, 'You are next').waitFor(shown);
    const read = 'query ($n: String!) { room(name: $n) { knockRequests { nodes { userName } } } }';
    const { body } = await owner.ask<{ room: { knockRequests: { nodes: object[] } } }>(read, { n: room.name });
    expect(body.data?.room.knockRequests.nodes).toEqual([{ userName: 'Wanda' }]);
    await button(second, 'Withdraw').click();
    for (const page of both) await heading(page, 'Request withdrawn').waitFor(shown);
  });

  test('who joins in both in one instant is in once', async () => {
    const room = await backend.room();
    const first = await visit(browser, `${room.url}?name=Anna`);
    const second = await duplicate(first);
    await pressAtOnce([first.page, second], (page) => button(page, 'Join').click());
    await expect.poll(() => namesIn(room), shown).toEqual(['Anna']);
    const isInside = async (page: Page) => (await heading(page, 'People').count()) === 1;
    const both = [first.page, second];
    await expect.poll(async () => (await Promise.all(both.map(isInside))).toSorted(), shown).toEqual([false, true]);
    expect(await namesIn(room)).toEqual(['Anna']);
  });

  test('a copy of a tab that is inside says so at once, and a tab that is loaded again goes on', async () => {
    const room = await backend.room();
    const first = await visit(browser, `${room.url}?name=Anna`);
    await first.button('Join').click();
    await first.heading('People').waitFor(shown);
    const second = await duplicate(first);
    await heading(second, 'You are here in another tab').waitFor(shown);
    await first.page.reload();
    await first.heading('People').waitFor(shown);
    await heading(second, 'You are here in another tab').waitFor(shown);
    expect(await namesIn(room)).toEqual(['Anna']);
    await first.expectAccessible();
  });

  test('a copy says so when the one inside is closed, and goes in once somebody presses', async () => {
    const room = await backend.room();
    const first = await visit(browser, `${room.url}?name=Anna`);
    await first.button('Join').click();
    await first.heading('People').waitFor(shown);
    const second = await duplicate(first);
    const third = await duplicate(first);
    for (const page of [second, third]) await heading(page, 'You are here in another tab').waitFor(shown);
    await first.page.close();
    for (const page of [second, third]) await heading(page, 'You are not in the other tab any more').waitFor(shown);
    await button(second, 'Use here').click();
    await heading(second, 'People').waitFor(shown);
    await heading(third, 'You are here in another tab').waitFor(shown);
    expect(await namesIn(room)).toEqual(['Anna']);
  });

  test('a copy that is further tells one that was thrown away and comes back', async () => {
    const room = await backend.waitingRoom();
    const first = await visit(browser, room.url);
    const second = await duplicate(first);
    await heading(second, 'Ask to come in').waitFor(shown);
    const before = await second.evaluate(() => ({ ...sessionStorage }));
    await knock(first.page, 'Wanda');
    await heading(second, 'You are next').waitFor(shown);
    // What a browser keeps of a page that it throws away is as old as that.
    await second.evaluate((kept) => {
      addEventListener('pagehide', () => {
        sessionStorage.clear();
        for (const [name, value] of Object.entries(kept)) sessionStorage.setItem(name, value);
      });
    }, before);
    await second.reload();
    await heading(second, 'You are next').waitFor(shown);
    const read = 'query ($n: String!) { room(name: $n) { knockRequests { nodes { userName } } } }';
    const { body } = await backend.ask<{ room: { knockRequests: { nodes: object[] } } }>(read, { n: room.name });
    expect(body.data?.room.knockRequests.nodes).toEqual([{ userName: 'Wanda' }]);
  });

  test('two tabs that were opened one by one are two people', async () => {
    const room = await backend.waitingRoom();
    const first = await visit(browser, room.url);
    const second = await first.context.newPage();
    await second.goto(room.url);
    await heading(second, 'Ask to come in').waitFor(shown);
    await knock(first.page, 'Wanda');
    await second.getByLabel('Your name').fill('Wendy');
    await button(second, 'Ask to join').click();
    await heading(second, 'You are second in line').waitFor(shown);
  });
});
