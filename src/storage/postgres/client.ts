import postgres from 'postgres';
import { driverTarget } from './driver-target.ts';
import { classify, DatabaseError, isOfServer } from './error.ts';
import { type ClientWay, directWay, sessionBounds } from './way.ts';

export interface PostgresClientOptions {
  readonly url: string;
  readonly connections: number;
  /** What stands between here and the database. Left out: nothing. */
  readonly way?: ClientWay;
  /** After this time a statement is given up, whatever happens to its connection. Milliseconds. */
  readonly deadlineMs: number;
  /** Settings that each session has besides the usual ones. */
  readonly session?: Readonly<Record<string, number>>;
  /** A connection that nobody uses is closed after this time; null: never. Seconds. */
  readonly idleSeconds: number | null;
  readonly onNotify?: (channel: string, payload: string) => void;
  /** A connection was lost, or closed. */
  readonly onClose?: () => void;
}

/** The driver, with a deadline around every call and a way out of connections that will never answer. */
export interface PostgresClient {
  /** Runs one statement, prepared where the way to the database keeps it. @throws DatabaseError */
  readonly run: (text: string, params: readonly unknown[], form?: 'ROWS' | 'ARRAYS') => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

/** Connections are made anew as soon as there is work again; the driver's own pause between tries grows to 20 s. Seconds. */
const retrySeconds = 0.2;
/** What runs elsewhere may finish when connections are replaced. Seconds. */
const graceSeconds = 2;

/** Connections are made when they are needed. */
export function createPostgresClient(options: PostgresClientOptions): PostgresClient {
  let client = connect(options);
  let isClosed = false;
  // At once, however often: a statement that gets a stuck slot meanwhile would wait until the old set is destroyed.
  const renew = () => {
    const old = client;
    client = connect(options);
    old.end({ timeout: graceSeconds }).catch(() => {});
  };
  return {
    run: async (text, params, form = 'ROWS') => {
      const used = client;
      // Values are those of `Param`, which the driver knows how to send.
      const pending = used.unsafe(text, params as never, { prepare: options.way?.keepsPrepared ?? true });
      try {
        return await within(options.deadlineMs, form === 'ARRAYS' ? pending.values() : pending);
      } catch (error) {
        pending.catch(() => {});
        const failure = classify(error);
        if (!isClosed && used === client && spoilsConnections(failure)) renew();
        throw failure;
      }
    },
    close: () => {
      isClosed = true;
      return client.end({ timeout: graceSeconds });
    },
  };
}

/**
 * Does this error mean that connections are useless which the driver would still use? There are three such cases. A connection was lost:
 * the driver keeps what it had not yet sent, and sends nothing on that slot until a new connection there times out after 5 s (postgres.js
 * 1208); mostly, the other connections were lost with it. No answer came in a time in which the server itself would have ended the
 * statement: the connection is half-open, or hangs. The server ended the connection in the middle of a statement: the driver would give
 * the next statement there the same error.
 */
function spoilsConnections(error: DatabaseError): boolean {
  const { failure, code } = error;
  return (failure === 'LOST' && !isOfServer(error)) || code === 'CONNECT_TIMEOUT' || code.startsWith('57P');
}

function connect({
  url,
  connections,
  way = directWay,
  session,
  idleSeconds,
  onNotify,
  onClose,
}: PostgresClientOptions) {
  const target = driverTarget(url);
  return postgres(target.url, {
    connect_timeout: 5,
    ...target.options,
    max: connections,
    // With pipelining, a statement that waits for a lock would hold up the statements behind it.
    max_pipeline: 0,
    idle_timeout: idleSeconds,
    backoff: () => retrySeconds,
    onnotice: () => {},
    ...(onNotify ? { onnotify: onNotify } : {}),
    ...(onClose ? { onclose: onClose } : {}),
    connection: {
      application_name: 'vestibule',
      ...(way.takesSettings ? { ...sessionBounds, ...session } : {}),
      ...target.session,
    },
    // See array-types.ts: postgres.js 3.4.9 ends the process where this question fails.
    fetch_types: false,
    types: {
      ...arrayTypes,
      // JSON goes in as text that was made before, and comes out parsed.
      json: {
        to: 114,
        from: [114, 3802],
        serialize: (value: string) => value,
        parse: (text: string) => JSON.parse(text),
      },
      bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: Number },
    },
  } as postgres.Options<Record<string, postgres.PostgresType>>);
}

/** The client's promise, or DatabaseError when the time is over. Then nobody knows what the database still does. */
async function within<T>(deadlineMs: number, pending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DatabaseError('LOST', 'DEADLINE')), deadlineMs);
  });
  try {
    return await Promise.race([pending, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

// Arrays as PostgreSQL writes them. The driver could find out their types by itself, but it asks on each new connection, and nobody can
// handle the error of that question: a connection that ended at that moment would end the whole process.

/** One-dimensional array types, as the driver takes them. Elements come as texts, those of whole numbers as numbers. */
export const arrayTypes = {
  texts: arrayType([1009, 1015, 2951], (text) => text),
  numbers: arrayType([1005, 1007, 1016], Number),
};

function arrayType(oids: readonly number[], parseElement: (text: string) => unknown) {
  return {
    to: oids[0] ?? 0,
    from: [...oids],
    // The query builder has written its arrays already.
    serialize: (value: unknown) => (Array.isArray(value) ? writeArray(value) : value),
    parse: (text: string) => readArray(text).map((element) => (element === null ? null : parseElement(element))),
  };
}

/** `{"a","b\"c",NULL}`: every element in quotes, which every type takes. */
export function writeArray(elements: readonly unknown[]): string {
  const written = elements.map((element) =>
    element === null ? 'NULL' : `"${String(element).replaceAll(/["\\]/g, (special) => `\\${special}`)}"`,
  );
  return `{${written.join(',')}}`;
}

const element = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;

/** Reads what PostgreSQL has written: elements with or without quotes, and NULL. */
export function readArray(text: string): readonly (string | null)[] {
  return [...text.matchAll(element)].map(([, quoted, bare]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1');
    return bare === undefined || bare === 'NULL' ? null : bare;
  });
}
