import { VestibuleUnavailableError } from './errors.ts';

/** So long at most a call waits by itself between two attempts; whom the service asks to wait longer decides that alone. */
const longestPauseSeconds = 10;

interface Patience {
  /** How often at most. */
  readonly attempts: number;
  /** Left out: what does nothing twice if the caller asks again. */
  readonly isRepeatable?: (error: VestibuleUnavailableError) => boolean;
}

/**
 * Does again what may safely be done again and could not be answered, after growing pauses.
 * @throws what asking again does not mend, and the last failure
 */
export async function patiently<Value>(
  { attempts, isRepeatable = (error) => error.isSafeToRetry }: Patience,
  work: (attempt: number) => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof VestibuleUnavailableError) || attempt >= attempts) throw error;
      const seconds = pauseSeconds(error, attempt);
      if (!isRepeatable(error) || seconds > longestPauseSeconds) throw error;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** Never the same for everybody whom one outage has met. */
function pauseSeconds({ retryAfterSeconds }: VestibuleUnavailableError, attempt: number): number {
  return retryAfterSeconds ?? Math.min(0.25 * 2 ** attempt, 5) * (0.5 + Math.random() / 2);
}
