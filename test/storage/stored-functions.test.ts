import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findMigrationsFolder } from '../../src/storage/postgres/migrate.ts';
import { callsFunction } from '../../src/storage/postgres/stored-function.ts';
import { storedFunctions } from '../../src/storage/stored-functions.ts';
import { judge, shared } from './statement-judge.ts';
import { loadParser, statementsIn, writtenBy } from './statement-rules.ts';

beforeAll(loadParser);

const folder = findMigrationsFolder();
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

describe.each(storedFunctions)('$name', ({ name, ddl, call, isOfDomain }) => {
  test('is made by a migration as the code has it: otherwise run `npm run db:generate`', () => {
    expect(migrations.some((text) => text.includes(ddl))).toBe(true);
  });

  test('has only statements that keep the rules', () => {
    const statements = statementsIn(ddl);
    expect(statements.length).toBeGreaterThan(3);
    expect(statements.flatMap((text) => judge(text).complaints)).toEqual([]);
  });

  test('writes what all machines have only where it is not run on one of them', () => {
    const written = statementsIn(ddl).flatMap(writtenBy);
    expect(written.length).toBeGreaterThan(0);
    expect(written.some((table) => shared.has(table))).toBe(!isOfDomain);
  });

  test('is given the domain first, and is not taken for a read', () => {
    expect(call.startsWith(`${name}($1::uuid, `)).toBe(true);
    expect(callsFunction(`select ${call} as answer`)).toBe(true);
  });
});

test('a read is not taken for the call of a function', () => {
  expect(callsFunction('select id from rooms where domain_id = $1::uuid')).toBe(false);
  expect(callsFunction('select decode($1::uuid::text) from rooms')).toBe(false);
});
