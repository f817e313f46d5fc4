import { once } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { readDocument } from '../docs/markdown.ts';
import { documentFor, rootFields } from '../security/every-operation.ts';
import { createTestDatabase } from '../support/database.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { wsClient } from '../support/ws-client.ts';

// Whoever asks in a wrong way is told what came, what is needed, and where: by the API, by routes beside it, and before a socket opens.

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
});

const refused = z.object({
  errors: z.array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) })).min(1),
});

async function refusalOf(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; message: string; code: string }> {
  const response = await fetch(`${server.url}${path}`, init);
  const { message, extensions } = refused.parse(await response.json()).errors[0] ?? expect.unreachable();
  return { status: response.status, message, code: extensions.code };
}

describe('a credential that is sent where none is read', () => {
  const places: Readonly<Record<string, (key: string) => readonly [query: string, headers: Record<string, string>]>> = {
    'a header of its own': (key) => ['', { 'x-api-key': key }],
    'the URL': (key) => [`?apiKey=${key}`, {}],
    'a cookie': (key) => ['', { cookie: `session=${key}` }],
  };
  const said: Readonly<Record<string, RegExp>> = {
    'a header of its own': /in a header of its own.*needs an API key.*Authorization: Bearer/,
    'the URL': /in the URL, which logs contain.*needs an API key.*Authorization: Bearer/,
    'a cookie': /in a cookie.*needs an API key.*Authorization: Bearer/,
  };

  test.each(Object.entries(places))('%s', async (where, place) => {
    const [query, headers] = place(server.apiKey);
    const body = JSON.stringify({ query: '{ domain { name } }' });
    const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    const refusal = await refusalOf(`/graphql${query}`, init);
    expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringMatching(said[where] ?? /^$/) });
    expect(refusal.message).not.toContain(server.apiKey);
  });

  test.each(['x-api-key', 'api-key', 'apikey', 'x-auth-token', 'x-access-token', 'x-vestibule-key'])(
    'the header %s',
    async (name) => {
      const headers = { [name]: server.apiKey, 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ domain { name } }' });
      const { message } = await refusalOf('/graphql', { method: 'POST', headers, body });
      expect(message).toMatch(said['a header of its own'] ?? /^$/);
    },
  );

  test.each([
    ['another name', { token: 'KEY' }],
    ['an object of headers', { headers: { authorization: 'Bearer KEY' } }],
    ['the name of a header', { 'x-api-key': 'KEY' }],
  ])('connectionParams, under %s', async (_what, params) => {
    const connectionParams: unknown = JSON.parse(JSON.stringify(params).replace('KEY', server.apiKey));
    const client = wsClient(server.url, undefined, { connectionParams });
    const { errors } = await (await client.subscribe('{ domain { name } }')).next();
    await client.close();
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    expect(errors?.[0]?.message).toMatch(/in `connectionParams` under another name than `authorization`/);
  });

  test.each([
    ['undefined', /`undefined`, or a Promise without `await`/],
    ['Promise', /a Promise without `await`/],
    ['null', /where it has none/],
    ['NaN', /where it has none/],
    ['$KEY', /where it has none/],
  ])('in place of one %s', async (bearer, message) => {
    const headers = {
      authorization: `Bearer ${bearer === 'Promise' ? String(Promise.resolve()) : bearer}`,
      'content-type': 'application/json',
    };
    const init = { method: 'POST', headers, body: JSON.stringify({ query: '{ domain { name } }' }) };
    expect(await refusalOf('/graphql', init)).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(message),
    });
  });

  test.each(rootFields)('%s says so too, where it takes one', async (field) => {
    const variables = sampleVariables(field, { roomName: 'none', text: 'text', id: 'none' });
    const body = JSON.stringify({ query: documentFor(field), variables });
    const headers = { 'x-api-key': server.apiKey, 'content-type': 'application/json', accept: 'text/event-stream' };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
    const text = await response.text();
    const isOpen = ['access', 'doorPage', 'joinRoom', 'knock', 'viewer'].includes(field);
    expect(/in a header of its own/.test(text), text).toBe(!isOpen);
  });
});

