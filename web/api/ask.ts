import type { Refusal } from './shapes.ts';

type Variables = Readonly<Record<string, unknown>>;

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly extensions?: { readonly code?: string; readonly retryAfterSeconds?: number };
  }[];
}

/** The API said no to the whole of a request, or nothing: OFFLINE. */
export class AskError extends Error {
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(code: string, retryAfterSeconds: number | null = null) {
    super(code);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Worth asking again, as it is: nothing was wrong with the request. */
  get mayPass(): boolean {
    return ['OFFLINE', 'UNAVAILABLE', 'RATE_LIMITED'].includes(this.code);
  }
}

const patienceMs = 15_000;

/**
 * Asks by POST. `Data` is what the document selects.
 * @throws AskError
 */
export async function ask<Data>(document: string, variables: Variables = {}, bearer?: string): Promise<Data> {
  const answer = await post(document, variables, bearer);
  const error = answer.errors?.[0];
  if (error !== undefined || !answer.data) {
    throw new AskError(error?.extensions?.code ?? 'UNAVAILABLE', error?.extensions?.retryAfterSeconds ?? null);
  }
  return answer.data as Data;
}

/**
 * Carries out a mutation of one field: what its result union holds, refusals included.
 * @throws AskError
 */
export async function perform<Result>(
  field: string,
  document: string,
  variables: Variables,
  bearer?: string,
): Promise<Result | Refusal> {
  const data = await ask<Readonly<Record<string, Result | Refusal>>>(document, variables, bearer);
  const result = data[field];
  if (result === undefined || result === null) throw new AskError('UNAVAILABLE');
  return result;
}

export function isRefusal(result: object): result is Refusal {
  return 'code' in result;
}

async function post(query: string, variables: Variables, bearer: string | undefined): Promise<Answer> {
  if (!navigator.onLine) throw new AskError('OFFLINE');
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(patienceMs),
      cache: 'no-store',
      credentials: 'omit',
    });
    return (await response.json()) as Answer;
  } catch {
    throw new AskError('OFFLINE');
  }
}
