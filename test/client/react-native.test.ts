import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import * as React from 'react';
import { build } from 'vite';
import { beforeAll, expect, test } from 'vitest';
import type * as clientPackage from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { openDomain } from '../support/domain.ts';
import type { Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { createStorage, follow } from './client-kit.ts';

const source = join(import.meta.dirname, '../../packages/client/src');

let server: TestServer & { readonly domain: string };
let backend: Seed;
let code: string;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
  code = await bundle();
});

/** The client and its hooks as one script, as Metro makes of them. */
async function bundle(): Promise<string> {
  const entry = 'virtual:app';
  const imports = ['index.ts', 'react.ts'].map((file) => `export * from '${join(source, file)}';`).join('');
  const app = {
    name: 'app',
    resolveId: (id: string) => (id.endsWith(entry) ? entry : null),
    load: (id: string) => (id === entry ? imports : null),
  };
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [app],
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'vestibule', fileName: 'app' },
      rolldownOptions: { external: ['react'], output: { globals: { react: 'React' } } },
    },
  });
  const [output] = [made].flat();
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('no bundle');
  return chunk.code;
}

/** What React Native's own fetch answers: the text as a whole, and no stream. */
const nativeFetch = async (url: string, init: RequestInit) => {
  const { status, ok, headers, ...response } = await readWhole(url, init);
  return { status, ok, headers, text: async () => response.text, json: async () => JSON.parse(response.text) };
};

async function readWhole(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, ok: response.ok, headers: response.headers, text: await response.text() };
}

/** The one of React Native without a polyfill: it takes anything, and most of it is not implemented. */
class NativeUrl {
  readonly href: string;

  constructor(url: string) {
    this.href = `${url}/`;
  }

  get protocol(): string {
    throw new Error('URL.protocol is not implemented');
  }

  get origin(): string {
    throw new Error('URL.origin is not implemented');
  }
}

/** What the language of Hermes does not have, of what Node's has. */
const missing = `
  delete Promise.withResolvers; delete Promise.try; delete Object.groupBy; delete Map.groupBy; delete Array.fromAsync;
  for (const name of ['union', 'difference', 'intersection', 'isSubsetOf']) delete Set.prototype[name];
  for (const name of ['toSorted', 'toReversed', 'toSpliced', 'with']) delete Array.prototype[name];
  delete String.prototype.isWellFormed; delete globalThis.Iterator; delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer; delete globalThis.Atomics; delete globalThis.FinalizationRegistry;
`;

/** The package in a world that has what React Native has, with a polyfill of random values, and nothing of a page. */
function load(): typeof clientPackage {
  const native = {
    ...{ fetch: nativeFetch, URL: NativeUrl, WebSocket, AbortController, TextEncoder, React, queueMicrotask },
    ...{ setTimeout, clearTimeout, performance: { now: () => performance.now() } },
    crypto: { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) },
  };
  const world = createContext({ ...native }, { codeGeneration: { strings: false, wasm: false } });
  runInContext(missing, world);
  runInContext(code, world);
  return runInContext('vestibule', world);
}

const options = () => ({ url: server.url, domain: server.domain });

test('somebody knocks, waits, is let in and follows the room, with nothing but what React Native has', async () => {
  const { createClient, createVisit } = load();
  const room = await backend.waitingRoom();
  const visit = createVisit(createClient(options()), { roomName: room.name, storage: createStorage() });
  closeAfterwards(visit.hold());
  await follow(visit.access.view).until(({ level }) => level === 'LOBBY');
  const knock = follow(visit.knock.view);
  await visit.knock.actions.knock({ userName: 'Nora' });
  const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
  await backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
    input: { knockId: knockRequest?.id },
  });
  await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
  const people = follow(visit.participants.view);
  await people.until(({ me }) => me?.userName === 'Nora');
  await room.guest({ userName: 'Gustav' });
  await people.until(({ participants }) => participants.some(({ userName }) => userName === 'Gustav'));
  await expect
    .poll(() => visit.connection.get(), { timeout: 10_000 })
    .toMatchObject({ state: 'OPEN', way: 'WEBSOCKET' });
  expect(await visit.join.actions.leave()).toBeUndefined();
  expect(visit.join.view.get()).toMatchObject({ phase: 'LEFT', leaveReason: 'LEFT' });
});

test('where sockets are blocked it is told by asking, since answers come as a whole there', async () => {
  const { createClient } = load();
  const room = await backend.room();
  const { jwt } = await room.token({ userName: 'Gustav' });
  const client = createClient({ ...options(), webSocket: null });
  const joining = await client.join({ roomName: room.name, token: jwt });
  if (joining.kind !== 'JOINED') throw new Error(joining.kind);
  await follow(joining.session.view).until(({ state }) => state === 'OPEN');
  expect(client.connection.get()).toMatchObject({ state: 'OPEN', way: 'HEARTBEAT' });
});

test.each(['', 'meet.example.com', 'ftp://meet.example.com', 'http://', 'https:///x'])(
  'an address that is none is told there too: %j',
  async (url) => {
    const { createClient } = load();
    await expect(createClient({ url }).access({ roomName: 'weekly' })).rejects.toMatchObject({ code: 'INVALID_URL' });
  },
);

test('a service that is away is told with its code', async () => {
  const { createClient } = load();
  const client = createClient({ url: 'http://127.0.0.1:9', attempts: 1 });
  await expect(client.access({ roomName: 'weekly' })).rejects.toMatchObject({ code: 'NETWORK' });
});
