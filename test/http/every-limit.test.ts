import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { defaultLimits, type Limits } from '../../src/http/limits.ts';
import type { Result } from '../support/graphql-client.ts';
import { openDoor } from './door-kit.ts';
import { type EveryDoor, everyDoor, everyWay, type OperationType, operationTypes } from './every-door.ts';
import { send, sendRaw } from './http-client.ts';
import { documentRows, limitedSchema, type Row } from './limit-rows.ts';
import { codesOf, openSession, openSocket, readAll, subscribe } from './websocket-kit.ts';

// Each limit lets pass what stands at it, and refuses one more: by every type of operation, at every door.

const schema = limitedSchema();
const open = (limits: Partial<Limits>) => openDoor({ schema, limits });

const rows = operationTypes.flatMap((type) =>
  Object.entries(documentRows(type)).map(([name, row]) => ({ type, name, row })),
);
const limitOf = (name: string) => name.replace(/:.*/, '');

/** Limits of other things than a document's size, which tests below hold to. */
const counted = [
  ...['bodyBytes', 'messageBytes', 'executionMs', 'inFlight', 'inFlightPerAddress'],
  ...['streamsPerAddress', 'operationsPerSocket', 'connections', 'connectionsPerAddress'],
];

/** Where the others are held to: they are times, or refuse nothing. */
const elsewhere: Readonly<Record<string, string>> = {
  documentMs: 'new-documents',
  documentMsPerSecond: 'new-documents',
  documentsWaiting: 'new-documents',
  documentRefusalMs: 'new-documents',
  keptDocuments: 'new-documents',
  keptCharacters: 'new-documents',
  workPerPerson: 'work-budget',
  workPerPersonPerSecond: 'work-budget',
  workPerAddress: 'work-budget',
  workPerAddressPerSecond: 'work-budget',
  unsentBytes: 'websocket-connection',
  connectionInitMs: 'websocket-connection',
  keepAliveMs: 'websocket-connection',
  stalledMs: 'event-stream',
  headersMs: 'limits',
  requestMs: 'limits',
  unfinishedBytes: 'limits',
};

test('every limit there is has its tests', async () => {
  const inRows = new Set(rows.map(({ name }) => limitOf(name)));
  expect([...inRows, ...counted, ...Object.keys(elsewhere)].sort()).toEqual(Object.keys(defaultLimits).sort());
  for (const [limit, file] of Object.entries(elsewhere)) {
    expect(await readFile(new URL(`${file}.test.ts`, import.meta.url), 'utf8'), file).toContain(`${limit}:`);
  }
});

/** What came, in a word: the limit that was gone beyond, another refusal, or nothing of that kind. */
function inAWord({ data, errors }: Result): unknown {
  if (errors === undefined) return data === undefined || data === null ? 'nothing' : 'passes';
  const { code, limit } = errors[0]?.extensions ?? {};
  return code === 'LIMIT_EXCEEDED' && !data ? `beyond ${String(limit)}` : JSON.stringify(errors);
}

const waysOf = (type: OperationType) => everyWay.filter((way) => way.type === type);

async function askAll(url: string, ways: readonly ({ door: string } & Pick<EveryDoor, 'ask'>)[], row: Row['atLimit']) {
  const answers = await Promise.all(ways.map(async ({ door, ask }) => [door, inAWord(await ask(url, row))] as const));
  return Object.fromEntries(answers);
}

test.each(rows)(
  'a $type at the limit passes at every door, and one beyond is refused: $name',
  async ({ name, type, row }) => {
    const { limits, atLimit, beyond, named = limitOf(name) } = row;
    const ways = waysOf(type);
    const all = (word: string) => Object.fromEntries(ways.map(({ door }) => [door, word]));
    const { url } = await open(limits);
    expect(await askAll(url, ways, atLimit)).toEqual(all('passes'));
    const beyondIt = beyond.limits === undefined ? url : (await open(beyond.limits)).url;
    expect(await askAll(beyondIt, ways, beyond)).toEqual(all(`beyond ${named}`));
  },
);

