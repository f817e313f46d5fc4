import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HeaderFields, send } from './answer.ts';
import { describeSafely } from './error-masking.ts';
import type { Log } from './ports.ts';
import { createBodyReader } from './request-body.ts';

/** Takes the word of a domain's media server. Throws where it could not be kept. */
export type HearMediaServer = (
  domainName: string,
  body: string,
  authorization: string | undefined,
) => Promise<'HEARD' | 'FORGED'>;

/** An event has one room, one person and their tracks. */
const limits = { bodyBytes: 262_144, unfinishedBytes: 8_388_608 } as const;
/** A media server tells one thing of a room after the other, and waits without an end. Milliseconds. */
const answerMs = 1_000;

const plain = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

const form = /^\/media\/([^/]+)\/livekit$/;

/** The domain whose media server may tell something here; null: this is another path. */
export function mediaWebhookDomain(path: string): string | null {
  const [, name] = form.exec(path) ?? [];
  try {
    return name === undefined ? null : decodeURIComponent(name);
  } catch {
    // A name that says nothing is nobody's.
    return '';
  }
}

/**
 * Where a domain's media server tells what happens: `POST /media/{domain}/livekit`. 200 heard, 401 not the word of this domain's media
 * server (a domain that is not there included), 413 too large, 503 not kept: it is told again.
 */
export function createMediaWebhookRoute(hear: HearMediaServer, log: Log) {
  const readBody = createBodyReader(limits);
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    headers: HeaderFields,
    domainName: string,
  ): Promise<void> => {
    const answer = (status: number, text: string) => send(response, status, { ...headers, ...plain }, text);
    if (request.method !== 'POST') return send(response, 405, { ...headers, allow: 'POST' });
    const body = await readBody(request);
    if ('problem' in body) {
      return body.problem === 'too large' ? answer(413, 'Too large.\n') : answer(503, 'Try again in a moment.\n');
    }
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new Error('no answer')), answerMs);
    try {
      const heard = hear(domainName, body.text, request.headers.authorization);
      const is = await Promise.race([heard, silence.promise]);
      return is === 'HEARD' ? answer(200, 'Heard.\n') : answer(401, 'Not signed by the media server of this domain.\n');
    } catch (error) {
      log.warn(describeSafely(error), 'a webhook of a media server could not be kept');
      return answer(503, 'Try again in a moment.\n');
    } finally {
      clearTimeout(timer);
    }
  };
}
