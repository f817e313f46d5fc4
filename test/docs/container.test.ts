import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfig, settingNames } from '../../src/config.ts';
import { findLiveKit } from '../media/livekit-server.ts';
import { readDocument } from './markdown.ts';

const root = join(import.meta.dirname, '../..');

// The compose files are not run here: that takes a container engine. They are linted, and held against what they name. The image is built
// and run by image.test.ts.
const lint = (linter: string, ...words: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin', linter), ...words], { cwd: root });

test('the Dockerfile and the compose files pass their linters', async () => {
  expect((await lint('dockerfilelint', 'Dockerfile')).stdout).toContain('None found');
  for (const file of ['compose.yaml', 'examples/livekit/compose.yaml']) {
    await expect(lint('dclint', '--max-warnings', '0', file)).resolves.toBeDefined();
  }
});

const livekit = await findLiveKit();

test.skipIf(livekit === null)(
  'LiveKit takes what its compose file configures, whose port for clients is not published',
  async () => {
    const compose = await readDocument('examples/livekit/compose.yaml');
    const [, block = ''] = /LIVEKIT_CONFIG: \|\n((?: {8}.*\n)+)/.exec(compose) ?? [];
    expect(block).toContain('port: 7880');
    const values: Readonly<Record<string, string>> = {
      LIVEKIT_NODE_IP: '192.0.2.1',
      LIVEKIT_API_SECRET: 'x'.repeat(32),
    };
    const config = block.replaceAll(/\$\{(\w+)[^}]*\}/g, (_all, name: string) => values[name] ?? 'APIkey');
    const words = ['create-join-token', '--room', 'room', '--identity', 'somebody'];
    const token = await promisify(execFile)(livekit ?? '', ['--config-body', config, ...words]);
    expect(token.stdout).toMatch(/Token: \S+\.\S+\.\S+/);
    expect(compose).not.toMatch(/7880:|:7880'/);
  },
);

test('what goes into the image is there, and secrets and data are not among it', async () => {
  const lines = (await readDocument('.dockerignore'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines[0]).toBe('*');
  for (const line of lines.slice(1)) {
    expect(line).toMatch(/^!/);
    expect((await stat(join(root, line.slice(1)))).size, line).toBeGreaterThan(0);
  }
  for (const secret of ['.env', '.data', '.git', 'node_modules']) expect(lines).not.toContain(`!${secret}`);
});

test('the compose file passes every setting on that the image leaves open, and both start the command line of the package', async () => {
  const compose = await readDocument('compose.yaml');
  const service = compose.split('\n  vestibule:\n')[1] ?? '';
  const passed = [...service.matchAll(/^ {6}([A-Z_]+): \$\{([A-Z_]+):[-?]/gm)].map(
    ([, name, of]) => `${name} of ${of}`,
  );
  const dockerfile = await readDocument('Dockerfile');
  const baked = [...dockerfile.matchAll(/^(?:ENV| {4}) ?([A-Z_]+)=/gm)].map(([, name]) => name);
  for (const name of baked) expect(settingNames).toContain(name);
  const open = settingNames.filter((name) => !baked.includes(name));
  expect(passed.toSorted()).toEqual(open.map((name) => `${name} of ${name}`).toSorted());
  const { bin } = z
    .object({ bin: z.object({ vestibule: z.string() }) })
    .parse(JSON.parse(await readDocument('package.json')));
  expect(dockerfile).toContain(`CMD ["node", "${bin.vestibule}", "serve"]`);
});

test('whoever stops a container waits longer than it takes: its drain and 15 seconds', async () => {
  const wait = Number(/stop_grace_period: (\d+)s/.exec(await readDocument('compose.yaml'))?.[1]);
  expect(wait).toBe(parseConfig({ NODE_ENV: 'production' }).drainSeconds + 15);
});

test('the bill of materials names every package that the service runs with, and its licence (npm run sbom)', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    maxBuffer: 64_000_000,
  });
  const sbom = z
    .object({
      bomFormat: z.literal('CycloneDX'),
      components: z.array(z.object({ name: z.string(), licenses: z.array(z.unknown()).optional() })),
    })
    .parse(JSON.parse(stdout));
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readDocument('package.json')));
  const named = sbom.components.map(({ name }) => name);
  for (const name of Object.keys(dependencies)) expect(named).toContain(name);
  for (const component of sbom.components) expect(component.licenses?.length, component.name).toBeGreaterThan(0);
});
