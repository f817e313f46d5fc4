import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import { ownPaths } from '../rules/own-paths.ts';
import { createOrigins, createSecurityHeaders, ownOrigins, tellRefusedOrigins } from './browser-rules.ts';
import { SlotsByKey, WorkSlots } from './capacity.ts';
import { createAddressReader, createTrust } from './client-address.ts';
import { fitToProcess, limitConnections } from './connections.ts';
import { createEngine } from './engine.ts';
import { createGraphiql } from './graphiql.ts';
import { createGraphqlRoute } from './graphql-route.ts';
import { createJsonDoor } from './json-door.ts';
import { type Limits, limitsOf, withoutAddresses } from './limits.ts';
import {
  closeServer,
  createBoundedServer,
  hearLastRequests,
  ListenError,
  listenOn,
  stopListening,
} from './node-server.ts';
import type { ObserveOperation } from './operation-observer.ts';
import type { CreateContext, Log } from './ports.ts';
import { createSiteRoutes, type SiteOptions } from './site-routes.ts';
import { createWebSocketDoor } from './websocket-door.ts';
import type { PayerOf } from './work-budget.ts';

export type HttpConfig = Pick<
  Config,
  | 'port'
  | 'host'
  | 'publicUrl'
  | 'allowedOrigins'
  | 'acceptsLocalPages'
  | 'trustedProxies'
  | 'rateLimits'
  | 'maxOperations'
  | 'maxOperationsPerAddress'
  | 'maxStreamsPerAddress'
  | 'maxConnectionsPerAddress'
  | 'maxQueryCost'
  | 'introspection'
  | 'graphiql'
  | 'metricsPort'
  | 'isMetricsPortSet'
  | 'metricsHost'
>;

export interface HttpServerOptions extends SiteOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  /** The parts of a context that are the same for every caller, see `EngineOptions`. */
  readonly impersonal?: readonly string[];
  /** Who pays for what an operation asks for, see `EngineOptions`. */
  readonly payerOf?: PayerOf;
  readonly config: HttpConfig;
  readonly log: Log;
  /** Is called with each query and mutation. */
  readonly observe?: ObserveOperation;
  /** Replaces the limits that `limitsOf` reads from the settings. */
  readonly limits?: Partial<Limits>;
}

export interface HttpDoor {
  /** Settles with the address on which it listens. Rejects if the port is taken. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Sends everybody elsewhere: from now on /ready says no, and each answer ends its connection, so that none that is kept open is used
   * when it closes. Everything else goes on. Settles when that time is over. In its last part connections are kept again: a proxy that goes
   * by connections alone then asks on those that it has, and comes by no new one in the moment in which nobody can connect any more.
   */
  drain(forMs: number): Promise<void>;
  /** Closes every socket with 1001 and cuts every event stream. Their clients come again at once, here or elsewhere. */
  breakStreams(): void;
  /**
   * Stops serving. /ready says no, sockets are closed with 1001, event streams are cut, operations at work finish, and new ones are
   * refused. After `drain` nobody can connect any more instead, so that balancers go on to the next process, and operations on connections
   * that are open are still answered. Settles when everything is closed, after `graceMs` at the latest. A second call waits for the first.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/** The service's HTTP side: one engine behind a JSON door, an event-stream door and a WebSocket door, and the routes beside them. */
export function createHttpServer(options: HttpServerOptions): HttpDoor {
  const { config, log } = options;
  const doors = createDoors(options);
  const main = createBoundedServer(doors.limits, log, doors.handle).on('upgrade', doors.sockets.upgrade);
  const metrics = config.metricsPort === null ? [] : [createBoundedServer(doors.limits, log, doors.handleMetrics)];
  const servers = [main, ...metrics];
  const isTrusted = createTrust(config.trustedProxies);
  for (const server of servers) limitConnections(server, doors.limits, isTrusted, doors.quiet);
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    const late = setTimeout(() => {
      for (const server of servers) server.closeAllConnections();
    }, graceMs);
    // If nobody was sent elsewhere, the server listens until the last operation has been answered, so that /health and /ready answer as
    // long as something happens.
    const isDrained = doors.isDraining();
    if (isDrained) await stopListening(main);
    doors.close();
    await Promise.all([doors.sockets.close(graceMs), isDrained ? hearLastRequests(main) : undefined]);
    await orLate(doors.slots.whenIdle(), graceMs);
    await Promise.all(servers.map(closeServer));
    clearTimeout(late);
  };
  return {
    async listen() {
      const port = await listenOn(main, config.port, config.host);
      doors.settle(port);
      for (const server of metrics) await listenForMetrics(server, config, log);
      return { url: `http://${urlHost(config.host)}:${port}`, port };
    },
    async drain(forMs) {
      const lastMs = Math.min(lastPartMs, forMs / 5);
      doors.endConnections(true);
      await pause(forMs - lastMs);
      doors.endConnections(false);
      await pause(lastMs);
    },
    breakStreams() {
      doors.sockets.breakOff();
      doors.cutStreams();
    },
    close({ graceMs }) {
      closing ??= close(graceMs);
      return closing;
    },
  };
}

