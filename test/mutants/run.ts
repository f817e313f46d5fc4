import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type CopiedTree, copyTree } from './copied-tree.ts';
import { applyMistake, listOfMistakes, type Mistake, readMistakes } from './mistakes.ts';

/*
 * Makes each mistake of the list in a copy of this project, one at a time, and says which of them no test notices:
 *
 *   npm run mutants                       all of them
 *   npm run mutants -- --only "knock"     those whose name, kind or file has this text
 *   npm run mutants -- --list other.txt   those of another list
 *
 * A mistake that does not apply any more, or does not compile, proves nothing: it fails, by its name. So does a test that fails
 * without any mistake. It ends with 1 where one fails or survives.
 */

type Verdict = { readonly says: 'caught' | 'SURVIVES' | 'FAILS'; readonly why: string };

const longestMs = 300_000;

const { values } = parseArgs({
  options: { only: { type: 'string' }, list: { type: 'string', default: listOfMistakes } },
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

type Ended = { readonly code: number | null; readonly output: string; readonly isLate: boolean };

/** Runs one of the copy's programs, and ends it where it takes too long; and with it whatever its tests have left running. */
function runProgram(tree: CopiedTree, program: string, parameters: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const path = join(tree.path, 'node_modules/.bin', program);
    // A group of its own: tests that were ended at the first failure do not stop the servers that they began.
    const child = spawn(process.execPath, [path, ...parameters], { cwd: tree.path, detached: true });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    let isLate = false;
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nothing of it is left.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, longestMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      end();
      child.once('close', () => resolve({ code, output: output.join(''), isLate }));
    });
  });
}

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      name: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

type Tested = Ended & { readonly passed: number; readonly failed: string | null };

/** Runs tests until the first one that fails. */
async function runTests(tree: CopiedTree, tests: readonly string[], title: string | null): Promise<Tested> {
  const results = join(tree.path, 'mutant-results.json');
  await rm(results, { force: true });
  const only = title === null ? [] : ['-t', title];
  const reporting = ['--bail=1', '--reporter=json', `--outputFile=${results}`];
  const ended = await runProgram(tree, 'vitest', ['run', ...tests, ...only, ...reporting]);
  const text = await readFile(results, 'utf8').catch(() => null);
  if (text === null) return { ...ended, passed: 0, failed: null };
  const { numPassedTests, testResults } = report.parse(JSON.parse(text));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const unloaded = testResults.find(({ status }) => status === 'failed');
  return { ...ended, passed: numPassedTests, failed: failed?.fullName ?? unloaded?.name ?? null };
}

/** Which tsconfig looks at a file. */
const projectOf = (file: string) => /^(web|packages\/client)\//.exec(file)?.[1] ?? '.';

async function judge(tree: CopiedTree, { file, tests, title }: Mistake): Promise<Verdict> {
  const project = projectOf(file);
  const remembered = join(tree.path, 'node_modules/.cache', `${project.replace('/', '-')}.tsbuildinfo`);
  // For many mistakes it pays to remember what was found out of all other files.
  const sparing = chosen.length < 5 ? [] : ['--incremental', '--tsBuildInfoFile', remembered];
  const compiled = await runProgram(tree, 'tsc', ['--noEmit', '-p', project, ...sparing]);
  if (compiled.code !== 0) return { says: 'FAILS', why: `it does not compile: ${compiled.output.split('\n')[0]}` };
  if (tests.includes('lint')) {
    const linted = await runProgram(tree, 'oxlint', ['--type-aware', '--deny-warnings', file]);
    return linted.code === 0 ? { says: 'SURVIVES', why: 'lint finds nothing' } : { says: 'caught', why: 'lint' };
  }
  const tested = await runTests(tree, tests, title);
  if (tested.isLate) return { says: 'FAILS', why: `its tests took more than ${longestMs / 1000} s` };
  if (tested.failed !== null) return { says: 'caught', why: tested.failed };
  if (tested.code === 0 && tested.passed > 0) return { says: 'SURVIVES', why: `${tested.passed} tests pass` };
  return { says: 'FAILS', why: `no test was run: ${tested.output.slice(-500)}` };
}

/** Makes a mistake in the copy, has it judged, and undoes it. */
async function tryMistake(tree: CopiedTree, mistake: Mistake): Promise<Verdict> {
  const path = join(tree.path, mistake.file);
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    await writeFile(path, applyMistake(text, mistake));
    return await judge(tree, mistake);
  } catch (error) {
    return { says: 'FAILS', why: error instanceof Error ? error.message : String(error) };
  } finally {
    if (text !== '') await writeFile(path, text);
  }
}

/** The tests as they are: what fails by itself would seem to catch anything. What a busy machine was too slow for once is tried again. */
async function failsByItself(tree: CopiedTree, mistakes: readonly Mistake[]): Promise<string | null> {
  const files = new Set(mistakes.flatMap(({ tests }) => tests).filter((test) => test !== 'lint'));
  if (files.size === 0) return null;
  const whyNot = async () => {
    const { failed, code, output } = await runTests(tree, [...files], null);
    return failed ?? (code === 0 ? null : output.slice(-500));
  };
  return (await whyNot()) === null ? null : whyNot();
}

async function main(tree: CopiedTree, mistakes: readonly Mistake[]): Promise<boolean> {
  const failed = await failsByItself(tree, mistakes);
  if (failed !== null) {
    say(`FAILS     without any mistake: ${failed}`);
    return false;
  }
  const counts = { caught: 0, SURVIVES: 0, FAILS: 0 };
  for (const mistake of mistakes) {
    const startedAt = performance.now();
    const { says, why } = await tryMistake(tree, mistake);
    counts[says] += 1;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${says.padEnd(9)} ${mistake.name} (${mistake.file}, ${seconds} s): ${why}`);
  }
  say(`${counts.caught} caught, ${counts.SURVIVES} survive, ${counts.FAILS} fail`);
  return counts.caught === mistakes.length;
}

const only = values.only?.toLowerCase() ?? '';
const chosen = (await readMistakes(values.list)).filter(({ name, kind, file }) =>
  [name, kind, file].some((text) => text.toLowerCase().includes(only)),
);
if (chosen.length === 0) throw new Error(`no mistake has "${only}" in its name, kind or file`);
const tree = await copyTree();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void tree.remove().finally(() => process.exit(1)));
}
try {
  process.exitCode = (await main(tree, chosen)) ? 0 : 1;
} finally {
  await tree.remove();
}
