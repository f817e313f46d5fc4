import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { OpenRequest } from './caller-request.ts';
import { limitCost, limitDocuments, limitTime, refuseIntrospection } from './engine-guards.ts';
import { createMaskError, type MaskError } from './error-masking.ts';
import type { Limits } from './limits.ts';
import { type ObserveOperation, observeOperations } from './operation-observer.ts';
import type { CreateContext, Log } from './ports.ts';
import { shareEvents } from './shared-events.ts';
import { speakErrors } from './spoken-errors.ts';

/** What a door gives to the engine with each operation. */
export type DoorContext = { readonly openRequest: OpenRequest };

type Yoga = YogaServerInstance<DoorContext, object>;

/** One engine, whose plugins carry every guard, so that no door can go round one. */
export interface Engine {
  readonly schema: GraphQLSchema;
  /** Answers a Fetch API request in full: GET, event streams, GraphiQL and whatever is odd. */
  readonly yoga: Yoga;
  readonly maskError: MaskError;
  /** The guarded parse, validate, context, execute and subscribe for one operation. */
  prepare(openRequest: OpenRequest): ReturnType<Yoga['getEnveloped']>;
}

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  /** What of a context is the same whoever asks. Events are executed once for all who read nothing else of it. */
  readonly impersonal?: readonly string[];
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly limits: Limits;
  readonly log: Log;
  /** Is told of each query and mutation. */
  readonly observe?: ObserveOperation;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function createEngine(options: EngineOptions): Engine {
  const { schema } = options;
  const maskError = createMaskError(options.log);
  const yoga = createYoga<DoorContext, object>({
    schema,
    context: ({ openRequest }) => options.createContext(openRequest),
    plugins: guards(options),
    maskedErrors: { maskError },
    graphiql: options.graphiql ? { title: 'GraphiQL', subscriptionsProtocol: 'WS' } : false,
    graphqlEndpoint: '/graphql',
    // The server does these two itself, at a fraction of the cost.
    maxRequestBodySize: false,
    cors: false,
    batching: false,
    multipart: false,
    landingPage: false,
    // Yoga logs errors with their texts, which may quote anything; the mask writes what may be written.
    logging: silent,
  });
  return { schema, yoga, maskError, prepare: (openRequest) => yoga.getEnveloped({ openRequest }) };
}

function guards({ schema, impersonal = [], introspection, limits, observe }: EngineOptions): Plugin[] {
  return [
    ...(observe === undefined ? [] : [observeOperations(observe)]),
    speakErrors({ hidesSchema: !introspection }),
    limitDocuments(limits),
    ...(introspection ? [] : [refuseIntrospection()]),
    shareEvents(impersonal),
    limitCost(schema, limits),
    limitTime(limits.executionMs),
  ];
}
