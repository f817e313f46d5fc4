import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readDocument } from './markdown.ts';

/** A way of writing that readers stumble over, each with a sentence that it must find. */
type Banned = readonly [RegExp, found: string];

// Only what a pattern finds without a false alarm stands here.
const everywhere: readonly Banned[] = [
  [/\bgo(?:es)? not\b/, 'goes not together with token'],
  [/(?<!\bthere )\bis no (?!longer\b|more\b)/i, '--x is no whole number.'],
  [/\bso (?:long|many) (?:seconds|expires|before)\b/, 'Put the holder out so many seconds after joining.'],
  [/\b(?:for|after|within|in) so long\b(?! as\b)/i, 'For so long it is left to others.'],
  [
    /\bfrom (?:when|where|\d+|(?:this|that|the) \w+|the next \w+|exp|nbf|so many) on(?=[ ,.;:]|$)(?! port)/i,
    'From when on: from 1 on.',
  ],
  [
    /(?:^|[.:;|] )who (?:is|was|waits|knocks|comes|came)(?: \w+){0,3}? (?:may|must|can|stays?|gets?|needs?|is (?:put|there|told))\b/i,
    'Who is inside stays.',
  ],
  [/\bwho (?:comes after|comes second|shows nothing)\b/i, 'Who comes second gets the knock.'],
  [/\btwice is the same as once\b/i, 'Revoking twice is the same as once.'],
  [/\bstands? in (?!the way\b|for\b)/, 'The token would stand in logs.'],
  [/\bwithout credential\b/, 'A caller without credential.'],
  [/\b(?:lie|lies) (?:before|ahead|in the (?:past|future))\b/, "The room's nbf lies ahead."],
  [/\btold apart to\b/, 'The two are told apart to nobody.'],
  [/\bholds what (?:is|cannot)\b/, 'holds what is no jti'],
  [/\bowners neither\b/, 'Nobody joins before this, owners neither.'],
];

const inMessages: readonly Banned[] = [
  [/\bshall\b/, 'says nothing that shall change'],
  [/\bwhoever\b/i, 'Whoever knows the URL may join.'],
  [/\b(?:tells?|told) of\b/, 'What an endpoint can be told of.'],
  [/\bLeft out: not\b/, 'Its holder joins as an owner. Left out: not.'],
  [/\boneself\b/i, 'Only on oneself: a fresh grant.'],
  [/\b(?:of|for) who (?:waits|knocks|knocked|made)\b/, 'Only `[PENDING]` for who waits.'],
  [/\bborne by\b/, 'A name that is not borne by another room.'],
  [/\b(?:save for|none was made|why none was|why it was not)\b/, 'The key that was made, or why none was.'],
  [/\barrived as bearer\b/, 'A JWT arrived as bearer.'],
  // What is wrong with an input is told by what it must be.
  [/^(?:holds|names|says|contradicts|lies|stands|needs|goes) [a-z]/, 'names nobody'],
  [/^(?:is not|is no|is empty|is longer|is less|has no) ?/, 'is not a cursor of this list'],
];

function findBanned(texts: readonly string[], banned: readonly Banned[]): readonly string[] {
  return texts.flatMap((text) =>
    banned.filter(([pattern]) => pattern.test(text)).map(([pattern]) => `${pattern}: ${text}`),
  );
}

/** The texts between quotes, comments left out; of a text over several lines, each of them. */
function literalsOf(source: string): readonly string[] {
  const code = source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const quoted = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  const templates = [...code.matchAll(/`((?:[^`\\]|\\.)*)`/g)].flatMap(([, text = '']) => text.split('\n'));
  return [...quoted, ...templates].filter((text) => /[a-z] [a-z]/i.test(text));
}

/** The lines of comments, without their marks. */
function commentsOf(source: string): readonly string[] {
  return [...source.matchAll(/^\s*(?:\{\/\*|\/\*+|\*|\/\/) ?(.*)$/gm)].map(([, text = '']) => text);
}

async function readAll(folder: string, ending: RegExp): Promise<readonly (readonly [path: string, text: string])[]> {
  const names = (await readdir(join(import.meta.dirname, '../..', folder), { recursive: true })).filter(
    (name) => ending.test(name) && !/(?:^|\/)(?:node_modules|dist|decisions)\//.test(name),
  );
  return Promise.all(names.map(async (name) => [join(folder, name), await readDocument(join(folder, name))] as const));
}

it.each([...everywhere, ...inMessages])('%s finds its example', (pattern, found) => {
  expect(found).toMatch(pattern);
});

describe('what people read is plain English', () => {
  test('messages, descriptions, help and log lines', async () => {
    const sources = (await Promise.all(['src', 'schema', 'web'].map((folder) => readAll(folder, /\.tsx?$/)))).flat();
    expect(sources.length).toBeGreaterThan(200);
    const texts = sources.map(([path, text]) => [path, literalsOf(text)] as const);
    expect(texts.flatMap(([, literals]) => literals).length).toBeGreaterThan(1500);
    const bad = texts.flatMap(([path, literals]) =>
      findBanned(literals, [...everywhere, ...inMessages]).map((what) => `${path}: ${what}`),
    );
    expect(bad).toEqual([]);
  });

  test('comments', async () => {
    const folders = ['src', 'schema', 'web', 'packages/client/src', 'packages/backend/src', 'bench'];
    const sources = (await Promise.all(folders.map((folder) => readAll(folder, /\.tsx?$/)))).flat();
    const texts = sources.map(([path, text]) => [path, commentsOf(text)] as const);
    expect(texts.flatMap(([, comments]) => comments).length).toBeGreaterThan(1000);
    const bad = texts.flatMap(([path, comments]) => findBanned(comments, everywhere).map((what) => `${path}: ${what}`));
    expect(bad).toEqual([]);
  });

  test('the settings, each with its sentence', async () => {
    const sentences = (await readDocument('.env.example')).match(/(?<=^# ).*/gm) ?? [];
    expect(sentences.length).toBeGreaterThan(20);
    expect(findBanned(sentences, [...everywhere, ...inMessages])).toEqual([]);
  });

  test('the documents', async () => {
    const documents = [
      ...(await readAll('docs', /\.md$/)),
      ...(await readAll('packages', /README\.md$/)),
      ...(await readAll('examples', /\.md$/)),
      ...(await Promise.all(
        ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(
          async (path) => [path, await readDocument(path)] as const,
        ),
      )),
    ];
    expect(documents.length).toBeGreaterThan(15);
    const bad = documents.flatMap(([path, text]) =>
      findBanned(text.replace(/^```[\s\S]*?^```$/gm, '').split('\n'), everywhere).map((what) => `${path}: ${what}`),
    );
    expect(bad).toEqual([]);
  });
});
