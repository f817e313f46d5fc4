import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { expect, test, vi } from 'vitest';
import {
  createBackend,
  isRefusal,
  VestibuleSetupError,
  VestibuleUnavailableError,
} from '../../packages/backend/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { openDomain } from '../support/domain.ts';
import { untrustedCertificate } from '../support/untrusted-certificate.ts';

const url = 'https://meet.example.com';
const apiKey = `vk_0123abcd_${'s'.repeat(43)}`;

/** What was thrown, at once or by a promise. */
async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    return expect.unreachable(JSON.stringify(await work()));
  } catch (error) {
    return error;
  }
}

test.each([
  ['missing', undefined, 'missing'],
  ['empty', '', 'missing'],
  ['a name without a scheme', 'meet.example.com', 'meet.example.com'],
  ['of another scheme', 'wss://meet.example.com', 'wss:'],
  ['a file', 'file:///srv', 'file:'],
  ['with a password', 'https://me:secret@meet.example.com', 'user'],
  ['with a password alone', 'https://:secret@meet.example.com', 'user'],
  ['with a query', 'https://meet.example.com?t=1', 'query'],
  ['with a fragment, as a link to join has one', 'https://meet.example.com/acme/weekly#t=secret', 'fragment'],
])('a url that is %s is refused at once', async (_name, given, told) => {
  const failure = await failureOf(() => createBackend({ url: given, apiKey }));
  expect(failure).toBeInstanceOf(VestibuleSetupError);
  expect(failure).toMatchObject({ code: 'BAD_URL', message: expect.stringContaining(told) });
  expect(String(failure)).not.toContain('secret');
});

test.each([
  ['missing', undefined, 'environment variable'],
  ['empty', '', 'environment variable'],
  ['with a line break', `${apiKey}\n`, 'line break'],
  ['a meeting token', 'eyJhbGciOiJIUzI1NiJ9.e30.x', 'meeting token'],
  ['a session token', `vs_${'s'.repeat(43)}`, 'session token'],
  ['a knock token', `vq_${'s'.repeat(43)}`, 'knock token'],
  ['the secret of a webhook', 'whsec_sssss', 'webhook'],
  ['cut short', 'vk_0123abcd_sss', 'cut short'],
  ['something else', 'Bearer sssss', 'no API key'],
])('a key that is %s is refused at once, and is not shown', async (_name, given, told) => {
  const failure = await failureOf(() => createBackend({ url, apiKey: given }));
  expect(failure).toMatchObject({ name: 'VestibuleSetupError', code: 'BAD_KEY' });
  expect(String(failure)).toContain(told);
  expect(String(failure)).not.toMatch(/sss|eyJ/);
});

test('the address may end as people write it', async () => {
  const asked: string[] = [];
  const fetch = async (to: string | URL | Request) => {
    asked.push(String(to));
    return Response.json({ data: { domain: null } });
  };
  for (const given of [url, `${url}/`, `${url}/graphql`, ` ${url}/graphql/ `]) {
    await createBackend({ url: given, apiKey, fetch }).ask('{ domain { id } }', {});
  }
  expect(asked).toEqual(Array.from({ length: 4 }, () => `${url}/graphql`));
});

