import { Arrivals } from '../console/arrivals.ts';
import type { News } from './stay-news.ts';

interface CrowdsOptions {
  /** Shows it on the page. */
  readonly tell: (text: string) => void;
  /** Says it to a screen reader alone. */
  readonly speak: (text: string) => void;
}

/** Tells the news at a pace that can be followed: of each kind the first few one by one, and what comes with them as a number, once. */
export class Crowds {
  readonly #options: CrowdsOptions;
  readonly #kinds = new Map<string, Arrivals>();
  /** In the language that the page has by then. */
  readonly #words = new Map<string, (count: number) => string>();

  constructor(options: CrowdsOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const arrivals of this.#kinds.values()) arrivals.stop();
  }

  tell({ text, isShown, many }: News): void {
    const { tell, speak } = this.#options;
    const say = isShown ? tell : speak;
    if (many === undefined) {
      say(text);
      return;
    }
    const { kind } = many;
    this.#words.set(kind, many.say);
    const sayCount = (count: number) => say((this.#words.get(kind) ?? many.say)(count));
    const arrivals = this.#kinds.get(kind) ?? new Arrivals({ sayOne: say, sayCount });
    this.#kinds.set(kind, arrivals);
    arrivals.came(text);
  }
}
