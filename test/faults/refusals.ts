import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { upTo } from './fault-kit.ts';
import { codeIn, type Sockets, socketsOf } from './refused-sockets.ts';

/** One way of being refused, or of going before there is an answer, at one door. Answers what came of it, in a word. */
export type Refusal = {
  readonly door: 'POST' | 'GET' | 'events' | 'upgrade' | 'socket';
  readonly what: string;
  readonly expected: string;
  readonly meet: () => Promise<string>;
};

type Headers = Readonly<Record<string, string>>;
type Http = { readonly method: string; readonly path?: string; readonly headers?: Headers; readonly body?: string };
type Row = readonly [what: string, expected: string, meet: () => Promise<string>];

const words = (count: number, word: string) =>
  upTo(count)
    .map(() => word)
    .join(' ');
const json = { 'content-type': 'application/json' };
const events = { accept: 'text/event-stream' };
const follows = 'subscription { knockRequested { id } }';
const mutation = 'mutation { leaveRoom { __typename ... on Refusal { code } } }';
const overlapping = words(30, `webhooks { ${words(6, 'deliveries(first: 1) { nodes { id } }')} }`);

/** Documents that every door refuses alike, and how. */
const operations: readonly (readonly [what: string, query: string, code: string])[] = [
  ['no document', '{ domain {', 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a malformed value', '{ room(name: 7) { id } }', 'BAD_REQUEST'],
  ['two operations and no name', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
  ['nesting', `{ node(id: ${'['.repeat(1900)}${']'.repeat(1900)}) { id } }`, 'LIMIT_EXCEEDED'],
  ['depth', `{ ${'domain { '.repeat(20)}id${' }'.repeat(20)} }`, 'LIMIT_EXCEEDED'],
  ['comparisons', `{ domain { ${overlapping} } }`, 'LIMIT_EXCEEDED'],
  ['tokens', `{ ${words(4000, 'a')} }`, 'LIMIT_EXCEEDED'],
  ['cost', '{ rooms(first: 99999999) { nodes { id } } }', 'LIMIT_EXCEEDED'],
  ['no credential', '{ domain { id } }', 'UNAUTHENTICATED'],
];

/** @param full headers of an address whose places for streams are all taken */
export function refusalsOf(url: string, full: Headers): readonly Refusal[] {
  const http = httpOf(url);
  const sockets = socketsOf(url);
  const { post, get } = http;
  const alike = operations.flatMap(([what, query, expected]): Refusal[] => [
    { door: 'POST', what, expected, meet: () => post(query) },
    { door: 'GET', what, expected, meet: () => get(query) },
    { door: 'events', what, expected, meet: () => post(query, events) },
    { door: 'socket', what, expected, meet: () => sockets.ask(query) },
  ]);
  return [
    ...alike,
    ...rows('POST', postRefusals(http)),
    ...rows('GET', getRefusals(http)),
    ...rows('events', eventRefusals(http, full)),
    ...rows('upgrade', upgradeRefusals(sockets, full)),
    ...rows('socket', socketRefusals(sockets)),
    ...goneClients(url),
  ];
}

const rows = (door: Refusal['door'], table: readonly Row[]) =>
  table.map(([what, expected, meet]): Refusal => ({ door, what, expected, meet }));

type Doors = ReturnType<typeof httpOf>;

function httpOf(url: string) {
  const send = async ({ method, path = '/graphql', headers = {}, body = '' }: Http): Promise<string> => {
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
    const asked = request(`${url}${path}`, { method, agent: false, headers: { ...length, ...headers } });
    const answered = once(asked, 'response');
    asked.end(body);
    const [response]: IncomingMessage[] = await answered;
    if (response === undefined) throw new Error('a response has come');
    const chunks: Buffer[] = await response.toArray();
    return inAWord(response, Buffer.concat(chunks).toString());
  };
  return {
    send,
    post: (query: string, headers: Headers = {}) =>
      send({ method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify({ query }) }),
    get: (query: string, headers: Headers = {}) =>
      send({ method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}`, headers }),
  };
}

function inAWord({ statusCode = 0, headers }: IncomingMessage, text: string): string {
  if ([403, 404, 405, 406, 413, 415, 429, 431].includes(statusCode)) return String(statusCode);
  const isEvents = headers['content-type']?.startsWith('text/event-stream');
  return codeIn(JSON.parse((isEvents ? /^data: (.*)$/m.exec(text)?.[1] : text) ?? '{}'));
}

function postRefusals({ send, post }: Doors): readonly Row[] {
  const sent = (body: string, more: Partial<Http> = {}) => send({ method: 'POST', headers: json, body, ...more });
  return [
    ['a subscription as JSON', '406', () => post(follows, { accept: 'application/json' })],
    ['a subscription in parts', '406', () => post(follows, { accept: 'multipart/mixed' })],
    ['a mutation as a page', '406', () => post(mutation, { accept: 'text/html' })],
    ['a mutation that is refused', 'UNAUTHENTICATED', () => post(mutation)],
    ['a bad credential', 'UNAUTHENTICATED', () => post('{ domain { id } }', { authorization: 'Bearer vk_x' })],
    ['no JSON', 'BAD_REQUEST', () => sent('{"query":')],
    ['another content type', '415', () => sent('{}', { headers: { 'content-type': 'text/plain' } })],
    ['too long a body', '413', () => sent('x'.repeat(110_000))],
    ['another method', '405', () => sent('{}', { method: 'PUT' })],
  ];
}

function getRefusals({ send, get }: Doors): readonly Row[] {
  return [
    ['another path', '404', () => send({ method: 'GET', path: '/.nowhere' })],
    ['a mutation', '405', () => get(mutation)],
    ['a subscription as JSON', '406', () => get(follows, { accept: 'application/json' })],
    ['malformed variables', 'BAD_REQUEST', () => send({ method: 'GET', path: '/graphql?query={a}&variables={' })],
    ['too long a head', '431', () => get('x'.repeat(20_000))],
  ];
}

function eventRefusals({ post, get }: Doors, full: Headers): readonly Row[] {
  return [
    ['a subscription without credential', 'UNAUTHENTICATED', () => post(follows, events)],
    ['the same by GET', 'UNAUTHENTICATED', () => get(follows, events)],
    ['a mutation by GET', '405', () => get(mutation, events)],
    ['no place', '429', () => post(follows, { ...events, ...full })],
  ];
}

function upgradeRefusals({ refused }: Sockets, full: Headers): readonly Row[] {
  return [
    ['another path', '404', () => refused({ path: '/x' })],
    ['a foreign origin', '403', () => refused({ origin: 'https://evil.example' })],
    ['no place', '429', () => refused({ headers: full })],
  ];
}

function socketRefusals({ closed, ask, gone }: Sockets): readonly Row[] {
  const init = { type: 'connection_init' };
  const subscribe = { id: '1', type: 'subscribe', payload: { query: follows } };
  // It asks the database: a second of the same id comes while it is at work.
  const query = { id: '1', type: 'subscribe', payload: { query: '{ access(roomName: "x") { level } }' } };
  return [
    ['no message of the protocol', '4400', () => closed(['{'])],
    ['a credential of another form', '4400', () => closed([{ ...init, payload: { authorization: 'x' } }])],
    ['an operation before the beginning', '4401', () => closed([subscribe])],
    ['another protocol', '4406', () => closed([], [])],
    ['one id twice', '4409', () => closed([init, query, query])],
    ['a second beginning', '4429', () => closed([init, init])],
    ['too long a message', '1009', () => closed([init, 'x'.repeat(70_000)])],
    ['a subscription without credential', 'UNAUTHENTICATED', () => ask(follows)],
    ...(['close', 'terminate'] as const).flatMap((how): Row[] => [
      [`nobody any more (${how})`, 'gone', () => gone([], how)],
      [`nobody for the stream (${how})`, 'gone', () => gone([init, subscribe], how)],
      [`nobody for the answer (${how})`, 'gone', () => gone([init, query], how)],
    ]),
  ];
}

/** Clients that go at once, in good order or not: nobody is told anything. */
function goneClients(url: string): readonly Refusal[] {
  const go = (text: string, goes: 'end' | 'reset') => async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    if (text !== '') await new Promise((resolve) => socket.write(text, resolve));
    if (goes === 'reset') socket.resetAndDestroy();
    else socket.destroy();
    await closed;
    return 'gone';
  };
  const body = JSON.stringify({ query: follows });
  const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const asks = (accept: string) => `${head}Accept: ${accept}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const upgrades = `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`;
  return (['end', 'reset'] as const).flatMap((goes) => [
    ...rows('POST', [
      [`a connection that says nothing (${goes})`, 'gone', go('', goes)],
      [`half a head (${goes})`, 'gone', go('POST /graphql HTTP/1.1\r\nHo', goes)],
      [`half a body (${goes})`, 'gone', go(`${head}Content-Length: 99\r\n\r\n{`, goes)],
      [`nobody for the answer (${goes})`, 'gone', go(asks('application/json'), goes)],
    ]),
    ...rows('events', [[`nobody for the events (${goes})`, 'gone', go(asks('text/event-stream'), goes)]]),
    ...rows('upgrade', [[`nobody for the socket (${goes})`, 'gone', go(upgrades, goes)]]),
  ]);
}
