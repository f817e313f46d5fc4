import { isIntrospectionType, isSpecifiedScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { describeSchema } from '../../src/cli/schema-reference.ts';
import { readDocument } from './markdown.ts';

const reference = describeSchema(schema);
const headings = [...reference.matchAll(/^### (.+)$/gm)].map(([, title = '']) => title);

test('the reference has every operation and every type once', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const operations = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((name) => `${root}.${name}`));
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .map(String)
    .filter((name) => !roots.some((root) => root?.name === name));
  expect(headings.toSorted()).toEqual([...operations, ...types].toSorted());
});

test('every link of the reference leads to one of its own headings, wherever the page is put', () => {
  const anchors = headings.map((title) => title.toLowerCase().replaceAll('.', ''));
  expect(new Set(anchors).size).toBe(anchors.length);
  const links = [...reference.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  expect(links.length).toBeGreaterThan(100);
  for (const target of new Set(links)) expect(anchors.map((anchor) => `#${anchor}`)).toContain(target);
});

test('git keeps the schema alone, and not the page that is made from it', async () => {
  expect((await readDocument('.gitignore')).split('\n')).toContain('docs/reference.md');
});
