import { Socket } from 'node:net';

// A server of our own is found by a port, and whoever listens there may be somebody else by now: a lock file outlives its server, and a
// port is given to the next who asks. The driver sends its password in clear to a server that asks for that. So the connection to
// our own is watched until it is authenticated, and cut before the driver answers whoever asks for anything but SCRAM: there the
// password is never sent, and the server proves that it has known it before.

/** As libpq writes it. Only these connections are watched: other servers may have their reasons to ask otherwise. */
const parameter = 'require_auth=scram-sha-256';

/** The same URL, for connections that authenticate by SCRAM alone. */
export function withScramOnly(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${parameter}`;
}

/** Whoever listens is not a server that knows our password. */
export class NotOurServer extends Error {
  readonly code = 'NOT_OUR_SERVER';

  constructor() {
    super('another program listens on the port of the database');
  }
}

/** A connection whose first messages are looked at before anybody reads them. */
export class WatchedSocket extends Socket {
  readonly #seen = new Authentication();
  #isWatched = true;

  /** Called with what came in. What is refused reaches no reader: the driver would already work on it. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (!this.#isWatched || !Buffer.isBuffer(chunk)) return super.push(chunk, encoding);
    const verdict = this.#seen.take(chunk);
    this.#isWatched = verdict === 'GO_ON';
    if (verdict !== 'REFUSE') return super.push(chunk, encoding);
    this.destroy(new NotOurServer());
    return false;
  }
}

const authentication = 'R';
/** An error, a notice, a note on the protocol: these ask for nothing. */
const harmless: ReadonlySet<string> = new Set(['E', 'N', 'v']);
const headBytes = 5;
const longestBytes = 16_384;
/** What a server of ours asks for, 4,096, and some. Each takes time from everything else in the process. */
const maxIterations = 100_000;

/** The steps of SCRAM: the server names it, sends its challenge, then its proof, and then says that all is well. */
const steps: Readonly<Record<number, number>> = { 10: 11, 11: 12, 12: 0 };

/** Reads what a server says until it is done with authentication. */
class Authentication {
  #read: Buffer = Buffer.alloc(0);
  #expected = 10;

  take(chunk: Buffer): 'GO_ON' | 'DONE' | 'REFUSE' {
    this.#read = Buffer.concat([this.#read, chunk]);
    for (;;) {
      const kind = this.#read.toString('latin1', 0, 1);
      if (kind === '') return 'GO_ON';
      if (kind !== authentication && !harmless.has(kind)) return 'REFUSE';
      if (this.#read.length < headBytes) return 'GO_ON';
      const length = this.#read.readUInt32BE(1);
      if (length > longestBytes || (kind === authentication && length < 8)) return 'REFUSE';
      if (this.#read.length < length + 1) return 'GO_ON';
      const message = this.#read.subarray(0, length + 1);
      this.#read = this.#read.subarray(length + 1);
      if (kind !== authentication) continue;
      if (!this.#isNext(message)) return 'REFUSE';
      if (message.readUInt32BE(5) === 0) return 'DONE';
    }
  }

  #isNext(message: Buffer): boolean {
    const type = message.readUInt32BE(5);
    if (type !== this.#expected) return false;
    this.#expected = steps[type] ?? 0;
    const iterations = /,i=(\d+)$/.exec(message.toString('latin1', 9))?.[1];
    return type !== 11 || Number(iterations ?? Number.NaN) <= maxIterations;
  }
}
