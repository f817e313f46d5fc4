import { type ClientRequest, type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

export interface ExchangeRequest {
  readonly url: URL;
  /** POST where it is left out. */
  readonly method?: 'GET' | 'POST';
  /** The only ones that are connected to, whatever the name may lead to by now. */
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** An answer is read so far, and then cut off. */
  readonly maxAnswerBytes: number;
  /** Gets what is read of the answer; left out: nothing of it is kept. */
  readonly onData?: ((chunk: Buffer) => void) | undefined;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The answer was read to its end. */
  readonly isWhole: boolean;
}

/**
 * Asks once and follows no redirect. Settles with the head of the answer, once that has been read to its end, to the limit or to the
 * deadline.
 */
export function exchange(request: ExchangeRequest, signal: AbortSignal): Promise<AnswerHead> {
  const { url, method = 'POST', addresses, headers, body } = request;
  const { promise, resolve, reject } = Promise.withResolvers<AnswerHead>();
  const sent: ClientRequest = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method,
    headers: method === 'GET' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: none that an earlier look at the name had opened is used again.
    agent: false,
    lookup: answerWith(addresses),
  });
  let answer: AnswerHead | null = null;
  const settle = (error: unknown) => {
    signal.removeEventListener('abort', onAbort);
    sent.destroy();
    if (answer === null) reject(error);
    else resolve(answer);
  };
  const onAbort = () => settle(signal.reason);
  signal.addEventListener('abort', onAbort);
  sent.on('error', settle);
  sent.on('close', () => settle(new Error('the connection ended without an answer')));
  sent.on('upgrade', ({ statusCode = 0, headers }) => {
    answer = { status: statusCode, headers, isWhole: true };
    settle(null);
  });
  sent.on('response', (response) => {
    const head = { status: response.statusCode ?? 0, headers: response.headers };
    answer = { ...head, isWhole: false };
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > request.maxAnswerBytes) response.destroy();
      else request.onData?.(chunk);
    });
    response.on('end', () => {
      answer = { ...head, isWhole: true };
    });
    // Cut off by either side; the request's own 'close' follows.
    response.on('error', () => undefined);
  });
  if (signal.aborted) onAbort();
  sent.end(body);
  return promise;
}

/** In place of a second resolution: whatever is asked, these are the addresses. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = entries;
    if (options.all) callback(null, entries);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}
