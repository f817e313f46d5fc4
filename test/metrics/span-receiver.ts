import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { closeAfterwards } from '../support/closers.ts';

const exported = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(z.object({ name: z.string(), spanId: z.string(), parentSpanId: z.string().optional() })),
        }),
      ),
    }),
  ),
});

export type ReceivedSpan = {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
};

/** Takes spans as a collector does, by OTLP over HTTP, as JSON. */
export async function startSpanReceiver(): Promise<{ readonly url: string; readonly spans: readonly ReceivedSpan[] }> {
  const spans: ReceivedSpan[] = [];
  const server = createServer(async (request, response) => {
    const read = exported.safeParse(await json(request));
    for (const { scopeSpans } of read.data?.resourceSpans ?? [])
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterwards(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans };
}
