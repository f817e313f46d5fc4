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
