import type { Database } from './postgres/database.ts';
import { findDatabaseError } from './postgres/error.ts';

/**
 * Which timeline the database writes on. A standby that takes over begins another one, and so does a server that was recovered
 * to a point in time: its latest transactions may be missing. Null: it does not say.
 */
export type ReadTimeline = () => Promise<string | null>;

const timelineText = `select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`;

/** The database is on another timeline than before. */
export class AnotherTimeline extends Error {
  override readonly name = 'AnotherTimeline';

  constructor() {
    super('the database has begun another timeline, as a standby that takes over does: everything is read again');
  }
}

export function createTimelineReader({ query }: Pick<Database, 'query'>): ReadTimeline {
  return async () => {
    try {
      const [row] = await query<{ timeline: string }>(timelineText, []);
      return row?.timeline ?? null;
    } catch (error) {
      // A database that has no such functions, lends them to nobody or does not answer: nothing must hang on it.
      if (findDatabaseError(error) !== null) return null;
      throw error;
    }
  };
}

/** Looks whether the database goes on from where it was, and says so where it does not. */
export function followTimeline(read: ReadTimeline, onAnother: () => void): () => Promise<void> {
  let known: string | null = null;
  return async () => {
    const timeline = await read();
    if (timeline === null) return;
    const isAnother = known !== null && known !== timeline;
    known = timeline;
    if (isAnother) onAnother();
  };
}
