import { expect } from 'vitest';
import type { KnockerSeed, RoomSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, type VisitorOptions, visit } from './visitor.ts';

// What a host does with the list of who waits, and what stands there.

/** A service and a browser, for hosts who have people at their doors. */
export async function openQueueHouse() {
  const { backend, browser } = await openPageHouse({ rateLimits: false });

  /** A room with a host on the page, and these people at its door. */
  async function hostOf(names: readonly string[], options: VisitorOptions = {}) {
    const room = await backend.waitingRoom();
    const host = await visit(browser, (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '', options);
    // The longest time to take something back: a busy machine needs some of it to look.
    await host.page.evaluate(() => localStorage.setItem('vestibule undo', '30000'));
    await host.button('Join').click();
    await host.page.getByText('Nobody is waiting').waitFor(shown);
    const guests = new Map<string, KnockerSeed>();
    for (const userName of names) guests.set(userName, await room.knocker({ userName }));
    await expect.poll(() => host.page.locator('[data-knock]').count(), shown).toBe(names.length);
    const guest = (name: string) => guests.get(name) ?? expect.unreachable(`${name} is there`);
    return { room, host, guest };
  }

  async function statusOf(room: RoomSeed): Promise<Readonly<Record<string, string>>> {
    const read =
      'query ($name: String!) { room(name: $name) { knockRequests(first: 100) { nodes { userName status } } } }';
    type Read = { room: { knockRequests: { nodes: { userName: string; status: string }[] } } };
    const { body } = await backend.ask<Read>(read, { name: room.name });
    const nodes = body.data?.room.knockRequests.nodes ?? [];
    return Object.fromEntries(nodes.map(({ userName, status }) => [userName, status]));
  }

  return { backend, browser, hostOf, statusOf };
}

/** Presses once it counts: what has just moved, or come, takes no press of a pointer. */
export async function press({ page }: Visitor, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true }).first();
  await button.waitFor(shown);
  await expect
    .poll(async () => {
      if (await button.isVisible()) await button.click({ timeout: 1_000 }).catch(() => {});
      return button.isVisible();
    }, shown)
    .toBe(false);
}

/** Decides whoever has the focus by this key, once it counts: a key just after the page has led the focus on does not. */
export async function pressKey(host: Visitor, key: string): Promise<void> {
  const before = await focusOf(host);
  await expect
    .poll(async () => {
      if ((await focusOf(host)) === before) await host.page.keyboard.press(key);
      return focusOf(host);
    }, shown)
    .not.toBe(before);
}

/** Ticks somebody by pointer, or takes the tick away, once it counts. */
export async function tick({ page }: Visitor, name: string, isTicked = true): Promise<void> {
  const box = page.getByLabel(`Select ${name}`);
  await expect
    .poll(async () => {
      if ((await box.isChecked()) !== isTicked) await box.click({ timeout: 1_000 }).catch(() => {});
      return box.isChecked();
    }, shown)
    .toBe(isTicked);
}

export const rowOf = ({ page }: Visitor, name: string) => page.locator('[data-knock]').filter({ hasText: name });
export const namesIn = ({ page }: Visitor) => page.locator('[data-knock] bdi').allTextContents();
export const focusOf = ({ page }: Visitor) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
/** What a screen reader was told last, which nothing shows. */
export const spokenTo = ({ page }: Visitor) => page.locator('.unseen[aria-live] p').last().textContent();
export const settled = ({ page }: Visitor) => page.locator('.queue .newline').waitFor({ ...shown, state: 'detached' });

export const withdraw = (knocker: KnockerSeed) => knocker.ask('mutation { cancelKnock { __typename } }');
