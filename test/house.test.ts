import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printSchema } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../schema/index.ts';
import { settingNames } from '../src/config.ts';
import { closeAfterwards } from './support/closers.ts';

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
  for (const [folder, limit] of Object.entries({ src: 300, schema: 300, web: 300, test: 450, bench: 450 })) {
    for (const path of await findSources(folder)) {
      const lines = (await readText(path)).trimEnd().split('\n').length;
      if (lines > limit) tooLong.push(`${path}: ${lines} of ${limit}`);
    }
  }
  expect(tooLong).toEqual([]);
});

async function findSources(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return entries.filter((path) => /\.(?:ts|tsx|css)$/.test(path)).map((path) => join(folder, path));
}

test('check looks at types, lint, layers, unused code and the schema', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readText('package.json')));
  const steps = (scripts.check ?? '').split(' && ').map((step) => scripts[step.replace('npm run ', '')] ?? step);
  const tools = ['tsc --noEmit', 'biome check', 'depcruise', 'knip', 'schema print'];
  expect(steps.map((step) => tools.find((tool) => step.includes(tool)))).toEqual(tools);
});

describe('layers', () => {
  let house: string;

  beforeAll(async () => {
    house = await buildHouse();
  });

  test('a house in order has no violations', async () => {
    expect(await findViolations(house)).toBe('');
  });

  test.each([
    ['rules take no package', 'rules are pure', 'src/rules/door.ts', `export { z } from 'zod';`],
    ['rules take no node module', 'rules are pure', 'src/rules/door.ts', `export { randomBytes } from 'node:crypto';`],
    ['rules know no storage', 'layer src/rules', 'src/rules/door.ts', `export type { X } from '../storage/door.ts';`],
    [
      'storage knows no service',
      'layer src/storage',
      'src/storage/door.ts',
      `export type { X } from '../services/door.ts';`,
    ],
    [
      'services know no schema',
      'layer src/services',
      'src/services/door.ts',
      `export const x = import('../../schema/door.ts');`,
    ],
    [
      'services know no adapter',
      'layer src/services',
      'src/services/door.ts',
      `export { x } from '../events/door.ts';`,
    ],
    ['the schema knows no storage', 'layer schema', 'schema/door.ts', `export { x } from '../src/storage/door.ts';`],
    [
      'adapters know no schema',
      'layer src/webhooks',
      'src/webhooks/door.ts',
      `export { x } from '../../schema/door.ts';`,
    ],
    [
      'SQL is written in storage alone',
      'home of postgres',
      'src/services/door.ts',
      `export { default as x } from 'postgres';`,
    ],
    ['pages use the public API alone', 'layer web', 'web/door.ts', `export { x } from '../src/rules/door.ts';`],
    ['every file has its layer', 'every file of src', 'src/stray.ts', `export { x } from './rules/door.ts';`],
    ['cycles are found', 'no cycles', 'src/rules/door.ts', `export { y } from './door-two.ts';`],
  ])('%s', async (_guarantee, rule, path, source) => {
    const before = await readFile(join(house, path), 'utf8').catch(() => null);
    await writeFile(join(house, path), source);
    expect(await findViolations(house)).toContain(`error ${rule}`);
    await (before === null ? rm(join(house, path)) : writeFile(join(house, path), before));
  });
});

/** An empty house under the same rules: one file in each layer, and no import that is not allowed. */
async function buildHouse(): Promise<string> {
  const house = await mkdtemp(join(tmpdir(), 'vestibule-house-'));
  closeAfterwards(() => rm(house, { recursive: true, force: true }));
  const layers = [
    'schema',
    'web',
    ...['rules', 'storage', 'services', 'events', 'webhooks'].map((layer) => `src/${layer}`),
  ];
  for (const layer of layers) {
    await mkdir(join(house, layer), { recursive: true });
    await writeFile(join(house, layer, 'door.ts'), 'export type X = number; export const x = 1;');
  }
  await writeFile(join(house, 'src/rules/door-two.ts'), `import { x } from './door.ts'; export const y = x;`);
  await Promise.all(
    ['.dependency-cruiser.mjs', 'package.json'].map((name) => copyFile(join(root, name), join(house, name))),
  );
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  return house;
}

async function findViolations(house: string): Promise<string> {
  const program = join(root, 'node_modules/.bin/depcruise');
  const parameters = ['--config', '.dependency-cruiser.mjs', 'src', 'schema', 'web'];
  return promisify(execFile)(process.execPath, [program, ...parameters], { cwd: house }).then(
    () => '',
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
}
