import { createStore, type Source } from '../packages/client/src/index.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'quiet' | 'good' | 'bad';
}

/** Short sentences at the edge of the page, for some seconds. */
export const notices: Source<readonly Notice[]> = createStore<readonly Notice[]>([]);

interface Sentence {
  readonly id: number;
  readonly text: string;
}

/** Sentences for screen readers, which nothing shows: however many come before the page is drawn again, each is there to be read out. */
export const spoken: Source<readonly Sentence[]> = createStore<readonly Sentence[]>([]);

const shownMs = 7_000;
const atMost = 3;
const spokenAtMost = 8;
let lastId = 0;

export function tell(text: string, tone: Notice['tone'] = 'quiet'): void {
  lastId += 1;
  const notice = { id: lastId, text, tone };
  notices.set(atMostOf([...notices.get().filter((one) => one.text !== text), notice]));
  setTimeout(() => dismiss(notice.id), shownMs);
}

/** News makes room first: what went wrong is said nowhere else. */
function atMostOf(all: readonly Notice[]): readonly Notice[] {
  if (all.length <= atMost) return all;
  const gone = all.find(({ tone }) => tone !== 'bad') ?? all[0];
  return all.filter((one) => one !== gone);
}

export function dismiss(id: number): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}

/** A sentence that comes twice is read out twice. */
export function speak(text: string): void {
  lastId += 1;
  const sentence = { id: lastId, text };
  spoken.set([...spoken.get(), sentence].slice(-spokenAtMost));
  setTimeout(() => spoken.set(spoken.get().filter((one) => one !== sentence)), shownMs);
}
