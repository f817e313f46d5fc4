import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { findMigrationsFolder, migrate } from '../../src/storage/postgres/migrate.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

const journalForm = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/** The migrations as they were up to this one. */
async function migrationsUpTo(tag: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-earlier-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await cp(findMigrationsFolder(), folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = journalForm.parse(JSON.parse(await readFile(path, 'utf8')));
  const last = journal.entries.findIndex((entry) => entry.tag === tag);
  expect(last).toBeGreaterThanOrEqual(0);
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
  return folder;
}

const id = (last: number) => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
const [domainId, roomId] = [id(1), id(2)];

/** A database as the first version left it, with a room. */
async function earlierDatabase() {
  const database = await createTestDatabase('template0');
  await migrate(database.url, await migrationsUpTo('0002_unlogged_budgets'));
  const { sql } = database;
  await sql`insert into domains (id, name, created_at) values (${domainId}, 'acme', now())`;
  await sql`insert into rooms (domain_id, id, name, version, privacy, enable_knocking, knock_timeout_seconds, knock_cooldown_seconds,
      owner_only_broadcast, eject_at_room_exp, start_video_off, start_audio_off, enable_screenshare, created_at, updated_at)
    values (${domainId}, ${roomId}, 'weekly', 1, 'PRIVATE', true, 60, 60, false, false, false, false, true, now(), now())`;
  return database;
}

test('somebody who was sent back to the lobby before an upgrade must still be admitted after it', async () => {
  const database = await earlierDatabase();
  const { sql } = database;
  const knock = (last: number, jti: string, userId: string | null) => sql`
    insert into knocks (domain_id, room_id, id, user_name, user_id, verified, status, requested_at, token, token_hash, address_hash,
      is_return, connection, attached_to, seen_until, version, changed_at)
    values (${domainId}, ${roomId}, ${id(last)}, 'Nora', ${userId}, true, 'CANCELLED', now() + ${last} * interval '1 s',
      jsonb_build_object('jti', ${jti}::text), ${Buffer.from([last])}, ${Buffer.from([0])}, true, 'LEFT', '[]', now(), 1, now())`;
  const use = (jti: string, isInLobby: boolean) => sql`
    insert into token_uses (domain_id, room_id, jti, uses, in_lobby) values (${domainId}, ${roomId}, ${jti}, 1, ${isInLobby})`;
  await knock(11, 'of-nora', 'nora');
  await knock(12, 'of-nora', 'nora');
  await knock(13, 'shared', null);
  await sql`insert into meeting_tokens (domain_id, id, jti, user_id, is_owner, knocking, self_signed, created_at)
    values (${domainId}, ${id(3)}, 'of-olaf', 'olaf', false, false, false, now())`;
  for (const jti of ['of-nora', 'shared', 'of-olaf']) await use(jti, true);
  await use('inside', false);

  await migrate(database.url);
  const returns =
    await sql`select id, user_id as "userId", jti from lobby_returns where admitted_at is null order by user_id`;
  expect(returns).toEqual([
    { id: id(12), userId: 'nora', jti: null },
    { id: expect.any(String), userId: 'olaf', jti: null },
    { id: id(13), userId: null, jti: 'shared' },
  ]);
});

test('bans of before an upgrade bind whom they bound, and nobody takes them for those of an admin', async () => {
  const database = await earlierDatabase();
  const { sql } = database;
  await sql`insert into bans (domain_id, room_id, id, user_name, knock_id, address_hash, created_at)
    values (${domainId}, ${roomId}, ${id(21)}, 'Rude', ${id(22)}, ${Buffer.from([7])}, now())`;
  await migrate(database.url);
  expect(await sql`select encode(address_hash, 'hex') as address, made_by_admin as "byAdmin" from bans`).toEqual([
    { address: '07', byAdmin: false },
  ]);
});
