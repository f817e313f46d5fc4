import { createPostgresClient, type PostgresClient } from './client.ts';
import type { ClientWay } from './way.ts';

/** Whoever waits for a turn so long goes without. Longer than a turn of every process takes together on a slow machine. Milliseconds. */
const waitMs = 750;
/** A process that hangs while it holds a turn loses it after this time. Milliseconds. */
const holdMs = 2_000;
/** Connections that hold turns at once in one process. */
const maxTurns = 3;

/** Where a session cannot begin with these, it is told at each turn. */
const boundSession = `select set_config('lock_timeout', '${waitMs}', false), set_config('idle_session_timeout', '${holdMs}', false)`;

/** Gives one process after the other its turn at something: courtesy between processes, that protects nothing by itself. */
export interface Turns {
  /** Waits for the turn. The returned function lets go of it. Null: it goes on without one. Never throws. */
  readonly take: (key: string) => Promise<(() => void) | null>;
  readonly close: () => Promise<void>;
}

/** Turns by session locks of PostgreSQL, each on a connection of its own: a lock ends with its session, however that ends. */
export function createTurns({ url, way }: { readonly url: string; readonly way: ClientWay }): Turns {
  const all: PostgresClient[] = [];
  const free: PostgresClient[] = [];
  const open = (): PostgresClient => {
    const session = { lock_timeout: waitMs, idle_session_timeout: holdMs };
    const client = createPostgresClient({ url, way, connections: 1, deadlineMs: holdMs, idleSeconds: 1, session });
    all.push(client);
    return client;
  };
  return {
    take: async (key) => {
      const client = free.pop() ?? (all.length < maxTurns ? open() : null);
      if (client === null) return null;
      const letGo = () => {
        client
          .run('select pg_advisory_unlock_all()', [])
          // Where it cannot be said, the session has ended or soon will, and the lock with it.
          .catch(() => {})
          .finally(() => free.push(client));
      };
      try {
        if (!way.takesSettings) await client.run(boundSession, []);
        await client.run('select pg_advisory_lock(hashtextextended($1, 0))', [key]);
        return letGo;
      } catch {
        letGo();
        return null;
      }
    },
    close: async () => {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}
