import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const message = z.object({ id: z.string().optional(), payload: z.unknown().optional() });
const response = z.object({ statusCode: z.number(), destroy: z.function() });

const errors = z.object({ errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })) });
const single = z.object({ data: z.record(z.string(), z.object({ code: z.string() })) });

/** The code that a result, or the errors of an operation, says. */
export function codeIn(value: unknown): string {
  const refused = errors.safeParse(Array.isArray(value) ? { errors: value } : value);
  if (refused.success) return refused.data.errors[0]?.extensions.code ?? 'no code';
  const [field] = Object.values(single.safeParse(value).data?.data ?? {});
  return field?.code ?? 'no error';
}

type Options = {
  readonly path?: string;
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Sockets = ReturnType<typeof socketsOf>;

/** Sockets that live for one refusal. */
export function socketsOf(url: string) {
  const dial = ({ path = '/graphql', ...options }: Options = {}, protocols = ['graphql-transport-ws']) =>
    new WebSocket(`${url.replace('http', 'ws')}${path}`, protocols, options).on('error', () => undefined);
  const say = (socket: WebSocket, said: readonly unknown[]) => {
    for (const one of said) socket.send(typeof one === 'string' ? one : JSON.stringify(one));
  };
  return {
    /** The HTTP status with which an upgrade is refused. */
    async refused(options: Options): Promise<string> {
      const [, refusal] = await once(dial(options), 'unexpected-response');
      const { statusCode } = response.parse(refusal);
      refusal.destroy();
      return String(statusCode);
    },
    /** The code with which a socket is closed on which this is said. */
    async closed([first, ...rest]: readonly unknown[], protocols?: string[]): Promise<string> {
      const socket = dial({}, protocols);
      const close = once(socket, 'close');
      // One that the service closes at once may be closed before an `await` goes on. What comes after the first waits for its answer.
      socket.once('open', () => say(socket, [first ?? []].flat()));
      socket.once('message', () => say(socket, rest));
      const [code] = await close;
      return String(code);
    },
    /** What one operation is answered first. */
    async ask(query: string): Promise<string> {
      const socket = dial();
      await once(socket, 'open');
      const first = Promise.withResolvers<unknown>();
      socket.on('message', (data) => {
        const { id, payload } = message.parse(JSON.parse(String(data)));
        if (id === '1') first.resolve(payload);
      });
      say(socket, [{ type: 'connection_init' }]);
      await once(socket, 'message');
      say(socket, [{ id: '1', type: 'subscribe', payload: { query } }]);
      const payload = await first.promise;
      socket.terminate();
      return codeIn(payload);
    },
    /** Says this and goes without waiting for anything. */
    async gone(said: readonly unknown[], how: 'close' | 'terminate'): Promise<string> {
      const socket = dial();
      const close = once(socket, 'close');
      await once(socket, 'open');
      say(socket, said);
      socket[how]();
      await close;
      return 'gone';
    },
  };
}
