/** How a stream is ended from outside: by its reader, or because its right has ended. */
export interface StreamScope {
  /** Resolves when there may be more, or the stream was ended. */
  more(): Promise<void>;
  /** It is handed to whoever knows of more, without its stream. */
  readonly wake: () => void;
  isEnded(): boolean;
  end(): void;
  /** Called when the stream is over, however it ends; last added first. */
  onEnd(close: () => void): void;
  /** While this says no, the stream hands nothing over. It is asked again whenever the stream is woken. */
  guard(mayHandOver: () => boolean): void;
}

/**
 * Makes a stream of a generator that waits for `scope.more()`. `return()` ends it at once, also while it waits, and frees all
 * that it holds: a generator's own `return()` would wait for its next value.
 */
export function createStream<T>(run: (scope: StreamScope) => AsyncGenerator<T, void, void>): AsyncIterableIterator<T> {
  const scope = new OpenScope();
  return new ScopedStream(run(scope), scope);
}

// Classes, since a process holds many thousand of each: their methods are there once.

class OpenScope implements StreamScope {
  readonly #closers: (() => void)[] = [];
  #isEnded = false;
  #isPending = false;
  #mayHandOver: (() => boolean) | null = null;
  #resolveMore: (() => void) | null = null;

  readonly wake = (): void => {
    this.#isPending = true;
    this.#resolveMore?.();
  };

  async more(): Promise<void> {
    if (!this.#isPending && !this.#isEnded) await new Promise<void>((resolve) => (this.#resolveMore = resolve));
    this.#resolveMore = null;
    this.#isPending = false;
  }

  isEnded(): boolean {
    return this.#isEnded;
  }

  end(): void {
    this.#isEnded = true;
    this.wake();
  }

  onEnd(close: () => void): void {
    this.#closers.push(close);
  }

  guard(mayHandOver: () => boolean): void {
    this.#mayHandOver = mayHandOver;
  }

  close(): void {
    for (const closer of this.#closers.splice(0).reverse()) closer();
  }

  isOver(): boolean {
    return this.#isEnded && this.#closers.length === 0;
  }

  /** May what is ready be handed over at this moment? */
  mayHandOver(): boolean {
    return this.#mayHandOver?.() ?? true;
  }

  /** Waits until what is ready may be handed over; false: the stream was ended before. */
  async untilHandOver(): Promise<boolean> {
    while (!this.#isEnded && !this.mayHandOver()) await this.more();
    // The wake-up may have been meant for the reader.
    this.wake();
    return !this.#isEnded;
  }
}

class ScopedStream<T> implements AsyncIterableIterator<T> {
  readonly #generator: AsyncGenerator<T, void, void>;
  readonly #scope: OpenScope;

  constructor(generator: AsyncGenerator<T, void, void>, scope: OpenScope) {
    this.#generator = generator;
    this.#scope = scope;
  }

  async next(): Promise<IteratorResult<T>> {
    const scope = this.#scope;
    if (scope.isOver()) return over;
    try {
      const result = await this.#generator.next();
      if (!result.done && (scope.mayHandOver() || (await scope.untilHandOver()))) return result;
      scope.close();
      void this.#generator.return();
      return over;
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#scope.end();
    this.#scope.close();
    void this.#generator.return();
    return over;
  }

  async throw(error: unknown): Promise<IteratorResult<T>> {
    this.#scope.end();
    this.#scope.close();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const over = { done: true, value: undefined } as const;
