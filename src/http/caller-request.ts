import type { CallerRequest, Transport } from './ports.ts';

type Facts = Omit<CallerRequest, 'signal'>;

/** A door's request. Its signal is made when somebody asks for it: most never do, and it costs more than a small query. */
export class OpenRequest implements CallerRequest {
  readonly bearer: string | null;
  readonly clientAddress: string;
  readonly isGet: boolean;
  readonly transport: Transport;
  #controller: AbortController | undefined;
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
  end(): void {
    this.#isOver = true;
    this.#controller?.abort();
  }
}

const bearerForm = /^Bearer +([^\s]+) *$/i;
const longestCredential = 4096;

/** Reads an Authorization header. A credential of another form is handed on whole: it is bad, which is not the same as none. */
export function readBearer(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return (bearerForm.exec(authorization)?.[1] ?? authorization).slice(0, longestCredential);
}
