import { AccessToken, type Room, type VideoGrant } from 'livekit-server-sdk';
import type { Poster } from '../egress/poster.ts';
import { type AnswerBounds, createAnswerFilter } from './answer-filter.ts';
import type { MediaFailure } from './port.ts';

/** A key of the LiveKit server. */
export interface LiveKitKey {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export type LiveKitJson = Parameters<typeof Room.fromJson>[0];

/** `serverSaid` is for telling failures apart, and goes no further. */
export type LiveKitAnswer =
  | { readonly outcome: 'DONE'; readonly json: { [key: string]: LiveKitJson } }
  | { readonly outcome: 'GONE' }
  | (MediaFailure & { readonly serverSaid: string });

/**
 * Calls of LiveKit's API, which is JSON over HTTP (Twirp). The official SDK signs and reads, but does not send: it follows redirects with
 * the token in hand, and resolves the name by itself.
 */
export interface LiveKitCalls {
  /** @param method such as `RoomService/ListRooms` */
  readonly ask: (method: string, body: object, grant: VideoGrant, bounds?: AnswerBounds) => Promise<LiveKitAnswer>;
}

/** Far more than an answer has, but for lists of people and rooms. */
const usualBounds: AnswerBounds = { readBytes: 4 * 1024 * 1024, bytes: 4 * 1024 * 1024, parts: 100_000 };
/** A call lasts seconds. The rest is for clocks that differ. */
const tokenSeconds = 120;

export function createLiveKitCalls({
  url,
  poster,
  apiKey,
  apiSecret,
}: LiveKitKey & { readonly url: string; readonly poster: Poster }): LiveKitCalls {
  return {
    ask: async (method, body, grant, bounds = usualBounds) => {
      const target = URL.parse(`twirp/livekit.${method}`, url.replace(/^ws/i, 'http').replace(/\/*$/, '/'));
      if (target === null) return failure('UNREACHABLE', 'The address of the media server is not a URL.');
      const token = new AccessToken(apiKey, apiSecret, { ttl: tokenSeconds });
      token.addGrant(grant);
      const filter = createAnswerFilter(bounds);
      const posted = await poster.post({
        url: target,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token.toJwt()}` },
        body: JSON.stringify(body),
        maxAnswerBytes: bounds.readBytes,
        onData: filter.take,
      });
      if (posted.kind === 'UNREACHED') return failure('UNREACHABLE', sentenceOf(posted.reason));
      const answer = posted.isWhole ? filter.end() : null;
      return answer === null ? failure('UNREACHABLE', sentenceOf('CUT_OFF')) : answerOf(posted.status, answer);
    },
  };
}

function answerOf(status: number, text: string): LiveKitAnswer {
  const json = parseObject(text);
  if (status === 200) {
    if (json !== null) return { outcome: 'DONE', json };
    return failure('UNREACHABLE', 'The media server answered something that is not understood.');
  }
  // Who is not LiveKit answers 404 as well: a page that is not there is no room that is not there.
  if (status === 404 && json?.code === 'not_found') return { outcome: 'GONE' };
  if (status === 401 || status === 403) {
    return failure('REFUSED', `The media server does not accept the key (status ${status}).`);
  }
  const said = typeof json?.msg === 'string' ? json.msg : '';
  return failure('UNREACHABLE', `The media server answered with status ${status}.`, said);
}

function parseObject(text: string): { [key: string]: LiveKitJson } | null {
  try {
    const json: LiveKitJson = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

function failure(outcome: MediaFailure['outcome'], error: string, serverSaid = ''): LiveKitAnswer {
  return { outcome, error, serverSaid };
}

function sentenceOf(reason: string): string {
  switch (reason) {
    case 'TIMEOUT':
      return 'The media server did not answer in time.';
    case 'ADDRESS_REFUSED':
      return 'The media server has a private, local or reserved address, which MEDIA_ALLOW_PRIVATE does not list.';
    case 'CUT_OFF':
      return 'The media server cut its answer off, or answered too much.';
    default:
      return `The media server could not be reached (${reason}).`;
  }
}
