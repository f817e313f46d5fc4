/** When something falls due by itself, for each of many: milliseconds since 1970. */
export class Deadlines {
  readonly #all = new Map<string, number>();
  /** Null: to be looked for. */
  #earliest: number | null = Number.POSITIVE_INFINITY;

  /** Infinite where nothing will. */
  get earliest(): number {
    this.#earliest ??= this.#findEarliest();
    return this.#earliest;
  }

  /** @param at infinite: nothing falls due any more */
  set(id: string, at: number): void {
    const before = this.#all.get(id) ?? Number.POSITIVE_INFINITY;
    if (at === before) return;
    if (Number.isFinite(at)) this.#all.set(id, at);
    else this.#all.delete(id);
    if (this.#earliest === null) return;
    if (at < this.#earliest) this.#earliest = at;
    else if (before === this.#earliest) this.#earliest = null;
  }

  #findEarliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#all.values()) if (at < earliest) earliest = at;
    return earliest;
  }
}
