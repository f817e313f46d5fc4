import type { RoomTexts } from '../../texts/room-texts.ts';
import type { Happening } from './after.ts';
import type { Queue, Row } from './queue.ts';
import { standingText } from './standing-text.ts';

/** So long after the first that could not be taken back, those after it are told together with it. Milliseconds. */
export const togetherMs = 400;

/** What a screen reader is told, once however many it is about: what failed, and what was taken back. */
export class Sayings {
  readonly #speak: (text: string) => void;
  readonly #texts: () => RoomTexts;
  /** What could not be taken back: each is a request of its own, and would be told by itself. */
  readonly #failed = new Map<string, Row>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(speak: (text: string) => void, texts: () => RoomTexts) {
    this.#speak = speak;
    this.#texts = texts;
  }

  /** Follows what happens to the list. */
  take(happening: Happening, before: Queue, now: Queue): void {
    if (happening.is === 'UNDO') this.#say(undoneIn(before, now), (names, { queue }) => queue.undoName(names));
    if (happening.is !== 'ANSWERED') return;
    const failed = failedIn(happening, before, now);
    if (happening.send.send !== 'RECALL') this.#sayFailed(failed);
    else for (const row of failed) this.#gather(row);
  }

  /** What is left to say is not said any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#failed.clear();
  }

  #gather(row: Row): void {
    this.#failed.set(row.knock.id, row);
    this.#timer ??= setTimeout(() => {
      const rows = [...this.#failed.values()];
      this.stop();
      this.#sayFailed(rows);
    }, togetherMs);
  }

  /** Together where the rows read the same. */
  #sayFailed(rows: readonly Row[]): void {
    for (const [text, alike] of Map.groupBy(rows, (row) => standingText(row, this.#texts()) ?? ''))
      this.#say(alike, (names, { common }) => common.pair(names, text));
  }

  #say(rows: readonly Row[], sentence: (names: string, texts: RoomTexts) => string): void {
    const texts = this.#texts();
    if (rows.length > 0) this.#speak(sentence(namesOf(rows, texts), texts));
  }
}

function undoneIn(before: Queue, { rows }: Queue): readonly Row[] {
  const stood = new Map(before.rows.map(({ knock, standing }) => [knock.id, standing]));
  return rows.filter(({ knock, standing }) => stood.get(knock.id) !== standing);
}

type Answered = Extract<Happening, { is: 'ANSWERED' }>;

function failedIn({ send, answers }: Answered, before: Queue, { rows }: Queue): readonly Row[] {
  const ids = new Set(send.ids);
  const isFailed = ({ standing }: Row) => 'trouble' in standing && standing.trouble !== null;
  // Somebody else was faster, and the event that says so is still on its way.
  const wasOver = new Set(before.rows.flatMap(({ knock, standing }) => (standing.is === 'OVER' ? [knock.id] : [])));
  const isTaken = ({ knock: { id }, standing }: Row) =>
    standing.is === 'OVER' && answers.get(id)?.is === 'TAKEN' && !wasOver.has(id);
  return rows.filter((row) => ids.has(row.knock.id) && (isFailed(row) || isTaken(row)));
}

function namesOf([first, ...others]: readonly Row[], { common }: RoomTexts): string {
  const name = first?.knock.userName ?? '';
  return others.length === 0 ? name : `${name} ${common.andMore(others.length)}`;
}
