import pLimit from 'p-limit';

const roomsAtOnce = 20;

/**
 * Does one errand in each of many rooms, a few at a time, and answers in their order. All at once they would stand in the queue for
 * the database before everybody's requests, and where they are more than that queue takes, be turned away with them.
 */
export function inEachRoom<Ref, Answer>(
  rooms: Iterable<Ref>,
  work: (ref: Ref) => Promise<Answer>,
): Promise<readonly Answer[]> {
  return pLimit(roomsAtOnce).map(rooms, (ref) => work(ref));
}
