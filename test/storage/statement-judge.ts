import type { PgTable } from 'drizzle-orm/pg-core';
import { columnsOf } from '../../src/storage/postgres/columns.ts';
import { spreadByDomain } from '../../src/storage/spread-by-domain.ts';
import * as tables from '../../src/storage/tables/index.ts';
import { acrossDomains, offenders } from './statement-offenders.ts';
import { findBreaches, flat, type Rule } from './statement-rules.ts';

// What stands in the lists is known; whatever else breaks a rule is a mistake.

/** Every table of the service, by its columns. */
export const allTables = Object.values<unknown>(tables).filter(isTable).map(columnsOf);

function isTable(value: unknown): value is PgTable {
  return typeof value === 'object' && value !== null && Symbol.for('drizzle:Name') in value;
}

/** The same on every machine: few rows, which every statement may ask. */
export const shared: ReadonlySet<string> = new Set(spreadByDomain.references);
const ofDomain = new Set(
  allTables
    .filter(({ columns, table }) => columns.some(({ name }) => name === 'domain_id') && !shared.has(table))
    .map(({ table }) => table),
);

export interface Judged {
  readonly text: string;
  /** As which of those on a list it is known. */
  readonly names: readonly string[];
  readonly breaches: ReadonlySet<Rule>;
  /** What it breaks and no list allows, in words; none: it is as it should be. */
  readonly complaints: readonly string[];
}

/** What is to be said of a statement. */
export function judge(sent: string): Judged {
  const text = flat(sent);
  const breaches = findBreaches(sent, { ofDomain, shared });
  const across = acrossDomains.filter(({ has }) => has.test(text));
  const known = offenders.filter(({ has }) => has.test(text));
  const allowed = new Set<Rule>(known.flatMap(({ breaks }) => breaks));
  if (across.length > 0) allowed.add('NAMES_NO_DOMAIN');
  const tooMany = known.length > 1 || across.length > 1 ? [`two of a list have this text: ${text}`] : [];
  const unknown = [...breaches].filter((rule) => !allowed.has(rule)).map((rule) => `${rule}: ${text}`);
  return {
    text,
    names: [...across, ...known].map(({ name }) => name),
    breaches,
    complaints: breaches.size === 0 ? [] : [...tooMany, ...unknown],
  };
}
