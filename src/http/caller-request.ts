import type { GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { CallerRequest, DoorKind } from './ports.ts';

type Facts = Omit<CallerRequest, 'signal'>;

/**
 * A door's request, and the one owner of whatever is held for it: places among the streams, and the stream itself. All of it is
 * given back by `end`, which each door calls on the one event that every way out leads to; what is begun later than that is
 * given back as it comes.
 */
export class OpenRequest implements CallerRequest {
  readonly bearer: string | null;
  readonly clientAddress: string;
  readonly isGet: boolean;
  readonly transport: DoorKind;
  /** Made when somebody asks for it: most never do, and it costs more than a small query. */
  #controller: AbortController | undefined;
  #held: (() => void)[] | undefined;
  #isOver = false;

  constructor({ bearer, clientAddress, isGet, transport }: Facts) {
    this.bearer = bearer;
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

  /** Gives something back when the request ends: once, and at once where it has ended. `release` must not throw. */
  hold(release: () => void): void {
    this.#held ??= [];
    this.#held.push(release);
    if (this.#isOver) this.end();
  }

  /** The client has gone, or has its answer: whatever was held is given back, the last first. A second call does nothing. */
  end(): void {
    this.#isOver = true;
    this.#controller?.abort();
    for (const release of this.#held?.splice(0).reverse() ?? []) release();
  }
}

const bearerForm = /^Bearer +([^\s]+) *$/i;
const emptyForm = /^\s*(Bearer)?\s*$/i;
const longestCredential = 4096;

/** Is it `Bearer` and a credential, or empty, which is none? */
export function isReadable(authorization: string): boolean {
  return emptyForm.test(authorization) || bearerForm.test(authorization);
}

/**
 * Reads an Authorization header. An empty one is none. A credential of another form is handed on whole: it is bad, which is not the
 * same as none.
 */
export function readBearer(authorization: string | undefined): string | null {
  if (authorization === undefined || emptyForm.test(authorization)) return null;
  return (bearerForm.exec(authorization)?.[1] ?? authorization).slice(0, longestCredential);
}

/** What a door gives to the engine with each operation. */
export interface DoorContext {
  readonly openRequest: OpenRequest;
  /** Null: an operation of this type may begin here, and what it holds is held. It is asked before anything of it has begun. */
  readonly begin?: (type: OperationTypeNode) => GraphQLError | null;
}

export type DoorPlugin = Plugin<DoorContext, DoorContext>;
