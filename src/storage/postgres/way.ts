import postgres from 'postgres';
import { StartRefusal } from '../start-refusal.ts';
import { driverTarget } from './driver-target.ts';
import { classify, hasErrorCode } from './error.ts';

// Between the service and the database may stand a pooler, which lends connections for a session, a transaction or a statement. What it
// keeps is tried, not believed.

/** What the way to the database keeps from one statement to the next. */
export interface DatabaseWay {
  /** A session may say at its start how long its statements may take. */
  readonly takesSettings: boolean;
  /** A connection is one session: LISTEN, locks of the session, settings. */
  readonly keepsSession: boolean;
  /** What was prepared is there for the next statement. */
  readonly keepsPrepared: boolean;
  /** The server ends statements that take too long, whoever says so. */
  readonly boundsStatements: boolean;
  /** Which server and database this is. */
  readonly database: string;
}

/** What a client goes by. */
export type ClientWay = Pick<DatabaseWay, 'takesSettings' | 'keepsPrepared'>;

/** No pooler, as with a database of our own. */
export const directWay: Omit<DatabaseWay, 'database'> = {
  takesSettings: true,
  keepsSession: true,
  keepsPrepared: true,
  boundsStatements: true,
};

/** Settings of a session that a server knows at its start. */
export const sessionBounds = {
  statement_timeout: 5_000,
  lock_timeout: 2_500,
  idle_in_transaction_session_timeout: 10_000,
};

const connectSeconds = 10;
/** A pooler that has no other connection to lend lets one wait. Milliseconds. */
const waitMs = 2_000;
const rounds = 4;

/** The oldest major version that the service works with, as its tests show. */
export const oldestPostgres = 15;

/**
 * Finds out by two connections at once.
 * @throws DatabaseError, StartRefusal where the database is too old, or a pooler lends connections for a statement
 */
export async function probeWay(url: string, setting: string): Promise<DatabaseWay> {
  const takesSettings = await mayBeginWith(url);
  const [one, other] = [connect(url, takesSettings), connect(url, takesSettings)];
  try {
    const { isDirect, version, ...about } = await describe(one);
    refuseOldPostgres(version, setting);
    if (isDirect) return { ...directWay, takesSettings, ...about };
    await refuseStatementPooling(other, setting);
    const keepsSession = await sharesNothing(one, other);
    const keepsPrepared = keepsSession || (await keepsStatements(one, other));
    return { takesSettings, keepsSession, keepsPrepared, ...about };
  } catch (error) {
    throw error instanceof StartRefusal ? error : classify(error);
  } finally {
    await Promise.all([one, other].map((connection) => connection.end({ timeout: 1 })));
  }
}

/** One connection. */
function connect(url: string, takesSettings: boolean): postgres.Sql {
  const { url: driverUrl, options, session } = driverTarget(url);
  return postgres(driverUrl, {
    connect_timeout: connectSeconds,
    ...options,
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'vestibule', ...(takesSettings ? sessionBounds : {}), ...session },
  });
}

/** A pooler refuses to begin with settings that it does not keep, by 08P01. */
async function mayBeginWith(url: string): Promise<boolean> {
  const client = connect(url, true);
  try {
    await client.unsafe('select 1');
    return true;
  } catch (error) {
    if (hasErrorCode(error, '08P01')) return false;
    throw classify(error);
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** The server tells a client its process as it begins; a pooler has other clients' in mind, and tells one of its own making. */
async function describe(one: postgres.Sql) {
  const told = await one.unsafe<{ pid: number; version: number; bound: string; database: string }[]>(
    `select pg_backend_pid() as pid, current_setting('statement_timeout') as bound,
      current_setting('server_version_num')::int / 10000 as version,
      (select oid from pg_database where datname = current_database()) || ' ' || pg_postmaster_start_time() as database`,
  );
  const [row] = told;
  return {
    isDirect: told.state.pid === row?.pid,
    boundsStatements: row?.bound !== '0',
    version: row?.version ?? 0,
    database: row?.database ?? '',
  };
}

function refuseOldPostgres(version: number, setting: string): void {
  if (version >= oldestPostgres) return;
  throw new StartRefusal('OLD_POSTGRES', {
    found: `${setting} leads to PostgreSQL ${version}`,
    needed: `Upgrade it to PostgreSQL ${oldestPostgres} or newer; to see what it is`,
    command: 'psql "$DATABASE_URL" -c "select version()"',
  });
}

async function refuseStatementPooling(one: postgres.Sql, setting: string): Promise<void> {
  // A connection may be lost once; one that is lost for each transaction and for nothing else is not.
  if ((await takesTransactions(one)) || (await takesTransactions(one))) return;
  throw new StartRefusal('STATEMENT_POOLING', {
    found: `${setting} leads through a pooler that lends connections for one statement (statement pooling), with which nothing can be written as a whole`,
    needed: 'Have the pooler lend connections for a transaction, for example in pgbouncer.ini',
    command: 'pool_mode = transaction',
  });
}

async function takesTransactions(one: postgres.Sql): Promise<boolean> {
  try {
    await one.unsafe('begin');
    await one.unsafe('commit');
    return true;
  } catch (error) {
    // pgbouncer says 08P01 and ends the connection; the one or the other comes first.
    if (hasErrorCode(error, '08P01') || hasErrorCode(error, 'CONNECTION_CLOSED')) return false;
    throw error;
  }
}

async function pidOf(one: postgres.Sql): Promise<number> {
  const [row] = await one.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
  return row?.pid ?? 0;
}

/** While the other one is in a transaction, its server is nobody else's. */
async function sharesNothing(one: postgres.Sql, other: postgres.Sql): Promise<boolean> {
  const first = await pidOf(one);
  for (let round = 0; round < rounds; round += 1) {
    await other.unsafe('begin');
    const taken = await pidOf(other);
    const now = await inTime(pidOf(one));
    await other.unsafe('commit');
    if (taken === first || now !== first) return false;
  }
  return true;
}

/** Prepares at one server, keeps that server busy, and looks whether the statement is there at the next. In doubt it is not. */
async function keepsStatements(one: postgres.Sql, other: postgres.Sql): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const before = await prepared(one);
    await other.unsafe('begin');
    const isTaken = (await pidOf(other)) === before.pid;
    const after = isTaken ? await inTime(prepared(one).catch(() => null)) : null;
    await other.unsafe('commit');
    // The driver prepares anew, under another name, what a server does not know.
    if (isTaken) return after !== null && after.pid !== before.pid && after.name === before.name;
  }
  return false;
}

async function prepared(one: postgres.Sql): Promise<{ readonly pid: number; readonly name: string }> {
  const rows = await one.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid, $1::int as kept', [1], {
    prepare: true,
  });
  return { pid: rows[0]?.pid ?? 0, name: rows.statement.name };
}

async function inTime<T>(work: Promise<T>): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), waitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
