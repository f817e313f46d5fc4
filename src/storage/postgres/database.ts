// Storage speaks two dialects (docs/decisions/0003). Drizzle's builder, `orm`, for lists and plain nouns: domains, keys, webhooks, sealed
// secrets. Texts, `query`, for what does several things in one statement: facts, apply, entry, lists of many rooms, claims and sweeps. In
// both a statement is for one domain (docs/decisions/0027).

import { channel } from 'node:diagnostics_channel';
import { createPostgresClient } from './client.ts';
import { DatabaseError, isOfServer } from './error.ts';
import { Gate } from './gate.ts';
import { listenTo } from './listener.ts';
import { drizzleOver } from './orm.ts';
import { callsFunction } from './stored-function.ts';
import { createTurns, type Turns } from './turns.ts';
import { type ClientWay, directWay } from './way.ts';

export type Row = Record<string, unknown>;
export type Param = string | number | boolean | Date | Buffer | null | readonly string[] | readonly number[];

export interface DatabaseOptions {
  readonly url: string;
  /** Where a connection is a session: for what listens and waits for turns. Left out: `url`. */
  readonly directUrl?: string;
  /** What stands before `url`. Left out: nothing. */
  readonly way?: ClientWay;
  /** What stands before `directUrl`. Left out: nothing. */
  readonly directWay?: ClientWay;
  /** How many connections at most; one that listens and a few for turns come on top. */
  readonly poolSize: number;
  /** Every statement settles within this time of being sent, whatever becomes of the connection. Milliseconds. */
  readonly deadlineMs?: number;
  readonly watch?: WatchStatement;
}

/** PostgreSQL, one pool: prepared statements, a deadline around every call, no interactive transactions. */
export interface Database {
  /** Runs one statement, prepared. @throws DatabaseError */
  readonly query: <T = Row>(text: string, params: readonly Param[]) => Promise<readonly T[]>;
  /** Drizzle's query builder over the same pool, prepared and with the same deadline. */
  readonly orm: ReturnType<typeof createOrm>;
  /** Listens to a channel on a connection of its own, which comes back by itself. `onListen` is called each time it does. */
  readonly listen: (
    channel: string,
    onMessage: (payload: string) => void,
    onListen: () => void,
  ) => Promise<() => Promise<void>>;
  /** Waits for this process's turn at something, see `Turns`. */
  readonly takeTurn: Turns['take'];
  readonly close: () => Promise<void>;
}

/** The server ends a statement after 5 s, so an answer that has not come in this time never will. Milliseconds. */
const defaultDeadlineMs = 6_500;
/** Statements that wait for a connection: how many, and how long in milliseconds. */
const maxWaiting = 10_000;
const maxWaitMs = 3_000;

/** The text of each statement that this process sends, for subscribers of this channel. Costs nothing while there are none. */
export const sentStatements = channel('vestibule:statement');

/** Opens the pool; connections are made when they are needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, directUrl = url, poolSize, deadlineMs = defaultDeadlineMs, way = directWay, watch } = options;
  const session = { url: directUrl, way: options.directWay ?? directWay };
  const client = createPostgresClient({ url, connections: poolSize, deadlineMs, idleSeconds: 60, way });
  const gate = new Gate({ places: poolSize, maxWaiting, maxWaitMs });
  const turns = createTurns(session);
  const ask = async (text: string, params: readonly Param[], form: 'ROWS' | 'ARRAYS') => {
    const once = () => {
      sentStatements.publish(text);
      return gate.run(() => client.run(text, params, form));
    };
    try {
      return await once();
    } catch (error) {
      if (isLostRead(text, error) || wasInDeadlock(error)) return once();
      throw error;
    }
  };
  const run = watchStatements(ask, watch);
  return {
    query: async <T>(text: string, params: readonly Param[]) => (await run(text, params, 'ROWS')) as readonly T[],
    orm: createOrm((text, params, asArrays) => run(text, params, asArrays ? 'ARRAYS' : 'ROWS')),
    // Listeners also poll from time to time, so a connection that is away for a while is not an error.
    listen: (channel, onMessage, onListen) => listenTo({ ...session, channel, onMessage, onListen, onError: () => {} }),
    takeTurn: turns.take,
    close: async () => {
      await Promise.all([client.close(), turns.close()]);
    },
  };
}

/** A statement that only reads is sent once more on another connection if its own was lost, but not after a deadline, or while a node is away. */
function isLostRead(text: string, error: unknown): boolean {
  const isLost =
    error instanceof DatabaseError && error.failure === 'LOST' && error.code !== 'DEADLINE' && !isOfServer(error);
  return isLost && /^\s*select\b/i.test(text) && !callsFunction(text);
}

/** Of statements that wait for each other PostgreSQL ends one, which has done nothing then: the other goes on, and is done when this one comes again. */
function wasInDeadlock(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '40P01';
}

function createOrm(run: (text: string, params: readonly Param[], asArrays: boolean) => Promise<readonly unknown[]>) {
  return drizzleOver(async (text, params, method) => {
    const rows = await run(text, params as readonly Param[], method === 'all');
    return { rows: rows as unknown[] };
  });
}

/** Is called with each statement before it is sent. The function that it returns is called after the answer, with the failure or null. */
export type WatchStatement = (text: string) => (failure: string | null) => void;

type Run<Rest extends readonly unknown[], Result> = (text: string, ...rest: Rest) => Promise<Result>;

/** Calls `watch` for every statement that `run` runs. Left out: nobody is told. */
export function watchStatements<Rest extends readonly unknown[], Result>(
  run: Run<Rest, Result>,
  watch: WatchStatement | undefined,
): Run<Rest, Result> {
  if (watch === undefined) return run;
  return async (text, ...rest) => {
    const end = watch(text);
    try {
      const result = await run(text, ...rest);
      end(null);
      return result;
    } catch (error) {
      end(error instanceof DatabaseError ? error.failure : 'UNKNOWN');
      throw error;
    }
  };
}
