import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createResolve } from '../../src/egress/resolve.ts';
import { createEgress, type EgressOptions } from '../../src/webhooks/egress.ts';
import { closeAfterwards } from '../support/closers.ts';
import { onThisMachine } from '../support/timing.ts';
import { untrustedCertificate } from '../support/untrusted-certificate.ts';
import { startReceiver } from './webhook-kit.ts';

const never = new AbortController().signal;

function post(url: string, options: Partial<EgressOptions> = {}, signal = never) {
  const headers = { 'content-type': 'application/json', 'webhook-id': 'x' };
  return createEgress({ allowPrivate: true, ...options }).post({ url, headers, body: '{"a":"é"}', signal });
}

/** A server that speaks bytes, at any loopback address. */
async function startBytes(onConnection: (socket: Socket) => void, host = '127.0.0.1', port = 0) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  closeAfterwards(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // A server that listens on TCP has such an address.
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}

test('an endpoint whose certificate nobody vouches for is told nothing', async () => {
  const told: string[] = [];
  const server = createHttpsServer(untrustedCertificate, (request, response) => {
    told.push(request.url ?? '');
    response.end();
  });
  const refusals: unknown[] = [];
  server.on('tlsClientError', (error) => refusals.push(error));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => server.close());
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  expect(await post(`https://localhost:${port}/hook`)).toMatchObject({ kind: 'UNREACHED' });
  await expect.poll(() => refusals.length).toBeGreaterThan(0);
  expect(told).toEqual([]);
});

describe('what is sent', () => {
  test('one POST with the body as it is, and of the answer only status and Retry-After', async () => {
    const receiver = await startReceiver((response) => response.writeHead(503, { 'retry-after': '17' }).end('no'));
    expect(await post(receiver.url)).toEqual({ kind: 'ANSWERED', status: 503, retryAfter: '17' });
    const { headers, body } = await receiver.inbox.next();
    expect(body).toBe('{"a":"é"}');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '10', 'webhook-id': 'x' });
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) to the inside is an answer like any other', async (status) => {
    const inside = await startReceiver();
    const receiver = await startReceiver((response) => response.writeHead(status, { location: inside.url }).end());
    expect(await post(receiver.url)).toMatchObject({ kind: 'ANSWERED', status });
    expect(inside.connections()).toBe(0);
  });

  test('a URL with a user or password is not called', async () => {
    const receiver = await startReceiver();
    const url = receiver.url.replace('http://', 'http://user:secret@');
    expect(await post(url)).toEqual({ kind: 'UNREACHED', reason: 'URL_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  test('each attempt opens a connection of its own, and closes it', async () => {
    const receiver = await startReceiver();
    await post(receiver.url);
    await post(receiver.url);
    expect(receiver.connections()).toBe(2);
    expect((await receiver.inbox.next()).headers.connection).toBe('close');
  });
});

