import { DatabaseError } from '../storage/postgres/error.ts';
import type { RoomWrite } from '../storage/room-store.ts';
import type { RoomWriterDeps } from './command.ts';

/** For how many milliseconds the writer tries to find out whether a write with a lost answer was done. */
const searchMs = 4_000;
const pauseMs = 150;

/**
 * Writes a group, and knows whether it is written: true, or false where the guard missed.
 * @throws DatabaseError LOST where it cannot be found out: it may have been done, now or a little later
 */
export async function writeSurely(deps: RoomWriterDeps, write: RoomWrite): Promise<boolean> {
  try {
    return await isApplied(deps, write);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.failure !== 'LOST') throw error;
    return findOut(deps, write, error);
  }
}

async function isApplied({ store, clock }: RoomWriterDeps, write: RoomWrite): Promise<boolean> {
  const { version } = await clock.sync(() => store.apply(write));
  return version !== null;
}

/**
 * The answer was lost, and is not guessed: the same write of the same version goes out again, and one of the two must miss. It
 * does not give way any more, so that it misses only where no other can succeed later either: the room or the domain moved on,
 * or the decision is too old. Then the log knows who wrote.
 */
async function findOut(deps: RoomWriterDeps, write: RoomWrite, lost: DatabaseError): Promise<boolean> {
  const again: RoomWrite = { ...write, givesWay: false };
  const giveUpAt = performance.now() + searchMs;
  let last: unknown = lost;
  while (performance.now() < giveUpAt) {
    try {
      return (await isApplied(deps, again)) || (await deps.store.wasWritten(again));
    } catch (error) {
      // Whether or not this attempt worked, the first one may have been done.
      last = error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  throw new DatabaseError('LOST', lost.code, last);
}
