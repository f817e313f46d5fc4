import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { printSchema } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../schema/index.ts';
import { settingNames } from '../src/config.ts';
import { closeAfterwards } from './support/closers.ts';
import { findPackageFolders } from './support/package-folders.ts';
import { sortTests } from './support/projects.ts';
import { findBadTitles } from './support/titles.ts';

const root = join(import.meta.dirname, '..');

const readText = (path: string) => readFile(join(root, path), 'utf8');

test('the printed schema says what the code says (npm run schema:print)', async () => {
  expect(await readText('schema/schema.graphql')).toBe(`${printSchema(schema)}\n`);
});

test('.env.example holds every setting once, with a sentence on each', async () => {
  const lines = (await readText('.env.example')).split('\n');
  const settings = lines.flatMap((line, index) => {
    const name = /^([A-Z_]+)=/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, comment: lines[index - 1] ?? '' }];
  });
  expect(settings.map(({ name }) => name)).toEqual(settingNames);
  for (const { name, comment } of settings) expect(comment, name).toMatch(/^# .{10,}/);
});

test('no source is longer than 300 lines, and no test than 450', async () => {
  const tooLong: string[] = [];
  const packages = Object.fromEntries((await findPackageFolders()).map((folder) => [`${folder}/src`, 300]));
  for (const [folder, limit] of Object.entries({
    src: 300,
    schema: 300,
    web: 300,
    ...packages,
    test: 450,
    bench: 450,
  })) {
    for (const path of await findSources(folder)) {
      const lines = (await readText(path)).trimEnd().split('\n').length;
      if (lines > limit) tooLong.push(`${path}: ${lines} of ${limit}`);
    }
  }
  expect(tooLong).toEqual([]);
});

async function findSources(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  // What is written from the schema is nobody's to read.
  const written = entries.filter((path) => !path.includes('generated/'));
  return written.filter((path) => /\.(?:ts|tsx|css)$/.test(path)).map((path) => join(folder, path));
}

test('each decision has a number of its own, which is that of its title', async () => {
  const files = (await readdir(join(root, 'docs/decisions'))).toSorted();
  const numbers = files.map((file) => file.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
  for (const file of files) {
    const [title = ''] = (await readText(`docs/decisions/${file}`)).split('\n');
    expect(title, file).toMatch(new RegExp(`^# ${file.slice(0, 4)}\\b`));
  }
});

test('check looks at types, lint, layers, unused code and the schema', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readText('package.json')));
  const steps = (scripts.check ?? '').split(' && ').map((step) => scripts[step.replace('npm run ', '')] ?? step);
  const tools = ['tsc --noEmit', 'biome check', 'depcruise', 'knip', 'schema print'];
  expect(steps.map((step) => tools.find((tool) => step.includes(tool)))).toEqual(tools);
});

test('nothing that is kept for speed is thrown away whole when it is full (LRUCache forgets what was not used for longest)', async () => {
  const sources = [...(await findSources('src')), ...(await findSources('schema'))];
  const emptying = /if \([^\n]*\.size >=? [^\n]*\)[^\n]*\s*[^\n]*\.clear\(\)/;
  expect('if (rooms.size >= maxRooms) rooms.clear();').toMatch(emptying);
  const texts = await Promise.all(sources.map(async (path) => ({ path, text: await readText(path) })));
  expect(texts.filter(({ text }) => emptying.test(text)).map(({ path }) => path)).toEqual([]);
});

/** What the client hands to a page is named like what the service knows of the same thing; its `Client` is the one that a page makes. */
const meantTwice = [
  ...[
    'Actor',
    'Ban',
    'Client',
    'DoorPage',
    'Knock',
    'KnockView',
    'LiveStream',
    'MediaAccess',
    'Participant',
    'Refusal',
  ],
  ...['Room', 'RoomEvent', 'RoomView'],
];

test('a type has a name of its own: who looks for it by its name finds one', async () => {
  const folders = ['src', 'schema', 'packages/client/src'];
  const sources = (await Promise.all(folders.map(findSources))).flat().filter((path) => !path.includes('/generated/'));
  const declared = /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class) (\w+)/gm;
  const found = await Promise.all(
    sources.map(async (path) =>
      [...(await readText(path)).matchAll(declared)].map(([, name = '']) => ({ name, path })),
    ),
  );
  const byName = Object.entries(Object.groupBy(found.flat(), ({ name }) => name));
  const twice = byName.filter(([, places = []]) => places.length > 1);
  const told = twice.filter(([name]) => !meantTwice.includes(name));
  expect(told.map(([name, places = []]) => `${name}: ${places.map(({ path }) => path).join(', ')}`)).toEqual([]);
  // Each of these once on either side, and no word on the list that is not needed there.
  for (const name of meantTwice) {
    const places = byName.find(([known]) => known === name)?.[1] ?? [];
    expect(
      places.map(({ path }) => path.startsWith('packages/client/')),
      name,
    ).toEqual(places.map((_, index) => index > 0));
    expect(places, name).toHaveLength(2);
  }
});

