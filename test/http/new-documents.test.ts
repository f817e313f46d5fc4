import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { DocumentQueue } from '../../src/http/document-queue.ts';
import { KeptDocuments } from '../../src/http/kept-documents.ts';
import { openDoor } from './door-kit.ts';
import { type Answer, ask, send } from './http-client.ts';
import { codesOf, openSession, readAll, subscribe } from './websocket-kit.ts';

const terms = { documentMs: 50, documentMsPerSecond: 1, documentsWaiting: 5, documentRefusalMs: 500 };

/** Work that takes so long, by the test's own clock. Milliseconds. */
const busy = (ms: number) => () => void vi.advanceTimersByTime(ms);

/** An answer may be there at once. */
const run = async (queue: DocumentQueue, address: string, work: () => void) =>
  queue.refuse(address) ?? queue.run(address, work);

/** Lets time pass until everybody is answered. */
async function settle<Answer>(answers: readonly Promise<Answer>[]): Promise<Answer[]> {
  await vi.runAllTimersAsync();
  return Promise.all(answers);
}

const codeOf = (answer: Awaited<ReturnType<DocumentQueue['run']>>) => answer?.extensions.code ?? null;

afterEach(() => void vi.useRealTimers());

describe('documents that are new', () => {
  beforeEach(() => void vi.useFakeTimers());

  test('are taken at once where nobody waits', () => {
    let isDone = false;
    const answer = new DocumentQueue(terms).run('a', () => {
      isDone = true;
    });
    expect([answer, isDone]).toEqual([null, true]);
  });

  test('leave most of the time to everything else', async () => {
    const queue = new DocumentQueue({ ...terms, documentMs: 10_000, documentsWaiting: 100 });
    const begun = performance.now();
    const answers = await settle(Array.from({ length: 20 }, () => run(queue, 'a', busy(4))));
    expect(answers).toEqual(Array(20).fill(null));
    expect(80 / (performance.now() - begun)).toBeLessThan(0.3);
  });

  test('of one address wait behind those of others', async () => {
    const queue = new DocumentQueue({ ...terms, documentMs: 10_000, documentsWaiting: 100 });
    const order: string[] = [];
    const send = (address: string) => run(queue, address, () => void order.push(address));
    await queue.run('first', busy(10));
    await settle([...Array.from({ length: 20 }, () => send('flood')), send('a'), send('b'), send('a')]);
    expect(order.slice(0, 5)).toEqual(['flood', 'a', 'b', 'flood', 'a']);
    expect(order).toHaveLength(23);
  });

  test('are refused an address that has used up its time, after a moment, and no other', async () => {
    const queue = new DocumentQueue(terms);
    await queue.run('a', busy(60));
    const begun = performance.now();
    const [refused = null] = await settle([run(queue, 'a', () => expect.unreachable())]);
    expect(codeOf(refused)).toBe('RATE_LIMITED');
    expect(refused?.extensions.retryAfterSeconds).toBeGreaterThan(5);
    expect(performance.now() - begun).toBe(500);
    expect((await settle([run(queue, 'b', () => undefined)])).map(codeOf)).toEqual([null]);
  });

  test('that waited while the time ran out are refused as well', async () => {
    const queue = new DocumentQueue(terms);
    const answers = await settle(Array.from({ length: 4 }, () => run(queue, 'a', busy(30))));
    expect(answers.map(codeOf)).toEqual([null, null, 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  test('wait in no more than so many', async () => {
    const queue = new DocumentQueue({ ...terms, documentMs: 10_000 });
    const answers = await settle(Array.from({ length: 8 }, () => run(queue, 'a', busy(2))));
    expect(answers.map(codeOf)).toEqual([...Array(6).fill(null), 'RATE_LIMITED', 'RATE_LIMITED']);
  });
});

describe('a flood of new documents from one network, each from an address of its own', () => {
  const flooding = (index: number) => `2001:db8:1:${index.toString(16)}::/64`;

  test('leaves the next turn to others, and their places', async () => {
    vi.useFakeTimers();
    const queue = new DocumentQueue({ ...terms, documentMs: 10_000, documentsWaiting: 100 });
    await queue.run('first', busy(10));
    const order: string[] = [];
    const send = (address: string) => run(queue, address, () => void order.push(address));
    const flood = Array.from({ length: 1100 }, (_, index) => send(flooding(index)));
    const quiet = ['203.0.113.7', '198.51.100.7', '2001:db8:2:1::/64'];
    expect((await settle(quiet.map(send))).map(codeOf)).toEqual([null, null, null]);
    for (const address of quiet) expect(order.indexOf(address), address).toBeLessThan(8);
    expect(codeOf(await Promise.race(flood.slice(-50)))).toBe('UNAVAILABLE');
  });

  test('pushes nobody else’s documents out', async () => {
    const proxied = parseConfig({ PORT: '0', TRUSTED_PROXIES: '127.0.0.1' });
    // An address may bring one document: what it brought is answered as long as it is kept, and refused then.
    const limits = { keptDocuments: 10, documentMs: 0, documentMsPerSecond: 0.001 };
    const door = await openDoor({ config: proxied, limits });
    const from = (address: string, query: string) => ask(door.url, query, {}, { 'x-forwarded-for': address });
    const own = ['a', 'b', 'c', 'd'].map((name, index) => () => from(`192.0.2.${index}`, `{ ${name}: hello }`));
    for (const bring of own) expect((await bring()).status).toBe(200);
    for (let index = 0; index < 40; index += 1) await from(`2001:db8:1:${index}::1`, `{ n${index}: hello }`);
    for (const bring of own) expect((await bring()).status).toBe(200);
  });
});

describe('documents that are kept', () => {
  const outcome = { problem: new Error('none') };
  const fill = (kept: KeptDocuments, address: string, count: number) => {
    for (let index = 0; index < count; index += 1) kept.keep(`${address} ${index}`, outcome, address);
  };

  test('of one address give way to its own, not to those of others', () => {
    const kept = new KeptDocuments({ keptDocuments: 10, keptCharacters: 10_000 });
    kept.keep('console', outcome, 'office');
    fill(kept, 'flood', 100);
    expect(kept.find('console')).toBe(outcome);
    expect(kept.find('flood 99')).toBe(outcome);
    expect(kept.find('flood 0')).toBeUndefined();
  });

  test('go by their length too', () => {
    const kept = new KeptDocuments({ keptDocuments: 1000, keptCharacters: 100 });
    kept.keep('console', outcome, 'office');
    for (const letter of 'abcdef') kept.keep(letter.repeat(40), outcome, 'flood');
    expect([...'abcdef'].filter((letter) => kept.find(letter.repeat(40)) !== undefined)).toEqual(['e', 'f']);
    expect(kept.find('console')).toBe(outcome);
  });

  test('that are used stay, and cannot be drawn into a flood', () => {
    const kept = new KeptDocuments({ keptDocuments: 10, keptCharacters: 10_000 });
    kept.keep('used', outcome, 'flood');
    fill(kept, 'flood', 5);
    expect(kept.use('used', 'office')).toBe(true);
    expect(kept.use('used', 'flood')).toBe(true);
    fill(kept, 'flood', 100);
    expect(kept.find('used')).toBe(outcome);
  });

  test('of one who has them all give way by last use', () => {
    const kept = new KeptDocuments({ keptDocuments: 3, keptCharacters: 10_000 });
    for (const text of ['a', 'b', 'c']) kept.keep(text, outcome, 'one');
    kept.use('a', 'one');
    kept.keep('d', outcome, 'one');
    expect(['a', 'b', 'c', 'd'].filter((text) => kept.find(text) !== undefined)).toEqual(['a', 'c', 'd']);
  });
});

describe('at every door', () => {
  type Door = Awaited<ReturnType<typeof openDoor>>;
  const codes = ({ body }: Answer) => body.errors?.map(({ extensions }) => extensions?.code) ?? [];
  const overEvents = async (door: Door, query: string) => {
    const { text, body } = await ask(door.url, query, {}, { accept: 'text/event-stream' });
    return text.startsWith('{') ? codes({ body } as Answer) : [];
  };
  /** Asks one operation, and tells the codes of the errors that came. */
  const doors: Readonly<Record<string, (door: Door, query: string) => Promise<readonly unknown[]>>> = {
    POST: async (door, query) => codes(await ask(door.url, query)),
    GET: async (door, query) => codes(await send(`${door.url}/graphql?query=${encodeURIComponent(query)}`)),
    events: overEvents,
    'a socket': async (door, query) => {
      const client = await openSession(door.url);
      client.send(subscribe('1', query));
      const [first] = await readAll(client, '1');
      client.socket.close();
      return first?.type === 'error' || first?.type === 'next' ? codesOf(first) : [];
    },
  };
  const spent = { documentMs: 0, documentMsPerSecond: 0.1, documentRefusalMs: 10 };

  test.each(Object.entries(doors))(
    '%s: the budget holds for what is new and for nothing else',
    async (_name, sendTo) => {
      const door = await openDoor({ limits: spent });
      expect(await sendTo(door, '{ hello }')).toEqual([]);
      // One document was looked at, and that was all there was; a name that changes makes it no older.
      expect(await sendTo(door, 'query Other { hello }')).toEqual(['RATE_LIMITED']);
      expect(await sendTo(door, 'query Another {')).toEqual(['RATE_LIMITED']);
      expect(await sendTo(door, '{ hello }')).toEqual([]);
    },
  );

  test('a text that many ask for at once has one turn, and counts as one that waits', async () => {
    const door = await openDoor({ limits: { documentsWaiting: 1, inFlightPerAddress: 1000 } });
    const texts = ['{ hello }', '{ me { name } }'];
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(door.url, texts[index % 2] ?? '')));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('a text that is refused many at once is refused them all at once', async () => {
    const door = await openDoor({ limits: { ...spent, documentRefusalMs: 500 } });
    await ask(door.url, '{ hello }');
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(door.url, '{ me { name } }')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
    // One after the other they would take 15 s.
    expect(performance.now() - begun).toBeLessThan(7000);
  });

  test('a text that was refused to another client is checked for a client with time left', async () => {
    const proxied = { config: parseConfig({ PORT: '0', TRUSTED_PROXIES: '127.0.0.1' }), limits: spent };
    const door = await openDoor(proxied);
    const from = (address: string) => ask(door.url, '{ me { name } }', {}, { 'x-forwarded-for': address });
    await ask(door.url, '{ hello }', {}, { 'x-forwarded-for': '192.0.2.1' });
    const [refused, answered] = await Promise.all([from('192.0.2.1'), from('192.0.2.2')]);
    expect([refused.status, answered.status]).toEqual([429, 200]);
  });

  test('says when to come again', async () => {
    const door = await openDoor({ limits: spent });
    await ask(door.url, '{ hello }');
    const refused = await ask(door.url, '{ me { name } }');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body.errors?.[0]?.extensions?.retryAfterSeconds).toBe(Number(refused.headers.get('retry-after')));
  });

  test('addresses have their own, and none where the budgets are switched off', async () => {
    const proxied = { config: parseConfig({ PORT: '0', TRUSTED_PROXIES: '127.0.0.1' }), limits: spent };
    const door = await openDoor(proxied);
    const from = (address: string, query: string) => ask(door.url, query, {}, { 'x-forwarded-for': address });
    expect(codes(await from('192.0.2.1', '{ a: hello }'))).toEqual([]);
    expect(codes(await from('192.0.2.1', '{ b: hello }'))).toEqual(['RATE_LIMITED']);
    expect(codes(await from('192.0.2.2', '{ c: hello }'))).toEqual([]);
    const open = await openDoor({ config: { rateLimits: false }, limits: spent });
    for (const name of ['a', 'b', 'c']) expect(codes(await ask(open.url, `{ ${name}: hello }`))).toEqual([]);
  });
});
