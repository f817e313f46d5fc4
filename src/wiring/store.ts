import type { Config } from '../config.ts';
import { type DatabaseWay, probeWay } from '../storage/postgres/way.ts';
import { StartRefusal } from '../storage/start-refusal.ts';

/** How the database is reached. */
export interface Reached {
  readonly url: string;
  /** Where a connection is a session. */
  readonly directUrl: string;
  readonly way: DatabaseWay;
  readonly directWay: DatabaseWay;
}

type Urls = Pick<Config, 'databaseDirectUrl'> & { readonly databaseUrl: string };

/**
 * Finds out what the way to the database keeps.
 * @param tell is told, once, of what is worse than it could be
 * @throws StartRefusal where something that the service needs is not kept, and no other way is named
 * @throws DatabaseError
 */
export async function reachDatabase(
  { databaseUrl, databaseDirectUrl }: Urls,
  tell: (sentence: string) => void,
): Promise<Reached> {
  const way = await probeWay(databaseUrl, 'DATABASE_URL');
  const direct = databaseDirectUrl === null ? way : await probeWay(databaseDirectUrl, 'DATABASE_DIRECT_URL');
  if (databaseDirectUrl === null) {
    if (!way.keepsSession)
      throw sessionNeeded('DATABASE_URL', 'Name the database itself as well, for migrations, wake-ups and turns');
  } else {
    if (!direct.keepsSession) throw sessionNeeded('DATABASE_DIRECT_URL', 'Name the database itself there');
    if (direct.database !== way.database) throw otherDatabase();
  }
  if (!way.keepsPrepared) {
    tell(
      'the pooler before the database keeps no prepared statements, so each statement is sent unprepared and takes longer',
    );
  }
  if (!way.boundsStatements) {
    tell(
      "the pooler before the database does not pass settings on, so the database ends no statement that takes too long: alter role … set statement_timeout = '5s', lock_timeout = '2500ms'",
    );
  }
  return { url: databaseUrl, directUrl: databaseDirectUrl ?? databaseUrl, way, directWay: direct };
}

function sessionNeeded(setting: string, needed: string): StartRefusal {
  return new StartRefusal('SESSION_NEEDED', {
    found: `${setting} leads through a pooler that lends connections for one transaction, so that no session is kept`,
    needed,
    command: 'DATABASE_DIRECT_URL=postgres://user:password@host:5432/database vestibule serve',
  });
}

function otherDatabase(): StartRefusal {
  return new StartRefusal('OTHER_DATABASE', {
    found: 'DATABASE_DIRECT_URL leads to another database than DATABASE_URL',
    needed: 'Name the same server and the same database in both; to see them',
    command: 'psql "$DATABASE_URL" -c "select current_database(), pg_postmaster_start_time()"',
  });
}
