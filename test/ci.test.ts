import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeAfterwards } from './support/closers.ts';

// .ci/run as it stands, in an empty house, with programs of ours in place of npm, apt-get, go and what they install.

const counts = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] };
const leave = (results: object) => `echo '${JSON.stringify(results)}' > "$results"`;
/** A second try leaves nothing. */
const firstRun = (results: object) => `case "$3" in --*) ${leave(results)};; esac`;
const wellRun = { ci: 'true', install: 'true', check: 'true', test: leave(counts) };
const installed = 'touch "$(dirname "$0")/component"; chmod +x "$(dirname "$0")/component"';

let house: string;

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'vestibule-ci-'));
  closeAfterwards(() => rm(house, { recursive: true, force: true }));
  await mkdir(join(house, 'bin'));
  await mkdir(join(house, '.ci'));
  for (const name of ['bash', 'chmod', 'dirname', 'env', 'mkdir', 'mktemp', 'mv', 'rm', 'timeout', 'touch']) {
    const { stdout } = await promisify(execFile)('which', [name]);
    await symlink(stdout.trim(), join(house, 'bin', name));
  }
  await symlink(process.execPath, join(house, 'bin/node'));
  await symlink(join(import.meta.dirname, '../.ci/results.mjs'), join(house, '.ci/results.mjs'));
  await writeProgram('id', '#!/usr/bin/env bash\necho 0');
  await writeProgram('sleep', '#!/usr/bin/env bash\ntrue');
});

async function writeProgram(name: string, text: string): Promise<void> {
  const path = join(house, 'bin', name);
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/** `aptGet`, `go`: what installing does; the component is not there before. */
async function run({
  npm = {},
  aptGet = installed,
  go = 'false',
  components = 'component',
  CI = '',
  environment = {},
}) {
  const { ci, install, check, test: tests } = { ...wellRun, ...npm };
  await rm(join(house, 'bin/component'), { force: true });
  await rm(join(house, 'tries'), { force: true });
  await writeProgram('apt-get', `#!/usr/bin/env bash\n[ "$1" = update ] || { echo . >> tries; ${aptGet}; }`);
  await rm(join(house, 'go'), { recursive: true, force: true });
  const script = await readFile(join(import.meta.dirname, '../.ci/run'), 'utf8');
  await writeProgram('../.ci/run', script.replace(/^components=\([^)]+\)$/m, `components=(${components})`));
  await writeProgram('go', `#!/usr/bin/env bash\n${go}`);
  await writeProgram(
    'npm',
    `#!/usr/bin/env bash
    for each in "$@"; do case "$each" in --outputFile.json=*) results="\${each#*=}";; esac; done
    case "$1 \${2:-}" in 'ci ') ${ci};; 'install --prefix') ${install};; 'run check') ${check};; 'test --') ${tests};; *) exit 9;; esac`,
  );
  const env = { PATH: join(house, 'bin'), HOME: house, CI, ...environment };
  const { code, stdout } = await promisify(execFile)(join(house, '.ci/run'), [], { env }).then(
    (ended) => ({ code: 0, ...ended }),
    (error: unknown) => z.object({ code: z.number(), stdout: z.string() }).parse(error),
  );
  const lines = stdout.trimEnd().split('\n');
  return { code, lastLine: lines.at(-1), said: lines.slice(0, -1).join('\n') };
}

describe('.ci/run ends with what was counted', () => {
  test('where all is well', async () => {
    expect(await run({})).toMatchObject({ code: 0, lastLine: '7 passed, 0 failed, 2 skipped' });
  });

  test.each([
    ['npm ci fails', { ci: 'false' }, '0 passed, 1 failed, 0 skipped'],
    ['npm run check fails', { check: 'false' }, '0 passed, 1 failed, 0 skipped'],
    ['the tests end before they are counted', { test: 'false' }, '0 passed, 1 failed, 0 skipped'],
    ['the tests pass and their run fails', { test: `${wellRun.test}; false` }, '7 passed, 1 failed, 2 skipped'],
    ['no test was run', { test: leave({ ...counts, numPassedTests: 0 }) }, '0 passed, 1 failed, 2 skipped'],
    ['tests fail', { test: `${leave({ ...counts, numFailedTests: 3 })}; false` }, '7 passed, 3 failed, 2 skipped'],
    [
      'a file cannot be loaded',
      {
        test: `${firstRun({ ...counts, testResults: [{ name: 'x', status: 'failed', assertionResults: [] }] })}; false`,
      },
      '7 passed, 1 failed, 2 skipped',
    ],
  ])('where %s', async (_what, npm, lastLine) => {
    expect(await run({ npm })).toMatchObject({ code: 1, lastLine });
  });
});