type Answer = (response: ServerResponse) => unknown;
const json =
  (status: number, body: unknown): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const html =
  (status: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<h1>Hello</h1>');
const refusing = (code: string) => json(400, { errors: [{ message: 'No.', extensions: { code } }] });

/** What other servers and proxies answer in place of the service, or an older service itself. */
const foreign: readonly (readonly [string, Answer, string])[] = [
  ['somebody else’s page', html(200), 'NOT_VESTIBULE'],
  ['a page that is not there', html(404), 'NOT_VESTIBULE'],
  ['a proxy that lets nobody in', html(403), 'NOT_VESTIBULE'],
  ['JSON that is no answer', json(200, { hello: 'you' }), 'NOT_VESTIBULE'],
  ['a list', json(200, []), 'NOT_VESTIBULE'],
  ['nothing at all', (response) => response.writeHead(204).end(), 'NOT_VESTIBULE'],
  ['a way to https', html(301, { location: 'https://meet.example.com/graphql' }), 'BAD_URL'],
  ['a way to a login', html(302, { location: '/login' }), 'BAD_URL'],
  ['an older service', refusing('GRAPHQL_VALIDATION_FAILED'), 'NOT_UNDERSTOOD'],
  ['a document that it cannot read', refusing('GRAPHQL_PARSE_FAILED'), 'NOT_UNDERSTOOD'],
  ['an operation that it does not find', refusing('OPERATION_RESOLUTION_FAILURE'), 'NOT_UNDERSTOOD'],
  ['a proxy whose service is away', html(502), 'UNAVAILABLE'],
  ['a proxy that waits no longer', html(504, { 'retry-after': '7' }), 'UNAVAILABLE'],
  ['a proxy that waited for the request no longer', html(408), 'UNAVAILABLE'],
  ['a service that stops', refusing('UNAVAILABLE'), 'UNAVAILABLE'],
  ['an error that nobody expected', refusing('INTERNAL_SERVER_ERROR'), 'INTERNAL_SERVER_ERROR'],
  ['a code that is new', refusing('SOMETHING_NEW'), 'SOMETHING_NEW'],
  [
    'an answer that breaks off',
    (response) => response.writeHead(200, { 'content-length': 99 }).write('{"da') && response.destroy(),
    'NETWORK',
  ],
  ['an empty answer', json(200, { data: null }), 'INTERNAL_SERVER_ERROR'],
];

test.each(foreign)('%s is told apart', async (_name, answer, code) => {
  const backend = createBackend({ url: await serve(createServer(), answer), apiKey, attempts: 1 });
  for (const call of [() => backend.createRoom(), () => backend.explainEntry({ roomName: 'weekly' })]) {
    const failure = await failureOf(call);
    expect(failure instanceof VestibuleSetupError || failure instanceof VestibuleUnavailableError).toBe(true);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain(apiKey);
  }
});

/** What is refused by an error, since the field has no result union or the union no such member. */
test.each([
  ['UNAUTHENTICATED', 'Forbidden', 'UNAUTHENTICATED'],
  ['FORBIDDEN', 'Forbidden', 'FORBIDDEN'],
  ['NOT_FOUND', 'NotFound', 'NOT_FOUND'],
  ['CONFLICT', 'Conflict', 'CONFLICT'],
  ['RATE_LIMITED', 'RateLimited', 'RATE_LIMITED'],
  ['BAD_REQUEST', 'InvalidInput', 'INVALID_INPUT'],
  ['LIMIT_EXCEEDED', 'InvalidInput', 'INVALID_INPUT'],
])('an error with %s is a value as any refusal is', async (given, name, code) => {
  const backend = createBackend({ url: await serve(createServer(), refusing(given)), apiKey, attempts: 1 });
  for (const call of [
    backend.createRoom(),
    backend.explainEntry({ roomName: 'weekly' }),
    backend.revoke({ jtis: [] }),
  ]) {
    expect(await call).toMatchObject({ __typename: name, code });
  }
});

test.each<readonly [string, Answer, number]>([
  ['a proxy with its wish', html(429, { 'retry-after': '9' }), 9],
  ['a proxy that says no time', html(429), 1],
  ['a proxy that says a date', html(429, { 'retry-after': 'Wed, 01 Jan 2031 07:28:00 GMT' }), 1],
  ['the service without a time', refusing('RATE_LIMITED'), 1],
])('%s slows everybody down: RATE_LIMITED, with a time to wait', async (_name, answer, retryAfterSeconds) => {
  const backend = createBackend({ url: await serve(createServer(), answer), apiKey });
  expect(await backend.createRoom()).toMatchObject({ __typename: 'RateLimited', retryAfterSeconds });
});

test.each([408, 500, 502, 503, 504])('a proxy that answers %i says when the service is back', async (status) => {
  const backend = createBackend({
    url: await serve(createServer(), html(status, { 'retry-after': '7' })),
    apiKey,
    attempts: 1,
  });
  const failure = await failureOf(() => backend.createRoom());
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 7 });
});

test('the name that an idempotency key gives is the same for every version of this package', async () => {
  const asked: unknown[] = [];
  const fetch = async (_url: unknown, init?: RequestInit) => {
    asked.push(JSON.parse(String(init?.body)).variables.input.name);
    return Response.json({ data: { createRoom: { __typename: 'Forbidden', code: 'FORBIDDEN', message: 'No.' } } });
  };
  await createBackend({ url, apiKey, fetch }).createRoom({ idempotencyKey: 'k'.repeat(22) });
  // As the first version has made it. Another name would be a second room for whoever asks again after an update.
  expect(asked).toEqual(['Zv33ZtDq5k1EEkn6v6W4Z97qb0vZG6gH']);
});

test.each([
  ['a longer wait than a call takes by itself is the caller’s', 30, 1],
  ['no wait at all is asked again at once', 0, 2],
])('%s', async (_what, retryAfterSeconds, asked) => {
  let count = 0;
  const unavailable = { message: 'Later.', extensions: { code: 'UNAVAILABLE', retryAfterSeconds } };
  const fetch = async () => {
    count += 1;
    return Response.json({ errors: [unavailable] });
  };
  const failure = await failureOf(() => createBackend({ url, apiKey, fetch, attempts: 2 }).createRoom());
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds });
  expect(count).toBe(asked);
});

