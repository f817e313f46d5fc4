import { createStore, type DoorPage, type Source } from '../packages/client/src/index.ts';

/** How the domain's pages look. */
export type Look = DoorPage;

/** The look of a domain that has set nothing. */
const plain: Look = { brandName: null, logoUrl: null, accentColor: null, frameOrigins: [], exitUrl: null, links: [] };

export const look: Source<Look> = createStore<Look>(plain);

/** What people call the meeting, once somebody has said it. */
export const meetingTitle: Source<string | null> = createStore<string | null>(null);

/** From now on the page looks like the domain's own. The styles make of its colour what can be read. */
export function wear(worn: Look): void {
  look.set(worn);
  const { style } = document.documentElement;
  if (worn.accentColor === null) style.removeProperty('--brand');
  else style.setProperty('--brand', worn.accentColor);
}
