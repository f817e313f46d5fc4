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
  readonly #nearBatches = new WeakSet<HTMLElement>();
  readonly #watchers = new Set<Watcher>();

  /** @param row null: it has gone */
  put(id: string, row: HTMLElement | null): void {
    const before = this.#rows.get(id);
    if (before === row || (before === undefined && row === null)) return;
    if (before !== undefined) {
      this.#rows.delete(id);
      for (const { onWent } of this.#watchers) onWent?.(before);
    }
    if (row === null) return;
    this.#rows.set(id, row);
    for (const watcher of this.#watchers) this.#tell(watcher, row);
  }

  /** Whoever was near once stays so, and whoever comes into the same batch is near too. */
  noteNear(batch: HTMLElement): void {
    if (this.#nearBatches.has(batch)) return;
    this.#nearBatches.add(batch);
    const rows = [...batch.querySelectorAll<HTMLElement>('[data-knock]')].filter(
      (row) => this.#rows.get(idOf(row)) === row,
    );
    for (const { onNear } of this.#watchers) for (const row of rows) onNear?.(row);
  }

  /** Is the row of this knock near, as far as one can know? */
  isNear(id: string): boolean {
    const row = this.#rows.get(id);
    return row !== undefined && this.isBatchNear(batchOf(row));
  }

  isBatchNear(batch: HTMLElement | null): boolean {
    return batch !== null && this.#nearBatches.has(batch);
  }

  /** The answer ends it. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    for (const row of this.#rows.values()) this.#tell(watcher, row);
    return () => this.#watchers.delete(watcher);
  }

  #tell({ onCame, onNear }: Watcher, row: HTMLElement): void {
    onCame?.(row);
    if (this.isBatchNear(batchOf(row))) onNear?.(row);
  }
}

/** The knock that a row shows. */
export function idOf({ dataset: { knock = '' } }: HTMLElement): string {
  return knock;
}

/** What the row stands in, together with a few others. */
export function batchOf({ parentElement }: HTMLElement): HTMLElement | null {
  return parentElement;
}
