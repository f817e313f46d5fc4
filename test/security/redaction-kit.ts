import { once } from 'node:events';
import { createServer } from 'node:http';
import { z } from 'zod';
import { closeAfterwards } from '../support/closers.ts';
import { wsClient } from '../support/ws-client.ts';
import { documentFor } from './every-operation.ts';
import type { Secrets } from './secret-search.ts';

const answerForm = z.looseObject({ data: z.record(z.string(), z.unknown()).nullish(), errors: z.unknown().optional() });

export type Call = {
  readonly bearer?: string;
  /** The member of the union to look at; left out: the first that is no refusal. */
  readonly as?: string;
  readonly depth?: number;
};

/** Calls the API and keeps everything that comes back, but for the secrets that are handed out in their proper place. */
export class Recorder {
  readonly seen: string[] = [];
  readonly errors: string[] = [];
  readonly called = new Set<string>();
  readonly #url: string;
  readonly #secrets: Secrets;

  constructor(url: string, secrets: Secrets) {
    this.#url = url;
    this.#secrets = secrets;
  }

  /** One field of the API, everything selected; gives what the field answered, secrets and all. */
  async call(field: string, variables: object = {}, { bearer, ...shown }: Call = {}): Promise<unknown> {
    this.called.add(field);
    const query = documentFor(field, shown);
    const text = await this.send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(bearer) },
      body: JSON.stringify({ query, variables }),
    });
    return answerForm.parse(JSON.parse(text)).data?.[field];
  }

  /** Opens a subscription over WebSocket; what comes is kept until the socket is closed at the end. */
  async follow(field: string, variables: object, { bearer, depth = 2 }: Call): Promise<void> {
    this.called.add(field);
    const client = wsClient(this.#url, bearer);
    const stream = await client.subscribe(documentFor(field, { depth }), { ...variables });
    const keep = async () => {
      for (;;) this.#keep(JSON.stringify(await stream.next(60_000)));
    };
    keep().catch(() => undefined);
  }

  /** Any request; gives its body. */
  async send(path: string, init: RequestInit = {}): Promise<string> {
    const response = await fetch(`${this.#url}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    this.seen.push(JSON.stringify([...response.headers]));
    this.#keep(text);
    return text;
  }

  #keep(text: string): void {
    if (!text.startsWith('{')) {
      this.seen.push(text);
      return;
    }
    const answer: unknown = JSON.parse(text);
    this.seen.push(JSON.stringify(this.#secrets.take(answer)));
    const { errors } = answerForm.parse(answer);
    if (errors !== undefined) this.errors.push(JSON.stringify(errors));
    // By this name documents ask for a refusal's message.
    if (text.includes('"why"')) this.errors.push(text);
  }
}

export function authorization(bearer: string | undefined): Readonly<Record<string, string>> {
  return bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
}

/** The text at a path of an answer. */
export function textAt(answer: unknown, ...path: readonly (string | number)[]): string {
  let place: unknown = answer;
  for (const key of path) place = typeof place === 'object' && place !== null ? Reflect.get(place, key) : undefined;
  if (typeof place !== 'string') throw new Error(`no text at ${path.join('.')}: ${JSON.stringify(answer)}`);
  return place;
}

/** An endpoint that takes webhooks, and answers those about live streams with an error that quotes them. */
export async function openReceiver() {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push(JSON.stringify(request.headers), body);
      response.writeHead(body.includes('LIVE_STREAM_CHANGED') ? 500 : 200).end(`cannot take ${body}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver listens on no port');
  return { url: `http://127.0.0.1:${address.port}`, received };
}
