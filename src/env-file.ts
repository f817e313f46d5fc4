import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, settingNames } from './config.ts';
import { findDoubled } from './setting-problems.ts';

/** What a `.env` is read for. In production settings come from whoever runs the service, and tests have their own. */
const unread: readonly string[] = ['production', 'test'];

/**
 * What a file of `NAME=value` lines says.
 * @throws ConfigError where it sets a setting twice
 */
export function readEnvText(text: string, file: string): Record<string, string | undefined> {
  const doubled = findDoubled(text, settingNames);
  if (doubled.length > 0)
    throw new ConfigError(doubled.map((name) => `${name} is set twice in ${file}: leave one out.`));
  return parseEnv(text);
}

/**
 * The environment, with what a file beside it says of what it leaves out. A file that is not there says nothing.
 * @throws ConfigError where the file sets a setting twice
 */
export function withEnvFile(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
): Record<string, string | undefined> {
  if (unread.includes(environment.NODE_ENV ?? '')) return { ...environment };
  return { ...readEnvText(readText(file), file), ...environment };
}

/** @throws what the system says of a file that is there and cannot be read */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
