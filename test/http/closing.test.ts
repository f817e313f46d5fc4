import { once } from 'node:events';
import { nextTick } from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sseClient } from '../support/graphql-client.ts';
import { onThisMachine } from '../support/timing.ts';
import { wsClient } from '../support/ws-client.ts';
import { openDoor } from './door-kit.ts';
import { ask, connectRaw, send, sendRaw } from './http-client.ts';
import { openSession, readAll, subscribe } from './websocket-kit.ts';

const nextTurn = promisify(nextTick);

describe('closing', () => {
  test('lets running mutations finish, over HTTP and WebSocket, and answers them', async () => {
    const { url, door, seen } = await openDoor();
    const client = await openSession(url);
    client.send(subscribe('m', 'mutation { countHeld }'));
    const posted = ask(url, 'mutation { countHeld }');
    await expect.poll(() => seen.started).toBe(2);
    const closed = door.close({ graceMs: 30_000 });
    seen.letGo();
    const overSocket = await readAll(client, 'm');
    expect(overSocket.map(({ type }) => type)).toEqual(['next', 'complete']);
    expect((await posted).body.errors).toBeUndefined();
    expect((await client.closed).code).toBe(1001);
    await closed;
    expect(seen.mutations).toBe(2);
  });

  test('is told by /ready at once, while /health still answers and new work is refused', async () => {
    const { url, door, seen } = await openDoor();
    const posted = ask(url, 'mutation { countHeld }');
    await expect.poll(() => seen.started).toBe(1);
    const closed = door.close({ graceMs: 30_000 });
    expect((await send(`${url}/ready`)).status).toBe(503);
    expect((await send(`${url}/health`)).status).toBe(200);
    expect((await ask(url, '{ hello }')).body.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
    seen.letGo();
    expect((await posted).status).toBe(200);
    await closed;
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('ends 100 sockets with 1001 and frees their streams', async () => {
    const { url, door, seen } = await openDoor({ limits: { connectionInitMs: 30_000 } });
    const clients = await Promise.all(Array.from({ length: 100 }, () => openSession(url)));
    for (const client of clients) client.send(subscribe('1', 'subscription { endless }'));
    await seen.until(100, 5000);
    await door.close({ graceMs: 30_000 });
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([1001]));
    await seen.until(0);
  });

  test('cuts event streams without a complete, so that clients come again', async () => {
    const { url, door, seen } = await openDoor();
    const stream = await sseClient(url).subscribe('subscription { endless }');
    await stream.next();
    await door.close({ graceMs: 5000 });
    expect(await stream.ended()).toEqual([]);
    await seen.until(0);
  });

  test('waits no longer than its grace, whatever hangs', async () => {
    const { url, door } = await openDoor();
    const hanging = ask(url, '{ held }').catch(() => 'cut');
    const deaf = wsClient(url);
    await deaf.acknowledged;
    deaf.socket.pause();
    const begun = performance.now();
    await door.close({ graceMs: 300 });
    expect(performance.now() - begun).toBeLessThan(onThisMachine(1500));
    expect(await hanging).toBe('cut');
    deaf.socket.resume();
    await deaf.closed;
  });

  test('twice is closing once', async () => {
    const { door } = await openDoor();
    await Promise.all([door.close({ graceMs: 100 }), door.close({ graceMs: 100 })]);
    await door.close({ graceMs: 100 });
  });

  test('a port that is taken is said by listen', async () => {
    const { port } = await openDoor();
    await expect(openDoor({ config: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('an upgrade amid closing is refused', async () => {
    const { url, door, seen } = await openDoor();
    const posted = ask(url, 'mutation { countHeld }');
    await expect.poll(() => seen.started).toBe(1);
    const closed = door.close({ graceMs: 30_000 });
    const late = wsClient(url);
    const [, response] = await once(late.socket, 'unexpected-response');
    expect(response).toMatchObject({ statusCode: 503 });
    late.socket.terminate();
    seen.letGo();
    await posted;
    await closed;
  });
});

describe('after a drain', () => {
  const health = 'GET /health HTTP/1.1\r\nhost: test\r\n';

  test('whoever has connected is accepted before the door stops listening, and answered', async () => {
    const { port, door } = await openDoor();
    await door.drain(1);
    const waiting = Array.from({ length: 60 }, () => sendRaw(port, `${health}connection: close\r\n\r\n`));
    // They are known to the system now, and to nobody else.
    await nextTurn();
    const closed = door.close({ graceMs: 30_000 });
    const answers = await Promise.all(waiting);
    expect(answers.filter((answer) => !answer.startsWith('HTTP/1.1 200'))).toEqual([]);
    await closed;
    await expect(sendRaw(port, health)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a connection is kept until nobody can connect any more, and then ended by its next answer', async () => {
    const { url, port, door, seen } = await openDoor();
    await door.drain(1);
    const { socket, answered } = await connectRaw(port);
    socket.write(`${health}\r\n`);
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1\.1 200[\s\S]*connection: keep-alive/i);
    const running = ask(url, 'mutation { countHeld }');
    await expect.poll(() => seen.started).toBe(1);
    const closed = door.close({ graceMs: 30_000 });
    await expect
      .poll(() =>
        connectRaw(port)
          .then(({ socket: late }) => late.destroy())
          .catch(({ code }) => code),
      )
      .toBe('ECONNREFUSED');
    socket.write(`${health}\r\n`);
    expect((await answered).slice(String(first).length)).toMatch(/^HTTP\/1\.1 200[\s\S]*connection: close/i);
    seen.letGo();
    expect((await running).status).toBe(200);
    await closed;
  });
});
