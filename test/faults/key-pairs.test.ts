import { describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { backendChanges, backendMutations, carryOut } from './backend-changes.ts';
import { until } from './fault-kit.ts';
import { countLockWaits, hold } from './room-lock.ts';

// Two keys at once, of which one revokes the other: whatever the other does meanwhile at another process, both are answered as if the one had come
// after the other, and neither waits for the other for ever.

const database = await createTestDatabase();
const start = () => startServer({ databaseUrl: database.url, rateLimits: false });
const [here, there] = await Promise.all([start(), start()]);
const backend = seed(here);

type Key = { readonly apiKey: { readonly id: string }; readonly secret: string };

async function newKey(): Promise<Key> {
  const made = await change<Key>(
    backend,
    'createApiKey',
    { name: 'one of two', scopes: ['ADMIN'] },
    '... on CreatedApiKey { apiKey { id } secret }',
  );
  // When it was last used is on record from here on: nothing else is written of it.
  await callerOf(here, made.secret).ask('{ domain { name } }');
  await until(
    () => database.sql`select 1 from api_keys where name = 'one of two' and last_used_at is null`,
    (unused) => unused.length === 0,
  );
  return made;
}

const countDeadlocks = async () => {
  const [row] = await database.sql<{ count: number }[]>`
    select deadlocks::int as count from pg_stat_database where datname = ${database.name}`;
  return row?.count ?? 0;
};

/** What was made, or that the key had ended. */
const doneOrEnded = /^(?:[A-Z][a-z]\w+|UNAUTHENTICATED)$/;

/** What whoever changes something has to wait for: the domain, when they have what they need besides, or a key that they revoke. */
const gates = {
  'the domain': `select next_version(id, version) from domains where name = 'default'`,
  'their keys': `select 1 from api_keys where name = 'one of two' for share`,
};

/** Keeps them waiting there. */
const close = (gate: string) => hold(database, (sql) => sql.unsafe(gate));

type Act = () => Promise<string>;

interface Met {
  readonly answers: readonly [string, string];
  readonly heldMs: number;
}

/** Has one begin, then the other, and lets both go on when each waits or is answered. */
async function meet(first: Act, second: Act, gate: string): Promise<Met> {
  const since = performance.now();
  const unlock = await close(gate);
  let answered = 0;
  const begin = (act: Act) => act().finally(() => (answered += 1));
  const settled = (count: number) =>
    until(
      async () => (await countLockWaits(database)) + answered,
      (reached) => reached >= count,
    );
  const one = begin(first);
  await settled(1).catch(unlock);
  const other = begin(second);
  await settled(2).finally(unlock);
  const heldMs = performance.now() - since;
  return { answers: await Promise.all([one, other]), heldMs };
}

/** Statements wait for 2.5 s at most: on a machine that takes longer until both wait, the meeting is made once more. */
async function meetInTime(
  make: (one: Key, other: Key) => Promise<readonly [Act, Act]>,
  gate = gates['the domain'],
): Promise<readonly string[]> {
  for (;;) {
    const [first, second] = await make(await newKey(), await newKey());
    const { answers, heldMs } = await meet(first, second, gate);
    if (heldMs < 2_000) return answers;
  }
}

const revoking =
  (by: Key, { apiKey }: Key, at = here): Act =>
  () =>
    carryOut(at.url, by.secret, 'revokeApiKey', { id: apiKey.id });

describe.each(backendMutations)('%s', (field) => {
  const prepare = backendChanges[field] ?? (() => Promise.reject(new Error(`nobody says what ${field} is given`)));
  const acting = async ({ secret }: Key): Promise<Act> => {
    const { input } = await prepare(backend);
    return () => carryOut(there.url, secret, field, input);
  };

  test('by a key that another one is about to revoke is done before that, or refused after it', async () => {
    const before = await countDeadlocks();
    const [revoked, done] = await meetInTime(async (one, other) => [revoking(one, other), await acting(other)]);
    expect(revoked).toBe('ApiKey');
    expect(done).toMatch(doneOrEnded);
    expect(await countDeadlocks()).toBe(before);
  });

  test('by a key that another one revokes meanwhile is done before that, or refused after it', async () => {
    const before = await countDeadlocks();
    const [done, revoked] = await meetInTime(async (one, other) => [await acting(other), revoking(one, other)]);
    expect(revoked).toBe('ApiKey');
    expect(done).toMatch(doneOrEnded);
    expect(await countDeadlocks()).toBe(before);
  });
});

describe.each(Object.entries(gates))('at %s', (_what, gate) => {
  test('of two keys that revoke each other one is revoked, and cannot revoke any more', async () => {
    const before = await countDeadlocks();
    const answers = await meetInTime(async (one, other) => [revoking(one, other), revoking(other, one, there)], gate);
    expect(answers).toEqual(['ApiKey', 'UNAUTHENTICATED']);
    expect(await countDeadlocks()).toBe(before);
  });

  test('a key that revokes itself at two processes is revoked once', async () => {
    const before = await countDeadlocks();
    const answers = await meetInTime(async (key) => [revoking(key, key), revoking(key, key, there)], gate);
    expect(answers).toEqual(['ApiKey', 'UNAUTHENTICATED']);
    expect(await countDeadlocks()).toBe(before);
  });
});
