import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { afterAll, describe, expect, it, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { Frames } from '../../src/http/frames.ts';
import { textFrame } from '../../src/http/text-frame.ts';

type Result = { readonly data?: Record<string, unknown> | null; readonly errors?: readonly GraphQLError[] };

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
await once(server, 'listening');
const connecting = once(server, 'connection');
const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
const [, { socket: connection }] = (await connecting) as [WebSocket, IncomingMessage];
afterAll(() => {
  client.terminate();
  server.close();
});

/** What a client reads of these frames on a connection of a real socket: its messages, each of text. */
async function read(frames: readonly Buffer[]): Promise<readonly string[]> {
  const messages: string[] = [];
  const read = new Promise<void>((resolve, reject) => {
    client.once('error', reject);
    // After a frame of a wrong length, it waits for the rest.
    AbortSignal.timeout(5_000).onabort = () => reject(new Error('The client still waits for the rest of a frame.'));
    client.on('message', (data, isBinary) => {
      messages.push(isBinary ? 'no text' : String(data));
      if (messages.length === frames.length) resolve();
    });
  });
  if (frames.length > 0) {
    connection.write(Buffer.concat(frames));
    await read;
  }
  client.removeAllListeners();
  return messages;
}

/** What a socket sends of these answers, until they are over. */
async function framesOf(id: string, answers: readonly Result[]): Promise<readonly string[]> {
  async function* stream() {
    yield* answers;
  }
  const sent: Buffer[] = [];
  const send = (frame: Buffer) => void sent.push(frame) as undefined;
  expect(await new Frames(stream(), id, send).next()).toEqual({ done: true, value: undefined });
  return await read(sent);
}

const internals = { extensions: { code: 'FORBIDDEN', http: { status: 403 }, unexpected: true } };
const data = fc.oneof(fc.constant(null), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
const result = fc.oneof(
  fc.record({ data }),
  fc
    .record({ data, message: fc.string() })
    .map((made): Result => ({ errors: [new GraphQLError(made.message, internals)], data: made.data })),
);

/** What graphql-ws would send. */
const byItself = (id: string, { data: shown, errors }: Result) =>
  JSON.stringify({
    id,
    type: 'next',
    payload: {
      data: shown,
      ...(errors && { errors: errors.map(({ message }) => ({ message, extensions: { code: 'FORBIDDEN' } })) }),
    },
  });

describe('the answers of a stream', () => {
  it('are sent to each subscriber byte for byte as graphql-ws would, whoever else is given the same', async () => {
    const ids = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(ids, fc.array(result, { maxLength: 6 }), async (subscribers, answers) => {
        // Other answers to the same events.
        const others = answers.map((one) => ({ ...one, data: { of: one.data ?? null } }));
        for (const id of subscribers)
          for (const given of [answers, others])
            expect(await framesOf(id, given)).toEqual(given.map((one) => byItself(id, one)));
      }),
      { endOnFailure: true },
    );
  });

  it('are written once for all who are given the same', async () => {
    const toJSON = vi.fn(() => 'shown');
    const answers = [{ data: { one: { toJSON } } }];
    for (const id of ['1', '2', '"3"\u2028']) await framesOf(id, answers);
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  it('that break off break off for the reader too', async () => {
    async function* stream(): AsyncGenerator<Result, void, void> {
      yield { data: { one: 1 } };
      throw new Error('away');
    }
    const sent: Buffer[] = [];
    const frames = new Frames(stream(), 'a', (frame) => void sent.push(frame) as undefined);
    await expect(frames.next()).rejects.toThrow('away');
    expect(await read(sent)).toEqual(['{"id":"a","type":"next","payload":{"data":{"one":1}}}']);
  });
});

describe('a frame', () => {
  // Around each length that RFC 6455 writes otherwise, in bytes.
  const sizes = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 200_000];

  it.each(sizes)('of %i bytes is one message, with nothing left over', async (size) => {
    for (const letter of ['a', 'é', '票', '🎟'].filter((one) => size % Buffer.byteLength(one) === 0)) {
      const body = letter.repeat(size / Buffer.byteLength(letter));
      const frames = ['', body, ''].map((one) => textFrame('', Buffer.from(one), ''));
      frames.push(textFrame(body, Buffer.from('|'), body));
      expect(await read(frames)).toEqual(['', body, '', `${body}|${body}`]);
    }
  });
});
