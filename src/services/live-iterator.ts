/** How a stream is ended from outside: by its reader, or because its right has ended. */
export interface StreamScope {
  /** Resolves when there may be more, or the stream was ended. */
  readonly more: () => Promise<void>;
  readonly wake: () => void;
  readonly isEnded: () => boolean;
  readonly end: () => void;
  /** Called when the stream is over, however it ends; last added first. */
  readonly onEnd: (close: () => void) => void;
}

/**
 * Makes a stream of a generator that waits for `scope.more()`. `return()` ends it at once, also while it waits, and frees all
 * that it holds: a generator's own `return()` would wait for its next value.
 */
export function createStream<T>(run: (scope: StreamScope) => AsyncGenerator<T, void, void>): AsyncIterableIterator<T> {
  const { scope, close, isOver } = createScope();
  return iterate(run(scope), scope, close, isOver);
}

function createScope(): { readonly scope: StreamScope; readonly close: () => void; readonly isOver: () => boolean } {
  const closers: (() => void)[] = [];
  let isEnded = false;
  let isPending = false;
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
  };
  return { scope, close, isOver: () => isEnded && closers.length === 0 };
}

function iterate<T>(
  generator: AsyncGenerator<T, void, void>,
  scope: StreamScope,
  close: () => void,
  isOver: () => boolean,
): AsyncIterableIterator<T> {
  const over = (value?: unknown): IteratorResult<T> => ({ done: true, value: value as undefined });
  return {
    next: async () => {
      if (isOver()) return over();
      try {
        const result = await generator.next();
        if (result.done) close();
        return result.done ? over() : result;
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
