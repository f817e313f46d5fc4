/**
 * `prepack` of a package: its JavaScript and its types in `dist`, for every way in which TypeScript looks for them (decision 0030), and
 * REFERENCE.md, which says what the package exports.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeReference } from './reference.ts';

const out = 'dist';
/** The same declarations once more, in a folder whose package.json says that `require` brings what they describe. */
const outForRequire = join(out, 'commonjs');

rmSync(out, { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  // The compiler brings `./client.ts` to `./client.js` in JavaScript alone, and only young compilers read the other.
  const text = readFileSync(join(out, name), 'utf8').replaceAll(
    /((?:from |import\()(['"])\.{1,2}\/[^'"]+)\.tsx?\2/g,
    '$1.js$2',
  );
  writeFileSync(join(out, name), text);
  mkdirSync(dirname(join(outForRequire, name)), { recursive: true });
  writeFileSync(join(outForRequire, name), text);
}
writeFileSync(join(outForRequire, 'package.json'), '{ "type": "commonjs" }\n');

type Manifest = {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [{ name: `${manifest.name}${path.slice(1)}`, file: target.types }],
);
writeReference(manifest.name, entries, 'REFERENCE.md');
