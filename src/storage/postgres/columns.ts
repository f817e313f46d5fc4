import type { PgTable } from 'drizzle-orm/pg-core';
import { getTableColumns, getTableName } from './orm.ts';

/** One column as statements need it: its key in the records of `rules`, its name and its type in SQL. */
export interface ColumnList {
  readonly table: string;
  readonly columns: readonly { readonly key: string; readonly name: string; readonly type: string }[];
}

/** A table's columns, read off its definition: a new column is one edit there. */
export function columnsOf(table: PgTable): ColumnList {
  return {
    table: getTableName(table),
    columns: Object.entries(getTableColumns(table)).map(([key, column]) => ({
      key,
      name: column.name,
      type: column.getSQLType(),
    })),
  };
}

/** `"k"."user_name" as "userName", …`: bytes come as hex, as the records have them. */
export function selectList({ columns }: ColumnList, alias: string): string {
  return columns
    .map(({ key, name, type }) => {
      const column = `${alias}."${name}"`;
      return `${type === 'bytea' ? `encode(${column}, 'hex')` : column} as "${key}"`;
    })
    .join(', ');
}

/** `"userName" text, …`: the shape in which rows come as JSON. */
export function recordShape({ columns }: ColumnList): string {
  return columns.map(({ key, type }) => `"${key}" ${type === 'bytea' ? 'text' : type}`).join(', ');
}

/** `u."userName", …`: what is stored of such a row. */
export function recordValues({ columns }: ColumnList, alias: string): string {
  return columns
    .map(({ key, type }) => (type === 'bytea' ? `decode(${alias}."${key}", 'hex')` : `${alias}."${key}"`))
    .join(', ');
}

export function isInstant(type: string): boolean {
  return type.startsWith('timestamp');
}

/** A table's columns without these. */
export function without(list: ColumnList, ...keys: readonly string[]): ColumnList {
  return { table: list.table, columns: list.columns.filter(({ key }) => !keys.includes(key)) };
}

/** These of a table's columns. */
export function only(list: ColumnList, ...keys: readonly string[]): ColumnList {
  return { table: list.table, columns: list.columns.filter(({ key }) => keys.includes(key)) };
}

/** Makes the record of a row that was selected by these columns, and `more`; instants that came as JSON's texts become dates. */
export function readRow<T>(list: ColumnList, ...more: readonly string[]): (row: object) => T {
  const keys = [...list.columns.map(({ key }) => key), ...more];
  // Copies of one object keep its shape; made key by key, records of many kinds become hash tables, which are larger.
  const blank: Readonly<Record<string, unknown>> = Object.fromEntries(keys.map((key) => [key, null]));
  const instants = new Set(list.columns.filter(({ type }) => isInstant(type)).map(({ key }) => key));
  return (row) => {
    const from = row as Readonly<Record<string, unknown>>;
    const record: Record<string, unknown> = { ...blank };
    for (const key of keys) {
      const value = from[key];
      record[key] = typeof value === 'string' && instants.has(key) ? new Date(value) : value;
    }
    return record as T;
  };
}
