import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

// What .ci/run reads of the JSON reports of its test run:
//   results.mjs again <report>                          prints the files to try a second time, a line each
//   results.mjs count <report> <report> <status> <n>    prints the slowest files and what was counted; fails where something failed
// The second report is that of the second try, and empty where there was none; <status> is the exit code of the last try; n components
// are missing.

/** More files than these do not fail by chance. */
const mostFilesTriedAgain = 3;

/** So many files are named with the time that they took. */
const howManySlowest = 10;

const nothing = { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

function read(path) {
  const text = readFileSync(path, 'utf8');
  return text === '' ? nothing : JSON.parse(text);
}

const say = (line) => process.stdout.write(`${line}\n`);
const failedOf = (report) => report.testResults.filter((file) => file.status === 'failed');
const titlesOf = (file, status) =>
  file.assertionResults.filter((one) => one.status === status).map(({ fullName }) => fullName);

/** A file that could not be loaded holds no test, yet has failed. */
const countFailed = (report) =>
  report.numFailedTests + failedOf(report).filter((file) => titlesOf(file, 'failed').length === 0).length;

function tryAgain(path) {
  const files = failedOf(read(path));
  if (files.length <= mostFilesTriedAgain) for (const { name } of files) say(name);
}

/** Where time goes, for whoever wants less of it to go. */
function slowestOf({ testResults }) {
  const timed = testResults
    .map(({ name, startTime, endTime }) => ({
      name: relative(process.cwd(), name),
      seconds: (endTime - startTime) / 1000,
    }))
    .filter(({ seconds }) => seconds > 0)
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, howManySlowest);
  return timed.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
}

function count(first, second, status, absent) {
  const run = read(first);
  const again = read(second);
  const retried = again.testResults.map(({ name }) => name);
  // What a second try says counts for its whole file, in place of what the first said.
  const replaced = run.testResults.filter(({ name }) => retried.includes(name));
  for (const file of replaced) {
    const passed = again.testResults.filter(({ name }) => name === file.name).flatMap((one) => titlesOf(one, 'passed'));
    for (const title of titlesOf(file, 'failed').filter((one) => passed.includes(one)))
      say(`failed, and passed when its file was tried again by itself: ${title}`);
  }
  const passed =
    run.numPassedTests + again.numPassedTests - replaced.flatMap((file) => titlesOf(file, 'passed')).length;
  const failed = countFailed(retried.length > 0 ? again : run) + absent;
  const total = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed;
  for (const line of slowestOf(run)) say(line);
  say(`${passed} passed, ${total} failed, ${run.numPendingTests + run.numTodoTests} skipped`);
  process.exitCode = total > 0 ? 1 : 0;
}

const [, , task, first, second, status, absent] = process.argv;
if (task === 'again') tryAgain(first);
else count(first, second, Number(status), Number(absent));
