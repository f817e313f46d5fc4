import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { type HeaderFields, send, sendError, sendFetched, sendStream } from './answer.ts';
import type { Origins, SecurityHeaders } from './browser-rules.ts';
import { OpenRequest, readBearer } from './caller-request.ts';
import type { SlotsByKey, WorkSlots } from './capacity.ts';
import type { Engine } from './engine.ts';
import type { Graphiql } from './graphiql.ts';
import type { JsonDoor } from './json-door.ts';
import type { Limits } from './limits.ts';
import { type Accepted, readAccept } from './media-type.ts';
import { httpError, tooMany, unavailable } from './protocol-error.ts';
import { type Body, createBodyReader } from './request-body.ts';
import { findSentElsewhere } from './sent-elsewhere.ts';

export interface GraphqlRouteOptions {
  readonly engine: Engine;
  /** Null: Yoga answers everything, for comparison. */
  readonly jsonDoor: JsonDoor | null;
  readonly limits: Limits;
  readonly origins: () => Origins;
  readonly securityHeaders: () => SecurityHeaders;
  readonly readAddress: (request: IncomingMessage) => string;
  readonly slots: WorkSlots;
  /** Null: it is switched off. */
  readonly graphiql: Graphiql | null;
  readonly streams: SlotsByKey;
  /** The open event streams. */
  readonly openStreams: Set<ServerResponse>;
  readonly isClosing: () => boolean;
  readonly isDraining: () => boolean;
}

/**
 * /graphql over HTTP: admits a request by its headers, and hands it to the thin door or to Yoga. Refusals come before the work begins: the
 * form of the answer, and whether there is a place for the request, are settled first. A request takes a place when all of it has arrived,
 * so that slow senders take none from others. The request holds whatever was begun, and releases it when the response has closed, in
 * whichever way.
 */
export function createGraphqlRoute(options: GraphqlRouteOptions) {
  const { limits, slots } = options;
  const readBody = createBodyReader(limits);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origins = options.origins();
    const headers = { ...options.securityHeaders().api, ...origins.corsHeaders(request) };
    if (request.method === 'OPTIONS') {
      return send(response, 204, { ...headers, ...origins.preflightHeaders(request), allow: 'GET, POST, OPTIONS' });
    }
    const accepted = readAccept(request.headers.accept);
    if (options.graphiql !== null && options.engine.showsGraphiql(request)) {
      const { status, headers: own, body: page } = await options.graphiql.page(request);
      return send(response, status, { ...headers, ...options.securityHeaders().graphiql, ...own }, page);
    }
    const refusal = refuseByHeaders(request) ?? refuseByForm(accepted);
    if (refusal !== null) return sendError(response, refusal, headers);
    const body = request.method === 'POST' ? await readBody(request) : { text: '' };
    if ('problem' in body) return refuseBody(response, body.problem, limits, headers);
    const address = options.readAddress(request);
    // Whoever still gets through after everybody was sent elsewhere came before the door closed.
    const isShut = options.isClosing() && !options.isDraining();
    const full = isShut ? unavailable(false) : slots.enter(address);
    if (full !== null) return sendError(response, full, { ...headers, connection: 'close' });
    let isIn = true;
    const leave = () => {
      if (isIn) slots.leave(address);
      isIn = false;
    };
    const openRequest = openRequestOf(request, accepted, address);
    endWith(response, openRequest);
    try {
      await answer(options, { request, response, openRequest, accepted, leave }, body.text, headers);
    } finally {
      leave();
    }
  };
}

function refuseBody(
  response: ServerResponse,
  problem: Extract<Body, { readonly problem: string }>['problem'],
  { bodyBytes }: Limits,
  headers: HeaderFields,
): void {
  if (problem === 'broken off') return;
  const tooLarge = () => httpError(413, 'LIMIT_EXCEEDED', `The body must have at most ${bodyBytes} bytes.`);
  sendError(response, problem === 'too large' ? tooLarge() : unavailable(false), { ...headers, connection: 'close' });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly openRequest: OpenRequest;
  readonly accepted: Accepted;
  /** Gives back its place among the operations at work, once. */
  readonly leave: () => void;
}

/** Every response closes in the end: one that was sent in full, one that broke off, and one that was never begun. */
function endWith(response: ServerResponse, openRequest: OpenRequest): void {
  if (response.closed || response.destroyed) openRequest.end();
  else response.once('close', () => openRequest.end());
}

