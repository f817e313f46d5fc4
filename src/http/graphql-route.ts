import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardStream, type HeaderFields, send, sendError, sendFetched, sendStream } from './answer.ts';
import { OpenRequest, readBearer } from './caller-request.ts';
import type { Admission, SlotsByKey } from './capacity.ts';
import type { DoorContext, Engine } from './engine.ts';
import type { JsonDoor } from './json-door.ts';
import type { Limits } from './limits.ts';
import { chooseMediaType } from './media-type.ts';
import type { Origins } from './origins.ts';
import { httpError, tooMany, unavailable } from './protocol-error.ts';
import { readBody } from './request-body.ts';
import type { SecurityHeaders } from './security-headers.ts';

export interface GraphqlRouteOptions {
  readonly engine: Engine;
  /** Null: Yoga answers everything, for comparison. */
  readonly jsonDoor: JsonDoor | null;
  readonly limits: Limits;
  readonly origins: () => Origins;
  readonly securityHeaders: () => SecurityHeaders;
  readonly readAddress: (request: IncomingMessage) => string;
  readonly admission: Admission;
  readonly streams: SlotsByKey;
  /** The event streams that are open. */
  readonly openStreams: Set<ServerResponse>;
  readonly isClosing: () => boolean;
}

/** /graphql over HTTP: admits a request by its headers, then hands it to the thin door or to Yoga. */
export function createGraphqlRoute(options: GraphqlRouteOptions) {
  const { limits, admission } = options;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origins = options.origins();
    const headers = { ...options.securityHeaders().api, ...origins.corsHeaders(request) };
    if (request.method === 'OPTIONS') {
      return send(response, 204, { ...headers, ...origins.preflightHeaders(request), allow: 'GET, POST, OPTIONS' });
    }
    const refusal = refuseByHeaders(request);
    if (refusal !== null) return sendError(response, refusal, headers);
    const address = options.readAddress(request);
    const full = options.isClosing() ? unavailable(false) : admission.enter(address);
    if (full !== null) return sendError(response, full, { ...headers, connection: 'close' });
    let isIn = true;
    const leave = () => {
      if (isIn) admission.leave(address);
      isIn = false;
    };
    try {
      const body = request.method === 'POST' ? await readBody(request, limits.bodyBytes) : { text: '' };
      if ('text' in body) await answer(options, { request, response, address, leave }, body.text, headers);
      else if (body.problem === 'too large') {
        const error = httpError(413, 'LIMIT_EXCEEDED', `The body may have at most ${limits.bodyBytes} bytes.`);
        sendError(response, error, { ...headers, connection: 'close' });
      }
    } finally {
      leave();
    }
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  /** Gives its place back, once. */
  readonly leave: () => void;
}

function refuseByHeaders({ method, headers, url = '' }: IncomingMessage) {
  if (method === 'GET') return refuseByParameters(url);
  if (method !== 'POST') {
    return httpError(405, 'BAD_REQUEST', 'GraphQL is asked by GET or POST.', { allow: 'GET, POST, OPTIONS' });
  }
  // A form, or text, could be sent by any page without asking; application/json makes a browser ask first.
  if (jsonType.test(headers['content-type'] ?? '')) return null;
  return httpError(415, 'BAD_REQUEST', 'The Content-Type must be application/json, in UTF-8.');
}

/** What Yoga would take for a failure of its own. */
function refuseByParameters(url: string) {
  const { searchParams } = new URL(url, 'http://localhost');
  const malformed = ['variables', 'extensions'].find((name) => !isJson(searchParams.get(name) || 'null'));
  return malformed === undefined ? null : httpError(400, 'BAD_REQUEST', `The parameter ${malformed} must be JSON.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const jsonType = /^application\/json\s*(?:;\s*charset="?utf-?8"?\s*)?$/i;

async function answer(
  options: GraphqlRouteOptions,
  { request, response, address, leave }: Exchange,
  body: string,
  headers: HeaderFields,
): Promise<void> {
  const openRequest = openRequestOf(request, address);
  response.once('close', () => openRequest.end());
  const byThinDoor = request.method === 'POST' ? options.jsonDoor?.(request, body, openRequest) : null;
  const answered = await (byThinDoor ?? askYoga(options.engine, request, body, { openRequest }));
  const type = answered.headers.get('content-type') ?? '';
  if (/^(?:text\/event-stream|multipart\/mixed)/.test(type)) {
    // A stream lasts; it counts among its address's streams and no more among the operations at work.
    leave();
    return stream(options, response, answered, headers, address);
  }
  const isPage = type.startsWith('text/html');
  await sendFetched(response, answered, isPage ? { ...headers, ...options.securityHeaders().graphiql } : headers);
}

function openRequestOf(request: IncomingMessage, clientAddress: string): OpenRequest {
  const { accept, authorization } = request.headers;
  const isStream = accept?.includes('text/event-stream') === true && chooseMediaType(accept) === null;
  return new OpenRequest({
    bearer: readBearer(authorization),
    clientAddress,
    isGet: request.method === 'GET',
    transport: isStream ? 'sse' : 'http',
  });
}

function askYoga({ yoga }: Engine, request: IncomingMessage, body: string, context: DoorContext) {
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
  );
  const { Request } = yoga.fetchAPI;
  // The host is nobody's business here: what a client writes into Host must not reach anything.
  const init = method === 'POST' ? { method, headers, body } : { method, headers };
  return yoga.handleRequest(new Request(`http://localhost${url}`, init), { ...context, waitUntil: () => undefined });
}

async function stream(
  { limits, streams, openStreams, isClosing }: GraphqlRouteOptions,
  response: ServerResponse,
  answered: Response,
  headers: HeaderFields,
  address: string,
): Promise<void> {
  if (isClosing() || !streams.take(address)) {
    await discardStream(answered);
    const refusal = isClosing() ? unavailable(false) : tooMany('Too many streams are open from this address.');
    return sendError(response, refusal, headers);
  }
  openStreams.add(response);
  try {
    await sendStream(response, answered, headers, limits.stalledMs);
  } finally {
    openStreams.delete(response);
    streams.release(address);
  }
}
