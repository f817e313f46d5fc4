/** Whoever watches the rows of the list, as the page has them. */
interface Watcher {
  /** Called for each that is there, and once for each that comes. */
  readonly onCame?: (row: HTMLElement) => void;
  readonly onWent?: (row: HTMLElement) => void;
  /** Called for each that is near to what is on screen, or comes near. */
  readonly onNear?: (row: HTMLElement) => void;
}

/** The rows that are on the page, noted as they come and go, so that nobody has to look for them at each draw. */
export class RowElements {
  readonly #rows = new Map<string, HTMLElement>();
  readonly #near = new Set<HTMLElement>();
  readonly #watchers = new Set<Watcher>();

  /** @param row null: it has gone */
  put(id: string, row: HTMLElement | null): void {
    const before = this.#rows.get(id);
    if (before === row || (before === undefined && row === null)) return;
    if (before !== undefined) {
      this.#rows.delete(id);
      this.#near.delete(before);
      for (const { onWent } of this.#watchers) onWent?.(before);
    }
    if (row === null) return;
    this.#rows.set(id, row);
    for (const { onCame } of this.#watchers) onCame?.(row);
  }

  /** Whoever was near once stays so. */
  noteNear(row: HTMLElement): void {
    if (this.#near.has(row) || this.#rows.get(idOf(row)) !== row) return;
    this.#near.add(row);
    for (const { onNear } of this.#watchers) onNear?.(row);
  }

  /** The answer ends it. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    for (const row of this.#rows.values()) watcher.onCame?.(row);
    for (const row of this.#near) watcher.onNear?.(row);
    return () => this.#watchers.delete(watcher);
  }
}

/** The knock that a row shows. */
export function idOf({ dataset: { knock = '' } }: HTMLElement): string {
  return knock;
}
