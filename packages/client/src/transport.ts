import { beat } from './beat.ts';
import type { LearningClock } from './clock.ts';
import type { StreamReport } from './connection.ts';
import { openEventStream, signsWithinMs } from './event-stream.ts';
import { PingDocument, type TypedDocument } from './generated/graphql.ts';
import { Line, type Sink, type Subscribe } from './line.ts';
import { patiently, withinTime } from './patience.ts';
import { toError, VestibuleError } from './refusal.ts';
import type { RoomPlace, ServiceLink } from './service.ts';
import type { Way } from './ways.ts';

type Ask = <Data, Variables>(document: TypedDocument<Data, Variables>, variables: Variables) => Promise<Data>;

/** How the service is asked, with one credential or with none. */
export interface Transport {
  /** @throws {VestibuleError} for everything that is not an answer */
  readonly ask: Ask;
  /** Asks again what failed in passing, with growing pauses: for what may be done twice. @throws {VestibuleError} the last one */
  readonly persist: Ask;
  /** The same as `ask`, also while the page goes away. */
  readonly askAtLast: Ask;
  /**
   * On a socket of this credential, which opens with the first subscription and closes after the last; as an event stream where
   * sockets are blocked. Where neither lives, `poll` is called again and again instead: it reads what the stream would have told.
   */
  readonly subscribe: Subscribe;
  readonly longestPauseMs: number;
  readonly clock?: LearningClock;
  /** How a stream says how it stands. */
  readonly addReport?: () => StreamReport;
}

/**
 * @param bearer session token or knock token; null: nobody's
 * @param place the room that all of it is about
 */
export function createTransport(service: ServiceLink, bearer: string | null, place: RoomPlace | null): Transport {
  const { attempts, longestPauseMs, clock, board } = service;
  const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const askBy =
    (init: RequestInit): Ask =>
    async (document, variables) => {
      try {
        return await send(service, { document, variables, place, authorization, init });
      } catch (error) {
        if (error instanceof VestibuleError) board.onFailure(error);
        throw error;
      }
    };
  const ask = askBy({});
  return {
    ask,
    persist: (document, variables) => patiently(() => ask(document, variables), { attempts, longestPauseMs }),
    askAtLast: askBy({ keepalive: true }),
    longestPauseMs,
    subscribe: subscribeBy(service, authorization, place),
    clock,
    addReport: board.addStream,
  };
}

interface Question {
  readonly document: string;
  readonly variables: unknown;
  readonly place: RoomPlace | null;
  readonly authorization: Readonly<Record<string, string>>;
  readonly init: RequestInit;
}

async function send<Data>(service: ServiceLink, { document, variables, place, authorization, init }: Question) {
  const url = service.urlFor(place);
  const accept = 'application/graphql-response+json, application/json';
  const headers = { 'content-type': 'application/json', accept, ...authorization };
  const body = JSON.stringify({ query: document, variables });
  const answered = await withinTime(service.patienceMs, async (signal) => {
    const request: RequestInit = { method: 'POST', headers, body, signal, credentials: 'omit', ...init };
    const response = await service.fetch(url, request);
    return { response, text: await response.text() };
  }).catch(() => null);
  if (answered === null) throw await service.explainLoss();
  return readAnswer<Data>(service, answered);
}

interface Answered {
  readonly response: Response;
  readonly text: string;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: Parameters<typeof toError>[0];
}

/** The service answers what the document asks for, or says why not: the one place where its word is taken for it. */
function readAnswer<Data>(service: ServiceLink, { response, text }: Answered): Data {
  const answer: Answer<Data> | null = parse(text);
  const isOurs = typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
  if (!isOurs) throw service.explainStranger(response.status, response.headers.get('content-type'));
  service.onAnswer();
  const { data = null, errors = [] } = answer;
  if (errors.length > 0) throw toError(errors);
  if (data === null) throw new VestibuleError('NETWORK', 'The answer could not be read.');
  return data;
}

function parse<Data>(text: string): Answer<Data> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function subscribeBy(
  service: ServiceLink,
  authorization: Readonly<Record<string, string>>,
  place: RoomPlace | null,
): Subscribe {
  const { ways, patienceMs, webSocket } = service;
  let line: Line | null = null;
  const byWebSocket: Subscribe = (...subscription) => {
    const url = service.urlFor(place).replace(/^http/, 'ws');
    line ??= new Line({ url, credential: authorization, webSocket, patienceMs });
    return line.subscribe(...subscription);
  };
  const byEvents: Subscribe = (query, variables, sink) =>
    openEventStream(
      {
        url: service.urlFor(place),
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify({ query, variables }),
        fetch: service.fetch,
        opensWithinMs: (patienceMs * 2) / 3,
        silentMs: Math.max(patienceMs, signsWithinMs),
      },
      // What comes is the answer to this document: the one place where the service's word is taken for it.
      sink as Sink<unknown>,
    );
  const subscribe: Readonly<Record<Way, Subscribe>> = {
    WEBSOCKET: byWebSocket,
    SSE: byEvents,
    HEARTBEAT: (_document, _variables, sink, poll) => beat(sink, poll),
  };
  return (document, variables, sink, poll) => {
    const { way } = ways;
    const watched = watchOpening(service, way, sink);
    try {
      return subscribe[way](document, variables, watched, poll);
    } catch (error) {
      // Heard afterwards, like every other end.
      if (error instanceof VestibuleError) queueMicrotask(() => sink.onFailure(error));
      else throw error;
      return () => {};
    }
  };
}

/** Where something does not open, looks whether it is the way that is blocked, or what else it may be. */
function watchOpening<Data>(service: ServiceLink, way: Way, sink: Sink<Data>): Sink<Data> {
  let isOpen = false;
  return {
    ...sink,
    onOpen: () => {
      isOpen = true;
      service.ways.onOpened(way);
      sink.onOpen();
    },
    onFailure: (error) => {
      if (isOpen || error.code !== 'NETWORK') {
        sink.onFailure(error);
        return;
      }
      sink.onTrouble?.(error);
      explain(service, way, error).then(sink.onFailure, sink.onFailure);
    },
  };
}

/** @throws {VestibuleError} what is behind it */
async function explain(service: ServiceLink, way: Way, error: VestibuleError): Promise<VestibuleError> {
  try {
    await send(service, { document: PingDocument, variables: {}, place: null, authorization: {}, init: {} });
  } catch (failure) {
    service.ways.onUnreachable();
    if (failure instanceof VestibuleError) service.board.onFailure(failure);
    throw failure;
  }
  service.ways.onBlocked(way);
  return error;
}
