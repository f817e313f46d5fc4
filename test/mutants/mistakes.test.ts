import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeAfterwards } from '../support/closers.ts';
import { applyMistake, parseMistakes, readMistakes } from './mistakes.ts';

const root = join(import.meta.dirname, '../..');

describe('the list of mistakes', async () => {
  const mistakes = await readMistakes();

  test('each still applies, at one place', async () => {
    const broken: string[] = [];
    for (const mistake of mistakes) {
      const text = await readFile(join(root, mistake.file), 'utf8').catch(() => '');
      try {
        applyMistake(text, mistake);
      } catch (error) {
        broken.push(`${mistake.name}: ${error}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('each names tests that exist', async () => {
    const files = new Set(mistakes.flatMap(({ tests }) => tests).filter((name) => name !== 'lint'));
    const missing = await Promise.all(
      [...files].map((file) =>
        access(join(root, file)).then(
          () => [],
          () => [file],
        ),
      ),
    );
    expect(missing.flat()).toEqual([]);
  });
});

const good = ['== a name', 'kind: kinds', 'file: a.ts', 'tests: a.test.ts b.test.ts', '- one', '- two', '+ three', ''];

test('an edit may have several lines, and an empty one in place of them', () => {
  const without = good.filter((line) => !line.startsWith('+'));
  expect(parseMistakes(`A head.\n\n${good.join('\n')}\n${without.join('\n')}`)).toEqual([
    {
      name: 'a name',
      kind: 'kinds',
      file: 'a.ts',
      find: 'one\ntwo',
      replace: 'three',
      tests: ['a.test.ts', 'b.test.ts'],
      title: null,
    },
    expect.objectContaining({ find: 'one\ntwo', replace: '' }),
  ]);
});

test.each([
  ['no kind', good.filter((line) => !line.startsWith('kind'))],
  ['no file', good.filter((line) => !line.startsWith('file'))],
  ['no tests', good.filter((line) => !line.startsWith('tests'))],
  ['nothing to find', good.filter((line) => !line.startsWith('-'))],
  ['a line of another kind', [...good, 'and so on']],
])('a mistake with %s is refused by its name', (_what, lines) => {
  expect(() => parseMistakes(lines.join('\n'))).toThrow('a name');
});

describe('npm run mutants', () => {
  // Files of the client: it compiles in a moment, and these tests of it start nothing.
  const store = 'packages/client/src/store.ts';
  const patience = { file: 'packages/client/src/patience.ts', tests: 'test/client/stream.test.ts' };

  const bad = [
    ['does not apply any more', 'FAILS', 'no longer applies', ['- nowhere to be found', '+ anything']],
    ['applies at two places', 'FAILS', 'no longer applies', ['- export', '+ import']],
    ['does not compile', 'FAILS', 'does not compile', ['- export interface Store', '+ export nothing Store']],
    ['nobody notices', 'SURVIVES', 'lint finds nothing', ['- export interface Store', '+ export  interface Store']],
  ] as const;

  describe('of a list where every mistake is bad', () => {
    let ended: Awaited<ReturnType<typeof runMutants>>;
    let before: string;

    // One run for all of them: each needs a copy of the project.
    beforeAll(async () => {
      before = await readFile(join(root, store), 'utf8');
      const lists = bad.map(([name, , , edit]) => [
        `== ${name}`,
        'kind: kinds',
        `file: ${store}`,
        'tests: lint',
        ...edit,
      ]);
      ended = await runMutants(lists.flat());
    });

    test.each(bad)('a mistake that %s %s by its name', (name, says, why) => {
      expect(ended.output).toMatch(new RegExp(`^${says} +${name} .*${why}`, 'm'));
    });

    test('it fails, and the tree stays as it is', async () => {
      expect(ended).toEqual({ code: 1, output: expect.stringMatching(/^0 caught, 1 survive, 3 fail$/m) });
      expect(await readFile(join(root, store), 'utf8')).toBe(before);
    });
  });

  test('a mistake that its tests notice is caught', { timeout: 120_000 }, async () => {
    const head = ['== the name of it', 'kind: kinds', `file: ${patience.file}`, `tests: ${patience.tests}`];
    const ended = await runMutants([...head, '- retryAfterSeconds * 1000', '+ retryAfterSeconds * 1001']);
    expect(ended).toEqual({ code: 0, output: expect.stringMatching(/^caught +the name of it/) });
  });
});

async function runMutants(list: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-mistakes-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'list.txt');
  await writeFile(path, list.join('\n'));
  const parameters = ['test/mutants/run.ts', '--list', path];
  return promisify(execFile)(process.execPath, parameters, { cwd: root }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: unknown) => {
      const { code, stdout } = z.object({ code: z.number(), stdout: z.string() }).parse(error);
      return { code, output: stdout };
    },
  );
}