function createDoors(options: HttpServerOptions) {
  const { config, log } = options;
  const asked: Limits = { ...limitsOf(config), ...options.limits };
  const limits = fitToProcess(config.rateLimits ? asked : withoutAddresses(asked), log);
  const slots = new WorkSlots(limits.inFlight, limits.inFlightPerAddress);
  const openStreams = new Set<ServerResponse>();
  const ending = createEnding(openStreams);
  const onRefused = tellRefusedOrigins(log);
  let surroundings = surroundingsOf(config, config.port, onRefused);
  const shared = {
    engine: createEngine({ ...options, ...config, limits }),
    limits,
    slots,
    openStreams,
    log,
    streams: new SlotsByKey(limits.streamsPerAddress),
    graphiql: config.graphiql ? createGraphiql() : null,
    quiet: new Set<Duplex>(),
    readAddress: createAddressReader(config.trustedProxies),
    origins: () => surroundings.origins,
    securityHeaders: () => surroundings.headers,
    isClosing: ending.isClosing,
    isDraining: ending.isDraining,
  };
  const graphql = createGraphqlRoute({ ...shared, jsonDoor: createJsonDoor(shared.engine) });
  const site = createSiteRoutes(options, shared);
  return {
    limits,
    slots,
    quiet: shared.quiet,
    sockets: createWebSocketDoor(shared),
    ...ending,
    handle(request: IncomingMessage, response: ServerResponse) {
      if (ending.endsConnections()) response.setHeader('connection', 'close');
      const path = pathOf(request);
      return path === ownPaths.graphql ? graphql(request, response) : site.main(path, request, response);
    },
    handleMetrics: (request: IncomingMessage, response: ServerResponse) =>
      site.metrics(pathOf(request), request, response),
    /** The port is known, and with it the service's own origin. */
    settle(port: number) {
      surroundings = surroundingsOf(config, port, onRefused);
    },
  };
}

/** How long the last part of a drain is at most, in which connections are kept. Milliseconds. */
const lastPartMs = 1000;

/** How far the end has come. A door that was drained before it closed stays so. */
function createEnding(openStreams: ReadonlySet<ServerResponse>) {
  let isClosing = false;
  let isDraining = false;
  let endsConnections = false;
  // A clean end would tell a client that its stream is over. A cut connection tells it to come back, to another process.
  const cutStreams = () => {
    for (const response of openStreams) response.destroy();
  };
  return {
    isClosing: () => isClosing,
    isDraining: () => isDraining,
    endsConnections: () => endsConnections,
    /** Sends everybody elsewhere, and says whether each answer ends its connection. */
    endConnections(ends: boolean) {
      isDraining = true;
      endsConnections = ends;
    },
    close() {
      isClosing = true;
      endsConnections = isDraining;
      cutStreams();
    },
    cutStreams,
  };
}

function surroundingsOf(config: HttpConfig, port: number, onRefused: (origin: string) => void) {
  const own = ownOrigins(config.publicUrl, port);
  const { allowedOrigins, acceptsLocalPages } = config;
  const origins = createOrigins([...own, ...allowedOrigins], { acceptsLocalPages, onRefused });
  return { origins, headers: createSecurityHeaders(own) };
}

/** Nobody chose the default port, so where it is taken the service goes without metrics: several may run on one machine. */
async function listenForMetrics(server: Server, config: HttpConfig, log: Log): Promise<void> {
  const settings = { port: 'METRICS_PORT', host: 'METRICS_HOST' } as const;
  try {
    await listenOn(server, config.metricsPort ?? 0, config.metricsHost, settings);
  } catch (error) {
    if (config.isMetricsPortSet || !(error instanceof ListenError)) throw error;
    log.warn({ code: error.code }, `this process has no /metrics: ${error.message}`);
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function orLate(work: Promise<void>, lateMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, lateMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