test('a framework that the registry does not give away is named, and fails the run with CI=true alone', async () => {
  const npm = { install: 'false' };
  const there = { CI: 'true', components: '' };
  expect(await run({ npm, ...there })).toMatchObject({ code: 1, lastLine: '7 passed, 1 failed, 2 skipped' });
  const { code, said } = await run({ npm, components: '' });
  expect([code, said]).toEqual([0, expect.stringContaining('next could not be installed')]);
});

test('the ten files that took longest are named, the longest first', async () => {
  const timed = (seconds: number) => ({
    name: join(house, `test/of-${seconds}.test.ts`),
    status: 'passed',
    assertionResults: [],
    startTime: 5_000,
    endTime: 5_000 + seconds * 1_000,
  });
  const testResults = [3, 12, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11].map(timed);
  const { said } = await run({ npm: { test: leave({ ...counts, testResults }) } });
  expect(said.split('\n').map((line) => line.trim())).toEqual(
    [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((seconds) => `${seconds}.0 s  test/of-${seconds}.test.ts`),
  );
});

describe('what failed is tried again by itself', () => {
  const file = (name: string, ...outcomes: ('passed' | 'failed')[]) => ({
    name,
    status: outcomes.length === 0 || outcomes.includes('failed') ? 'failed' : 'passed',
    assertionResults: outcomes.map((status, n) => ({ status, fullName: `${name} case ${n}` })),
  });
  const report = (...testResults: ReturnType<typeof file>[]) => {
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const numFailedTests = all.filter(({ status }) => status === 'failed').length;
    return { ...counts, testResults, numFailedTests, numPassedTests: all.length - numFailedTests };
  };
  /** The first run leaves the one report, a run of the files that failed the other. */
  const twice = (first: object, second: object, name: string) =>
    `case "$3 $4" in --*) ${leave(first)}; false;; '${name} --reporter=default') ${leave(second)};; *) false;; esac`;
  const first = report(file('a', 'passed'), file('b', 'passed', 'failed'), file('c', 'passed'));

  test('and counts where it passes then, which is said', async () => {
    const tests = twice(first, report(file('b', 'passed', 'passed')), 'b');
    const { said, ...ended } = await run({ npm: { test: tests } });
    expect(ended).toEqual({ code: 0, lastLine: '4 passed, 0 failed, 2 skipped' });
    expect(said).toContain('failed, and passed when its file was tried again by itself: b case 1');
  });

  test('and fails where it fails again', async () => {
    const tests = `${twice(first, report(file('b', 'passed', 'failed')), 'b')}; false`;
    expect(await run({ npm: { test: tests } })).toMatchObject({ code: 1, lastLine: '3 passed, 1 failed, 2 skipped' });
  });

  test('and fails where the second run says nothing', async () => {
    const tests = `${firstRun(first)}; false`;
    expect(await run({ npm: { test: tests } })).toMatchObject({ code: 1, lastLine: '3 passed, 1 failed, 2 skipped' });
  });

  test('a file that could not be loaded as well', async () => {
    const tests = twice(report(file('a', 'passed'), file('b')), report(file('b', 'passed')), 'b');
    expect(await run({ npm: { test: tests } })).toMatchObject({ code: 0, lastLine: '2 passed, 0 failed, 2 skipped' });
  });

  test('unless there is too much of it for chance', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => file(name, 'failed'));
    const tests = `case "$3" in --*) ${leave(report(...many))}; false;; *) ${leave(counts)};; esac`;
    expect(await run({ npm: { test: tests } })).toMatchObject({ code: 1, lastLine: '0 passed, 4 failed, 2 skipped' });
  });
});