test('a refusal of a later service, of which nothing is known here, is one all the same', async () => {
  const later = { __typename: 'TooLate', code: 'TOO_LATE', message: 'It is too late.' };
  const backend = createBackend({
    url: await serve(createServer(), json(200, { data: { createRoom: later } })),
    apiKey,
  });
  const answer = await backend.createRoom();
  expect([answer, isRefusal(answer)]).toEqual([later, true]);
});

test('a certificate that nobody vouches for is a mistake of the setup, and no outage', async () => {
  const secure = await serve(createSecureServer({ ...untrustedCertificate }), html(200));
  const backend = createBackend({ url: secure.replace('http:', 'https:'), apiKey });
  expect(await failureOf(() => backend.createRoom())).toMatchObject({ code: 'UNTRUSTED' });
});

test.each([
  ['CERT_HAS_EXPIRED', 'UNTRUSTED'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNTRUSTED'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'UNTRUSTED'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNTRUSTED'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'UNTRUSTED'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNTRUSTED'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'UNTRUSTED'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'UNTRUSTED'],
  ['ECONNREFUSED', 'NETWORK'],
  ['ECONNRESET', 'NETWORK'],
  ['ENOTFOUND', 'NETWORK'],
  ['EAI_AGAIN', 'NETWORK'],
  ['UND_ERR_SOCKET', 'NETWORK'],
])('what Node calls %s is %s', async (reason, code) => {
  const fetch = async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('No.'), { code: reason }) });
  };
  const failure = await failureOf(() => createBackend({ url, apiKey, fetch, attempts: 1 }).createRoom());
  expect(failure).toMatchObject({ code, message: expect.stringContaining(reason) });
});

test.each([
  ['asks for what it does not have', '{ nothingOfThisName }'],
  ['ends too early', '{ domain { id }'],
])('the real service does not understand a document that %s', async (_what, document) => {
  const { server } = await openDomain();
  const backend = createBackend({ url: server.url, apiKey: server.apiKey });
  expect(await failureOf(() => backend.ask(document, {}))).toMatchObject({ code: 'NOT_UNDERSTOOD' });
});

test('an attempt may take fifteen seconds, unless it is said how long', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  const fetch = async () => Response.json({ data: { domain: null } });
  try {
    for (const more of [{}, { timeoutMs: 200 }]) await createBackend({ url, apiKey, fetch, ...more }).ask('{ a }', {});
    expect(timeout.mock.calls).toEqual([[15_000], [200]]);
  } finally {
    timeout.mockRestore();
  }
});

test('a fetch that does not listen to its signal is waited for no longer than any other', async () => {
  const fetch = () => new Promise<never>(() => undefined);
  const backend = createBackend({ url, apiKey, fetch, attempts: 1, timeoutMs: 20 });
  expect(await failureOf(() => backend.createRoom())).toMatchObject({ code: 'TIMEOUT' });
});

test.each([
  ['three times, unless it is said how often', {}, 3],
  ['as often as it is said', { attempts: 5 }, 5],
])('what does nothing twice is sent %s', async (_how, more, expected) => {
  vi.useFakeTimers();
  try {
    const fetch = vi.fn(() => Promise.reject(new TypeError('fetch failed')));
    const failure = failureOf(() => createBackend({ url, apiKey, fetch, ...more }).revoke({ roomName: 'weekly' }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([await failure, fetch.mock.calls.length]).toMatchObject([{ code: 'NETWORK' }, expected]);
  } finally {
    vi.useRealTimers();
  }
});

test('in an outage the pauses grow to five seconds, and to no more', async () => {
  vi.useFakeTimers();
  // The longest that chance makes of a pause.
  const chance = vi.spyOn(Math, 'random').mockReturnValue(1);
  try {
    const asked: number[] = [];
    const fetch = async () => {
      asked.push(Date.now());
      throw new TypeError('fetch failed');
    };
    const failure = failureOf(() => createBackend({ url, apiKey, fetch, attempts: 7 }).revoke({ roomName: 'weekly' }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failure).toMatchObject({ code: 'NETWORK' });
    const pauses = asked.slice(1).map((at, place) => at - (asked[place] ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  } finally {
    chance.mockRestore();
    vi.useRealTimers();
  }
});

async function serve(server: Server, answer: Answer): Promise<string> {
  server.on('request', (request, response) => request.resume().on('end', () => answer(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
