import { isRefusal, type Refusal } from '../rules/refusal.ts';
import { CliError } from './command.ts';

/** What a service answered, where it was no refusal. @throws {CliError} with the refusal's code and all that it says */
export function granted<Answer>(answer: Answer, hint: string): Exclude<Answer, Refusal> {
  if (!isRefusal(answer)) return answer as Exclude<Answer, Refusal>;
  const message =
    answer.refusal === 'InvalidInput'
      ? answer.issues.map((issue) => `${issue.path.filter((part) => part !== 'input').join('.')} ${issue.message}.`)
      : [answer.message];
  throw new CliError(answer.code, message.join('\n'), hint);
}
