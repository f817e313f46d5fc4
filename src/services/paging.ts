import { type InvalidInput, isRefusal } from '../rules/refusal.ts';
import { encodePosition, type PageRequest, type PageRows, type Position } from '../storage/postgres/page.ts';
import { readPageArgs } from './input.ts';
import type { Page, PageArgs } from './page.ts';

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
