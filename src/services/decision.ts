import type { Caller } from '../rules/caller.ts';
import { isRefusal, refusalIn } from '../rules/refusal.ts';

/** What a service decided, in words out of closed sets: nothing of it names a person, a room or a credential. */
export interface ToldDecision {
  /** The operation of the API that asked. */
  readonly operation: string;
  /** What came of it: DONE, a member of the result union, or an access level. */
  readonly outcome: string;
  /** Why it was refused; null: it was not. */
  readonly code: string | null;
  readonly caller: Caller;
}

/** What came of an operation that decides something, read off what a service answered. */
export function decisionOf(operation: string, caller: Caller, answer: unknown): ToldDecision {
  return { operation, ...readAnswer(answer), caller };
}

function readAnswer(answer: unknown): Pick<ToldDecision, 'outcome' | 'code'> {
  const refused = refusalIn(answer);
  if (refused !== null) return { outcome: refused.refusal, code: refused.code };
  if (typeof answer !== 'object' || answer === null) return { outcome: 'DONE', code: null };
  // Of an access: how far it goes, and with NONE why.
  if ('level' in answer && typeof answer.level === 'string') {
    const refusal = 'refusal' in answer ? answer.refusal : null;
    return { outcome: answer.level, code: isRefusal(refusal) ? refusal.code : null };
  }
  return { outcome: 'kind' in answer && typeof answer.kind === 'string' ? answer.kind : 'DONE', code: null };
}
