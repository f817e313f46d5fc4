import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import { ownPaths } from '../rules/own-paths.ts';
import { createOrigins, createSecurityHeaders, ownOrigins, tellRefusedOrigins } from './browser-rules.ts';
import { SlotsByKey, WorkSlots } from './capacity.ts';
import { createAddressReader, createTrust } from './client-address.ts';
import { fitToProcess, limitConnections } from './connections.ts';
import { createEngine } from './engine.ts';
import { createGraphqlRoute } from './graphql-route.ts';
import { createJsonDoor } from './json-door.ts';
import { type Limits, limitsOf, withoutAddresses } from './limits.ts';
import { closeServer, createBoundedServer, listenOn } from './node-server.ts';
import type { ObserveOperation } from './operation-observer.ts';
import type { CreateContext, Log } from './ports.ts';
import { createSiteRoutes, type SiteOptions } from './site-routes.ts';
import { createWebSocketDoor } from './websocket-door.ts';

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
>;

export interface HttpServerOptions extends SiteOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  /** The parts of a context that are the same for every caller, see `EngineOptions`. */
  readonly impersonal?: readonly string[];
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
   * Stops serving. /ready says no, sockets are closed with 1001, event streams are cut, operations at work finish, and new ones are
   * refused. Settles when everything is closed, after `graceMs` at the latest. A second call waits for the first.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/** The service's HTTP side: one engine behind a JSON door, an event-stream door and a WebSocket door, and the routes beside them. */
export function createHttpServer(options: HttpServerOptions): HttpDoor {
  const { config, log } = options;
  const doors = createDoors(options);
  const main = createBoundedServer(doors.limits, log, doors.handle).on('upgrade', doors.sockets.upgrade);
  const metrics = config.metricsPort === null ? null : createBoundedServer(doors.limits, log, doors.handleMetrics);
  const isTrusted = createTrust(config.trustedProxies);
  for (const server of [main, metrics ?? []].flat()) {
    limitConnections(server, doors.limits, isTrusted, doors.quiet);
  }
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    doors.close();
    const late = setTimeout(() => {
      main.closeAllConnections();
      metrics?.closeAllConnections();
    }, graceMs);
    // The server listens until the last operation has been answered, so that /health and /ready answer as long as something happens.
    await Promise.all([doors.sockets.close(graceMs), orLate(doors.slots.whenIdle(), graceMs)]);
    await Promise.all([closeServer(main), metrics === null ? undefined : closeServer(metrics)]);
    clearTimeout(late);
  };
  return {
    async listen() {
      const port = await listenOn(main, config.port, config.host);
      doors.settle(port);
      if (metrics !== null && config.metricsPort !== null) await listenOn(metrics, config.metricsPort, config.host);
      return { url: `http://${urlHost(config.host)}:${port}`, port };
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
  const onRefused = tellRefusedOrigins(log);
  let surroundings = surroundingsOf(config, config.port, onRefused);
  let isClosing = false;
  const shared = {
    engine: createEngine({ ...options, ...config, limits }),
    limits,
    slots,
    openStreams,
    log,
    streams: new SlotsByKey(limits.streamsPerAddress),
    quiet: new Set<Duplex>(),
    readAddress: createAddressReader(config.trustedProxies),
    origins: () => surroundings.origins,
    securityHeaders: () => surroundings.headers,
    isClosing: () => isClosing,
  };
  const graphql = createGraphqlRoute({ ...shared, jsonDoor: createJsonDoor(shared.engine) });
  const site = createSiteRoutes(options, shared);
  return {
    limits,
    slots,
    quiet: shared.quiet,
    sockets: createWebSocketDoor(shared),
    handle(request: IncomingMessage, response: ServerResponse) {
      const path = pathOf(request);
      return path === ownPaths.graphql ? graphql(request, response) : site.main(path, request, response);
    },
    handleMetrics: (request: IncomingMessage, response: ServerResponse) =>
      site.metrics(pathOf(request), request, response),
    /** The port is known, and with it the service's own origin. */
    settle(port: number) {
      surroundings = surroundingsOf(config, port, onRefused);
    },
    close() {
      isClosing = true;
      // A clean end would tell a client that its stream is over. A cut connection tells it to come back, to another process.
      for (const response of openStreams) response.destroy();
    },
  };
}

function surroundingsOf(config: HttpConfig, port: number, onRefused: (origin: string) => void) {
  const own = ownOrigins(config.publicUrl, port);
  const { allowedOrigins, acceptsLocalPages } = config;
  const origins = createOrigins([...own, ...allowedOrigins], { acceptsLocalPages, onRefused });
  return { origins, headers: createSecurityHeaders(own) };
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
