import type { Config } from '../config.ts';

/** What the doors bear. Each refusal is typed: see `protocol-error.ts`. */
export interface Limits {
  /** Bytes of a request's body; the document, its variables and all. */
  readonly bodyBytes: number;
  /** Characters of a document. Caches count documents, so their length is what bounds them. */
  readonly documentCharacters: number;
  /** Lexical tokens of a document. */
  readonly documentTokens: number;
  /** Fields within fields, fragments followed. */
  readonly depth: number;
  /** Fields in all, fragments followed as often as they are spread. */
  readonly fields: number;
  /** Fields side by side in one selection, the root's among them. */
  readonly breadth: number;
  /** Fields of the root: each may be a mutation or a statement. */
  readonly rootFields: number;
  /** Aliases, those of `__typename` too. */
  readonly aliases: number;
  readonly directives: number;
  readonly variables: number;
  /** Objects that an operation may ask for, lists counted by `first` and `last`. */
  readonly cost: number;
  /** Objects that a list without `first` is taken to hold. */
  readonly listSize: number;
  /** What looking up one of a list of ids counts beside the object itself: each may be a statement. */
  readonly lookupCost: number;
  /** Objects that a connection answers where `first` and `last` are left out. */
  readonly pageSize: number;
  /** Milliseconds that a query or mutation may take. */
  readonly executionMs: number;
  /** Operations at work at once in one process, subscriptions apart. More get 503 with Retry-After. */
  readonly inFlight: number;
  /** Of these, those of one client address, so that nobody takes all; no limit where the budgets are switched off. */
  readonly inFlightPerAddress: number;
  /** Open WebSockets and event streams of one client address (/64 of IPv6); none where the budgets are switched off. */
  readonly streamsPerAddress: number;
  /** Operations at once on one socket. */
  readonly operationsPerSocket: number;
  /** Bytes of one WebSocket message. */
  readonly messageBytes: number;
  /** Bytes that may wait for a slow client before it is cut. */
  readonly unsentBytes: number;
  /** Milliseconds that a socket may take to say `connection_init`. */
  readonly connectionInitMs: number;
  /** Milliseconds between signs of life on sockets and event streams; who answers none is cut after two. */
  readonly keepAliveMs: number;
  /** Milliseconds that an answer or an event stream may stay unread before it is cut. */
  readonly stalledMs: number;
  /** Milliseconds for a request's headers. */
  readonly headersMs: number;
  /** Milliseconds for a whole request, headers and body. */
  readonly requestMs: number;
  /** Connections of one process, whatever they do. */
  readonly connections: number;
}

/** Generous to every client that is known, and far below what hurts. */
export const defaultLimits: Limits = Object.freeze({
  bodyBytes: 100 * 1024,
  documentCharacters: 32 * 1024,
  documentTokens: 4000,
  depth: 16,
  fields: 1000,
  breadth: 200,
  rootFields: 20,
  aliases: 30,
  directives: 50,
  variables: 100,
  cost: 12_000,
  listSize: 5,
  lookupCost: 30,
  pageSize: 50,
  executionMs: 10_000,
  inFlight: 5000,
  inFlightPerAddress: 2500,
  streamsPerAddress: 1000,
  operationsPerSocket: 100,
  messageBytes: 64 * 1024,
  unsentBytes: 1024 * 1024,
  connectionInitMs: 3000,
  keepAliveMs: 12_000,
  stalledMs: 60_000,
  headersMs: 10_000,
  requestMs: 15_000,
  connections: 25_000,
});

type SetByOperators = Pick<
  Config,
  'maxOperations' | 'maxOperationsPerAddress' | 'maxStreamsPerAddress' | 'maxQueryCost'
>;

/** The limits with what the settings say of them. The others depend on nothing that differs from one place to another. */
export function limitsOf(config: SetByOperators): Limits {
  return {
    ...defaultLimits,
    inFlight: config.maxOperations,
    inFlightPerAddress: config.maxOperationsPerAddress,
    streamsPerAddress: config.maxStreamsPerAddress,
    cost: config.maxQueryCost,
  };
}