test.each([
  ['at full length', {}, '1'],
  ['for as long as the environment says', { FAULTS_SCALE: '10' }, '10'],
])('the faults of the tests go on %s', async (_how, environment, scale) => {
  const npm = { test: `echo "scale $FAULTS_SCALE"; ${wellRun.test}` };
  expect((await run({ npm, environment })).said).toContain(`scale ${scale}`);
});

describe('what npm does not bring', () => {
  test('is installed at a second try', async () => {
    const aptGet = `[ "$(echo $(< tries))" = '. .' ] && { ${installed}; }`;
    expect(await run({ aptGet, CI: 'true' })).toMatchObject({ code: 0, lastLine: '7 passed, 0 failed, 2 skipped' });
  });

  test('fails the run with CI=true where it cannot be had', async () => {
    const { said, ...ended } = await run({ aptGet: 'false', CI: 'true' });
    expect(ended).toEqual({ code: 1, lastLine: '7 passed, 1 failed, 2 skipped' });
    expect(said).toContain('component could not be installed');
  });

  test('is said elsewhere, and its tests are skipped', async () => {
    const { said, ...ended } = await run({ aptGet: 'false' });
    expect(ended).toEqual({ code: 0, lastLine: '7 passed, 0 failed, 2 skipped' });
    expect(said).toContain('component could not be installed');
  });

  test('a small Debian is made once, whole or not at all', async () => {
    const debootstrap = join(house, 'bin/debootstrap');
    const make = 'for root in "$@"; do true; done; mkdir -p "$root/etc"; touch "$root/etc/debian_version"';
    await writeProgram('debootstrap', `#!/usr/bin/env bash\n${make}; false`);
    const components = 'debian-root';
    expect(await run({ components, CI: 'true' })).toMatchObject({ lastLine: '7 passed, 1 failed, 2 skipped' });
    await writeProgram('debootstrap', `#!/usr/bin/env bash\n${make}`);
    expect(await run({ components, CI: 'true' })).toMatchObject({ lastLine: '7 passed, 0 failed, 2 skipped' });
    await rm(debootstrap);
    expect(await run({ components, CI: 'true' })).toMatchObject({ lastLine: '7 passed, 0 failed, 2 skipped' });
  });

  describe('and a Go module brings', () => {
    const components = 'example.com/tools/component@v1.2.3';

    test('is installed at its version, where it is looked for', async () => {
      const go = `[ "$*" = 'install ${components}' ] && mkdir -p "$GOBIN" && touch "$GOBIN/component" && chmod +x "$GOBIN/component"`;
      expect(await run({ components, go, aptGet: 'false', CI: 'true' })).toMatchObject({ code: 0 });
    });

    test('is kept under the name that it is given', async () => {
      const go = '[ "$2" = example.com/tools/cmd/server@v1.2.3 ] && echo > "$GOBIN/server" && chmod +x "$GOBIN/server"';
      const named = 'component=example.com/tools/cmd/server@v1.2.3';
      expect(await run({ components: named, go, aptGet: 'false', CI: 'true' })).toMatchObject({ code: 0 });
      expect(await readdir(join(house, 'go/bin'))).toEqual(['component']);
    });

    test('or is built from a file that describes it', async () => {
      const built =
        'case "$2" in *cmd/builder@v*) [ -f "$4" ] && echo > component && chmod +x component;; *) false;; esac';
      await writeFile(join(house, '.ci/component.yaml'), '');
      const described = 'component=.ci/component.yaml';
      expect(await run({ components: described, go: built, aptGet: 'false', CI: 'true' })).toMatchObject({ code: 0 });
      expect(await readdir(join(house, 'go/bin'))).toEqual(['component']);
    });

    test('fails the run with CI=true where it cannot be had, and is named', async () => {
      const { said, ...ended } = await run({ components, CI: 'true' });
      expect(ended).toEqual({ code: 1, lastLine: '7 passed, 1 failed, 2 skipped' });
      expect(said).toMatch(/^component could not be installed/m);
    });
  });
});