function refuseByHeaders({ method, headers, url = '' }: IncomingMessage) {
  if (method === 'GET') return lacksUpgrade(headers) ?? refuseByParameters(url);
  if (method !== 'POST') {
    return httpError(405, 'BAD_REQUEST', 'Send GraphQL requests by GET or POST.', { allow: 'GET, POST, OPTIONS' });
  }
  // Any page could send a form, or text, without asking. For application/json, a browser asks first.
  if (jsonType.test(headers['content-type'] ?? '')) return null;
  return httpError(415, 'BAD_REQUEST', 'The Content-Type must be application/json, in UTF-8.');
}

/** Proxies pass a socket's own headers on, and take the one away that asks for it. */
function lacksUpgrade(headers: IncomingMessage['headers']) {
  if (headers['sec-websocket-key'] === undefined) return null;
  const message =
    'A WebSocket was asked for, and no Upgrade header arrived: a proxy took it away. Let it pass on Upgrade and Connection over HTTP/1.1; docs/operating.md shows how.';
  return httpError(426, 'BAD_REQUEST', message, { upgrade: 'websocket' });
}

function refuseByForm({ json, events, multipart }: Accepted) {
  return json === null && !events && !multipart ? notAcceptable('application/json or text/event-stream') : null;
}

function notAcceptable(offered: string) {
  return httpError(406, 'BAD_REQUEST', `The Accept header must allow ${offered}.`);
}

/** Errors that Yoga would take for failures of its own. */
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
  exchange: Exchange,
  body: string,
  headers: HeaderFields,
): Promise<void> {
  const { request, response, openRequest, accepted, leave } = exchange;
  const byThinDoor = request.method === 'POST' ? await options.jsonDoor?.(accepted.json, body, openRequest) : null;
  if (byThinDoor instanceof GraphQLError) return sendError(response, byThinDoor, headers);
  const answered = byThinDoor ?? (await askYoga(options, exchange, body));
  const type = answered.headers.get('content-type') ?? '';
  if (/^(?:text\/event-stream|multipart\/mixed)/.test(type)) {
    // A stream lasts. It counts among its address's streams, and no longer among the operations at work.
    leave();
    return sendStream(response, answered, headers, options.limits.stalledMs);
  }
  await sendFetched(response, answered, headers);
}

function openRequestOf(request: IncomingMessage, { json, events }: Accepted, clientAddress: string): OpenRequest {
  const bearer = readBearer(request.headers.authorization);
  return new OpenRequest({
    bearer,
    sentElsewhere: bearer === null ? findSentElsewhere(request) : null,
    clientAddress,
    isGet: request.method === 'GET',
    transport: events && json === null ? 'sse' : 'http',
  });
}

function askYoga(options: GraphqlRouteOptions, exchange: Exchange, body: string): Promise<Response> | Response {
  const { request, openRequest, accepted } = exchange;
  const { yoga } = options.engine;
  const { method = 'GET', url = '/' } = request;
  // Yoga gets the form that was settled, and never one that it would refuse after the work.
  const settled = { ...request.headers, accept: formsOf(accepted) };
  const headers = Object.entries(settled).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
  );
  const { Request } = yoga.fetchAPI;
  // Nothing here needs the host, and what a client writes into Host must not reach anything.
  const init = method === 'POST' ? { method, headers, body } : { method, headers };
  const begin = (type: OperationTypeNode) => beginOperation(options, exchange, type);
  return yoga.handleRequest(new Request(`http://localhost${url}`, init), {
    openRequest,
    begin,
    waitUntil: () => undefined,
  });
}

function formsOf({ json, events, multipart }: Accepted): string {
  const forms = [events ? 'text/event-stream' : null, multipart ? 'multipart/mixed' : null, json];
  return forms.filter((form) => form !== null).join(', ');
}

/** Why the operation may not begin. Null: it may. If the answer is a stream, one of its address's streams is taken for it. */
function beginOperation(options: GraphqlRouteOptions, exchange: Exchange, type: OperationTypeNode) {
  const { response, openRequest, accepted } = exchange;
  const { streams, openStreams, isClosing } = options;
  const isSubscription = type === OperationTypeNode.SUBSCRIPTION;
  if (isSubscription && !accepted.events) return notAcceptable('text/event-stream, for a subscription');
  if (!isSubscription && accepted.json !== null) return null;
  if (isClosing()) return unavailable(false);
  const { clientAddress } = openRequest;
  if (!streams.take(clientAddress)) return tooMany('Too many streams are open from this address.');
  openRequest.hold(() => streams.release(clientAddress));
  openStreams.add(response);
  openRequest.hold(() => openStreams.delete(response));
  return null;
}
