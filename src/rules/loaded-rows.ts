import { type FactKeys, FactsMissing } from './fact-keys.ts';

/** Rows of a room by id: those that live, and those that were asked for by key. */
export interface Rows<Id, Row> {
  /** The row, or undefined where there is none. @throws FactsMissing where nobody has looked whether there is one */
  readonly get: (id: Id) => Row | undefined;
  /** The row if it is held. All that live are: only for who looks for a living one. */
  readonly held: (id: Id) => Row | undefined;
  readonly values: () => Iterable<Row>;
}

/** Rows as they are held, with what is known not to be there. */
export class LoadedRows<Id, Row> extends Map<Id, Row> implements Rows<Id, Row> {
  readonly #keysOf: (id: Id) => FactKeys;
  readonly #absent = new Set<Id>();

  /** @param keysOf what to load to find out about an id */
  constructor(keysOf: (id: Id) => FactKeys, rows: Iterable<readonly [Id, Row]> = []) {
    super();
    this.#keysOf = keysOf;
    for (const [id, row] of rows) this.set(id, row);
  }

  override get(id: Id): Row | undefined {
    const row = super.get(id);
    if (row === undefined && !this.#absent.has(id)) throw new FactsMissing(this.#keysOf(id));
    return row;
  }

  held(id: Id): Row | undefined {
    return super.get(id);
  }

  /** These were looked for: those that are not held are not there. */
  wereSought(ids: Iterable<Id>): void {
    for (const id of ids) this.#absent.add(id);
  }

  /** Rows are let go of: who is not held may be there. */
  forgetAbsent(): void {
    this.#absent.clear();
  }
}
