import { expect, test } from 'vitest';
import { z } from 'zod';
import type { TokenMatch } from '../../src/rules/ejection.ts';
import type { AskedToken } from '../../src/rules/fact-keys.ts';
import type { DomainId } from '../../src/rules/ids.ts';
import type { ActingKey } from '../../src/storage/acting-key.ts';
import { createEntryReads } from '../../src/storage/entry-reads.ts';
import { createMeetingTokenStorage } from '../../src/storage/meeting-token.ts';
import { openDatabase, type Param } from '../../src/storage/postgres/database.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const unexpected = (error: unknown) => expect.unreachable(String(error));

// What a domain has revoked and how often tokens were used is kept for long. Nobody who comes in is slower for it.

const store = await createTestDatabase();
const { sql } = store;
const pool = openDatabase({ url: store.url, poolSize: 2 });
closeAfterwards(pool.close);
const server = await startServer({ databaseUrl: store.url });
const backend = seed(server);
const room = await backend.waitingRoom();
await room.guest({ maxUses: 9, userId: 'u-1', exp: new Date(Date.now() + 3_600_000).toISOString() });
const [{ domainId } = { domainId: '' as DomainId }] = await sql<
  { domainId: DomainId }[]
>`select id as "domainId" from domains`;

const plan = z.tuple([
  z.object({
    'QUERY PLAN': z.tuple([
      z.object({ Plan: z.looseObject({ 'Shared Hit Blocks': z.number(), 'Shared Read Blocks': z.number() }) }),
    ]),
  }),
]);

/** How many pages the look at somebody who wants to come in reads, with a token that their backend signed. */
async function pagesOfGlance(): Promise<number> {
  const sent: { text: string; params: readonly Param[] }[] = [];
  const watched = {
    ...pool,
    query: <T>(text: string, params: readonly Param[]) => {
      sent.push({ text, params });
      return pool.query<T>(text, params);
    },
  };
  const token: AskedToken = {
    jti: 'nobody-has-seen-it',
    roomName: room.name,
    userId: 'u-1',
    iat: new Date(),
    selfSigned: true,
    signerId: null,
    signerKid: 'kid',
  };
  await createEntryReads(watched).glanceAtEntry(domainId, room.name, { opens: ['ANY'], tokens: [token] });
  const [glance] = sent;
  const rows = await pool.query(`explain (analyze, buffers, format json) ${glance?.text}`, glance?.params ?? []);
  const [
    {
      'QUERY PLAN': [{ Plan }],
    },
  ] = plan.parse(rows);
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
}

test('200,000 old revocations, and as many uses of tokens in one room, cost a join no more than a level of each index', async () => {
  await sql`insert into self_signing_keys (domain_id, id, kid, algorithm, created_at) values (${domainId}, gen_random_uuid(), 'kid', 'HS256', now())`;
  const before = await pagesOfGlance();
  await sql`insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    select ${domainId}, gen_random_uuid(), case when n % 4 = 0 then 'jti-' || n end,
      case when n % 4 in (1, 3) then 'room-' || n end, case when n % 4 in (2, 3) then 'user-' || n end, now() - interval '1 year'
    from generate_series(1, 200000) n`;
  await sql`insert into token_uses (domain_id, room_id, jti, uses)
    select u.domain_id, u.room_id, 'jti-' || n, 1 from (select * from token_uses limit 1) u, generate_series(1, 200000) n`;
  await sql`analyze`;
  // Four ways to be revoked, one use and one record, each by an index that has grown by two levels at most.
  expect(await pagesOfGlance()).toBeLessThanOrEqual(before + 12);
});

test('what is revoked again takes the place of the note before, and a token on record needs none', async () => {
  await sql`delete from revocations`;
  const tokens = createMeetingTokenStorage(pool);
  const [{ id: by } = { id: null }] = await sql<{ id: ActingKey }[]>`select id from api_keys`;
  const notes = () => sql`select jti, room_name as room, user_id as user from revocations order by 1, 2, 3`;
  const revoke = (match: Partial<TokenMatch>) =>
    tokens.revoke(domainId, { jtis: null, roomName: null, userId: null, ...match }, new Date(), by);
  for (const _time of [1, 2, 3]) {
    await revoke({ userId: 'u' });
    await revoke({ userId: 'u', roomName: 'r' });
    await revoke({ roomName: 'r' });
    await revoke({ jtis: ['unseen'] });
  }
  const [recorded] = await sql<{ jti: string }[]>`select jti from meeting_tokens limit 1`;
  await revoke({ jtis: [recorded?.jti ?? ''] });
  expect(await notes()).toEqual([
    { jti: 'unseen', room: null, user: null },
    { jti: null, room: 'r', user: 'u' },
    { jti: null, room: 'r', user: null },
    { jti: null, room: null, user: 'u' },
  ]);
});

test('how often a token was used is forgotten with the token', async () => {
  const uses = () => sql`select 1 from token_uses u join meeting_tokens t using (domain_id, jti)`;
  expect((await uses()).length).toBe(1);
  await sql`update meeting_tokens set exp = now() - interval '31 days' where jti in (select jti from token_uses)`;
  const before = await sql`select count(*)::int as count from token_uses`;
  await createRetentionStorage(pool, 30, unexpected).sweep();
  expect(await sql`select count(*)::int as count from token_uses`).toEqual([{ count: before[0]?.count - 1 }]);
});
