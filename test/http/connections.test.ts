import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { fitToProcess } from '../../src/http/connections.ts';
import { defaultLimits, withoutAddresses } from '../../src/http/limits.ts';
import { closeAfterwards } from '../support/closers.ts';
import { openDoor, type TestDoor } from './door-kit.ts';
import { ask, connectRaw } from './http-client.ts';
import { openSession, readAll, subscribe } from './websocket-kit.ts';

/** Opens a connection and says nothing on it. */
async function openSilent({ port }: TestDoor, localAddress = '127.0.0.1') {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  closeAfterwards(() => socket.destroy());
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, closed };
}

/** Asks on a connection that stays; the answer is short enough to come at once. */
async function askOn(socket: Socket | undefined, query: string): Promise<string> {
  const body = JSON.stringify({ query });
  const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json';
  socket?.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const [chunk] = await once(socket ?? new Socket(), 'data');
  return String(chunk);
}

/** A connection on which something was asked and answered. */
async function openUsed(door: TestDoor) {
  const opened = await openSilent(door);
  expect(await askOn(opened.socket, '{ hello }')).toContain('200 OK');
  return opened;
}

describe('connections of one address', () => {
  test('that say nothing give way to new ones, the oldest first, and those of others stay', async () => {
    const door = await openDoor({ limits: { connectionsPerAddress: 3 } });
    const other = await openSilent(door, '127.0.0.2');
    const [first, second, third] = [await openSilent(door), await openSilent(door), await openSilent(door)];
    const fourth = await openSilent(door);
    await first?.closed;
    // Each of these comes on a connection of its own.
    for (let time = 0; time < 20; time += 1) {
      expect((await ask(door.url, '{ hello }', {}, { connection: 'close' })).status).toBe(200);
    }
    await second?.closed;
    expect([third.socket.destroyed, fourth.socket.destroyed].filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(other.socket.destroyed).toBe(false);
  });

  test('beyond the limit are closed where something is at work on all of them', async () => {
    const door = await openDoor({ limits: { connectionsPerAddress: 2 } });
    const [first, second] = [await openSession(door.url), await openSession(door.url)];
    expect(await (await connectRaw(door.port)).answered).toBe('');
    first.send(subscribe('1', '{ hello }'));
    expect((await readAll(first, '1')).map(({ type }) => type)).toEqual(['next', 'complete']);
    second.socket.close();
    await once(second.socket, 'close');
    await expect
      .poll(() =>
        ask(door.url, '{ hello }').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  test('that were answered give way as well, and may be used again before; those at work stay', async () => {
    const door = await openDoor({ limits: { connectionsPerAddress: 2 } });
    const used = [await openUsed(door), await openUsed(door)];
    await askOn(used[0]?.socket, '{ hello }');
    await openUsed(door);
    await used[1]?.closed;
    const working = used[0]?.socket;
    const answer = askOn(working, 'mutation { countAfter(ms: 300) }');
    await expect.poll(() => door.seen.started).toBe(1);
    for (let time = 0; time < 3; time += 1) await openUsed(door);
    expect(await answer).toContain('{"data":{"countAfter":1}}');
  });

  test('are not counted for a trusted proxy, nor without budgets', async () => {
    const trusting = parseConfig({ TRUSTED_PROXIES: '127.0.0.0/8' });
    for (const config of [{ trustedProxies: trusting.trustedProxies }, { rateLimits: false }]) {
      const door = await openDoor({ config, limits: { connectionsPerAddress: 2 } });
      const sessions = [await openSession(door.url), await openSession(door.url), await openSession(door.url)];
      expect((await ask(door.url, '{ hello }')).status).toBe(200);
      for (const { socket } of sessions) socket.close();
    }
  });

  test('that end are counted no more', async () => {
    const door = await openDoor({ limits: { connectionsPerAddress: 1 } });
    for (let time = 0; time < 30; time += 1) {
      const { socket, closed } = await openSilent(door);
      if (time % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
      await closed;
    }
    expect((await ask(door.url, '{ hello }')).status).toBe(200);
  });
});

test('when the process is full, connections that say nothing give way to new ones, however many addresses they come from', async () => {
  const door = await openDoor({ limits: { connections: 4, connectionsPerAddress: 4 } });
  const session = await openSession(door.url);
  const first = await openSilent(door, '127.0.0.2');
  for (const address of ['127.0.0.3', '127.0.0.4']) await openSilent(door, address);
  for (let time = 0; time < 5; time += 1) {
    expect((await ask(door.url, '{ hello }', {}, { connection: 'close' })).status).toBe(200);
  }
  await first.closed;
  session.send(subscribe('1', '{ hello }'));
  expect((await readAll(session, '1')).map(({ type }) => type)).toEqual(['next', 'complete']);
});

/** Opens a stream on it, and knows that it is. */
async function carry(session: Awaited<ReturnType<typeof openSession>>): Promise<void> {
  session.send(subscribe('1', 'subscription { endless }'));
  session.send(subscribe('2', '{ hello }'));
  await readAll(session, '2');
}

test('when the process is full, WebSockets without an operation give way, and one with an operation stays', async () => {
  const door = await openDoor({ limits: { connections: 4, connectionsPerAddress: 9 } });
  const busy = await openSession(door.url);
  await carry(busy);
  const quiet = [await openSession(door.url), await openSession(door.url), await openSession(door.url)];
  const closed = quiet.map(({ socket }) => once(socket, 'close'));
  // An operation that has ended leaves its socket as quiet as one that never had any.
  quiet[0]?.send(subscribe('1', '{ hello }'));
  if (quiet[0]) await readAll(quiet[0], '1');
  const late = await openSession(door.url);
  await closed[1];
  await carry(late);
  for (const ends of [closed[2], closed[0]]) {
    const next = await openSession(door.url);
    await carry(next);
    await ends;
  }
  // Each of the four carries something now.
  expect(await (await connectRaw(door.port)).answered).toBe('');
  busy.send(subscribe('3', '{ hello }'));
  expect((await readAll(busy, '3')).map(({ type }) => type)).toEqual(['next', 'complete']);
});

describe('the limit of connections fits the process', () => {
  const fitTo = (openFiles: number, limits = defaultLimits) => {
    const said: object[] = [];
    const log = { info() {}, warn: (fields: object) => void said.push(fields), error() {} };
    const { connections, connectionsPerAddress } = fitToProcess(limits, log, openFiles);
    return { connections, connectionsPerAddress, said };
  };

  test.each([
    [256, 192, 96],
    [1024, 768, 384],
    [20_000, 19_000, 2500],
    [1, 1, 1],
  ])('that may open %i files: %i, of them %i for one address, and it is said', (files, connections, perAddress) => {
    const fitted = fitTo(files);
    expect(fitted).toMatchObject({ connections, connectionsPerAddress: perAddress });
    expect(fitted.said).toEqual([{ connections, openFiles: files }]);
  });

  test.each([1_048_576, Number.POSITIVE_INFINITY])('that may open %d files: as set, and nothing is said', (files) => {
    const { connections, connectionsPerAddress } = defaultLimits;
    expect(fitTo(files)).toEqual({ connections, connectionsPerAddress, said: [] });
  });

  test('and is no limit of an address where there are none', () => {
    expect(fitTo(256, withoutAddresses(defaultLimits)).connectionsPerAddress).toBe(Number.POSITIVE_INFINITY);
  });
});
