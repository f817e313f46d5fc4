import type { KnockFieldsFragment, RefusalCode, RefusalFieldsFragment } from './generated/graphql.ts';

/** A typed no: an answer, not an error. Go by `code`; `message` is for people. */
export interface Refusal {
  readonly code: RefusalCode | ErrorCode;
  readonly message: string;
  /** With RATE_LIMITED: when to try again. */
  readonly retryAfterSeconds: number | null;
  /** With ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: when it opens. */
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

/**
 * Why the service could not be asked, or what its error says. Codes of the service's own (`extensions.code`) and these:
 *
 * - NETWORK: it could not be reached, or did not answer in time. It may have been done.
 * - INVALID_URL: what `createClient` was given is not the address of a service.
 * - NOT_THE_SERVICE: something else answers at that address.
 * - ORIGIN_REFUSED: it does not take requests from this page's origin; `ALLOWED_ORIGINS` lists those that it takes.
 * - OLDER_SERVICE: it does not know what this client asks for, since it is of an older version.
 * - NO_RANDOM: the platform has no `crypto.getRandomValues`, as React Native without a polyfill.
 * - NO_PROVIDER: a hook is used outside of its provider.
 */
export type ErrorCode = RefusalCode | ServiceErrorCode | (string & {});

type ServiceErrorCode =
  | 'NETWORK'
  | 'INVALID_URL'
  | 'NOT_THE_SERVICE'
  | 'ORIGIN_REFUSED'
  | 'OLDER_SERVICE'
  | 'NO_RANDOM'
  | 'NO_PROVIDER'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_REQUEST'
  | 'INTERNAL_SERVER_ERROR';

const passing: readonly ErrorCode[] = ['NETWORK', 'UNAVAILABLE', 'RATE_LIMITED'];
const ofService: readonly ErrorCode[] = [
  'INVALID_URL',
  'NOT_THE_SERVICE',
  'ORIGIN_REFUSED',
  'OLDER_SERVICE',
  'NO_RANDOM',
  'NO_PROVIDER',
];

/** The service could not be asked, or answered with an error. Go by `code`; `message` says what to do. */
export class VestibuleError extends Error {
  override readonly name = 'VestibuleError';
  readonly code: ErrorCode;
  /** When to try again, where the service says so. */
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Would asking again, with the same idempotencyKey, make sense? */
  get isPassing(): boolean {
    return passing.includes(this.code);
  }

  /** Does it hold for whatever this page asks, until somebody mends the page or the service? */
  get isOfService(): boolean {
    return ofService.includes(this.code);
  }
}

type GraphQLProblem = { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> | undefined };

/** Brings the first of an answer's errors to a VestibuleError. */
export function toError(errors: readonly GraphQLProblem[]): VestibuleError {
  const [{ message, extensions = {} } = { message: 'no reason was given' }] = errors;
  const { code, retryAfterSeconds } = extensions;
  // All that this client asks is part of the schema that it was made for.
  if (code === 'GRAPHQL_VALIDATION_FAILED') return new VestibuleError('OLDER_SERVICE', tellOlder(message));
  return new VestibuleError(
    typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    message,
    typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  );
}

function tellOlder(message: string): string {
  return `The service is older than this client, and does not know what it asks for (${message}). Update the service, or use the client of its version.`;
}

export const sessionIsOver = 'The session has ended, or was taken over elsewhere. Join again.';

/** What came of something that may throw, as an outcome: the error in the form of a refusal with its code. */
export async function settled<Done>(work: Promise<Outcome<Done>>): Promise<Outcome<Done>> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof VestibuleError)) throw error;
    return { isDone: false, refusal: asRefusal(error) };
  }
}

export function asRefusal({ code, message, retryAfterSeconds }: VestibuleError): Refusal {
  return { code, message, retryAfterSeconds, opensAt: null, issues: [], knockRequest: null };
}
