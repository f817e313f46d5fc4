import type { GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Elsewhere } from '../rules/caller.ts';
import type { CallerRequest, DoorKind } from './ports.ts';

type Facts = Omit<CallerRequest, 'signal'>;

/**
 * A door's request. It owns everything that is held for it: places among the streams, and the stream itself. `end` releases all of that;
 * each door calls it on the one event to which every way out leads. Whatever is begun after `end` is released at once.
 */
export class OpenRequest implements CallerRequest {
  readonly bearer: string | null;
  readonly sentElsewhere: Elsewhere | null;
  readonly clientAddress: string;
  readonly isGet: boolean;
  readonly transport: DoorKind;
  /** Made on first use: most requests never need it, and it costs more than a small query. */
  #controller: AbortController | undefined;
  #held: (() => void)[] | undefined;
  #isOver = false;

  constructor({ bearer, sentElsewhere = null, clientAddress, isGet, transport }: Facts) {
    this.bearer = bearer;
    this.sentElsewhere = sentElsewhere;
    this.clientAddress = clientAddress;
    this.isGet = isGet;
    this.transport = transport;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isOver) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The client has gone, or has its answer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls `release` once when the request ends, or at once if it has ended already. `release` must not throw. */
  hold(release: () => void): void {
    this.#held ??= [];
    this.#held.push(release);
    if (this.#isOver) this.end();
  }

  /** Owns this stream: it ends with the request, whatever a door did with it. */
  holdStream(stream: AsyncIterator<unknown>): void {
    // A failure of the stream was reported where it was read.
    this.hold(() => void stream.return?.().then(undefined, () => undefined));
  }

  /** The client has gone, or has its answer. Releases everything that is held, the last first. A second call does nothing. */
  end(): void {
    this.#isOver = true;
    this.#controller?.abort();
    for (const release of this.#held?.splice(0).reverse() ?? []) release();
  }
}

const bearerForm = /^Bearer +([^\s]+) *$/i;
const emptyForm = /^\s*(Bearer)?\s*$/i;
const longestCredential = 4096;

/** Is the header empty, or `Bearer` and a credential? */
export function isReadable(authorization: string): boolean {
  return emptyForm.test(authorization) || bearerForm.test(authorization);
}

/**
 * Reads an Authorization header. An empty header counts as none. A credential of another form is handed on as it is: the caller must be
 * refused for it, and not treated like a caller without one.
 */
export function readBearer(authorization: string | undefined): string | null {
  if (authorization === undefined || emptyForm.test(authorization)) return null;
  return (bearerForm.exec(authorization)?.[1] ?? authorization).slice(0, longestCredential);
}

/** What a door gives to the engine with each operation. */
export interface DoorContext {
  readonly openRequest: OpenRequest;
  /** Null: an operation of this type may begin here, and its places are taken. Called before anything of the operation has begun. */
  readonly begin?: (type: OperationTypeNode) => GraphQLError | null;
}

export type DoorPlugin = Plugin<DoorContext, DoorContext>;
