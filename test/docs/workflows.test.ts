import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findProgram } from '../support/programs.ts';
import { readDocument } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const workflows = (await readdir(join(root, '.github/workflows'))).map((name) => `.github/workflows/${name}`);

const actionlint = await findProgram('actionlint');

// The workflows are not run here: that takes the host of the repository. They are linted, and held against what they name.
describe('the workflows', () => {
  test.skipIf(actionlint === null)('pass actionlint', async () => {
    // Other linters that a machine may have would make the outcome depend on the machine.
    const words = ['-shellcheck=', '-pyflakes=', ...workflows];
    await expect(promisify(execFile)(actionlint ?? '', words, { cwd: root })).resolves.toEqual({
      stdout: '',
      stderr: '',
    });
  });

  test.each(workflows)('%s runs only scripts that there are', async (path) => {
    const text = await readDocument(path);
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readDocument('package.json')));
    for (const [, name = ''] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts, name).toHaveProperty([name]);
    expect(text).toContain('run: .ci/run');
    expect((await stat(join(root, '.ci/run'))).mode & 0o100).toBe(0o100);
  });

  test.each(workflows)(
    '%s names no host, gives no right that it does not need, and says that it was not run',
    async (path) => {
      const text = await readDocument(path);
      expect(text).not.toMatch(/https?:|\b[\w-]+\.(?:io|com|org|net|dev)\b/);
      expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
      expect(text).toContain('It was linted and not yet run');
      const checkouts = text.match(/uses: actions\/checkout@/g) ?? [];
      expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    },
  );

  test('a release publishes no package that is private', async () => {
    const release = await readDocument('.github/workflows/release.yml');
    const script = /node -e '([^']+)'/.exec(release)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: root });
    expect(stdout).toBe('publishable=[]\n');
    expect(release).toContain("if: needs.check.outputs.publishable != '[]'");
  });
});

test('Renovate finds the versions of the Go modules in .ci/run', async () => {
  const { customManagers } = z
    .object({ customManagers: z.array(z.object({ matchStrings: z.array(z.string()) })) })
    .parse(JSON.parse(await readDocument('.github/renovate.json')));
  const script = await readDocument('.ci/run');
  for (const pattern of customManagers.flatMap(({ matchStrings }) => matchStrings)) {
    expect(new RegExp(pattern).exec(script)?.groups).toMatchObject({ currentValue: expect.stringMatching(/^v\d/) });
  }
});

test('the editor config says what the formatter does', async () => {
  const { formatter } = z
    .object({ formatter: z.object({ indentStyle: z.string(), indentWidth: z.number(), lineWidth: z.number() }) })
    .parse(JSON.parse(await readDocument('biome.json')));
  const editor = await readDocument('.editorconfig');
  expect(editor).toContain(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`);
  expect(editor).toContain(`max_line_length = ${formatter.lineWidth}\n`);
});
