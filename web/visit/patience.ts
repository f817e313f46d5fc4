import { AskError } from '../api/ask.ts';

const slowestMs = 8_000;

/**
 * Tries until it works, ever more slowly, and at once when the network is back. What will not pass by waiting is thrown.
 * `isWanted` says whether anybody still waits for it: if not, null.
 */
export async function patiently<Value>(
  work: () => Promise<Value>,
  around: { readonly isWanted: () => boolean; readonly onTrouble: () => void },
): Promise<Value | null> {
  for (let attempt = 0; around.isWanted(); attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AskError && error.mayPass)) throw error;
      if (!around.isWanted()) return null;
      around.onTrouble();
      const ownMs = Math.min(slowestMs, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await pauseUntilOnline(Math.max(ownMs, (error.retryAfterSeconds ?? 0) * 1000));
    }
  }
  return null;
}

function pauseUntilOnline(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener('online', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener('online', finish);
  });
}
