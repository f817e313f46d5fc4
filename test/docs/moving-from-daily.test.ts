import { isEnumType, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import * as hooks from '../../packages/client/src/react.ts';
import { schema } from '../../schema/index.ts';
import { blocksOf, readDocument } from './markdown.ts';

/** What stands in code marks in the column "here" of a table. */
function namedHere(document: string, heading: string): readonly string[] {
  const section = document.split(`\n${heading}\n`)[1]?.split(/^## /m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && line.split(' | ').length >= 3);
  return rows.flatMap((row) => [...(row.split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

function isThere(name: string): boolean {
  const [first = '', field] = name.split('.');
  if (field === undefined) {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    return roots.some((root) => root?.getFields()[first] !== undefined);
  }
  const type = schema.getType(first);
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[field] !== undefined;
}

test.each(['## REST', '## daily-js'])('every operation beside one of Daily’s exists: %s', async (heading) => {
  const names = namedHere(await readDocument('docs/moving-from-daily.md'), heading);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(isThere(name), name).toBe(true);
});

test('every hook beside one of Daily’s exists', async () => {
  const names = namedHere(await readDocument('docs/moving-from-daily.md'), '## daily-react');
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(Object.keys(hooks)).toContain(name.replace('()', ''));
});

test('the script sets only settings that a room has', async () => {
  const script = blocksOf(await readDocument('docs/moving-from-daily.md')).find(({ language }) => language === 'js');
  const input = schema.getType('RoomSettingsInput');
  const fields = input && 'getFields' in input ? Object.keys(input.getFields()) : [];
  const set = [...(script?.text.split('const settings = {')[1]?.split('};')[0] ?? '').matchAll(/^ {4}(\w+):/gm)];
  expect(set.length).toBeGreaterThan(8);
  for (const [, name] of set) expect(fields).toContain(name);
  expect(isEnumType(schema.getType('RoomPrivacy'))).toBe(true);
});