test('Drizzle is imported for its types alone, and loaded in one place (decision 0015)', async () => {
  const sources = [...(await findSources('src')), ...(await findSources('schema'))];
  const texts = await Promise.all(sources.map(async (path) => ({ path, text: await readText(path) })));
  const importing = texts.filter(({ text }) => /^(?:import|export) (?!type)[^;]* from 'drizzle-orm/m.test(text));
  expect(importing.map(({ path }) => path)).toEqual([]);
  const loading = texts.filter(({ text }) => text.includes('createRequire('));
  expect(loading.map(({ path }) => path)).toContain('src/storage/postgres/orm.ts');
});

test('what somebody asks of a room is done by `act`: no service unwraps an answer by hand', async () => {
  const sources = await findSources('src/services');
  const texts = await Promise.all(sources.map(async (path) => ({ path, text: await readText(path) })));
  const orders = texts.flatMap(({ path, text }) =>
    text
      .split('.submit(')
      .slice(1)
      .map((order) => ({ path, order })),
  );
  expect(orders.length).toBeGreaterThan(0);
  // What the service does of itself is shown to nobody.
  const byHand = orders.filter(({ order }) => !/by: null|settleCommand/.test(order.slice(0, 120)));
  expect(byHand).toEqual([]);
});

test('CONTRIBUTING has a line for every folder of src, and names no folder and no file that is not there', async () => {
  const map = await readText('CONTRIBUTING.md');
  const folders = new Set((await findSources('src')).map((path) => dirname(path)).filter((path) => path !== 'src'));
  for (const folder of folders) expect(map, folder).toContain(`\n| \`${folder}\` |`);
  for (const document of ['CONTRIBUTING.md', 'docs/architecture.md']) {
    for (const path of pathsIn(await readText(document))) {
      await expect(access(join(root, path)), `${document}: ${path}`).resolves.toBeUndefined();
    }
  }
});

test('CONTRIBUTING lists each task of npm run once, and none that is not there', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readText('package.json')));
  const table = (await readText('CONTRIBUTING.md')).split('\n').filter((line) => line.startsWith('| `'));
  const commands = table.flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/npm (?:run )?([a-z][\w:]*)/g)]);
  // One of npm's own commands is no task; `npm test` has a second line for a part of it.
  const listed = commands.map(([, name = '']) => name).filter((name) => name !== 'ci' && name !== 'pack');
  // npm calls these by itself, and `check` and `build` call the others.
  const parts = /^(?:prepare|prepack|clean|check:.+)$/;
  const tasks = Object.keys(scripts).filter((name) => !parts.test(name));
  expect(listed.toSorted()).toEqual([...tasks, 'test'].toSorted());
});

/** What stands in code marks, or in a picture, and is the path of something of the project; `<noun>` stands for many. */
function pathsIn(document: string): readonly string[] {
  const named = document.matchAll(
    /[`"\s]((?:src|schema|test|web|packages|drizzle|docs|bench)\/[\w./-]*)(?=[`<\s,;:])/g,
  );
  const made = 'docs/reference.md';
  return [...named].map(([, path = '']) => path).filter((path) => path !== made);
}

test.each([
  ['src/room/writer.ts', 12],
  ['src/streams/hub.ts', 12],
  ['src/rules/entry.ts', 10],
])('%s opens with its algorithm, in %i lines or more', async (path, lines) => {
  const head = /^\/\*\n([\s\S]*?)\*\//.exec(await readText(path))?.[1] ?? '';
  expect(head.split('\n').length).toBeGreaterThanOrEqual(lines);
});

test('a title that does not say its case is found, in every group (each file of tests is looked through as it is run)', () => {
  const tasks = [{ name: 'one' }, { name: 'with %s' }, { name: 'of %3$s' }, { name: 'of [object Object]' }];
  const file = { name: 'file', tasks: [...tasks, { name: 'group', tasks: [{ name: 'one' }, { name: 'one' }] }] };
  expect(findBadTitles(file)).toEqual(['with %s', 'of %3$s', 'of [object Object]', 'one']);
});

