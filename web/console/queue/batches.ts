import type { Row } from './queue.ts';

/** So many rows are one part of the list to a browser, which passes over a part that is not on screen as over one thing. */
export const batchSize = 8;

/** Rows that stand one below the other. The same object as long as they are the same rows. */
export interface Batch {
  readonly id: number;
  readonly rows: readonly Row[];
}

/**
 * Puts the rows of a list into batches. Whoever comes joins the last of them, and whoever is in one stays there however many go before
 * them: in another a row would be made anew, and would lose the focus.
 */
export class Batches {
  #before = new Map<number, Batch>();
  #idOf = new Map<string, number>();
  #lastId = 0;

  of(rows: readonly Row[]): readonly Batch[] {
    const parts = new Map<number, Row[]>();
    let current = { id: 0, rows: [] as Row[] };
    const begin = (id: number) => {
      current = { id, rows: [] };
      parts.set(id, current.rows);
    };
    for (const row of rows) {
      const id = this.#idOf.get(row.knock.id);
      if (id !== undefined && !parts.has(id)) begin(id);
      else if (parts.size === 0 || (id !== current.id && current.rows.length >= batchSize)) begin(++this.#lastId);
      current.rows.push(row);
    }
    return this.#keep(parts);
  }

  #keep(parts: ReadonlyMap<number, readonly Row[]>): readonly Batch[] {
    const made = [...parts].map(([id, rows]) => {
      const before = this.#before.get(id);
      return before !== undefined && isSame(before.rows, rows) ? before : { id, rows };
    });
    this.#before = new Map(made.map((batch) => [batch.id, batch]));
    this.#idOf = new Map(made.flatMap(({ id, rows }) => rows.map(({ knock }) => [knock.id, id] as const)));
    return made;
  }
}

function isSame(one: readonly Row[], other: readonly Row[]): boolean {
  return one.length === other.length && one.every((row, place) => row === other[place]);
}
