import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

// These run in the page.

/** What a machine can see of WCAG 2.2 AA that is broken, in a page that has read `axeSource`. */
export async function findViolations(tags: string[]): Promise<string[]> {
  const { axe } = window as unknown as { axe: { run(o: object): Promise<{ violations: Violation[] }> } };
  const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How far something stands beyond the edge, so that somebody has to scroll sideways, in pixels. */
export function widthBeyond(): number {
  return document.documentElement.scrollWidth - innerWidth;
}
