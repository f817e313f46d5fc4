import type { IncomingMessage } from 'node:http';

export type Body = { readonly text: string } | { readonly problem: 'too large' | 'broken off' };

/** Reads a request's body as UTF-8, up to a limit of bytes. What goes beyond it is neither kept nor waited for. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ problem: 'too large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve({ problem: 'too large' });
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => {
      const [only] = chunks;
      resolve({ text: (chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString('utf8') });
    });
    request.once('close', () => resolve({ problem: 'broken off' }));
    request.once('error', () => resolve({ problem: 'broken off' }));
  });
}
