import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** What a `.env` is read for. In production settings come from whoever runs the service, and tests have their own. */
const unread: readonly string[] = ['production', 'test'];

/** The environment, with what a file beside it says of what it leaves out. A file that is not there says nothing. */
export function withEnvFile(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
): Record<string, string | undefined> {
  if (unread.includes(environment.NODE_ENV ?? '')) return { ...environment };
  return { ...parseEnv(readText(file)), ...environment };
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
