import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, readDocument } from './markdown.ts';

// Each block of code in the documents has somebody who runs it. A block that is new is run as well, or refused here.

const root = join(import.meta.dirname, '../..');

const shown = 'test/docs/shown-programs.test.ts';

/** By document and language: how many blocks, and the test that runs all of them, or compares them with a file that it runs. */
const runners: Readonly<Record<string, readonly [blocks: number, by: string]>> = {
  'README.md sh': [1, 'test/cli/package.test.ts'],
  'README.md bash': [8, 'test/readme.test.ts'],
  'README.md html': [1, shown],
  'docs/guide/first-question.md sh': [3, shown],
  'docs/guide/private-room.md graphql': [3, 'test/docs/guide.test.ts'],
  'docs/guide/meeting-token.md graphql': [5, 'test/docs/guide.test.ts'],
  'docs/guide/knock.md graphql': [6, 'test/docs/guide.test.ts'],
  'docs/guide/in-the-room.md graphql': [5, 'test/docs/guide.test.ts'],
  'docs/guide/web-page.md sh': [1, shown],
  'docs/guide/web-page.md tsx': [4, 'test/docs/guide.test.ts'],
  'docs/guide/web-page.md js': [1, 'test/docs/guide.test.ts'],
  'docs/guide/door.md graphql': [1, 'test/docs/guide.test.ts'],
  'docs/guide/own-meeting.md graphql': [1, 'test/docs/guide.test.ts'],
  'docs/guide/own-meeting.md html': [1, shown],
  'docs/guide/own-meeting.md ts': [1, shown],
  'docs/guide/own-page.md graphql': [1, 'test/docs/guide.test.ts'],
  'docs/guide/own-page.md html': [1, shown],
  'docs/guide/own-page.md tsx': [1, 'test/docs/guide.test.ts'],
  'docs/daily-properties.md js': [1, shown],
  'docs/moving-from-daily.md js': [1, shown],
  'docs/livekit-waiting-room.md tsx': [2, 'test/client/livekit-app.test.ts'],
  'docs/media-server.md graphql': [2, shown],
  'docs/media-server.md js': [1, 'test/api/media-grant.test.ts'],
  'docs/media-server.md sh': [1, shown],
  'docs/webhooks.md graphql': [2, 'test/webhooks/documentation.test.ts'],
  'docs/webhooks.md js': [1, 'test/webhooks/documentation.test.ts'],
  'packages/backend/README.md sh': [1, shown],
  'packages/backend/README.md ts': [3, 'test/packages/backend-readme.test.ts'],
  'packages/backend/README.md js': [1, 'test/packages/backend-readme.test.ts'],
  'packages/client/README.md sh': [1, shown],
  'packages/client/README.md tsx': [1, 'test/client/readme.test.ts'],
  'packages/client/README.md vue': [1, 'test/client/readme.test.ts'],
  'packages/client/README.md svelte': [1, 'test/client/readme.test.ts'],
  'packages/client/README.md ts': [1, 'test/client/readme.test.ts'],
  'examples/README.md sh': [2, 'test/examples/examples.test.ts'],
};

/** What no test runs, however many blocks there are of it, and why. */
const untried: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md ts': 'it is how tests are written, and the tests are written so',
  'docs/operating.md sh': 'it is for machines of others; each command in it is looked up (test/docs/operating.test.ts)',
  'docs/operating.md sql': 'it changes a role for good; two roles are tried in test/faults/two-roles.test.ts',
  'docs/performance.md sh': 'it opens a profile in the tools of Chrome',
  'examples/livekit/README.md sh':
    'it changes the machine; its configuration is run in test/media/gate-proxies.test.ts',
};

async function listDocuments(): Promise<readonly string[]> {
  const below = async (folder: string, recursive: boolean) =>
    (await readdir(join(root, folder), { recursive })).map((name) => join(folder, name));
  const all = [
    ...(await below('.', false)),
    ...(await below('docs', false)),
    ...(await below('docs/guide', false)),
    ...(await below('packages', true)),
    ...(await below('examples', true)),
  ];
  return all.filter((name) => name.endsWith('.md') && !/node_modules|REFERENCE|CHANGELOG|docs\/reference/.test(name));
}

/** Shown, and not run: what is answered, pictures, and what people write into a file of another program's. */
const notCode: ReadonlySet<string> = new Set(['json', 'mermaid', 'promql', 'text', 'diff']);

test('every block of code in the documents is run by a test, or it is said why not', async () => {
  const counted: Record<string, number> = {};
  for (const document of await listDocuments()) {
    for (const { language } of blocksOf(await readDocument(document))) {
      if (!notCode.has(language)) counted[`${document} ${language}`] = (counted[`${document} ${language}`] ?? 0) + 1;
    }
  }
  const tried = Object.fromEntries(Object.entries(counted).filter(([block]) => !(block in untried)));
  expect(tried).toEqual(Object.fromEntries(Object.entries(runners).map(([block, [blocks]]) => [block, blocks])));
  expect(Object.keys(counted)).toEqual(expect.arrayContaining(Object.keys(untried)));
});

test.each(Object.entries(runners))('%s: %j', async (block, [, by]) => {
  const [document = ''] = block.split(' ');
  const program = await readDocument(by);
  // It reads the document, or the folder where everything of the document is run.
  const names = [
    document,
    ...(document.startsWith('docs/guide/') ? ['readGuide'] : []),
    document.replace(/^docs\/(.*)\.md$/, '$1'),
    document.replace(/README\.md$/, ''),
    'listExamples',
    'pack',
  ];
  expect(
    names.some((name) => name !== '' && program.includes(name)),
    by,
  ).toBe(true);
});
