import { ConfigError } from '../config.ts';
import { findDatabaseError } from '../storage/database-error.ts';
import { StartRefusal } from '../storage/start-refusal.ts';
import { CliError } from './command.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Says what went wrong and what to do, in words that repeat no setting's value. */
export function explainFailure(error: unknown): { readonly failure: Failure; readonly exitCode: number } {
  if (error instanceof CliError) {
    return { failure: { code: error.code, message: error.message, hint: error.hint }, exitCode: error.exitCode };
  }
  if (error instanceof ConfigError) {
    const hint = 'vestibule settings print lists every setting.';
    return { failure: { code: 'SETTINGS', message: error.message, hint }, exitCode: 1 };
  }
  if (error instanceof StartRefusal) {
    return { failure: { code: error.code, message: error.message, hint: '' }, exitCode: 1 };
  }
  const code = databaseCodeOf(error);
  if (code !== null) {
    const message = `The database did not answer (${code}).`;
    const hint = 'Check DATABASE_URL, and that PostgreSQL runs and lets this machine in.';
    return { failure: { code: 'DATABASE', message, hint }, exitCode: 1 };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { failure: { code: 'UNEXPECTED', message, hint: '' }, exitCode: 1 };
}

/** What the operating system, the client or PostgreSQL says when a connection cannot be made. */
function databaseCodeOf(error: unknown): string | null {
  const failure = findDatabaseError(error);
  if (failure !== null) return failure.code;
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null;
  const isConnection = /^(?:ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|CONNECT|CONNECTION_|28|3D|57P|53|08)/;
  return isConnection.test(error.code) ? error.code : null;
}
