import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { ownPaths } from '../rules/own-paths.ts';
import { type HeaderFields, send, sendError, type WholeAnswer } from './answer.ts';
import type { Origins, SecurityHeaders } from './browser-rules.ts';
import { answerDailyCall } from './daily-calls.ts';
import { describeSafely } from './error-masking.ts';
import type { Graphiql } from './graphiql.ts';
import { createMediaGateRoute, type MayConnect } from './media-gate.ts';
import { createMediaWebhookRoute, type HearMediaServer, mediaWebhookDomain } from './media-webhook.ts';
import type { PageAnswer, PageAsked, Pages } from './pages.ts';
import type { Log } from './ports.ts';
import { httpError } from './protocol-error.ts';
import { readRoomAddress } from './room-address.ts';
import { answerWithFile, makeStaticFile, type StaticFile } from './static-file.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly problems: readonly string[];
  /** What is worse than it could be, while everything works. Left out: nothing. */
  readonly warnings?: readonly string[];
}

export interface SiteOptions {
  /** What /ready answers. `problems` are shown as they are. */
  readonly readiness: () => Promise<Readiness>;
  /** Metrics in the text format of Prometheus. Left out: there is no /metrics. */
  readonly metrics?: () => Promise<string>;
  /** The public keys that verify media grants and meeting tokens. */
  readonly jwks: () => Promise<object>;
  readonly printedSchema: string;
  /** What /media/gate asks. Left out: there is none. */
  readonly mayConnect?: MayConnect;
  /** What media servers tell. Left out: nobody listens. */
  readonly hearMediaServer?: HearMediaServer;
  readonly pages?: Pages;
  /** What is at the root. Left out: nothing, as in production. */
  readonly landing?: (path: string) => Promise<WholeAnswer | null>;
  readonly config: { readonly metricsPort: number | null };
}

interface SiteSurroundings {
  readonly graphiql: Graphiql | null;
  readonly readAddress: (request: IncomingMessage) => string;
  readonly origins: () => Origins;
  readonly securityHeaders: () => SecurityHeaders;
  readonly isClosing: () => boolean;
  readonly isDraining: () => boolean;
  readonly log: Log;
}

type Route = (response: ServerResponse, headers: HeaderFields, request: IncomingMessage) => Promise<void> | void;

const json = { 'content-type': 'application/json; charset=utf-8' };
const forEveryPage = { 'access-control-allow-origin': '*' };
const readinessMs = 2000;

