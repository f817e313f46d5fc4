import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { spawnServer } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';

let backend: Seed;
let endpoint: string;
let allowed: Page;
let foreign: Page;

beforeAll(async () => {
  const database = await createTestDatabase();
  const [allowedOrigin, foreignOrigin] = await Promise.all([openSite(), openSite()]);
  const env = { NODE_ENV: 'production', ALLOWED_ORIGINS: allowedOrigin };
  const server = await spawnServer({ databaseUrl: database.url, env });
  backend = seed(server);
  endpoint = `${server.url}/graphql`;
  allowed = await visit(allowedOrigin);
  foreign = await visit(foreignOrigin);
});

/** An empty page of an origin of its own. */
async function openSite(): Promise<string> {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  closeAfterwards(() => site.close());
  const address = site.address();
  if (address === null || typeof address === 'string') throw new Error('the site listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

async function visit(url: string): Promise<Page> {
  const context = await (await shareBrowser()).newContext();
  closeAfterwards(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

type Request = {
  readonly query: string;
  readonly bearer?: string;
  readonly type?: string;
  readonly needsNoLeave?: true;
};

/** Asks as a script of the page would. Gives the answer, or the kind of error where the browser shows none. */
function askFrom(page: Page, request: Request): Promise<unknown> {
  return page.evaluate(
    async ({ url, query, bearer, type = 'application/json', needsNoLeave }) => {
      const mode = needsNoLeave ? 'no-cors' : 'cors';
      const headers = new Headers({ 'content-type': type });
      if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
      try {
        const response = await fetch(url, { method: 'POST', headers, mode, body: JSON.stringify({ query }) });
        return await response.json();
      } catch (error) {
        return error instanceof TypeError ? 'refused' : 'failed';
      }
    },
    { url: endpoint, ...request },
  );
}

/** Opens a WebSocket, says who it is, subscribes, and gives the type of each message until the first event, or the close. */
function subscribeFrom(page: Page, bearer: string, query: string): Promise<readonly string[]> {
  return page.evaluate(
    ({ url, token, document }) =>
      new Promise<string[]>((resolve) => {
        const said: string[] = [];
        const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
        const send = (message: object) => socket.send(JSON.stringify(message));
        socket.onopen = () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
        socket.onmessage = ({ data }) => {
          const { type } = JSON.parse(data);
          said.push(type);
          if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query: document } });
          if (type === 'next') socket.close();
        };
        socket.onclose = ({ code }) => resolve([...said, String(code)]);
      }),
    { url: endpoint, token: bearer, document: query },
  );
}

const viewer = '{ viewer { ... on ApiKey { __typename } } }';
const shown = { data: { viewer: { __typename: 'ApiKey' } } };

describe('a page of an allowed origin', () => {
  test('asks by plain fetch', async () => {
    expect(await askFrom(allowed, { query: viewer, bearer: backend.apiKey })).toEqual(shown);
  });

  test('subscribes over WebSocket', async () => {
    const room = await backend.waitingRoom();
    await room.knocker();
    const query = `subscription { knockRequested(roomName: "${room.name}") { userName } }`;
    const said = await subscribeFrom(allowed, backend.apiKey, query);
    expect(said.slice(0, 2)).toEqual(['connection_ack', 'next']);
  });
});

describe('a page of a foreign origin', () => {
  test('gets no answer by plain fetch, even with a credential', async () => {
    expect(await askFrom(foreign, { query: viewer, bearer: backend.apiKey })).toBe('refused');
    expect(await askFrom(foreign, { query: viewer })).toBe('refused');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'changes nothing by a request that needs no leave: %s',
    async (type) => {
      const room = await backend.waitingRoom();
      const query = `mutation { knock(input: { roomName: "${room.name}", userName: "Eve" }) { __typename } }`;
      const waiting = async () =>
        (await backend.ask(`{ knockRequests(roomName: "${room.name}") { totalCount } }`)).body;
      expect(await askFrom(foreign, { query, type, needsNoLeave: true })).toBe('refused');
      expect(await waiting()).toEqual({ data: { knockRequests: { totalCount: 0 } } });
      // The same operation from an allowed page: anybody may knock, so that only its origin stood in the way.
      expect(await askFrom(allowed, { query })).toEqual({ data: { knock: { __typename: 'Knocked' } } });
      expect(await waiting()).toEqual({ data: { knockRequests: { totalCount: 1 } } });
    },
  );

  test('gets no WebSocket', async () => {
    expect(await subscribeFrom(foreign, backend.apiKey, 'subscription { knockRequested { id } }')).toEqual(['1006']);
  });

  test('cannot show the service in a frame', async () => {
    const framed = await foreign.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const frame = document.createElement('iframe');
          frame.onload = () => resolve(frame.contentDocument === null ? 'hidden' : 'readable');
          frame.src = url;
          document.body.append(frame);
        }),
      endpoint.replace('/graphql', '/default/room'),
    );
    expect(framed).toBe('hidden');
    const frames = foreign.frames().map((frame) => frame.url());
    expect(frames.some((url) => url.startsWith('chrome-error:'))).toBe(true);
  });
});

test('no page is given a cookie', async () => {
  const page = await visit(endpoint.replace('/graphql', '/default/room'));
  expect(await page.context().cookies()).toEqual([]);
});
