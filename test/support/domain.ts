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
 * asks without a credential by a document of their own that names no domain.
 */
export async function openDomain(): Promise<DomainSeed> {
  const { database, servers } = await share();
  return addDomain(database, await servers.here(), newName());
}

/** The same, at two processes of one service: each takes the tokens of the other. */
export async function openDomainAtTwo(): Promise<DomainSeed & { readonly elsewhere: DomainSeed['server'] }> {
  const { database, servers } = await share();
  const seeded = await addDomain(database, await servers.here(), newName());
  const { apiKey, domain } = seeded.server;
  return { ...seeded, elsewhere: { ...(await servers.there()), apiKey, domain } };
}

/** By which the shared service is known, at whichever port its processes are asked. */
export const sharedUrl = 'http://vestibule.test';

const newName = () => `domain-${randomBytes(6).toString('hex')}`;

type Shared = {
  readonly database: TestDatabase;
  readonly servers: Readonly<Record<'here' | 'there', () => Promise<TestServer>>>;
};

let shared: Promise<Shared> | undefined;

/** One database for each worker, and the servers that are asked for. They end with the worker, and the database with the run. */
function share(): Promise<Shared> {
  shared ??= cloneDatabase().then((database) => {
    const started = new Map<string, Promise<TestServer>>();
    const options = { databaseUrl: database.url, rateLimits: false, publicUrl: sharedUrl };
    const startOnce = (name: string) => async () => {
      const server = started.get(name) ?? startUntil(() => undefined, options);
      started.set(name, server);
      return server;
    };
    return { database, servers: { here: startOnce('here'), there: startOnce('there') } };
  });
  return shared;
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
