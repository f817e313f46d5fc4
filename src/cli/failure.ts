import { ConfigError } from '../config.ts';
import { isRefusal, type Refusal } from '../rules/refusal.ts';
import { explainDatabaseCode } from '../storage/postgres/causes.ts';
import { findDatabaseCode } from '../storage/postgres/error.ts';
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
    const hint = 'To see every setting: vestibule settings print';
    return { failure: { code: 'SETTINGS', message: error.message, hint }, exitCode: 1 };
  }
  if (error instanceof StartRefusal) {
    return { failure: { code: error.code, message: `${error.found}.`, hint: error.hint }, exitCode: 1 };
  }
  const code = findDatabaseCode(error);
  if (code !== null) {
    const { found, hint } = explainDatabaseCode(code);
    return { failure: { code: 'DATABASE', message: `${found} (${code}).`, hint }, exitCode: 1 };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { failure: { code: 'UNEXPECTED', message, hint: '' }, exitCode: 1 };
}

/** What a service answered, where it was no refusal. @throws {CliError} with the refusal's code and all that it says */
export function granted<Answer>(answer: Answer, hint: string): Exclude<Answer, Refusal> {
  if (!isRefusal(answer)) return answer as Exclude<Answer, Refusal>;
  const message =
    answer.refusal === 'InvalidInput'
      ? answer.issues.map((issue) => `${issue.path.filter((part) => part !== 'input').join('.')} ${issue.message}.`)
      : [answer.message];
  throw new CliError(answer.code, message.join('\n'), hint);
}
