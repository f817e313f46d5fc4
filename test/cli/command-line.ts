import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { run } from '../../src/cli/run.ts';

export type Ran = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type Vestibule = (...words: readonly string[]) => Promise<Ran>;

const failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Runs a program to its end, whatever its exit code. */
export async function runProgram(
  program: string,
  words: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Ran> {
  return promisify(execFile)(program, [...words], { ...options, maxBuffer: 16_777_216 }).then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = failed.parse(error);
      return { exitCode: code, stdout, stderr };
    },
  );
}

/** The settings of the tests' servers on this database, for a program beside them. */
export function settingsFor(databaseUrl: string): Readonly<Record<string, string | undefined>> {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    // What a developer has in a `.env` is none of the tests' business.
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    MASTER_KEY: createHash('sha256').update('master key of the tests').digest('base64'),
  };
}

/** The command line with these settings, within this process: its words, its streams, its exit code. */
export function vestibuleWith(environment: Readonly<Record<string, string | undefined>>): Vestibule {
  return async (...words) => {
    const stdout: string[] = [];
    const stderr: string[] = [];
    const streams = {
      stdout: (text: string) => void stdout.push(text),
      stderr: (text: string) => void stderr.push(text),
    };
    const exitCode = await run(words, { environment: { NODE_ENV: 'test', ...environment }, streams });
    return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
  };
}
