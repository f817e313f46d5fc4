import { createStore, type Source } from '../packages/client/src/index.ts';
import { type PageLook, plainLook } from '../src/rules/page-data.ts';

/** How the domain's pages look. */
export type Look = PageLook;

export const look: Source<Look> = createStore<Look>(plainLook);

/** What people call the meeting, once somebody has said it. */
export const meetingTitle: Source<string | null> = createStore<string | null>(null);

/** From now on the page looks like the domain's own. The styles make of its colour what can be read. */
export function wear(worn: Look): void {
  look.set(worn);
  const { style } = document.documentElement;
  if (worn.accentColor === null) style.removeProperty('--brand');
  else style.setProperty('--brand', worn.accentColor);
}
