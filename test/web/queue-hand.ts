import { expect } from 'vitest';
import type { KnockerSeed } from '../support/seed.ts';
import { shown } from './page-house.ts';
import type { Visitor } from './visitor.ts';

// What a host does with the list of who waits, and what stands there.

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

export const rowOf = ({ page }: Visitor, name: string) => page.locator('[data-knock]').filter({ hasText: name });
export const namesIn = ({ page }: Visitor) => page.locator('[data-knock] bdi').allTextContents();
export const focusOf = ({ page }: Visitor) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
export const settled = ({ page }: Visitor) => page.locator('.queue .newline').waitFor({ ...shown, state: 'detached' });

export const withdraw = (knocker: KnockerSeed) => knocker.ask('mutation { cancelKnock { __typename } }');
