import type { ServerResponse } from 'node:http';
import { type HeaderFields, send } from './answer.ts';
import { describeSafely } from './error-masking.ts';
import type { Log } from './ports.ts';

/** May whoever sent this to a media server connect there now? The question comes in headers, names and values in turn. Throws where nobody knows. */
export type MayConnect = (headers: readonly string[]) => Promise<boolean>;

const text = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  // The page that tried to connect reads the status by this, and knows that it was refused.
  'access-control-allow-origin': '*',
};
/** A proxy waits for this, and a person behind it. Milliseconds. */
const answerMs = 3000;

/** What a reverse proxy in front of a media server asks for each connection: 200 lets it through. Every refusal is the same. */
export function createMediaGateRoute(mayConnect: MayConnect, log: Log) {
  return async (response: ServerResponse, headers: HeaderFields, asked: readonly string[]): Promise<void> => {
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new Error('no answer')), answerMs);
    try {
      const isOpen = await Promise.race([mayConnect(asked), silence.promise]);
      if (isOpen) return send(response, 200, { ...headers, ...text });
      send(response, 403, { ...headers, ...text }, 'This connection is not allowed.\n');
    } catch (error) {
      log.warn(describeSafely(error), 'the media gate could not be asked');
      send(response, 503, { ...headers, ...text, 'retry-after': '1' }, 'Try again in a moment.\n');
    } finally {
      clearTimeout(timer);
    }
  };
}
