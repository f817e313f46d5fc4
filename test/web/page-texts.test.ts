import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPageTexts } from '../../src/http/page-texts.ts';
import { createPages } from '../../src/http/pages.ts';
import { plainLook } from '../../src/rules/page-data.ts';
import { closeAfterwards } from '../support/closers.ts';
import { buildPage, builtPage } from './page-build.ts';

beforeAll(() => buildPage());

/** What `PAGE_TEXTS` makes of a folder with these files. */
async function read(files: Readonly<Record<string, unknown>>) {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-texts-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return readPageTexts(folder, builtPage);
}

const refusalOf = (files: Readonly<Record<string, unknown>>) =>
  read(files).then(
    () => null,
    ({ problems }: { problems: readonly string[] }) => problems,
  );

const english = async () => JSON.parse(await readFile(join(builtPage, 'texts/en.json'), 'utf8'));

describe('the texts of an operator', () => {
  test('replace any part of a language that the page has, and the rest stays', async () => {
    const texts = await read({ 'de.json': { door: { knock: 'Klopfen' } }, 'notes.txt': 'not a pack' });
    const pages = createPages({
      publicUrl: null,
      port: 4000,
      texts,
      look: async () => ({ look: plainLook, media: null }),
      access: async () => null,
    });
    const request = { method: 'GET', headers: { 'accept-language': 'de' }, search: '', clientAddress: '' };
    const html = Buffer.from((await pages('/default/room', request))?.body ?? '').toString();
    const url = /href="(\/assets\/texts-de-[^"]+)"/.exec(html)?.[1] ?? '';
    const pack = JSON.parse(Buffer.from((await pages(url, request))?.body ?? '').toString());
    expect(pack.door).toMatchObject({ knock: 'Klopfen', name: 'Ihr Name' });
  });

  test('replace English too, which then no longer comes with the script', async () => {
    const texts = await read({ 'en.json': { common: { loading: 'Half a moment…' } } });
    const options = { publicUrl: null, port: 4000, look: async () => ({ look: plainLook, media: null }) };
    const pages = createPages({ ...options, texts, access: async () => null });
    const request = { method: 'GET', headers: {}, search: '', clientAddress: '' };
    const html = Buffer.from((await pages('/default/room', request))?.body ?? '').toString();
    expect(html).toContain('Half a moment…');
    expect(html).toMatch(/"tag":"en","name":"English","dir":"ltr","url":"\/assets\/texts-en-/);
  });

  test('add a language, whole, and the page is written its way', async () => {
    const texts = await read({ 'he.json': await english() });
    const options = { publicUrl: null, port: 4000, look: async () => ({ look: plainLook, media: null }) };
    const pages = createPages({ ...options, texts, access: async () => null });
    const request = { method: 'GET', headers: { 'accept-language': 'he-IL' }, search: '', clientAddress: '' };
    const html = Buffer.from((await pages('/default/room', request))?.body ?? '').toString();
    expect(html).toContain('<html lang="he" dir="rtl">');
    expect(html).toContain('"name":"עברית"');
  });

  test('may say by one sentence what English counts, and by the forms that a language has', async () => {
    const forms = { one: '{count} osoba', few: '{count} osoby', many: '{count} osób', other: '{count} osoby' };
    expect(
      await refusalOf({
        'pl.json': { room: { peopleCount: forms } },
        'ja.json': { room: { peopleCount: '{count}名' } },
      }),
    ).toBeNull();
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['an unknown name', { 'de.json': { door: { knok: 'Klopfen' } } }, /de\.json: door\.knok is unknown/],
    ['an unknown section', { 'de.json': { dor: {} } }, /de\.json: dor is unknown/],
    ['a name of objects', { 'de.json': '{"__proto__": {"x": 1}}' }, /de\.json: __proto__ is unknown/],
    ['another placeholder', { 'de.json': { door: { asName: 'Als {nam}' } } }, /door\.asName must not contain \{nam\}/],
    [
      'a placeholder where there is none',
      { 'de.json': { door: { knock: '{name}' } } },
      /door\.knock must not contain \{name\}/,
    ],
    ['a brace alone', { 'de.json': { door: { asName: 'Als {name' } } }, /door\.asName must not contain \{ or \}/],
    [
      'a blank in braces',
      { 'de.json': { door: { asName: 'Als { name }' } } },
      /door\.asName must not contain \{ or \}/,
    ],
    [
      'a broken form',
      { 'de.json': { room: { peopleCount: { one: 'x', other: '{cuont}' } } } },
      /room\.peopleCount\.other/,
    ],
    [
      'a form of no grammar',
      { 'de.json': { room: { peopleCount: { lots: 'x', other: 'x' } } } },
      /peopleCount\.lots is unknown/,
    ],
    [
      'forms without the last',
      { 'de.json': { room: { peopleCount: { one: 'x' } } } },
      /peopleCount must have a form "other"/,
    ],
    ['a number', { 'de.json': { door: { knock: 7 } } }, /door\.knock must be a sentence/],
    ['nothing', { 'de.json': { door: { knock: ' ' } } }, /door\.knock must not be empty/],
    ['a section that is a sentence', { 'de.json': { door: 'x' } }, /door must be an object/],
    ['a list', { 'de.json': [] }, /de\.json: The file must be an object/],
    ['no JSON', { 'de.json': '{' }, /de\.json is not JSON/],
    ['no language', { 'no language.json': {} }, /no language\.json is not named after a language/],
    [
      'a new language that is not whole',
      { 'sv.json': { door: { knock: 'Knacka' } } },
      /sv\.json: .* is missing: a new language must be complete/,
    ],
  ])('%s is refused by its name', async (_what, files, expected) => {
    expect((await refusalOf(files))?.join('\n')).toMatch(expected);
  });

  test('of several files are refused together, and at great length only in part', async () => {
    const problems = await refusalOf({ 'sv.json': {}, 'de.json': { x: 1 }, 'fr.json': { y: 1 } });
    const text = problems?.join('\n') ?? '';
    expect(text).toMatch(/de\.json: x[\s\S]*fr\.json: y|fr\.json: y[\s\S]*de\.json: x/);
    expect(text).toMatch(/sv\.json: and \d+ more/);
  });

  test('need a folder, and a page that says them', async () => {
    await expect(readPageTexts('/no/such/folder', builtPage)).rejects.toThrow('PAGE_TEXTS: /no/such/folder');
    await expect(readPageTexts(tmpdir(), '/no/such/page')).rejects.toThrow('PAGE_TEXTS');
  });
});
