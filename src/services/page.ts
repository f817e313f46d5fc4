import { type InputIssue, type InvalidInput, invalidInput, isRefusal } from '../rules/refusal.ts';
import {
  decodePosition,
  encodePosition,
  type PageRequest,
  type PageRows,
  type Position,
} from '../storage/postgres/page.ts';

/** Which part of a list. Sizes are checked by the service: 1 to 100, 50 when left out. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Part of a list, in the list's order, with a cursor for each item. */
export interface Page<T> {
  readonly items: readonly { readonly item: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** How many items the whole list has. Counted only if the client asks for it. */
  readonly totalCount: () => Promise<number>;
}

export const defaultPageSize = 50;
export const maxPageSize = 100;

/** Checks which part of a list is asked for. */
export function readPageArgs(args: PageArgs): PageRequest | InvalidInput {
  const { first, after, last, before } = args;
  const issues: InputIssue[] = [];
  const backwards = isGiven(last) || isGiven(before);
  if (backwards && (isGiven(first) || isGiven(after)))
    issues.push({
      path: ['last'],
      message: 'cannot be combined with first or after: send first and after, or last and before',
    });
  for (const [field, size] of Object.entries({ first, last })) {
    if (isGiven(size) && (size < 1 || size > maxPageSize))
      issues.push({ path: [field], message: `must be from 1 to ${maxPageSize}` });
  }
  const cursor = backwards ? before : after;
  const from = isGiven(cursor) ? decodePosition(cursor) : null;
  if (isGiven(cursor) && from === null)
    issues.push({ path: [backwards ? 'before' : 'after'], message: 'must be a cursor from this list' });
  if (issues.length > 0) return invalidInput(issues);
  return { limit: (backwards ? last : first) ?? defaultPageSize, direction: backwards ? 'BACKWARD' : 'FORWARD', from };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** Reads the page that was asked for, and gives each of its items a cursor. */
export async function pageOf<Row, Item>(
  args: PageArgs,
  read: (request: PageRequest) => Promise<PageRows<Row>>,
  /** Null: nobody counts this list, and its connection has no `totalCount`. */
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
