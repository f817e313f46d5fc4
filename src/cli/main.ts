#!/usr/bin/env node
import { run } from './run.ts';

// The process and nothing else: words, streams, exit code.

// The reader may have had enough (… | head), which is not a failure.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  streams: { stdout: (text) => process.stdout.write(text), stderr: (text) => process.stderr.write(text) },
});
