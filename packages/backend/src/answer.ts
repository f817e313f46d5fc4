import { VestibuleSetupError, VestibuleUnavailableError } from './errors.ts';
import { type Problem, type Refusal, refusalOf, secondsFrom } from './refusal.ts';

/** An HTTP answer that came whole. */
export interface Reached {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What came of an operation: its data, with what the service could not read of it (a field is null for that), or a no in its place. */
export type Asked<Data> =
  | { readonly isAnswered: true; readonly data: Data; readonly lacking: VestibuleUnavailableError | null }
  | { readonly isAnswered: false; readonly refusal: Refusal };

/**
 * Reads what came back. A part of an answer that was refused leaves the rest standing, as long as the operation's own field has a value.
 * @throws {VestibuleUnavailableError} the service, or something in front of it, cannot answer now
 * @throws {VestibuleSetupError} it is not this service, or it does not know what was asked
 */
export function readAnswer<Data>(reached: Reached, isSafeToRetry: boolean): Asked<Data> {
  const answer = parseAnswer(reached.text);
  if (answer === null) return readForeign(reached, isSafeToRetry);
  const { data, problems } = answer;
  const [problem = null] = problems;
  const hasValue = isRecord(data) && Object.values(data).some((value) => value !== null);
  // The one place where the service's word is taken for it: it answers what the document asks for.
  if (isRecord(data) && (hasValue || problem === null)) {
    const unread = problems.find((one) => refusalOf(one) === null);
    return { isAnswered: true, data: data as Data, lacking: unread ? unavailable(unread, isSafeToRetry) : null };
  }
  const refusal = problem && refusalOf(problem);
  if (refusal !== null) return { isAnswered: false, refusal };
  return refuseAnswer(problem ?? { message: 'The answer is empty.', extensions: {} }, reached, isSafeToRetry);
}

const notUnderstood = ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'OPERATION_RESOLUTION_FAILURE'];

function refuseAnswer(problem: Problem, { url }: Reached, isSafeToRetry: boolean): never {
  const { message, extensions } = problem;
  const { code } = extensions;
  if (typeof code === 'string' && notUnderstood.includes(code)) {
    const todo = 'The service is older than this package: update it, or install the package of its version.';
    throw new VestibuleSetupError('NOT_UNDERSTOOD', `${url} does not understand what it was asked: ${message} ${todo}`);
  }
  throw unavailable(problem, isSafeToRetry);
}

function unavailable({ message, extensions }: Problem, isSafeToRetry: boolean): VestibuleUnavailableError {
  const { code, retryAfterSeconds, correlationId } = extensions;
  return new VestibuleUnavailableError(typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR', message, {
    isSafeToRetry,
    retryAfterSeconds: secondsFrom(retryAfterSeconds),
    correlationId: typeof correlationId === 'string' ? correlationId : null,
  });
}

type Answer = { readonly data: unknown; readonly problems: readonly Problem[] };

/** Null: this is not an answer to a GraphQL operation. */
function parseAnswer(text: string): Answer | null {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || !('data' in parsed || Array.isArray(parsed.errors))) return null;
  const errors: unknown[] = Array.isArray(parsed.errors) ? parsed.errors : [];
  return { data: parsed.data, problems: errors.map(readProblem) };
}

function readProblem(error: unknown): Problem {
  const { message = 'No reason was given.', extensions } = isRecord(error) ? error : {};
  return { message: String(message), extensions: isRecord(extensions) ? extensions : {} };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a proxy in front of the service says, or somebody else's server. */
function readForeign<Data>({ url, status, headers }: Reached, isSafeToRetry: boolean): Asked<Data> {
  const retryAfterSeconds = secondsFrom(headers.get('retry-after'));
  if (status === 429) {
    const message = `${url} takes no more from here at the moment.`;
    const refusal = refusalOf({ message, extensions: { code: 'RATE_LIMITED', retryAfterSeconds } });
    if (refusal !== null) return { isAnswered: false, refusal };
  }
  if (status >= 500 || status === 408) {
    const message = `${url} answered with status ${status}: the service behind it cannot answer now.`;
    throw new VestibuleUnavailableError('UNAVAILABLE', message, { isSafeToRetry, retryAfterSeconds });
  }
  if (status >= 300 && status < 400) {
    const told = URL.parse(headers.get('location') ?? '', url)?.origin ?? 'another address';
    throw new VestibuleSetupError(
      'BAD_URL',
      `${url} leads on to ${told}: give the address of the service itself as url.`,
    );
  }
  const todo =
    'Is url the address of the service, without a path, and does nothing in front of it answer in its place?';
  throw new VestibuleSetupError(
    'NOT_VESTIBULE',
    `What answers at ${url} is not this service (status ${status}). ${todo}`,
  );
}
