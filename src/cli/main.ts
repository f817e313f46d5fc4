#!/usr/bin/env node
import { explainFailedLoad, explainOldNode } from './node-version.ts';

// The process and nothing else: words, streams, exit code.

// The reader may have had enough (… | head), which is not a failure.
process.stdout.on('error', () => process.exit(0));

function end(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const problem = explainOldNode(process.versions.node);
if (problem !== null) end(problem);
// Not before: what else the program is made of may be more than an old Node.js can read.
const { run } = await import('./run.ts').catch((error: unknown) => {
  const cause = explainFailedLoad(error);
  if (cause === null) throw error;
  return end(cause);
});
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  streams: { stdout: (text) => process.stdout.write(text), stderr: (text) => process.stderr.write(text) },
});
