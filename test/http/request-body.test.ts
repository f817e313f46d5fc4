import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createBodyReader } from '../../src/http/request-body.ts';

const requestOf = (text: string) => Object.assign(Readable.from([Buffer.from(text)]), { headers: {} });

test('bodies that have arrived count no more: any number of them come one after the other', async () => {
  const readBody = createBodyReader({ bodyBytes: 100, unfinishedBytes: 250 });
  for (let count = 0; count < 20; count += 1) {
    const text = `${count}`.padEnd(100);
    // A stream with headers is all that is read of a request.
    expect(await readBody(requestOf(text) as unknown as IncomingMessage)).toEqual({ text });
  }
});
