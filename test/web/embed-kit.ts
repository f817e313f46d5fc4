import type { Browser, Frame, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { RoomSeed } from '../support/seed.ts';
import type { OtherSite } from './site.ts';

// The room page in a page of another site, and what that page hears of it.

declare global {
  interface Window {
    /** What the page has heard as messages, from whomever. */
    messages: { readonly from: string; readonly data: unknown }[];
    /** The events of its element, with what they brought. */
    events: { readonly type: string; readonly detail: unknown }[];
  }
}

export const shown = { timeout: 20_000 };

export async function openAround(
  browser: Browser,
  address: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.messages = [];
    window.events = [];
    addEventListener('message', ({ origin, data }) => window.messages.push({ from: origin, data }));
    const names = ['ready', 'knocking', 'admitted', 'joined', 'denied', 'left', 'error'];
    addEventListener('DOMContentLoaded', () => {
      const element = document.querySelector('vestibule-room');
      for (const name of names)
        element?.addEventListener(name, (event) => {
          window.events.push({ type: name, detail: 'detail' in event ? event.detail : null });
        });
    });
  });
  await prepare(page);
  await page.goto(address);
  return page;
}

export const at = (one: OtherSite, room: RoomSeed, more: Readonly<Record<string, string>> = {}) =>
  `${one.origin}/?${new URLSearchParams({ room: room.name, ...more })}`;

/** The service's page, in whichever frame it stands. */
export const within = (page: Page) => page.frameLocator('vestibule-room iframe');

export const told = (page: Page | Frame) => page.evaluate(() => window.events.map(({ type }) => type));
export const detailOf = (page: Page | Frame, name: string) =>
  page.evaluate((type) => window.events.find((event) => event.type === type)?.detail, name);

export async function hears(page: Page | Frame, name: string): Promise<void> {
  await expect.poll(() => told(page), shown).toContain(name);
}
