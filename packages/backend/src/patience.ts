import { VestibuleUnavailableError } from './errors.ts';

/** So long at most a call waits by itself between two attempts; whom the service asks to wait longer decides that alone. */
const longestPauseSeconds = 10;

/**
 * Does again what may safely be done again and could not be answered, after growing pauses.
 * @param attempts how often at most
 * @throws what asking again does not mend, and the last failure
 */
export async function patiently<Value>(attempts: number, work: (attempt: number) => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof VestibuleUnavailableError) || attempt >= attempts) throw error;
      const seconds = pauseSeconds(error, attempt);
      if (!error.isSafeToRetry || seconds > longestPauseSeconds) throw error;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** Never the same for everybody whom one outage has met. */
function pauseSeconds({ retryAfterSeconds }: VestibuleUnavailableError, attempt: number): number {
  return retryAfterSeconds ?? Math.min(0.25 * 2 ** attempt, 5) * (0.5 + Math.random() / 2);
}
