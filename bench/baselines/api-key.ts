import { createHash } from 'node:crypto';

/** Checks a bearer against the key's hash, as a service must; the hash is kept in memory. */
export function createKeyCheck(apiKey: string): (authorization: string | undefined) => boolean {
  const known = hash(apiKey);
  return (authorization) => authorization?.startsWith('Bearer ') === true && hash(authorization.slice(7)) === known;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a baseline is started with. */
export function readEnvironment() {
  const { PORT, DATABASE_URL, API_KEY } = process.env;
  if (PORT === undefined || DATABASE_URL === undefined || API_KEY === undefined) {
    throw new Error('PORT, DATABASE_URL and API_KEY are needed');
  }
  return { port: Number(PORT), databaseUrl: DATABASE_URL, apiKey: API_KEY };
}
