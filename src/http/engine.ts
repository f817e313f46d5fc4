import type { IncomingMessage } from 'node:http';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { ownPaths } from '../rules/own-paths.ts';
import type { DoorContext, DoorPlugin, OpenRequest } from './caller-request.ts';
import { createKnowDocument, gateOperations, type KnowDocument } from './document-gate.ts';
import { DocumentQueue } from './document-queue.ts';
import { holdStreams, limitCost, limitDocuments, limitTime, refuseIntrospection } from './engine-guards.ts';
import { createMaskError, type MaskError, speakErrors } from './error-masking.ts';
import { KeptDocuments, keepDocuments } from './kept-documents.ts';
import type { Limits } from './limits.ts';
import {
  createExecuteGuarded,
  createMaskResult,
  createSubscribeGuarded,
  type ExecuteGuarded,
  guardOperations,
  type OperationGuard,
  type SubscribeGuarded,
} from './operation-guard.ts';
import { type ObserveOperation, observeOperations } from './operation-observer.ts';
import type { CreateContext, Log } from './ports.ts';
import { SharedEvents, shareEvents } from './shared-events.ts';
import { limitVariables } from './variable-check.ts';
import { limitWork, type PayerOf } from './work-budget.ts';

type Yoga = YogaServerInstance<DoorContext, object>;

/**
 * One engine. Guards of documents are its plugins; guards of operations stand around its own `execute` and around Yoga's alike, so that no
 * door can bypass one.
 */
export interface Engine {
  readonly schema: GraphQLSchema;
  /** Answers a whole Fetch API request: GET, event streams and everything unusual. */
  readonly yoga: Yoga;
  readonly maskError: MaskError;
  /** Does GraphiQL answer this request, whatever else it asks? */
  readonly showsGraphiql: (request: IncomingMessage) => boolean;
  /** Must be called before `parse` of `prepare`. Yoga calls it by itself. */
  readonly know: KnowDocument;
  /** The document of a text that is known and valid, or null: `parse` and `validate` of `prepare` say more. */
  readonly findValid: (text: string) => DocumentNode | null;
  /** A query or mutation of a valid document, by the shortest way. */
  readonly execute: ExecuteGuarded;
  /** A subscription of a valid document, by the shortest way. Whoever calls it ends its stream. */
  readonly subscribe: SubscribeGuarded;
  readonly createContext: CreateContext;
  /** The guarded parse and validate for one operation: they say what is wrong with a document that `findValid` does not find. */
  prepare(openRequest: OpenRequest): ReturnType<Yoga['getEnveloped']>;
}

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  /** The parts of a context that are the same for every caller. An event is executed once for all subscribers that read only these. */
  readonly impersonal?: readonly string[];
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly limits: Limits;
  readonly log: Log;
  /** Who pays for what an operation asks for. Without it nobody does. */
  readonly payerOf?: PayerOf;
  /** Is told of each query and mutation. */
  readonly observe?: ObserveOperation;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function createEngine(options: EngineOptions): Engine {
  const { schema, limits } = options;
  const maskError = createMaskError(options.log);
  const kept = new KeptDocuments(limits);
  const operationGuards = guardsOfOperations(options);
  const shared = new SharedEvents(options.impersonal ?? [], createMaskResult(maskError));
  const getEnveloped = (context: DoorContext): ReturnType<Yoga['getEnveloped']> => yoga.getEnveloped(context);
  const know = createKnowDocument(kept, new DocumentQueue(limits), getEnveloped);
  const yoga: Yoga = createYoga<DoorContext, object>({
    schema,
    context: ({ openRequest }) => options.createContext(openRequest),
    plugins: [
      gateOperations(know, getEnveloped),
      guardOperations(operationGuards),
      ...guardsOfDocuments(options),
      shareEvents(shared),
      holdStreams(),
      keepDocuments(kept),
    ],
    maskedErrors: { maskError },
    graphiql: false,
    graphqlEndpoint: ownPaths.graphql,
    // The server does these itself, at a fraction of the cost; the cache of documents so that strangers cannot empty it.
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    cors: false,
    batching: false,
    multipart: false,
    landingPage: false,
    // Yoga would log errors with their texts, which may quote anything. The mask logs what may be logged.
    logging: silent,
  });
  const showsGraphiql = ({ method, headers }: IncomingMessage) =>
    options.graphiql && method === 'GET' && headers.accept?.includes('text/html') === true;
  return {
    ...{ schema, yoga, maskError, showsGraphiql, know },
    findValid: (text) => kept.findValid(text),
    execute: createExecuteGuarded(operationGuards, maskError),
    subscribe: createSubscribeGuarded(operationGuards, maskError, (args) => shared.subscribe(args)),
    createContext: options.createContext,
    prepare: (openRequest) => getEnveloped({ openRequest }),
  };
}

function guardsOfOperations({ schema, introspection, limits, observe, payerOf }: EngineOptions): OperationGuard[] {
  return [
    ...(observe === undefined ? [] : [observeOperations(observe)]),
    limitVariables(schema, { hidesSchema: !introspection }),
    limitCost(schema, limits),
    limitTime(limits.executionMs),
    // Within the time limit: what goes on behind an answer that came in time is paid for as well.
    ...(payerOf === undefined ? [] : [limitWork(schema, limits, payerOf)]),
  ];
}

function guardsOfDocuments({ schema, introspection, limits }: EngineOptions): DoorPlugin[] {
  return [
    speakErrors(schema, { hidesSchema: !introspection }),
    limitDocuments(limits),
    ...(introspection ? [] : [refuseIntrospection()]),
  ];
}
