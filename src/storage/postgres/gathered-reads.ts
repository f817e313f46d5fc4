import type { DomainId } from '../../rules/ids.ts';
import type { Database } from './database.ts';

/** Keys that one statement takes at most: a flood of reads becomes several statements of bearable size. */
const maxKeys = 100;

interface AskedKey<Key, Found> {
  readonly key: Key;
  readonly found: PromiseWithResolvers<Found>;
}

/**
 * Reads one thing by its key, in one statement with all that are asked for in the same turn of the event loop: what belongs to each
 * of a hundred rooms takes one statement and not a hundred. Nothing is kept: each call is answered by a read begun after it.
 *
 * @param read answers for each key, in the order of the keys; where it throws, all who asked in that statement get the error
 * @param groupOf only keys of the same group are read together
 */
export function gatherReads<Key, Found>(
  read: (keys: readonly [Key, ...Key[]]) => Promise<readonly Found[]>,
  groupOf: (key: Key) => string = () => '',
): (key: Key) => Promise<Found> {
  let gathered: AskedKey<Key, Found>[] = [];
  const flush = () => {
    const groups = Map.groupBy(gathered, ({ key }) => groupOf(key));
    gathered = [];
    for (const group of groups.values()) {
      for (let start = 0; start < group.length; start += maxKeys)
        void answer(read, group.slice(start, start + maxKeys));
    }
  };
  return (key) => {
    const found = Promise.withResolvers<Found>();
    gathered.push({ key, found });
    // The items of a list come here one promise after another, but all before the event loop goes on.
    if (gathered.length === 1) setImmediate(flush);
    return found.promise;
  };
}

async function answer<Key, Found>(
  read: (keys: readonly [Key, ...Key[]]) => Promise<readonly Found[]>,
  [first, ...others]: readonly AskedKey<Key, Found>[],
): Promise<void> {
  if (first === undefined) return;
  const asked = [first, ...others];
  try {
    const all = await read([first.key, ...others.map(({ key }) => key)]);
    if (all.length !== asked.length) throw new Error('a gathered read answers once for each key');
    all.forEach((one, index) => {
      asked[index]?.found.resolve(one);
    });
  } catch (error) {
    for (const { found } of asked) found.reject(error);
  }
}

/**
 * A parameter of a statement, as SQL, whose value the planner does not see. It would count the elements of a list, and find the plan
 * for these few cheaper than one for any: so it would make a new plan at each use, which takes longer than the statement itself. Of what
 * it does not see it expects ten elements, always; the plan of one use is as good for the next and is kept. See decision 0017.
 * @param param with its type, for example `$1::uuid[]`
 */
export function unseen(param: string): string {
  return `(select ${param})`;
}

/** Compares with each element of a list, for example `k.id = ${anyOf('$3::uuid[]')}`. */
export function anyOf(list: string): string {
  return `any(array(select unnest(${list})))`;
}

/** The lists as the columns of rows, one row for each place. */
export function unnest(lists: readonly string[]): string {
  return `unnest(${lists.map(unseen).join(', ')})`;
}

/** The ids that a finder's statement looks for in the domain $1; each row tells which by its `place`. */
export const askedIds = `${unnest(['$2::uuid[]'])} with ordinality as asked(id, place)`;
/** What such a statement selects beside the thing itself. */
export const askedPlace = 'asked.place::int as "ofPlace"';

type IdOfDomain = readonly [DomainId, string];

/** Groups what is asked for by its domain: a statement is for one. */
export function domainOf([domainId]: readonly [DomainId, ...unknown[]]): string {
  return domainId;
}

/** Finds things of a domain by their ids, those that are asked for together in one statement. Null: there is none. @throws DatabaseError */
export function createFinder<Row extends object, Found>(
  database: Pick<Database, 'query'>,
  text: string,
  read: (row: Row) => Found,
): (domainId: DomainId, id: string) => Promise<Found | null> {
  const find = gatherReads(async (keys: readonly [IdOfDomain, ...IdOfDomain[]]) => {
    const params = [keys[0][0], keys.map(([, id]) => id)];
    const rows = await database.query<Row & { readonly ofPlace: number }>(text, params);
    const found = new Map(rows.map((row) => [row.ofPlace, row]));
    return keys.map((_key, index) => {
      const row = found.get(index + 1);
      return row === undefined ? null : read(row);
    });
  }, domainOf);
  return (domainId, id) => find([domainId, id]);
}
