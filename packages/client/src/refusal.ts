import type { KnockFieldsFragment, RefusalCode, RefusalFieldsFragment } from './generated/graphql.ts';

/** A typed no: an answer, not an error. Go by `code`; `message` is for people. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  /** With RATE_LIMITED: when to try again. */
  readonly retryAfterSeconds: number | null;
  /** With ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: from when on. */
  readonly opensAt: Date | null;
  /** With INVALID_INPUT: each field that is malformed. */
  readonly issues: readonly { readonly path: readonly string[]; readonly message: string }[];
  /** With KNOCK_ALREADY_DECIDED: the knock as it stands. */
  readonly knockRequest: KnockFieldsFragment | null;
}

/** What was asked for, or why not. */
export type Outcome<Done> =
  | { readonly isDone: true; readonly value: Done }
  | { readonly isDone: false; readonly refusal: Refusal };

type Named = { readonly __typename: string };

/** The member of a result union that means success, or the refusal that came in its place. */
export function outcome<Result extends Named, Name extends Result['__typename']>(
  result: Result,
  success: Name,
): Outcome<Extract<Result, { readonly __typename: Name }>> {
  if (result.__typename === success) {
    // Narrowed by the comparison above, which TypeScript does not carry over to a type parameter.
    return { isDone: true, value: result as Extract<Result, { readonly __typename: Name }> };
  }
  return { isDone: false, refusal: toRefusal(result as unknown as RefusalFieldsFragment) };
}

export function mapped<From, To>(from: Outcome<From>, map: (value: From) => To): Outcome<To> {
  return from.isDone ? { isDone: true, value: map(from.value) } : from;
}

/** Brings a member of a result union that says no to a Refusal. */
export function toRefusal(fields: RefusalFieldsFragment): Refusal {
  return {
    code: fields.code,
    message: fields.text,
    retryAfterSeconds: 'retryAfterSeconds' in fields ? fields.retryAfterSeconds : null,
    opensAt: 'opensAt' in fields && fields.opensAt !== null ? new Date(fields.opensAt) : null,
    issues: 'issues' in fields ? fields.issues : [],
    knockRequest: 'knockRequest' in fields ? fields.knockRequest : null,
  };
}

/** The service could not be asked, or answered with an error: `code` is its `extensions.code`, or NETWORK. */
export class VestibuleError extends Error {
  override readonly name = 'VestibuleError';
  readonly code: string;
  /** When to try again, where the service says so. */
  readonly retryAfterSeconds: number | null;

  constructor(code: string, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Would asking again, with the same idempotencyKey, make sense? */
  get isPassing(): boolean {
    return this.code === 'NETWORK' || this.code === 'UNAVAILABLE' || this.code === 'RATE_LIMITED';
  }
}

type GraphQLProblem = { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> | undefined };

/** Brings the first of an answer's errors to a VestibuleError. */
export function toError(errors: readonly GraphQLProblem[]): VestibuleError {
  const [{ message, extensions = {} } = { message: 'no reason was given' }] = errors;
  const { code, retryAfterSeconds } = extensions;
  return new VestibuleError(
    typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    message,
    typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  );
}
