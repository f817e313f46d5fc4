export interface LaneOptions<Claimed> {
  /** How many attempts run at once. */
  readonly size: number;
  /** Claims follow each other at this distance at least, however often it is poked. Milliseconds. */
  readonly pauseMs: number;
  readonly claim: (limit: number) => Promise<readonly Claimed[]>;
  /** Never rejects. */
  readonly attempt: (claimed: Claimed) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** Claims and attempts, up to so many at once. Pokes come together: while one claim runs, any number of them make one more. */
export interface Lane {
  readonly poke: () => void;
  /** Are as many attempts on their way as can be? */
  readonly isFull: () => boolean;
  /** Claims no more; settles once every attempt has. */
  readonly stop: () => Promise<void>;
}

export function createLane<Claimed>({ size, pauseMs, claim, attempt, onTrouble }: LaneOptions<Claimed>): Lane {
  const running = new Set<Promise<void>>();
  let isOver = false;
  let isAsked = false;
  let claiming: Promise<void> | null = null;
  let pause: NodeJS.Timeout | undefined;

  const start = (claimed: Claimed) => {
    const made = attempt(claimed).then(() => {
      running.delete(made);
      poke();
    });
    running.add(made);
  };
  const fill = async () => {
    isAsked = false;
    try {
      if (running.size < size) for (const claimed of await claim(size - running.size)) start(claimed);
    } catch (error) {
      onTrouble(error);
    }
    pause = setTimeout(() => {
      claiming = null;
      if (isAsked) poke();
    }, pauseMs);
  };
  const poke = () => {
    isAsked = true;
    if (claiming === null && !isOver) claiming = fill();
  };
  return {
    poke,
    isFull: () => running.size >= size,
    stop: async () => {
      isOver = true;
      await claiming;
      clearTimeout(pause);
      while (running.size > 0) await Promise.all(running);
    },
  };
}
