import { connect, type Socket } from 'node:net';

/** An HTTP answer, as far as the bench looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/**
 * HTTP/1.1 by hand over kept connections, one request at a time on each: on two cores the client's own cost is part of what is
 * measured, so it is kept small. Connections are made as they are needed, `connections` at most; then requests queue.
 */
export class HttpClient {
  readonly #host: string;
  readonly #port: number;
  readonly #max: number;
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: ((connection: Connection) => void)[] = [];

  constructor(url: string, connections: number) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
    this.#max = connections;
  }

  /** @throws where the connection ends before the answer */
  async post(path: string, body: string, bearer?: string): Promise<Answer> {
    const connection = this.#free.pop() ?? (await this.#open());
    const authorization = bearer === undefined ? '' : `authorization: Bearer ${bearer}\r\n`;
    const head = `POST ${path} HTTP/1.1\r\nhost: ${this.#host}:${this.#port}\r\ncontent-type: application/json\r\naccept: application/json\r\n${authorization}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    try {
      return await connection.ask(head + body);
    } finally {
      this.#release(connection);
    }
  }

  close(): void {
    for (const connection of this.#all) connection.end();
  }

  #open(): Promise<Connection> | Connection {
    if (this.#all.size >= this.#max) return new Promise((resolve) => this.#waiting.push(resolve));
    const connection = new Connection(connect(this.#port, this.#host), () => this.#all.delete(connection));
    this.#all.add(connection);
    return connection;
  }

  #release(connection: Connection): void {
    if (connection.isOver) {
      this.#replace();
      return;
    }
    const next = this.#waiting.shift();
    if (next) next(connection);
    else this.#free.push(connection);
  }

  #replace(): void {
    const next = this.#waiting.shift();
    const connection = next && this.#open();
    if (connection instanceof Connection) next?.(connection);
  }
}

class Connection {
  isOver = false;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: PromiseWithResolvers<Answer> | null = null;

  constructor(socket: Socket, onClose: () => void) {
    this.#socket = socket.setNoDelay(true);
    const over = () => {
      this.isOver = true;
      this.#settle?.reject(new Error('the connection ended before its answer'));
      this.#settle = null;
      onClose();
    };
    socket.on('data', (data) => this.#take(data));
    socket.on('error', over);
    socket.on('close', over);
  }

  ask(text: string): Promise<Answer> {
    this.#settle = Promise.withResolvers<Answer>();
    this.#socket.write(text);
    return this.#settle.promise;
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const answer = parse(this.#received);
    if (answer === null) return;
    this.#received = Buffer.alloc(0);
    const settle = this.#settle;
    this.#settle = null;
    // Whoever closes after this answer closes before the next one.
    if (/^connection: close/im.test(answer.headers)) this.isOver = true;
    settle?.resolve(answer);
  }
}

/** A whole answer, or null where a part is still to come. */
function parse(data: Buffer): Answer | null {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers = data.toString('latin1', 0, end);
  const status = Number(headers.slice(9, 12));
  const length = /^content-length: *(\d+)/im.exec(headers)?.[1];
  const from = end + 4;
  if (length === undefined && /^transfer-encoding: *chunked/im.test(headers)) {
    const body = parseChunks(data.subarray(from));
    return body === null ? null : { status, headers, body };
  }
  const bytes = Number(length ?? 0);
  return data.length < from + bytes ? null : { status, headers, body: data.toString('utf8', from, from + bytes) };
}

function parseChunks(data: Buffer): string | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = data.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(data.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (data.length < next) return null;
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(data.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