describe('where it is sent', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '[::ffff:127.0.0.1]',
    'localhost',
  ])('no connection to %s', async (host) => {
    const receiver = await startReceiver();
    const outcome = await post(receiver.url.replace('127.0.0.1', host), { allowPrivate: false });
    expect(outcome).toEqual({ kind: 'UNREACHED', reason: 'ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  test.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['a public and a private one', ['8.8.8.8', '127.0.0.1']],
    ['mapped loopback', ['::ffff:127.0.0.1']],
    ['link-local with a zone', ['fe80::1%lo']],
    ['no address at all', ['localhost']],
  ])('no connection for a name that leads to %s', async (_name, addresses) => {
    const receiver = await startReceiver();
    const url = `http://rebind.example:${receiver.port}/`;
    const outcome = await post(url, { allowPrivate: false, resolve: async () => addresses });
    expect(outcome).toEqual({ kind: 'UNREACHED', reason: 'ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  test('a name server that changes its mind is asked once, and the address that was checked is called', async () => {
    const checked = await startBytes((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'), '127.0.0.1');
    const second = await startBytes((socket) => socket.end('HTTP/1.1 500 No\r\n\r\n'), '127.0.0.2', checked.port);
    const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']];
    const resolve = vi.fn(async () => answers.shift() ?? []);
    expect(await post(`http://rebind.example:${checked.port}/`, { resolve })).toMatchObject({ status: 204 });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(second.connections()).toBe(0);
  });

  test('the name is sent in Host and in the TLS greeting, without the dot at its end', async () => {
    const receiver = await startReceiver();
    const resolve = async () => ['127.0.0.1'];
    await post(`http://hooks.example.:${receiver.port}/`, { resolve });
    expect((await receiver.inbox.next()).headers.host).toBe(`hooks.example:${receiver.port}`);

    const greeted = Promise.withResolvers<string>();
    const tls = createTlsServer({
      SNICallback: (name, done) => {
        greeted.resolve(name);
        done(new Error('no certificate'));
      },
    });
    tls.on('tlsClientError', () => undefined);
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    closeAfterwards(() => tls.close());
    // A server that listens on TCP has such an address.
    const { port } = tls.address() as AddressInfo;
    expect(await post(`https://hooks.example.:${port}/`, { resolve })).toMatchObject({ kind: 'UNREACHED' });
    expect(await greeted.promise).toBe('hooks.example');
  });

  test('a name without addresses is not reached', async () => {
    expect(await post('http://nowhere.example/', { resolve: async () => [] })).toMatchObject({ reason: 'ENOTFOUND' });
    const reject = () => Promise.reject(Object.assign(new Error('no'), { code: 'ETIMEOUT' }));
    expect(await post('http://nowhere.example/', { resolve: reject })).toMatchObject({ reason: 'ETIMEOUT' });
  });

  test('names of the hosts file are found', async () => {
    expect(await createResolve()('localhost')).toContain('127.0.0.1');
  });
});

describe('how long and how much', () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

  test.each([
    ['says nothing', () => undefined],
    ['drips its head', (socket: Socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx-a: ', 'a')],
    ['sends interim answers for ever', (socket: Socket) => drip(socket, '', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('an endpoint that %s is given up at the deadline', async (_name, onConnection) => {
    const server = await startBytes(onConnection);
    const startedAt = performance.now();
    const outcome = await post(`http://127.0.0.1:${server.port}/`, { timeoutMs: 300 });
    expect(outcome).toEqual({ kind: 'UNREACHED', reason: 'TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(onThisMachine(1500));
  });

  test('an answer that drips is cut at the deadline, and its status counts', async () => {
    const server = await startBytes((socket) => drip(socket, `${head}content-length: 100000\r\n\r\n`, 'a'));
    const startedAt = performance.now();
    expect(await post(`http://127.0.0.1:${server.port}/`, { timeoutMs: 300 })).toMatchObject({ status: 200 });
    expect(performance.now() - startedAt).toBeLessThan(onThisMachine(1500));
  });

  test('a name server that says nothing is given up at the deadline', async () => {
    const resolve = () => Promise.withResolvers<readonly string[]>().promise;
    expect(await post('http://slow.example/', { resolve, timeoutMs: 100 })).toMatchObject({ reason: 'TIMEOUT' });
  });

  test('an attempt has fifteen seconds, where nothing else is said', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const resolve = vi.fn(() => Promise.withResolvers<readonly string[]>().promise);
    const ended = vi.fn();
    void post('http://slow.example/', { resolve }).then(ended);
    await vi.advanceTimersByTimeAsync(14_999);
    expect([resolve.mock.calls.length, ended.mock.calls]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.mock.calls).toEqual([[{ kind: 'UNREACHED', reason: 'TIMEOUT' }]]);
  });

  test('an answer of 10 MB is cut', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536, 'a');
    const server = await startBytes((socket) => {
      const more = () => {
        while (sent < 10_000_000 && !socket.destroyed) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
      };
      socket.once('data', () => {
        socket.write(`${head}content-length: 10000000\r\n\r\n`);
        more();
      });
    });
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ kind: 'ANSWERED', status: 200 });
    // The rest is what the system's buffers of both sides had taken already.
    expect(sent).toBeLessThan(9_000_000);
  });

  test.each([
    ['a head without end', (socket: Socket) => socket.write(`${head}x-a: ${'a'.repeat(100_000)}`)],
    ['no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['a hung-up line', (socket: Socket) => socket.destroy()],
  ])('%s is not reached', async (_name, onConnection) => {
    const server = await startBytes((socket) => socket.once('data', () => onConnection(socket)));
    expect(await post(`http://127.0.0.1:${server.port}/`, { timeoutMs: 3000 })).toMatchObject({ kind: 'UNREACHED' });
  });

  test('another protocol is not gone over to', async () => {
    const head = 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
    const server = await startBytes((socket) => socket.once('data', () => socket.write(head)));
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ kind: 'ANSWERED', status: 101 });
  });

  test('an attempt that is stopped ends at once', async () => {
    const stop = new AbortController();
    const server = await startBytes(() => stop.abort());
    const outcome = await post(`http://127.0.0.1:${server.port}/`, {}, stop.signal);
    expect(outcome).toEqual({ kind: 'UNREACHED', reason: 'STOPPED' });
  });
});

function drip(socket: Socket, first: string, rest: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(rest), 20);
  socket.on('close', () => clearInterval(timer));
}