/** All routes besides /graphql. */
export function createSiteRoutes(options: SiteOptions, around: SiteSurroundings) {
  const metrics = async (response: ServerResponse, headers: HeaderFields) => {
    if (options.metrics === undefined) return notFound(response, headers);
    const body = await options.metrics();
    send(response, 200, { ...headers, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body);
  };
  const gate = options.mayConnect === undefined ? null : createMediaGateRoute(options.mayConnect, around.log);
  const hear =
    options.hearMediaServer === undefined ? null : createMediaWebhookRoute(options.hearMediaServer, around.log);
  const routes: Readonly<Record<string, Route>> = {
    // Every page may read this one. It tells a refused origin from a network that failed, which browsers do not.
    [ownPaths.health]: (response, headers) =>
      send(response, 200, { ...headers, ...json, ...forEveryPage }, '{"status":"ok"}'),
    [ownPaths.ready]: async (response, headers) =>
      sendReadiness(response, headers, await askReadiness(options, around)),
    [ownPaths.jwks]: createKeysRoute(options.jwks),
    [ownPaths.schema]: (response, headers) =>
      send(
        response,
        200,
        { ...headers, 'content-type': 'text/plain; charset=utf-8', ...cacheable },
        options.printedSchema,
      ),
    ...(gate === null
      ? {}
      : { [ownPaths.mediaGate]: (response, headers, { rawHeaders }) => gate(response, headers, rawHeaders) }),
    ...(options.config.metricsPort === null ? { [ownPaths.metrics]: metrics } : {}),
  };
  return {
    async main(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
      const headers = { ...around.securityHeaders().api, ...around.origins().corsHeaders(request) };
      const domainName = hear === null ? null : mediaWebhookDomain(path);
      if (hear !== null && domainName !== null) return hear(request, response, headers, domainName);
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      const refusal = refuseBesidePages(path, request, route !== undefined);
      if (refusal !== null) return sendError(response, refusal, headers);
      if (route !== undefined) return route(response, headers, request);
      const page = await findPage(path, request, options, around);
      if (!page) return notFound(response, headers);
      sendPage(response, page, around.securityHeaders().page);
    },
    /** For a server that has /metrics and nothing else. */
    metrics(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> | void {
      const headers = around.securityHeaders().api;
      return path === ownPaths.metrics && isRead(request) ? metrics(response, headers) : notFound(response, headers);
    },
  };
}

/**
 * The keys of all domains may be long, and anybody may ask for them: they are written and packed once for all who ask while they are the
 * same, and whoever has them already gets no byte.
 */
function createKeysRoute(readKeys: SiteOptions['jwks']): Route {
  const fields = { 'content-type': 'application/jwk-set+json', ...cacheable };
  let latest: { readonly keys: object; readonly text: string; readonly file: Promise<StaticFile> } | null = null;
  const fileOf = (keys: object): Promise<StaticFile> => {
    if (latest?.keys === keys) return latest.file;
    const text = JSON.stringify(keys);
    latest = { keys, text, file: latest?.text === text ? latest.file : makeStaticFile(text, fields, '*') };
    return latest.file;
  };
  return async (response, headers, request) => {
    const answer = answerWithFile(await fileOf(await readKeys()), request);
    const vary = [headers.vary, answer.headers.vary].filter((name) => name !== undefined).join(', ');
    send(response, answer.status, { ...headers, ...answer.headers, vary }, answer.body);
  };
}

/** Why this cannot be meant for a page or a route, with what leads on; null: it can. Browsers send no credential here. */
function refuseBesidePages(path: string, request: IncomingMessage, isRoute: boolean): GraphQLError | null {
  const { method = 'GET', headers } = request;
  const daily =
    isRoute || (isRead(request) && headers.authorization === undefined) ? null : answerDailyCall(method, path);
  if (daily !== null) return httpError(404, 'NOT_FOUND', daily);
  if (isRead(request)) return null;
  if (!isRoute && readRoomAddress(path)?.kind !== 'ROOM') return httpError(404, 'NOT_FOUND', nothingHere);
  return httpError(405, 'BAD_REQUEST', `${method} is not taken here: send GET. The API is at /graphql.`, {
    allow: 'GET, HEAD',
  });
}

const nothingHere =
  'There is nothing at this address. The API is at /graphql, its schema at /schema.graphql, and rooms are at /{domain}/{room}.';

/** The service's own pages, the tool of development, and what leads on in development. */
async function findPage(
  path: string,
  request: IncomingMessage,
  { pages, landing }: SiteOptions,
  around: SiteSurroundings,
): Promise<PageAnswer | null> {
  const asked = askedFor(path, request, around);
  // A page of the guide has an address like a room's.
  const found = (await around.graphiql?.file(path, asked)) ?? (await landing?.(path)) ?? (await pages?.(path, asked));
  return found ?? null;
}

function askedFor(path: string, request: IncomingMessage, { readAddress }: SiteSurroundings): PageAsked {
  const { method, url = '', headers } = request;
  return { method, headers, search: url.slice(path.length), clientAddress: readAddress(request) };
}

function sendPage(response: ServerResponse, page: PageAnswer, common: HeaderFields): void {
  const { 'x-frame-options': unframed, ...rules } = common;
  // The older header can name no site: browsers that know no policy would then show the page in no frame.
  const framing = page.mayBeFramed || unframed === undefined ? {} : { 'x-frame-options': unframed };
  send(response, page.status, { ...rules, ...framing, ...page.headers }, page.body);
}

function sendReadiness(response: ServerResponse, headers: HeaderFields, readiness: Readiness): void {
  const { ready, problems, warnings = [] } = readiness;
  const body = { ready, problems, ...(warnings.length === 0 ? {} : { warnings }) };
  send(response, ready ? 200 : 503, { ...headers, ...json }, JSON.stringify(body));
}

/** Keys are published long before they sign, so a copy that is a minute old is never too old. */
const cacheable = { 'cache-control': 'public, max-age=60' };

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function notFound(response: ServerResponse, headers: HeaderFields): void {
  send(response, 404, { ...headers, 'content-type': 'text/plain; charset=utf-8' }, `${nothingHere}\n`);
}

async function askReadiness(
  { readiness }: SiteOptions,
  { isClosing, isDraining, log }: SiteSurroundings,
): Promise<Readiness> {
  if (isClosing() || isDraining()) return { ready: false, problems: ['The service is stopping.'] };
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Error('no answer')), readinessMs);
  try {
    return await Promise.race([readiness(), silence.promise]);
  } catch (error) {
    log.warn(describeSafely(error), 'the readiness check failed');
    return { ready: false, problems: ['The check did not finish in time.'] };
  } finally {
    clearTimeout(timer);
  }
}