describe('a request that no door takes', () => {
  const json = { 'content-type': 'application/json' };

  test.each<[string, number, RegExp, string, RequestInit]>([
    [
      'an Accept that offers nothing',
      406,
      /Accept header must allow/,
      '/graphql',
      { method: 'POST', headers: { ...json, accept: 'text/plain' }, body: '{}' },
    ],
    ['a type that is not JSON', 415, /application\/json/, '/graphql', { method: 'POST', body: 'query={a}' }],
    ['another method at the API', 405, /GET or POST/, '/graphql', { method: 'PUT' }],
    ['another method at a route', 405, /send GET\. The API is at \/graphql/, '/health', { method: 'POST' }],
    ['another method at a page', 405, /send GET\. The API is at \/graphql/, '/default/weekly', { method: 'POST' }],
    ['another method where there is nothing', 404, /API is at \/graphql/, '/nothing', { method: 'DELETE' }],
    ['the API with a slash behind it', 404, /API is at \/graphql/, '/graphql/', { method: 'POST' }],
    [
      'a socket whose Upgrade was taken away',
      426,
      /Upgrade and Connection/,
      '/graphql',
      { headers: { 'sec-websocket-key': 'x' } },
    ],
    [
      'a body that is no operation',
      400,
      /\{"query": "…"/,
      '/graphql',
      { method: 'POST', headers: json, body: '{"name":"x","properties":{}}' },
    ],
    ['a body that is no JSON', 400, /\{"query": "…"/, '/graphql', { method: 'POST', headers: json, body: 'query' }],
  ])('%s: %d', async (_what, status, message, path, init) => {
    expect(await refusalOf(path, init)).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test('a page that is not there says what is', async () => {
    const response = await fetch(`${server.url}/nothing`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('/graphql')]);
  });

  test.each([
    ['another path', '/socket', undefined, 404, /at \/graphql/],
    ['another origin', '/graphql', 'https://elsewhere.example', 403, /ALLOWED_ORIGINS/],
  ])('a WebSocket at or from %s is told why', async (_what, path, origin, status, message) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, origin === undefined ? {} : { origin });
    const [, response] = await once(socket, 'unexpected-response');
    let text = '';
    for await (const chunk of response) text += chunk;
    expect([response.statusCode, refused.parse(JSON.parse(text)).errors[0]?.message]).toEqual([
      status,
      expect.stringMatching(message),
    ]);
  });
});

describe("a request in Daily's shape", async () => {
  const rest = await readDocument('docs/moving-from-daily.md');
  const section = rest.split('\n## REST\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(.+?)` [^|]*\| (.+?) \|/gm)].flatMap(([line, , here = '']) =>
    [...(line.split(' | ')[0] ?? '').matchAll(/`([A-Z]+) (\/[^`]*)`/g)].map(
      ([, method = '', path = '']) =>
        [method, path.replaceAll(/:\w+/g, 'weekly').replace('…', 'start'), /`([\w.]+)`/.exec(here)?.[1] ?? ''] as const,
    ),
  );

  test('the page has rows enough', () => expect(rows.length).toBeGreaterThan(15));

  test.each(rows)('%s %s is told that it is %s here', async (method, path, operation) => {
    for (const before of ['', '/v1', '/api/v1']) {
      const init = { method, headers: { authorization: `Bearer ${server.apiKey}` } };
      const refusal = await refusalOf(`${before}${path}`, init);
      expect(refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      expect(refusal.message).toContain(operation === '' ? 'Nothing here' : `\`${operation}\``);
    }
  });

  test('an operation of daily-js leads to what the page names beside it', async () => {
    const table = rest.split('\n## daily-js\n')[1]?.split('\n## ')[0] ?? '';
    const named = Map.groupBy(
      [...table.matchAll(/^\| (`.+?) \| (.+?) \|/gm)].flatMap(([, left = '', here = '']) =>
        [...left.matchAll(/`(\w+)(?![\w-])/g)].map(([, name = '']) => ({ name, here })),
      ),
      ({ name }) => name,
    );
    const led: string[] = [];
    for (const [name, beside] of named) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
      const query = `mutation { ${name}(x: 1) { __typename } }`;
      const { message } = await refusalOf('/graphql', { ...init, body: JSON.stringify({ query }) });
      const [, word] = /It is the \w+ "(\w+)" here/.exec(message) ?? [];
      if (word === undefined) continue;
      led.push(name);
      expect(beside.map(({ here }) => here).join(' '), name).toContain(`\`${word}\``);
    }
    expect(led).toEqual(expect.arrayContaining(['accessState', 'join', 'requestAccess', 'leave']));
    expect(led).toEqual(expect.arrayContaining(['updateWaitingParticipant', 'updateWaitingParticipants']));
  });

  const properties = await readDocument('docs/daily-properties.md');
  const ofRooms = namesIn(properties, '## Rooms');
  const ofTokens = namesIn(properties, '## Meeting tokens, made by the service');

  test.each([
    ...ofRooms.map((one) => ['createRoom', 'CreateRoomInput', ...one] as const),
    ...ofTokens.map((one) => ['createMeetingToken', 'CreateMeetingTokenInput', ...one] as const),
  ])('%s with %s: %s', async (field, type, name, here) => {
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
    const inVariables = { query, variables: { input: { [name]: true } } };
    const inDocument = { query: `mutation { ${field}(input: { ${name}: true }) { __typename } }` };
    const asArgument = { query: `mutation { ${field}(${name}: true) { __typename } }` };
    for (const asked of [inVariables, inDocument, asArgument]) {
      const text = await (
        await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(asked),
        })
      ).text();
      expect(text).toMatch(/BAD_REQUEST|GRAPHQL_VALIDATION_FAILED/);
      expect(text, text).toContain(here === null ? 'docs/daily-properties.md' : `${here}\\" here`);
    }
  });

  test.each([
    ['{ createRoom(input: {}) { __typename } }', 'mutation \\"createRoom'],
    ['mutation { requestAccess(name: "N") { __typename } }', 'mutation \\"knock'],
    ['mutation { rooms { __typename } }', 'query \\"rooms'],
    ['mutation { createRoom(input: { properties: {} }) { __typename } }', '\\"settings\\" here'],
    ['mutation { createRoom(privacy: PRIVATE) { __typename } }', '\\"input.settings.privacy\\" here'],
  ])('%s', async (query, hint) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) };
    expect(await (await fetch(`${server.url}/graphql`, init)).text()).toContain(hint);
  });
});

/** Names that are written with a line below, of the table below a heading; with the field here, if it is one. */
function namesIn(document: string, heading: string): readonly (readonly [name: string, here: string | null])[] {
  const section = document.split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [left = '', right = ''] = line.slice(2).split(' | ');
      const there = [...left.matchAll(/`(\w+_\w+)`/g)].map(([, name = '']) => name);
      const here = [...right.matchAll(/`(?!create)(\w+)`/g)].map(([, name = '']) => name);
      return there.map((name, index) => [name, here.length === there.length ? (here[index] ?? null) : null] as const);
    });
}

test('an object where text is needed may be a Promise', async () => {
  const query = 'query ($name: String!) { access(roomName: $name) { level } }';
  const body = JSON.stringify({ query, variables: { name: {} } });
  const { message } = await refusalOf('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(message).toContain('`await`');
});

test('nothing is hinted of a schema that is not shown', async () => {
  const quiet = await startServer({ databaseUrl: (await createTestDatabase()).url, introspection: false });
  const query = 'mutation { createRoom(privacy: PRIVATE) { __typename } }';
  const response = await fetch(`${quiet.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(await response.text()).not.toContain('settings');
});