describe('bytes', () => {
  const body = (bytes: number, query: string) => {
    const plain = JSON.stringify({ query, extensions: { padding: '' } });
    return plain.replace('""', `"${'x'.repeat(bytes - plain.length)}"`);
  };

  test.each([
    ['a query', '{ node { name } }', 'application/json'],
    ['a mutation', 'mutation { node { name } }', 'application/json'],
    ['a query as events', '{ node { name } }', 'text/event-stream'],
    ['a subscription', 'subscription { node { name } }', 'text/event-stream'],
    ['a query in parts', '{ node { name } }', 'multipart/mixed'],
  ])('bodyBytes: of %s', async (_what, query, accept) => {
    const { url } = await open({ bodyBytes: 200 });
    const post = (bytes: number) =>
      send(url, { method: 'POST', headers: { accept, 'content-type': 'application/json' }, body: body(bytes, query) });
    expect((await post(200)).status).toBe(200);
    expect(await post(201)).toMatchObject({
      status: 413,
      body: { errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    });
  });

  test.each(operationTypes)('messageBytes: of a %s', async (type) => {
    const { url } = await open({ messageBytes: 200 });
    const padded = (bytes: number) => {
      const message = JSON.stringify(subscribe('1', `${type} { node { name } }`));
      return message.replace('{ node', `{${' '.repeat(bytes - message.length + 1)}node`);
    };
    const client = await openSession(url);
    expect(padded(200)).toHaveLength(200);
    client.send(padded(200));
    expect((await readAll(client, '1')).map((message) => message.type)).toEqual(['next', 'complete']);
    client.send(padded(201));
    expect((await client.closed).code).toBe(1009);
  });
});

describe('time', () => {
  test('executionMs: a query or mutation that takes longer is UNAVAILABLE at every door', async () => {
    const { url } = await open({ executionMs: 100 });
    const ways = everyWay.filter(({ type }) => type !== 'subscription');
    const answers = await Promise.all(
      ways.map(({ ask, type }) => ask(url, { query: `${type} { node { name } stuck }` })),
    );
    const codes = answers.map(({ data, errors }) =>
      data ? 'data' : errors?.map(({ extensions }) => extensions?.code),
    );
    expect(codes).toEqual(ways.map(() => ['UNAVAILABLE']));
    // Nothing was changed by a query; by a mutation that has begun, perhaps.
    const said = (wanted: OperationType) =>
      answers.flatMap(({ errors }, index) => (ways[index]?.type === wanted ? (errors?.[0]?.message ?? '') : []));
    expect([...said('query'), ...said('mutation')].length).toBe(ways.length);
    expect(said('query').filter((message) => said('mutation').includes(message))).toEqual([]);
    expect([new Set(said('query')).size, new Set(said('mutation')).size]).toEqual([1, 1]);
  });
});

/** Something of each type that is answered at once. */
const small: Readonly<Record<OperationType, string>> = {
  query: '{ hello }',
  mutation: 'mutation { count }',
  subscription: 'subscription { numbers(to: 1) }',
};

describe('places', () => {
  const most = 3;
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const codeOf = ({ errors }: Result) => errors?.[0]?.extensions?.code;

  test.each([
    ['inFlight', 'UNAVAILABLE'],
    ['inFlightPerAddress', 'RATE_LIMITED'],
  ])('%s: all are used, and one more is %s at every door', async (limit, code) => {
    const { url, door, seen } = await openDoor({ limits: { [limit]: most } });
    const hold = async (held: number) => {
      const body = JSON.stringify({ query: 'mutation { countHeld }' });
      while (seen.started < held) {
        const begun = seen.started;
        send(url, { method: 'POST', headers: json, body }).catch(() => undefined);
        await expect.poll(() => seen.started).toBe(begun + 1);
      }
    };
    await hold(most - 1);
    // The last place serves one after the other.
    for (const { ask, type } of everyWay) expect(codeOf(await ask(url, { query: small[type] }))).toBeUndefined();
    await hold(most);
    // A subscription takes none on a socket, where it lasts.
    const ways = everyWay.filter(({ door: at, type }) => at !== 'WebSocket' || type !== 'subscription');
    for (const { ask, type, door: at } of ways) {
      expect([at, type, codeOf(await ask(url, { query: small[type] }))]).toEqual([at, type, code]);
    }
    await door.close({ graceMs: 0 });
  });

  test('operationsPerSocket: so many of any type, and one more is refused', async () => {
    const { url } = await openDoor({ limits: { operationsPerSocket: most } });
    const client = await openSession(url);
    const hold = async (id: string) => {
      client.send(subscribe(id, 'subscription { endless }'));
      await client.others.find((message) => message.id === id);
    };
    const askAgain = async (type: OperationType) => {
      client.send(subscribe(type, small[type]));
      return readAll(client, type);
    };
    for (let held = 1; held < most; held += 1) await hold(`held ${held}`);
    for (const type of operationTypes) {
      expect((await askAgain(type)).map((message) => message.type)).toEqual(['next', 'complete']);
    }
    await hold('the last');
    for (const type of operationTypes) expect(codesOf((await askAgain(type))[0])).toEqual(['RATE_LIMITED']);
  });

  test('streamsPerAddress: sockets and event streams together, and one more of either is refused', async () => {
    const { url, seen } = await openDoor({ limits: { streamsPerAddress: most } });
    const headers = { ...json, accept: 'text/event-stream' };
    const endless = () =>
      fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"subscription { endless }"}' });
    await Promise.all([endless(), openSocket(url), openSocket(url)]);
    await seen.until(1);
    const streamed = everyWay.filter(({ door }) => /events|parts/.test(door));
    for (const { ask, type, door } of streamed) {
      expect([door, type, codeOf(await ask(url, { query: small[type] }))]).toEqual([door, type, 'RATE_LIMITED']);
    }
    expect((await endless()).status).toBe(429);
    await expect(openSession(url)).rejects.toThrow();
    for (const door of ['POST as JSON', 'GET as JSON'] as const) {
      expect(await everyDoor[door].ask(url, { query: small.query })).toEqual({ data: { hello: 'Hello you' } });
    }
  });

  test.each(['connections', 'connectionsPerAddress'])('%s: one more is closed where all are at work', async (limit) => {
    const { url, port } = await openDoor({ limits: { [limit]: most } });
    const sockets = await Promise.all(Array.from({ length: most }, () => openSession(url)));
    for (const socket of sockets) {
      socket.send(subscribe('stream', 'subscription { endless }'));
      socket.send(subscribe('query', '{ hello }'));
      await readAll(socket, 'query');
    }
    expect(await sendRaw(port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
    await sockets[0]?.close();
    await expect
      .poll(() =>
        send(`${url}/health`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });
});
