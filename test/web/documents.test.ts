import { readFile } from 'node:fs/promises';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import * as documents from '../../web/api/documents.ts';
import { catalogue } from '../../web/texts/language.ts';

const schema = buildSchema(await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

test.each(Object.entries(documents))('what the page asks stands in the schema: %s', (_name, document) => {
  expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
});

test('every refusal of the door has a text of its own, or is covered by one', () => {
  const entry = Object.keys(catalogue.en.refusals);
  for (const code of ['ENTRY_NOT_ALLOWED', 'ROOM_NOT_OPEN', 'ROOM_EXPIRED', 'ROOM_FULL', 'BANNED', 'TOKEN_REVOKED']) {
    expect(entry).toContain(code);
  }
});
