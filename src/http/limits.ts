import type { Config } from '../config.ts';

/** The limits of the doors. Each refusal is typed, see `protocol-error.ts`. */
export interface Limits {
  /** Bytes of a request's body, with the document, its variables and everything else. */
  readonly bodyBytes: number;
  /** Bytes of all bodies in one process that have not arrived in full. */
  readonly unfinishedBytes: number;
  /** Characters of a document. Caches count documents, so their length is what bounds them. */
  readonly documentCharacters: number;
  /** Lexical tokens of a document. */
  readonly documentTokens: number;
  /** Brackets within brackets of a document's text, of any kind: the parser calls itself for each level. */
  readonly nesting: number;
  /** Fields within fields, fragments followed. */
  readonly depth: number;
  /** Fields in all, fragments followed as often as they are spread. */
  readonly fields: number;
  /** Fields side by side in one selection, the root's among them. */
  readonly breadth: number;
  /** Fields of the root: each may be a mutation or a statement. */
  readonly rootFields: number;
  /** Aliases, including those of `__typename`. */
  readonly aliases: number;
  readonly directives: number;
  readonly variables: number;
  /**
   * Comparisons of fields that validation would have to make: see `document-work.ts`. 10,000 take 1 to 3 ms, and 10 ms in a
   * process that has just started; the largest documents of our own, and introspection, make 600.
   */
  readonly mergeSteps: number;
  /** Milliseconds that one address may spend at once on new documents. No limit if the budgets are off. */
  readonly documentMs: number;
  /** How many of them come back in a second. */
  readonly documentMsPerSecond: number;
  /** Documents of one address that may wait to be parsed and validated; no limit where the budgets are off. */
  readonly documentsWaiting: number;
  /** Milliseconds before an address that has used up its time is refused, because clients that flood ask again at once. */
  readonly documentRefusalMs: number;
  /** Documents that are kept, parsed and validated, in one process. */
  readonly keptDocuments: number;
  /** Characters of all kept documents together. In memory, a document takes about 50 bytes for each character. */
  readonly keptCharacters: number;
  /** Objects that an operation may ask for, lists counted by `first` and `last`. */
  readonly cost: number;
  /** Objects that a list without `first` is taken to hold. */
  readonly listSize: number;
  /** What it costs to look up one id of a list, besides the object itself: each may be a statement. */
  readonly lookupCost: number;
  /** Objects that a connection answers where `first` and `last` are left out. */
  readonly pageSize: number;
  /**
   * What the operations of one person may ask for at once: objects, and plain fields at a tenth. See `work-budget.ts`. No limit if the budgets
   * are off.
   */
  readonly workPerPerson: number;
  /** How much of it comes back in a second. */
  readonly workPerPersonPerSecond: number;
  /** The same of all people at one address (/64 of IPv6), and again of all there who show nothing; API keys apart. */
  readonly workPerAddress: number;
  readonly workPerAddressPerSecond: number;
  /** Milliseconds that a query or mutation may take. */
  readonly executionMs: number;
  /** Operations at work at once in one process, without subscriptions. Further ones get 503 with Retry-After. */
  readonly inFlight: number;
  /** How many of these one client address may have, so that nobody takes all. No limit if the budgets are off. */
  readonly inFlightPerAddress: number;
  /** Open WebSockets and event streams of one client address (/64 of IPv6); none where the budgets are switched off. */
  readonly streamsPerAddress: number;
  /** Operations at once on one socket. */
  readonly operationsPerSocket: number;
  /** Bytes of one WebSocket message. */
  readonly messageBytes: number;
  /** Bytes that may wait for a slow client before it is disconnected. */
  readonly unsentBytes: number;
  /** Milliseconds that a socket may take to say `connection_init`. */
  readonly connectionInitMs: number;
  /** Milliseconds between signs of life on sockets and event streams. A client that answers none is disconnected after two. */
  readonly keepAliveMs: number;
  /** Milliseconds that an answer or an event stream may stay unread before it is cut. */
  readonly stalledMs: number;
  /** Milliseconds for a request's headers. */
  readonly headersMs: number;
  /** Milliseconds for a whole request, headers and body. */
  readonly requestMs: number;
  /** Connections of one process, whatever they do; fewer where the process may not open as many files. */
  readonly connections: number;
  /** Of these, those of one client address, trusted proxies apart; no limit where the budgets are switched off. */
  readonly connectionsPerAddress: number;
}

/** Generous to all known clients, and far below what does harm. */
export const defaultLimits: Limits = Object.freeze({
  bodyBytes: 100 * 1024,
  unfinishedBytes: 64 * 1024 * 1024,
  documentCharacters: 32 * 1024,
  documentTokens: 4000,
  nesting: 100,
  depth: 16,
  fields: 1000,
  breadth: 200,
  rootFields: 20,
  aliases: 30,
  directives: 50,
  variables: 100,
  mergeSteps: 10_000,
  documentMs: 2000,
  documentMsPerSecond: 200,
  documentsWaiting: 100,
  documentRefusalMs: 500,
  keptDocuments: 2000,
  keptCharacters: 2 * 1024 * 1024,
  cost: 12_000,
  listSize: 5,
  lookupCost: 30,
  pageSize: 50,
  workPerPerson: 120_000,
  workPerPersonPerSecond: 4_000,
  workPerAddress: 1_500_000,
  workPerAddressPerSecond: 20_000,
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
  connectionsPerAddress: 2500,
});

type SetByOperators = Pick<
  Config,
  'maxOperations' | 'maxOperationsPerAddress' | 'maxStreamsPerAddress' | 'maxConnectionsPerAddress' | 'maxQueryCost'
>;

/** The limits, with the ones that the settings change. The others are the same for every installation. */
export function limitsOf(config: SetByOperators): Limits {
  return {
    ...defaultLimits,
    inFlight: config.maxOperations,
    inFlightPerAddress: config.maxOperationsPerAddress,
    streamsPerAddress: config.maxStreamsPerAddress,
    connectionsPerAddress: config.maxConnectionsPerAddress,
    cost: config.maxQueryCost,
  };
}

/** If the budgets are off, no address has a limit of its own. */
export function withoutAddresses(limits: Limits): Limits {
  const none = Number.POSITIVE_INFINITY;
  return {
    ...limits,
    inFlightPerAddress: none,
    streamsPerAddress: none,
    connectionsPerAddress: none,
    documentMs: none,
    documentsWaiting: none,
    workPerPerson: none,
    workPerAddress: none,
  };
}
