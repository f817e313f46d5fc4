import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { readDocument } from './markdown.ts';

/** What a client of the last release would stumble over. */
async function findBreaks(next: string): Promise<readonly string[]> {
  const released = buildSchema(await readDocument('schema/released.graphql'));
  const changes = await diff(released, buildSchema(next));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message);
}

test('nothing in the schema breaks a client of the last release (docs/deprecation.md)', async () => {
  expect(await findBreaks(printSchema(schema))).toEqual([]);
});

test('finds changes that would break a client, and allows additions', async () => {
  const now = printSchema(schema);
  expect(await findBreaks(now.replace(/^ {2}viewer: Viewer$/m, '  visitor: Viewer'))).toHaveLength(1);
  expect(await findBreaks(now.replace('idempotencyKey: String', 'idempotencyKey: String!'))).toHaveLength(1);
  expect(await findBreaks(now.replace('type Query {', 'type Query {\n  weather: String'))).toEqual([]);
});
