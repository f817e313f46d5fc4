import { Session } from 'node:inspector/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** Says which files of the project have a function that runs. */
export type FileWatch = {
  /** The files, by their paths within the project, in which something ran while `work` was done, by this process. */
  readonly during: (work: () => Promise<unknown>) => Promise<ReadonlySet<string>>;
  readonly stop: () => Promise<void>;
};

/** V8 counts each call of each function: what is counted is what somebody who follows the work opens. */
export async function watchFiles(): Promise<FileWatch> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const take = async () => {
    // Taking also sets the counts back.
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const run = result.filter(({ functions }) => functions.some(({ ranges: [whole] }) => (whole?.count ?? 0) > 0));
    return new Set(run.map(({ url }) => relative(root, url.startsWith('file:') ? fileURLToPath(url) : url)));
  };
  return {
    during: async (work) => {
      await take();
      await work();
      return take();
    },
    stop: async () => {
      await session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
