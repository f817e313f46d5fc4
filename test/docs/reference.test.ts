import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { describeSchema } from '../../src/cli/schema-reference.ts';
import { readDocument } from './markdown.ts';

test('docs/reference.md says what the schema says (npm run docs:reference)', async () => {
  expect(await readDocument('docs/reference.md')).toBe(describeSchema(schema));
});

test('every link within docs/reference.md leads somewhere', async () => {
  const reference = await readDocument('docs/reference.md');
  const headings = [...reference.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll('.', ''),
  );
  const links = [...reference.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(new Set(headings).size).toBe(headings.length);
  expect(links.length).toBeGreaterThan(100);
  for (const anchor of new Set(links)) expect(headings).toContain(anchor);
});
