import { GraphQLError, type GraphQLErrorOptions } from 'graphql';

/** Codes of refusals that the doors give before a service is asked; the services' own are in `rules/refusal.ts`. */
export type ProtocolCode =
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'LIMIT_EXCEEDED'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE';

type ErrorPlace = Pick<GraphQLErrorOptions, 'nodes' | 'source' | 'positions' | 'path'>;
type Http = { readonly status: number; readonly spec?: boolean; readonly headers?: Record<string, string> };

/** A refusal of the request itself. By the GraphQL-over-HTTP specification, clients that accept only `application/json` get it with 200. */
export function requestError(code: ProtocolCode, message: string, place: ErrorPlace = {}): GraphQLError {
  return new GraphQLError(message, { ...place, extensions: { code, http: { status: 400, spec: true } } });
}

/** @param limit the setting's name in `limits.ts` */
export function limitExceeded(limit: string, max: number): GraphQLError {
  return new GraphQLError(`The operation exceeds a limit: ${limit} must be at most ${max}.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit, max, http: { status: 400, spec: true } },
  });
}

/** @param mayBeDone true if a mutation was begun: a retry with its idempotencyKey, or a query, tells whether it was done */
export function unavailable(mayBeDone: boolean): GraphQLError {
  const message = mayBeDone
    ? 'The service did not answer in time. A change may still have been made: try again with the same idempotencyKey, or read the current state.'
    : 'The service is unavailable right now. Nothing was changed: try again later.';
  return retryLater('UNAVAILABLE', message, 503);
}

/** A refusal with an HTTP status. */
export function httpError(
  status: number,
  code: ProtocolCode,
  message: string,
  headers?: Record<string, string>,
): GraphQLError {
  const http: Http = { status, ...(headers === undefined ? {} : { headers }) };
  return new GraphQLError(message, { extensions: { code, http } });
}

/** One client has too much of something at once. */
export function tooMany(message: string, retryAfterSeconds = 1): GraphQLError {
  return retryLater('RATE_LIMITED', message, 429, retryAfterSeconds);
}

function retryLater(code: ProtocolCode, message: string, status: number, retryAfterSeconds = 1): GraphQLError {
  const http: Http = { status, headers: { 'retry-after': String(retryAfterSeconds) } };
  return new GraphQLError(message, { extensions: { code, retryAfterSeconds, http } });
}

/** The place of an error in the document and in the answer. */
export function placeOf(error: GraphQLError): ErrorPlace {
  const { nodes, source, positions, path } = error;
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

/** An error as a client sees it, without the notes that tell the doors how to answer. */
export function toPublicError(error: GraphQLError): GraphQLError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  if (_http === undefined && _unexpected === undefined) return error;
  return new GraphQLError(error.message, { ...placeOf(error), extensions });
}
