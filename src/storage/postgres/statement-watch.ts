import { DatabaseError } from './error.ts';

/** Is told of each statement as it is asked for; what it answers is called with the failure, or null, once it was answered. */
export type WatchStatement = (text: string) => (failure: string | null) => void;

type Run<Rest extends readonly unknown[], Result> = (text: string, ...rest: Rest) => Promise<Result>;

/** Tells of every statement that this way of running them runs; left out, nobody is told. */
export function watchStatements<Rest extends readonly unknown[], Result>(
  run: Run<Rest, Result>,
  watch: WatchStatement | undefined,
): Run<Rest, Result> {
  if (watch === undefined) return run;
  return async (text, ...rest) => {
    const end = watch(text);
    try {
      const result = await run(text, ...rest);
      end(null);
      return result;
    } catch (error) {
      end(error instanceof DatabaseError ? error.failure : 'UNKNOWN');
      throw error;
    }
  };
}
