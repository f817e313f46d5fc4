type Close = () => unknown;

/** Closes what was opened, last opened first, all of it even where some fails; then tells of every failure. */
export async function closeInTurn(closers: Close[]): Promise<void> {
  const failures: unknown[] = [];
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of what was open did not close`);
}

const ofThisFile: Close[] = [];

/** Has something closed when the tests of this file are over. Closing it earlier by hand must do no harm. */
export function closeAfterwards(close: Close): void {
  ofThisFile.push(close);
}

/** For the hook that `setup-file.ts` adds to every file. */
export const closeAllOfThisFile = (): Promise<void> => closeInTurn(ofThisFile);
