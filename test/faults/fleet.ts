import { expect } from 'vitest';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { until } from './fault-kit.ts';

/** Whom one may ask: a process, or what is before it. */
type Asked = Pick<ServerProcess, 'url'>;

/** The processes that may be asked, each in its turn: what a load balancer is to whoever asks. */
export type Fleet = {
  readonly add: (server: Asked) => void;
  /** Nobody asks it any more; done once it has answered whoever did. */
  readonly retire: (server: Asked) => Promise<void>;
  /** Asks the next one. */
  readonly ask: (document: string, variables: Variables, bearer?: string) => Promise<unknown>;
};

export function createFleet(servers: readonly Asked[]): Fleet {
  const asked = new Map<Asked, number>(servers.map((server) => [server, 0]));
  const retired = new Set<Asked>();
  let turn = 0;
  const next = (): Asked => {
    const open = [...asked.keys()].filter((server) => !retired.has(server));
    const server = open[turn++ % open.length];
    if (server === undefined) throw new Error('there is no process to ask');
    return server;
  };
  const count = (server: Asked, by: 1 | -1) => asked.set(server, (asked.get(server) ?? 0) + by);
  return {
    add: (server) => void asked.set(server, 0),
    retire: async (server) => {
      retired.add(server);
      await until(
        async () => asked.get(server),
        (open) => open === 0,
        30_000,
      );
      asked.delete(server);
    },
    ask: async (document, variables, bearer) => {
      const server = next();
      count(server, 1);
      try {
        const { status, body } = await callerOf(server, bearer).ask(document, variables);
        return { status, ...body };
      } finally {
        count(server, -1);
      }
    },
  };
}

type Replacement = {
  readonly fleet: Fleet;
  /** Goes on for a while before the next one is replaced. */
  readonly load: { readonly goOn: () => Promise<void> };
  readonly start: () => Promise<ServerProcess>;
  /** Looks at the two that are side by side. */
  readonly compare?: (pair: readonly [old: ServerProcess, fresh: ServerProcess]) => Promise<void>;
};

/** Replaces one process after the other, while the load goes on. */
export async function replaceInTurn(
  servers: readonly ServerProcess[],
  { fleet, load, start, compare = async () => undefined }: Replacement,
): Promise<readonly ServerProcess[]> {
  const all: ServerProcess[] = [];
  for (const old of servers) {
    const fresh = await start();
    fleet.add(fresh);
    await compare([old, fresh]);
    await load.goOn();
    await fleet.retire(old);
    expect(await old.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    all.push(fresh);
  }
  return all;
}
