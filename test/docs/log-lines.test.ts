import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstColumn, readDocument } from './markdown.ts';

// The runbook says what each line of the log means, from `info` on: what is said is found in the sources.

const root = join(import.meta.dirname, '../../src');
const sources = new Map(
  await Promise.all(
    (await readdir(root, { recursive: true }))
      .filter((path) => path.endsWith('.ts'))
      .map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const),
  ),
);

const told = /\blog\??\.(?:info|warn|error|fatal)\(([\s\S]*?)\)(?:;|,?\n)/g;
/** The beginning of a text, up to where something is filled in. */
const texts = /'([^'\n]*)'|"([^"\n]*)"|`((?:[^`$]|\$(?!\{))*)(?:`|\$\{)/g;

/** More than one word: what else is between quotes is a name. */
const textsIn = (code: string): readonly string[] =>
  [...code.matchAll(texts)].map(([, ...found]) => found.find(Boolean) ?? '').filter((text) => text.includes(' '));

/** Where a line is told by a name, what it may be: the file, and where there the texts are. */
const elsewhere: Readonly<Record<string, readonly (readonly [path: string, where: RegExp])[]>> = {
  'error.message': [['streams/nats-target.ts', /super\((`EVENTS_URL[^`]*`)\)/]],
  'offences[report.fault]': [['wiring/log.ts', /const offences[^{]*\{([\s\S]*?)\};/]],
  sentence: [
    ['wiring/store.ts', /keepsPrepared\) \{\s*tell\(([\s\S]*?)\);/],
    ['wiring/store.ts', /boundsStatements\) \{\s*tell\(([\s\S]*?)\);/],
    ['storage/postgres/migrate.ts', /const describeHolder[^`]*(`[^$]*\$\{)/],
    ['storage/postgres/embedded.ts', /onChange\?\.\(([^;]*)\);/],
  ],
};

/** A word alone is a message too. */
const oneWord = /, '(\w+)'$/;

function linesOf(call: string): readonly string[] {
  const found = [...textsIn(call), ...(oneWord.exec(call)?.slice(1) ?? [])];
  if (found.length > 0) return found;
  const named = Object.keys(elsewhere).find((name) => call.includes(name));
  return (elsewhere[named ?? ''] ?? []).flatMap(([path, where]) => {
    const texts = textsIn(where.exec(sources.get(path) ?? '')?.[1] ?? '');
    expect(texts.length, `${path} has no text at ${where}`).toBeGreaterThan(0);
    return texts;
  });
}

const calls = [...sources].flatMap(([path, text]) =>
  [...text.matchAll(told)].map(([, call = '']) => [`${path}: ${call.trim().replaceAll(/\s+/g, ' ')}`, call] as const),
);
const documented = firstColumn(await readDocument('docs/operating.md'), '## Logs');
const headings = ['error', 'warn', 'info', 'debug', 'msg'];

test.each(calls)('%s', (_where, call) => {
  const lines = linesOf(call);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(
      documented.some((begin) => line.startsWith(begin)),
      line,
    ).toBe(true);
});

test('the runbook explains no line that nobody writes', () => {
  const all = calls.flatMap(([, call]) => linesOf(call));
  const rows = documented.filter((begin) => !headings.includes(begin));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((begin) => !all.some((line) => line.startsWith(begin)))).toEqual([]);
});
