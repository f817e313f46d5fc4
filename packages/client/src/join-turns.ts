/** As long as a timer can wait. Milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Says whether what was begun is still wanted: nothing else was begun since. */
export type IsWanted = () => boolean;

/** What is done in one turn. The answer shows what came of it, where it is still wanted. */
export type Work = (isWanted: IsWanted) => Promise<() => void | Promise<void>>;

/** What one person does at a door, one thing after another: whatever is begun ends what was begun before, and what was to come. */
export class JoinTurns {
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly begin = (): IsWanted => {
    this.#turn += 1;
    clearTimeout(this.#timer);
    return this.watch();
  };

  /** Of the turn that is under way. */
  readonly watch = (): IsWanted => {
    const turn = this.#turn;
    return () => turn === this.#turn;
  };

  /** Does this later, unless something else is begun before. */
  readonly after = (ms: number, work: () => void): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, Math.min(ms, longestTimerMs));
  };
}
