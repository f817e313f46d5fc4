import { expect, test } from 'vitest';
import { hasCitus } from '../storage/played-cluster.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// Tokens of a database whose tables are spread by domain, and those that were handed out before.

const viewer = '{ viewer { __typename } }';

test('tokens from before and tokens that name their domain are both found, and one that names another domain is not', async () => {
  const database = await createTestDatabase();
  const before = await startServer({ databaseUrl: database.url });
  const backend = seed(before);
  const room = await backend.waitingRoom();
  const owner = await room.owner();
  const knocker = await room.knocker();
  await before.stop();

  await database.sql.unsafe(
    `${hasCitus} create function spread_by_domain() returns boolean language sql as 'select true'`,
  );
  const server = await startServer({ databaseUrl: database.url });
  const old = [owner.sessionToken, knocker.knockToken].map((token) => callerOf(server, token));
  for (const caller of old)
    expect(await caller.ask(viewer)).toMatchObject({
      body: { data: { viewer: { __typename: expect.stringMatching(/Participant|KnockRequest/) } } },
    });

  const again = seed({ ...server, apiKey: backend.apiKey });
  const other = await again.waitingRoom();
  const guest = await other.owner();
  const waiting = await other.knocker();
  const key = 'one-and-the-same-key-of-one';
  const [first, second] = [await other.knocker({ idempotencyKey: key }), await other.knocker({ idempotencyKey: key })];
  expect(second.knockToken).toBe(first.knockToken);
  for (const token of [guest.sessionToken, waiting.knockToken]) {
    expect(token).toMatch(/^v[sq]_[\w-]{65}$/);
    expect((await callerOf(server, token).ask(viewer)).body).toMatchObject({ data: { viewer: {} } });
    const elsewhere = token.replace(/^(v[sq]_).{22}/, `$1${'A'.repeat(22)}`);
    expect((await callerOf(server, elsewhere).ask(viewer)).body).toMatchObject({ data: { viewer: null } });
  }
});
