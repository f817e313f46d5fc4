import { createStore, patiently, type Source, VestibuleError } from '../../packages/client/src/index.ts';
import { codeOf, type Phase, type Problem, problemOf, type Shut, shutBy } from './phase.ts';

/** The next step, or why there is none. */
export type Next = (() => void) | Shut;

/** Between two attempts to reach the service, at most. Milliseconds. */
const longestPauseMs = 8_000;

/** The phases one after the other, and what is under way in each: what was begun for an earlier one is dropped. */
export class Turns {
  readonly phase: Source<Phase> = createStore<Phase>({ at: 'arriving' });
  readonly isConnected: Source<boolean> = createStore(true);
  /** Shows why there is no next step. */
  readonly #onShut: (shut: Shut) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #count = 0;
  #isSubmitting = false;
  /** Ends what is followed in this phase alone. */
  #stop: () => void = () => {};

  constructor(onShut: (shut: Shut) => void) {
    this.#onShut = onShut;
  }

  get now(): Phase {
    return this.phase.get();
  }

  /** Is a form on its way? Then its answer decides what comes next. */
  get isSubmitting(): boolean {
    return this.#isSubmitting;
  }

  show(phase: Phase): void {
    this.#count += 1;
    clearTimeout(this.#timer);
    this.#stop();
    this.#stop = () => {};
    this.isConnected.set(true);
    this.phase.set(phase);
  }

  /** The same phase, with something else in it. */
  change(phase: Phase): void {
    this.phase.set(phase);
  }

  /** As long as this phase lasts. */
  during(stop: () => void): void {
    this.#stop = stop;
  }

  /** Once this phase has lasted so long; the last one that was asked for counts. */
  after(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
  }

  /** Does work whose result counts only as long as the phase is the same. Null: it is another by now. */
  async stillIn<Result>(work: Promise<Result>): Promise<{ readonly result: Result } | null> {
    const count = this.#count;
    const result = await work;
    return count === this.#count ? { result } : null;
  }

  /** Shows a phase, and tries to reach the next one until it succeeds. */
  async reach(phase: Phase, work: () => Promise<Next>, onRefused: (code: string) => void): Promise<void> {
    this.show(phase);
    let count = this.#count;
    const onTrouble = () => {
      if (this.now.at === 'trouble') return;
      this.show({ at: 'trouble' });
      count = this.#count;
    };
    try {
      const next = await patiently(work, { longestPauseMs, isWanted: () => count === this.#count, onTrouble });
      if (count === this.#count) this.#take(next);
    } catch (error) {
      if (count !== this.#count) return;
      this.#onShut(shutBy(codeOf(error)));
      onRefused(codeOf(error));
    }
  }

  /** Sends a form. Null: it was accepted, or the phase is another by now. */
  async submit(work: () => Promise<Next>): Promise<Problem | null> {
    const count = this.#count;
    this.#isSubmitting = true;
    try {
      const next = await work();
      if (count !== this.#count) return null;
      if (typeof next !== 'function' && ['INVALID_INPUT', 'RATE_LIMITED'].includes(next.code)) return problemOf(next);
      this.#take(next);
      return null;
    } catch (error) {
      const { retryAfterSeconds = null } = error instanceof VestibuleError ? error : {};
      return problemOf(shutBy(codeOf(error), { retryAfterSeconds }));
    } finally {
      this.#isSubmitting = false;
    }
  }

  #take(next: Next): void {
    if (typeof next === 'function') next();
    else this.#onShut(next);
  }
}
