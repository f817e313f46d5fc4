import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits.ts';

export type Body = { readonly text: string } | { readonly problem: 'too large' | 'broken off' | 'gave way' };

export type ReadBody = (request: IncomingMessage) => Promise<Body>;

interface Unfinished {
  bytes: number;
  readonly giveWay: () => void;
}

/**
 * Reads bodies as UTF-8, each up to a limit of bytes; the rest of a longer body is neither kept nor awaited. A client that sends slowly
 * holds only the bytes of its body, and no place among the operations. If all unfinished bodies together are too much, the one that has
 * taken longest is dropped.
 */
export function createBodyReader({
  bodyBytes,
  unfinishedBytes,
}: Pick<Limits, 'bodyBytes' | 'unfinishedBytes'>): ReadBody {
  /** In the order in which they began. */
  const unfinished = new Set<Unfinished>();
  let held = 0;
  const end = (reading: Unfinished) => {
    if (unfinished.delete(reading)) held -= reading.bytes;
  };
  const grow = (reading: Unfinished, bytes: number) => {
    unfinished.add(reading);
    reading.bytes += bytes;
    held += bytes;
    for (const { giveWay } of unfinished) {
      if (held <= unfinishedBytes) return;
      giveWay();
    }
  };
  return (request) => {
    if (Number(request.headers['content-length'] ?? 0) > bodyBytes) return Promise.resolve({ problem: 'too large' });
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      const settle = (body: Body) => {
        end(reading);
        resolve(body);
      };
      const refuse = (problem: 'too large' | 'gave way') => {
        request.pause();
        chunks.length = 0;
        settle({ problem });
      };
      const reading: Unfinished = { bytes: 0, giveWay: () => refuse('gave way') };
      request.on('data', (chunk: Buffer) => {
        if (reading.bytes + chunk.length > bodyBytes) return refuse('too large');
        chunks.push(chunk);
        grow(reading, chunk.length);
      });
      request.once('end', () => {
        const [only] = chunks;
        settle({ text: (chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString('utf8') });
      });
      request.once('close', () => settle({ problem: 'broken off' }));
      request.once('error', () => settle({ problem: 'broken off' }));
    });
  };
}
