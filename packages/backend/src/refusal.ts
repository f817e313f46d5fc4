import type { RefusalCode, RefusalFieldsFragment } from './generated/graphql.ts';

/**
 * A no of the service: an answer, never an exception. Tell them apart by `__typename` or by `code`; `message` is for people.
 * InvalidInput has `issues`, RateLimited `retryAfterSeconds`, KnockAlreadyDecided the `knockRequest` as it stands.
 */
export type Refusal = RefusalFieldsFragment;

/** A field of what was given is malformed; `issues` names each by its path. Nothing was stored. */
export type InvalidInput = Extract<Refusal, { readonly __typename: 'InvalidInput' }>;

/** Is this a no? Also one that later services give and this version of the package does not know. */
export function isRefusal<Answer>(answer: Answer): answer is Extract<Answer, { readonly code: RefusalCode }> {
  return typeof answer === 'object' && answer !== null && 'code' in answer;
}

/** @param path of the field, such as `input`, `exp` */
export function invalidInput(path: readonly string[], problem: string): InvalidInput {
  const message = `${path.join('.')} ${problem}.`;
  return {
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    message,
    issues: [{ path: [...path], message: problem }],
  };
}

/** An error that the service answered in place of a member of a union: by its code a refusal; null: it is none. */
export function refusalOf({ message, extensions: { code, retryAfterSeconds } }: Problem): Refusal | null {
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'OWNER_NOT_IN_ROOM':
      return { __typename: 'Forbidden', code, message };
    case 'NOT_FOUND':
      return { __typename: 'NotFound', code, message };
    case 'NAME_TAKEN':
    case 'CONFLICT':
      return { __typename: 'Conflict', code, message };
    case 'RATE_LIMITED':
      return { __typename: 'RateLimited', code, message, retryAfterSeconds: secondsFrom(retryAfterSeconds) ?? 1 };
    case 'INVALID_INPUT':
    case 'BAD_REQUEST':
    case 'LIMIT_EXCEEDED':
      return { __typename: 'InvalidInput', code: 'INVALID_INPUT', message, issues: [{ path: [], message }] };
    default:
      return null;
  }
}

/** An entry of `errors` in an answer. */
export interface Problem {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** From a number, or from a header's text; null: neither. */
export function secondsFrom(value: unknown): number | null {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
