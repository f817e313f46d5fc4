import { createStore, type Source } from '../packages/client/src/index.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'quiet' | 'good' | 'bad';
}

/** Short sentences at the edge of the page, for some seconds. */
export const notices: Source<readonly Notice[]> = createStore<readonly Notice[]>([]);

/** The next sentence for screen readers, which nothing shows. */
export const spoken: Source<string> = createStore('');

const shownMs = 7_000;
const atMost = 3;
let lastId = 0;

export function tell(text: string, tone: Notice['tone'] = 'quiet'): void {
  lastId += 1;
  const notice = { id: lastId, text, tone };
  notices.set([...notices.get().filter((one) => one.text !== text), notice].slice(-atMost));
  setTimeout(() => dismiss(notice.id), shownMs);
}

export function dismiss(id: number): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}

/** A sentence that comes twice is read out twice. */
export function speak(text: string): void {
  spoken.set(spoken.get() === text ? `${text}\u00a0` : text);
}
