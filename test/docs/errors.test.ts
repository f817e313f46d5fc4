import { isEnumType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { firstColumn, readDocument } from './markdown.ts';

let document: string;

beforeAll(async () => {
  document = await readDocument('docs/errors.md');
});

test('docs/errors.md has every refusal code once, and no other', () => {
  const codes = schema.getType('RefusalCode');
  if (!isEnumType(codes)) throw new Error('there is no enum RefusalCode');
  const described = firstColumn(document, '## Refusals');
  expect(described.toSorted()).toEqual(
    codes
      .getValues()
      .map(({ name }) => name)
      .toSorted(),
  );
});

test('docs/errors.md has every code that a door gives', async () => {
  const source = await readDocument('src/http/protocol-error.ts');
  const union = /export type ProtocolCode =([^;]+);/.exec(source)?.[1] ?? '';
  const given = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
  expect(given.length).toBeGreaterThan(5);
  const masked = /code: '(\w+)', correlationId/.exec(await readDocument('src/http/error-masking.ts'))?.[1];
  const described = firstColumn(document, '## GraphQL errors');
  // The doors give some refusal codes as well; those are described above, and here with what is the doors' own.
  const refusals = firstColumn(document, '## Refusals');
  expect(described.toSorted()).toEqual(
    expect.arrayContaining([masked, ...given.filter((code) => !refusals.includes(code))]),
  );
  for (const code of described) expect([masked, ...given], code).toContain(code);
});

test('each code says when it comes and what to do', () => {
  const rows = document.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const [, when = '', action = '', ...rest] = row.split(' | ').map((cell) => cell.replace(/\|$/, '').trim());
    expect([Math.min(when.length, action.length) > 10, rest], row).toEqual([true, []]);
  }
});
