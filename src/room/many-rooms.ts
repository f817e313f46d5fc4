import pLimit from 'p-limit';

/** All at once, they would fill the queue for the database. */
export const roomsAtOnce = 20;

/**
 * Does one errand in each of many rooms, a few at a time, and returns the answers in their order. All at once, the errands
 * would fill the queue for the database ahead of everybody's requests; if it could not take them all, both would be turned away.
 */
export function inEachRoom<Ref, Answer>(
  rooms: Iterable<Ref>,
  work: (ref: Ref) => Promise<Answer>,
): Promise<readonly Answer[]> {
  return pLimit(roomsAtOnce).map(rooms, (ref) => work(ref));
}
