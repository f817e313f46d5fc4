import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readEnvText, withEnvFile } from '../env-file.ts';
import { withoutSecrets } from '../setting-secrets.ts';
import { findMigrationsFolder } from '../storage/postgres/migrate.ts';
import { findCommand, readWords } from './arguments.ts';
import { type Call, CliError, usageError } from './command.ts';
import { commands } from './commands.ts';
import { explainFailure } from './failure.ts';
import { describeCommand, describeCommands } from './help.ts';
import { createOutput, type Streams } from './output.ts';

export interface Surroundings {
  readonly environment: Call['environment'];
  readonly streams: Streams;
}

/** Carries out one command line. Answers the exit code: 0, 1 where it could not be done, 2 where it was not understood. */
export async function run(words: readonly string[], { environment, streams }: Surroundings): Promise<number> {
  // With the settings of a file, once it is read.
  const used = { ...environment };
  const output = createOutput(streams, { isJson: words.includes('--json') });
  try {
    const explanation = explain(words);
    if (explanation !== null) streams.stdout(explanation);
    else await perform(words, used, output);
    return 0;
  } catch (error) {
    const { failure, exitCode } = explainFailure(error);
    output.failure({ ...failure, message: withoutSecrets(failure.message, used) });
    return exitCode;
  }
}

/** What is to be shown where help is asked for; null where something is to be done. */
function explain(words: readonly string[]): string | null {
  if (words[0] === '--version') return `${version}\n`;
  const command = findCommand(commands, words);
  const asksForHelp = words.some((word) => word === '--help' || word === '-h') || words[0] === 'help';
  if (command !== null) return asksForHelp ? describeCommand(command) : null;
  return asksForHelp || words.length === 0 ? describeCommands(commands) : null;
}

async function perform(words: readonly string[], used: Record<string, string | undefined>, output: Call['output']) {
  const command = findCommand(commands, words);
  if (command === null) {
    throw usageError(`There is no command "${words.join(' ').replace(/ -.*$/, '')}".`, 'See: vestibule --help');
  }
  const call = readWords(command, words);
  const file = call.text('settings');
  // As the service reads them, whose database it is about.
  const given = file === undefined ? used : { ...readEnvText(await readSettingsFile(file), file), ...used };
  Object.assign(used, withEnvFile(given, '.env'));
  await command.run({ ...call, output, environment: used });
}

function readSettingsFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    const hint = 'To create one: vestibule settings print > FILE';
    throw new CliError('USAGE', `${file} cannot be read.`, hint, 2);
  });
}

/** The version of this installation, as its package says. */
const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(join(dirname(findMigrationsFolder()), 'package.json'), 'utf8');
  const read: unknown = JSON.parse(text);
  const isPackage = typeof read === 'object' && read !== null && 'version' in read;
  return isPackage ? String(read.version) : 'unknown';
}
