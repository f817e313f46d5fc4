import { beforeAll, expect, test } from 'vitest';
import { plainDoorPage } from '../../src/rules/door-page.ts';
import { createTestDatabase } from '../support/database.ts';
import { settingsFor, type Vestibule, vestibuleWith } from './command-line.ts';

let vestibule: Vestibule;

beforeAll(async () => {
  const database = await createTestDatabase();
  vestibule = vestibuleWith(settingsFor(database.url));
  await vestibule('domain', 'create', 'default');
  await vestibule('domain', 'create', 'acme');
});

async function run(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await vestibule('page', ...words, '--json');
  return { exitCode, said: JSON.parse(exitCode === 0 ? stdout : stderr) };
}

test('page set changes what is given, page show shows it, and other domains stay as they are', async () => {
  expect(await run('show')).toEqual({ exitCode: 0, said: plainDoorPage });
  const meetingUrl = 'https://meet.acme.example/{room}#{credentials}';
  const set = await run(
    'set',
    '--brand-name',
    'Acme',
    '--accent-color',
    '#1A6B4F',
    '--meeting-url',
    meetingUrl,
    '--link',
    'Privacy=https://acme.example/?a=b',
    '--link',
    'Help=https://acme.example/help',
    '--frame-origin',
    'https://app.acme.example',
    '--frame-origin',
    'https://*.acme.example',
  );
  const acme = {
    ...plainDoorPage,
    brandName: 'Acme',
    accentColor: '#1a6b4f',
    meetingUrl,
    links: [
      { label: 'Privacy', url: 'https://acme.example/?a=b' },
      { label: 'Help', url: 'https://acme.example/help' },
    ],
    frameOrigins: ['https://app.acme.example', 'https://*.acme.example'],
  };
  expect(set).toEqual({ exitCode: 0, said: acme });
  expect((await run('set', '--exit-url', 'https://acme.example/bye')).said).toEqual({
    ...acme,
    exitUrl: 'https://acme.example/bye',
  });
  expect((await run('set', '--exit-url', '', '--link', '')).said).toEqual({ ...acme, links: [] });
  expect((await run('show', '--domain', 'acme')).said).toEqual(plainDoorPage);
  const { stdout } = await vestibule('page', 'show');
  expect(stdout).toContain('name: Acme');
});

test.each([
  ['nothing to change', ['set'], 2, 'USAGE'],
  ['a link without an address', ['set', '--link', 'Privacy'], 2, 'USAGE'],
  ['a logo over http', ['set', '--logo-url', 'http://acme.example/logo.svg'], 1, 'INVALID_INPUT'],
  ['an origin with a path', ['set', '--frame-origin', 'https://a.example/x'], 1, 'INVALID_INPUT'],
  [
    'credentials where everybody reads them',
    ['set', '--meeting-url', 'https://a.example/?{credentials}'],
    1,
    'INVALID_INPUT',
  ],
  ['a domain that is not there', ['set', '--brand-name', 'X', '--domain', 'nobody'], 1, 'NOT_FOUND'],
])('%s is refused, and nothing changes', async (_what, words, exitCode, code) => {
  const before = await run('show');
  const refused = await run(...words);
  expect([refused.exitCode, refused.said.error.code]).toEqual([exitCode, code]);
  expect(await run('show')).toEqual(before);
});
