import { expect } from 'vitest';
import { shiftOf, type Visitor } from './visitor.ts';

/** From a phone of the smallest kind, with the text at four times its size, to a screen on a wall. */
const sizes = [
  [320, 256],
  [320, 640],
  [360, 740],
  [640, 400],
  [768, 1024],
  [1280, 800],
  [1920, 1080],
] as const;

/** How far the page runs over the edge at each size, at which somebody would scroll sideways. */
async function overflows({ page }: Visitor): Promise<readonly string[]> {
  const over: string[] = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (excess > 0) over.push(`${width} × ${height}: ${excess}`);
  }
  return over;
}

/** As WCAG 1.4.12 spaces text. A sheet that a script makes is within the page's policy. */
function spaceText(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
  );
  document.adoptedStyleSheets = [sheet];
}

/** What stands there has one heading and its place at every size, dark, mirrored, spaced and in the system's colours; and can be used without seeing. */
export async function expectPlaceAtEverySize(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  expect(await page.locator('h1').count()).toBe(1);
  expect(await overflows(visitor)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  await visitor.expectAccessible();
  await page.evaluate(spaceText);
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
  expect(await overflows(visitor)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
  await visitor.expectAccessible();
}

/** Nothing has moved under whoever looks since the page came. */
export async function expectStill(visitor: Visitor): Promise<void> {
  expect(await shiftOf(visitor)).toBeLessThanOrEqual(0.02);
}
