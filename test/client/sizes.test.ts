import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { readDocument } from '../docs/markdown.ts';

const source = join(import.meta.dirname, '../../packages/client/src');

/** The most that each part may weigh in a page, in kilobytes of 1,000 bytes, minified and packed by gzip. The README says the same. */
const limits = { '@vestibule/client': 18.5, '/react': 1.6, '/vue': 0.8, '/svelte': 0.7 };

/** What a page gets that uses all of these. Frameworks are the page's own. */
async function bundle(imports: string): Promise<number> {
  const entry = 'virtual:page';
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id.endsWith(entry) ? entry : null),
        load: (id) => (id === entry ? imports : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      lib: { entry, formats: ['es'], fileName: 'page' },
      // As a page's own build does it: that of a library leaves the blanks.
      rolldownOptions: { external: ['react', 'vue', 'svelte'], output: { minify: true } },
    },
  });
  const [output] = [made].flat();
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('no bundle');
  return gzipSync(chunk.code, { level: 9 }).length / 1000;
}

const all = (file: string) => `export * from '${join(source, file)}';`;

test('the client and each adapter stay within the size that the README tells', async () => {
  const core = await bundle(all('index.ts'));
  const adapters = await Promise.all(
    ['react', 'vue', 'svelte'].map(async (name) => [
      `/${name}`,
      (await bundle(`${all('index.ts')}${all(`${name}.ts`)}`)) - core,
    ]),
  );
  const sizes = { '@vestibule/client': core, ...Object.fromEntries(adapters) };
  const readme = await readDocument('packages/client/README.md');
  for (const [name, limit] of Object.entries(limits)) {
    expect(sizes[name], name).toBeLessThan(limit);
    // And not so far below that the limit says nothing.
    expect(sizes[name], name).toBeGreaterThan(limit * 0.6);
    expect(readme).toContain(`| \`${name.startsWith('/') ? `@vestibule/client${name}` : name}\` | ${limit} kB |`);
  }
});

test('what a page does not use is not in it', async () => {
  const little = await bundle(`export { VestibuleError } from '${join(source, 'index.ts')}';`);
  expect(little).toBeLessThan(1.5);
});
