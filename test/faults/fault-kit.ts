import { z } from 'zod';
import * as operations from '../support/generated/operations.ts';
import { type GraphqlClient, graphqlClient, type Variables } from '../support/graphql-client.ts';
import { bootstrapApiKey, type ServerProcess, spawnServer } from '../support/server.ts';

export { chanceFrom } from '../support/chance.ts';
export { until } from '../support/until.ts';

/** How long things go on: `npm test` has a taste of each fault, `.ci/run` takes 1, FAULTS_SCALE=10 is for a long run. */
export const scale = Number(process.env.FAULTS_SCALE ?? 0.3);

/** So many, at the scale of this run. */
export const many = (count: number): number => Math.max(1, Math.round(count * scale));

/** So many at any scale, and more in a long run: with fewer the fault would not show. */
export const noFewerThan = (count: number): number => Math.max(count, many(count));

/** As vitest takes it: what goes on for longer may take longer. */
export const patience = { timeout: 90_000 * Math.max(1, scale) };

/**
 * What this run draws its games from. A change is judged by the same games as the one before it; FAULTS_SEED=<number> makes others,
 * and the nightly workflow looks for new ones.
 */
export const seedOfRun = Number(process.env.FAULTS_SEED ?? 20_261);

// Without budgets: what is tested here is not how many are let through. One address: each takes the others' tokens.
const shared = { RATE_LIMITS: 'false', PUBLIC_URL: 'http://vestibule.test' };

/** One more process of a service that has several. */
export const spawnOne = (
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  checkout?: string,
): Promise<ServerProcess> =>
  spawnServer({ databaseUrl, env: { ...shared, ...env }, ...(checkout === undefined ? {} : { checkout }) });

/** Processes on one database. */
export const spawnServers = (databaseUrl: string, count: number): Promise<ServerProcess[]> =>
  Promise.all(upTo(count).map(() => spawnOne(databaseUrl)));

/** Two processes on one database. */
export const spawnPair = (
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<[ServerProcess, ServerProcess]> => Promise.all([spawnOne(databaseUrl, env), spawnOne(databaseUrl, env)]);

export const backendOf = ({ url }: Pick<ServerProcess, 'url'>): GraphqlClient => graphqlClient(url, bootstrapApiKey);

/** Who knocks or joins shows no API key, which opens no door. */
export const anybodyAt = ({ url }: Pick<ServerProcess, 'url'>): GraphqlClient => graphqlClient(url);

const result = z.looseObject({ __typename: z.string(), code: z.string().optional() });
export type Outcome = z.infer<typeof result>;

/** What came of a mutation. `LOST`: no answer, or one that says that it may have been done. */
export type Attempt = Outcome | 'LOST';

/**
 * Tries one mutation. Whatever is no answer of the service (a connection that broke, a gateway's error, UNAVAILABLE) is LOST; an
 * answer that is neither ends the test.
 */
export async function attempt(ask: GraphqlClient, document: string, variables: Variables = {}): Promise<Attempt> {
  const answer = await ask<Record<string, unknown>>(document, variables).catch(() => null);
  if (answer === null || answer.status >= 500) return 'LOST';
  const { data, errors } = answer.body;
  if (errors?.some(({ extensions }) => extensions?.code === 'UNAVAILABLE')) return 'LOST';
  const [found] = Object.values(data ?? {});
  const read = result.safeParse(found);
  if (!read.success) throw new Error(`no answer of this service: ${JSON.stringify(answer.body)}`);
  return read.data.code === 'UNAVAILABLE' ? 'LOST' : read.data;
}

/** 0, 1, 2 … */
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Runs work on every item, so many at once, in their order. */
export async function inParallel<Item, Out>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Out>,
): Promise<Out[]> {
  const out: Out[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) out[index] = await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return out;
}

/** Mutations as these tests send them. */
export const mutations = {
  knock: operations.KnockDocument,
  admit: operations.AdmitKnockDocument,
  deny: operations.DenyKnockDocument,
  admitMany: operations.AdmitKnocksDocument,
  cancel: operations.CancelKnockDocument,
  join: operations.JoinRoomDocument,
  leave: operations.LeaveRoomDocument,
  eject: operations.EjectParticipantsDocument,
  privacy: operations.SetRoomPrivacyDocument,
  remove: operations.DeleteRoomDocument,
} as const;
