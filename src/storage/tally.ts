import type { Database } from './postgres/database.ts';

export interface Tally {
  readonly knocksWaiting: number;
  readonly participantsPresent: number;
}

const tallyText = `select
  (select count(*)::int from knocks where status = 'PENDING') as "knocksWaiting",
  (select count(*)::int from participants where left_at is null) as "participantsPresent"`;

/** Counts who waits and who is inside, over all domains: each by an index of those alone. @throws DatabaseError */
export function createTally({ query }: Database): () => Promise<Tally> {
  return async () => (await query<Tally>(tallyText, []))[0] ?? { knocksWaiting: 0, participantsPresent: 0 };
}
