import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cloneDatabase, type TestDatabase } from './database.ts';
import { type Caller, callerOf, type Seed, seed } from './seed.ts';
import { startUntil, type TestServer } from './server.ts';

/** A tenant of the service: its server, asked with a key that may do everything in this domain and nothing outside. */
export type DomainSeed = {
  /** Whoever shows no credential names the domain. */
  readonly server: TestServer & { readonly domain: string };
  readonly backend: Seed;
  /** Somebody without a credential. */
  readonly anybody: Caller;
};

/**
 * A domain of this file's own at a server that many files share, since domains do not meet. There are no budgets there. Nobody moves its
 * clock, stops it or looks into its database: what needs that has a server and a database of its own (`startServer`). So has whoever
 * asks without a credential by hand: here they would name the domain, as the seed does for them.
 */
export async function openDomain(): Promise<DomainSeed> {
  shared ??= startShared();
  const { database, server } = await shared;
  return addDomain(database, server, `domain-${randomBytes(6).toString('hex')}`);
}

type Shared = { readonly database: TestDatabase; readonly server: TestServer };

let shared: Promise<Shared> | undefined;

/** One for each worker. It ends with the worker, and its database with the run. */
async function startShared(): Promise<Shared> {
  const database = await cloneDatabase();
  const server = await startUntil(() => undefined, { databaseUrl: database.url, rateLimits: false });
  return { database, server };
}

/** One more domain in this database, at this server. */
export async function addDomain(
  { sql }: Pick<TestDatabase, 'sql'>,
  server: TestServer,
  name: string,
): Promise<DomainSeed> {
  const apiKey = `vk_${name.replaceAll('-', '')}0_${createHash('sha256').update(name).digest('base64url')}`;
  const hash = createHash('sha256').update(apiKey).digest();
  const id = randomUUID();
  await sql`insert into domains (id, name, created_at) values (${id}, ${name}, now())`;
  await sql`insert into api_keys (domain_id, id, name, prefix, hash, scopes, created_at)
    values (${id}, ${randomUUID()}, 'all of it', 'vk', ${hash}, ${['ADMIN']}, now())`;
  const there = { ...server, apiKey, domain: name };
  return { server: there, backend: seed(there), anybody: callerOf(there) };
}