test('a test file is pure where it reaches no database, socket or process by any import', async () => {
  const { pure, sockets, service } = sortTests();
  expect([...pure, ...sockets, ...service].sort()).toEqual((await findSources('test')).filter(isTestFile).sort());
  const text = async (path: string) => ({ path, text: await readText(path) });
  const asking = /\b(?:createTestDatabase|startServer|spawnServer|openHouse|spawn|execFile|startEmbeddedPostgres)\(/;
  const found = async (paths: readonly string[], what: RegExp) =>
    (await Promise.all(paths.map(text))).filter((file) => what.test(file.text)).map(({ path }) => path);
  expect(await found([...pure, ...sockets], asking)).toEqual([]);
  expect(await found(pure, /\b(?:openDoor|createServer|listenOn|wsClient|fetch)\(/)).toEqual([]);
});

const isTestFile = (path: string) => path.endsWith('.test.ts');

describe('layers', () => {
  const door = (path: string) => `export { x } from '${path}';`;
  const wrongs = [
    ['rules take no package', 'rules are pure', 'src/rules/package.ts', `export { z } from 'zod';`],
    ['rules take no node module', 'rules are pure', 'src/rules/node.ts', `export { randomBytes } from 'node:crypto';`],
    ['rules know no storage', 'layer src/rules', 'src/rules/down.ts', `export type { X } from '../storage/door.ts';`],
    [
      'storage knows no service',
      'layer src/storage',
      'src/storage/up.ts',
      `export type { X } from '../services/door.ts';`,
    ],
    [
      'services know no schema',
      'layer src/services',
      'src/services/up.ts',
      `export const x = import('../../schema/door.ts');`,
    ],
    ['services know no adapter', 'layer src/services', 'src/services/aside.ts', door('../webhooks/door.ts')],
    ['the room knows no stream', 'layer src/room', 'src/room/up.ts', door('../streams/door.ts')],
    ['streams know no service', 'layer src/streams', 'src/streams/up.ts', door('../services/door.ts')],
    ['the schema knows no storage', 'layer schema', 'schema/down.ts', door('../src/storage/door.ts')],
    ['adapters know no schema', 'layer src/webhooks', 'src/webhooks/up.ts', door('../../schema/door.ts')],
    [
      'SQL is written in storage alone',
      'home of postgres',
      'src/services/sql.ts',
      `export { default as x } from 'postgres';`,
    ],
    ['pages use the public API alone', 'layer web', 'web/down.ts', door('../src/rules/door.ts')],
    ['pages use of the client what everybody may', 'layer web', 'web/aside.ts', door('../packages/client/src/door.ts')],
    [
      'the client is a page’s',
      'layer packages/client',
      'packages/client/src/up.ts',
      door('../../../src/rules/door.ts'),
    ],
    [
      'a backend is nobody’s of ours',
      'layer packages/backend',
      'packages/backend/src/up.ts',
      door('../../../src/rules/door.ts'),
    ],
    ['every file has its layer', 'every file of src', 'src/stray.ts', door('./rules/door.ts')],
    ['a command stands alone', 'a command imports no command', 'src/rules/knocking.ts', door('./knocking.ts')],
    ['cycles are found', 'no cycles', 'src/rules/round.ts', door('./round.ts')],
  ] as const;

  test('a house in order has no violations', async () => {
    expect(await findViolations(await buildHouse())).toBe('');
  });

  describe('a house with something wrong in each room', () => {
    let violations: readonly string[];

    beforeAll(async () => {
      const house = await buildHouse();
      for (const [, , path, source] of wrongs) await writeFile(join(house, path), source);
      violations = (await findViolations(house)).split('\n');
    });

    test.each(wrongs)('%s', (_guarantee, rule, path) => {
      const told = violations.filter((line) => line.includes(`error ${rule}`) && line.includes(`: ${path}`));
      expect(told).toHaveLength(1);
    });
  });
});

/** An empty house under the same rules: one file in each layer, and no import that is not allowed. */
async function buildHouse(): Promise<string> {
  const house = await mkdtemp(join(tmpdir(), 'vestibule-house-'));
  closeAfterwards(() => rm(house, { recursive: true, force: true }));
  const layers = [
    'schema',
    'web',
    'packages/client/src',
    'packages/backend/src',
    ...['rules', 'storage', 'room', 'streams', 'services', 'webhooks'].map((layer) => `src/${layer}`),
  ];
  for (const layer of layers) {
    await mkdir(join(house, layer), { recursive: true });
    await writeFile(join(house, layer, 'door.ts'), 'export type X = number; export const x = 1;');
  }
  await Promise.all(
    ['.dependency-cruiser.mjs', 'package.json'].map((name) => copyFile(join(root, name), join(house, name))),
  );
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  return house;
}

async function findViolations(house: string): Promise<string> {
  const program = join(root, 'node_modules/.bin/depcruise');
  const parameters = ['--config', '.dependency-cruiser.mjs', 'src', 'schema', 'web', 'packages'];
  return promisify(execFile)(process.execPath, [program, ...parameters], { cwd: house }).then(
    () => '',
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
}
