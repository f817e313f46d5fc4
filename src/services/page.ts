/** Which part of a list. Sizes are checked by the service: 1 to 100, 50 when left out. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Part of a list, in the list's order, with a cursor for each. */
export interface Page<T> {
  readonly items: readonly { readonly item: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** How many there are in all; asked for only when a client wants it. */
  readonly totalCount: () => Promise<number>;
}
