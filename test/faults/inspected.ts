import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { closeAfterwards } from '../support/closers.ts';
import type { ServerProcess } from '../support/server.ts';
import { spawnOne } from './fault-kit.ts';

/** What a process holds when everything that can be thrown away is thrown away. */
export type Holdings = {
  readonly heapBytes: number;
  /** Of all event emitters there are. */
  readonly listeners: number;
  readonly sockets: number;
  readonly timers: number;
};

export type InspectedProcess = ServerProcess & { readonly holdings: () => Promise<Holdings> };

const message = z.object({ id: z.number(), result: z.record(z.string(), z.unknown()).optional() });
const remote = z.object({ value: z.unknown().optional(), objectId: z.string().optional() });

/** One more process of the service, with Node's inspector in it. */
export async function spawnInspected(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<InspectedProcess> {
  const server = await spawnOne(databaseUrl, { NODE_OPTIONS: '--inspect=127.0.0.1:0', ...env });
  const url = /ws:\/\/\S+/.exec(server.output())?.[0];
  if (url === undefined) throw new Error(`the process says of no inspector: ${server.output()}`);
  const socket = new WebSocket(url);
  closeAfterwards(() => socket.terminate());
  await once(socket, 'open');
  const ask = createAsk(socket);
  const evaluate = async (expression: string) =>
    remote.parse((await ask('Runtime.evaluate', { expression, returnByValue: false })).result);
  const countListeners = async (): Promise<number> => {
    const { objectId } = await evaluate(`process.getBuiltinModule('node:events').EventEmitter.prototype`);
    const found = await ask('Runtime.queryObjects', { prototypeObjectId: objectId, objectGroup: 'emitters' });
    const perEmitter = 'each.eventNames().reduce((some, name) => some + each.listenerCount(name), 0)';
    const { result } = await ask('Runtime.callFunctionOn', {
      objectId: remote.parse(found.objects).objectId,
      functionDeclaration: `function () {
        return this.filter((each) => each._events).reduce((sum, each) => sum + ${perEmitter}, 0);
      }`,
      returnByValue: true,
    });
    await ask('Runtime.releaseObjectGroup', { objectGroup: 'emitters' });
    return Number(remote.parse(result).value);
  };
  const holdings = async (): Promise<Holdings> => {
    const listeners = await countListeners();
    // What the first collection only lets go of is collected by the second.
    for (let time = 0; time < 3; time += 1) await ask('HeapProfiler.collectGarbage', {});
    const open = `process.getActiveResourcesInfo().filter((name) => name ===`;
    const counts = await Promise.all(
      ['process.memoryUsage().heapUsed', `${open} 'TCPSocketWrap').length`, `${open} 'Timeout').length`].map(evaluate),
    );
    const [heapBytes = 0, sockets = 0, timers = 0] = counts.map(({ value }) => Number(value));
    return { heapBytes, listeners, sockets, timers };
  };
  return { ...server, holdings };
}

function createAsk(socket: WebSocket) {
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  socket.on('message', (data) => {
    const { id, result } = message.catch({ id: 0 }).parse(JSON.parse(data.toString()));
    waiting.get(id)?.(result ?? {});
    waiting.delete(id);
  });
  let last = 0;
  return (method: string, params: object) => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
  };
}
