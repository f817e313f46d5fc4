import { type InvalidInput, isRefusal } from '../rules/refusal.ts';
import { encodePosition, type PageRequest, type PageRows, type Position } from '../storage/postgres/page.ts';
import { readPageArgs } from './input.ts';

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

/** Reads a page as asked, and puts a cursor to each of its items. */
export async function pageOf<Row, Item>(
  args: PageArgs,
  read: (request: PageRequest) => Promise<PageRows<Row>>,
  /** Null: this list is not counted, and its connection has no such field. */
  count: (() => Promise<number>) | null,
  show: (row: Row) => { readonly item: Item; readonly position: Position },
): Promise<Page<Item> | InvalidInput> {
  const request = readPageArgs(args);
  if (isRefusal(request)) return request;
  const { rows, hasMore } = await read(request);
  const isForward = request.direction === 'FORWARD';
  return {
    items: rows.map((row) => {
      const { item, position } = show(row);
      return { item, cursor: encodePosition(position) };
    }),
    hasNextPage: isForward ? hasMore : request.from !== null,
    hasPreviousPage: isForward ? request.from !== null : hasMore,
    totalCount: () => counted(count),
  };
}

async function counted(count: (() => Promise<number>) | null): Promise<number> {
  if (count === null) throw new Error('this list is not counted');
  return count();
}
