/** How a stream is ended from outside: by its reader, or because its right has ended. */
export interface StreamScope {
  /** Resolves when there may be more, or the stream was ended. */
  readonly more: () => Promise<void>;
  readonly wake: () => void;
  readonly isEnded: () => boolean;
  readonly end: () => void;
  /** Called when the stream is over, however it ends; last added first. */
  readonly onEnd: (close: () => void) => void;
  /** While this says no, the stream hands nothing over. It is asked again whenever the stream is woken. */
  readonly guard: (mayHandOver: () => boolean) => void;
}

/**
 * Makes a stream of a generator that waits for `scope.more()`. `return()` ends it at once, also while it waits, and frees all
 * that it holds: a generator's own `return()` would wait for its next value.
 */
export function createStream<T>(run: (scope: StreamScope) => AsyncGenerator<T, void, void>): AsyncIterableIterator<T> {
  const { scope, ...ends } = createScope();
  return iterate(run(scope), scope, ends);
}

interface Ends {
  readonly close: () => void;
  readonly isOver: () => boolean;
  /** May what is ready be handed over at this moment? */
  readonly mayHandOver: () => boolean;
}

function createScope(): Ends & { readonly scope: StreamScope } {
  const closers: (() => void)[] = [];
  let isEnded = false;
  let isPending = false;
  let mayHandOver = () => true;
  let resolveMore: (() => void) | null = null;
  const wake = () => {
    isPending = true;
    resolveMore?.();
  };
  const close = () => {
    for (const closer of closers.splice(0).reverse()) closer();
  };
  const scope: StreamScope = {
    more: async () => {
      if (!isPending && !isEnded) await new Promise<void>((resolve) => (resolveMore = resolve));
      resolveMore = null;
      isPending = false;
    },
    wake,
    isEnded: () => isEnded,
    end: () => {
      isEnded = true;
      wake();
    },
    onEnd: (closer) => void closers.push(closer),
    guard: (mayNow) => {
      mayHandOver = mayNow;
    },
  };
  return { scope, close, isOver: () => isEnded && closers.length === 0, mayHandOver: () => mayHandOver() };
}

/** Waits until what is ready may be handed over; false: the stream was ended before. */
async function untilHandOver(scope: StreamScope, { mayHandOver }: Ends): Promise<boolean> {
  while (!scope.isEnded() && !mayHandOver()) await scope.more();
  // The wake-up may have been meant for the reader.
  scope.wake();
  return !scope.isEnded();
}

function iterate<T>(
  generator: AsyncGenerator<T, void, void>,
  scope: StreamScope,
  ends: Ends,
): AsyncIterableIterator<T> {
  const { close, isOver, mayHandOver } = ends;
  const over = (value?: unknown): IteratorResult<T> => ({ done: true, value: value as undefined });
  return {
    next: async () => {
      if (isOver()) return over();
      try {
        const result = await generator.next();
        if (!result.done && (mayHandOver() || (await untilHandOver(scope, ends)))) return result;
        close();
        void generator.return();
        return over();
      } catch (error) {
        close();
        throw error;
      }
    },
    return: async () => {
      scope.end();
      close();
      void generator.return();
      return over();
    },
    throw: async (error) => {
      scope.end();
      close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
