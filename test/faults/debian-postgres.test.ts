import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { explainStartFailure } from '../../src/app.ts';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { walkStorage } from '../storage/statement-walk.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { findDebianPostgres, startDebianPostgres } from '../support/debian-postgres.ts';
import { callerOf, seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';
import { patience, seedOfRun, spawnOne, until } from './fault-kit.ts';
import { auditLedger, keepBusy, nothingWrong } from './load.ts';

// The PostgreSQL of Debian 12, which is the oldest that is supported (elsewhere the one that Debian brings there), and a standby of it that takes over.

const programs = await findDebianPostgres();

describe.skipIf(programs === null)('the PostgreSQL that Debian brings', () => {
  test('takes every migration and every statement', { timeout: patience.timeout + 120_000 }, async () => {
    const { url, ask } = await startDebianPostgres(programs ?? '');
    const server = await startServer({ databaseUrl: url, migrateOnStart: true });
    const room = await seed(server).waitingRoom();
    const owner = await room.owner();
    const knocker = await room.knocker();
    await owner.ask('mutation ($id: ID!) { admitKnock(input: { knockId: $id }) { __typename } }', {
      id: knocker.knockId,
    });
    expect((await knocker.enter()).id).toBeDefined();
    await server.stop();

    const [found] = await ask<{ domainId: DomainId; roomId: RoomId }>(
      'select domain_id as "domainId", id as "roomId" from rooms',
    );
    if (found === undefined) throw new Error('there is a room');
    const database = openDatabase({ url, poolSize: 2 });
    closeAfterwards(database.close);
    const read = await createFactReads(database).readAll(found, {});
    if (read === null) throw new Error('there is a room');
    await walkStorage(database, { ...found, rows: read.rows });
  });

  test('is dumped while the service runs and restored, by the commands of the runbook', {
    timeout: patience.timeout + 120_000,
  }, async () => {
    const { url } = await startDebianPostgres(programs ?? '');
    const port = await findFreePort();
    const server = await startServer({ databaseUrl: url, migrateOnStart: true, port });
    const room = await seed(server).waitingRoom();
    const { knockId, knockToken } = await room.knocker();
    const commands = blocksOf(await readDocument('docs/operating.md')).find(({ text }) => text.includes('pg_dump'));
    const lines = (commands?.text ?? '').split('\n').filter((line) => /^(?:pg_|createdb)/.test(line));
    expect(lines).toHaveLength(3);
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-dump-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    const { hostname, port: databasePort, username } = new URL(url);
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      ...{ PGHOST: hostname, PGPORT: databasePort, PGUSER: username, DATABASE_URL: url },
    };
    await promisify(execFile)('sh', ['-e', '-c', lines.join('\n')], { cwd: folder, env });
    await server.stop();

    const copy = new URL(url);
    copy.pathname = '/vestibule_restored';
    const restored = await startServer({ databaseUrl: copy.href, port });
    const { body } = await callerOf(restored, knockToken).ask('{ viewer { ... on KnockRequest { id status } } }');
    expect(body.data).toEqual({ viewer: { id: knockId, status: 'PENDING' } });
    await restored.stop();
  });

  test('has a standby that takes over under load, and nothing that was answered is lost', {
    timeout: patience.timeout + 300_000,
  }, async () => {
    const primary = await startDebianPostgres(programs ?? '', { max_connections: '60' });
    const standby = await primary.follow('standby');
    await primary.ask(`alter system set synchronous_standby_names = 'standby'`);
    await primary.ask('select pg_reload_conf()');
    await until(
      () => primary.ask<{ state: string }>('select sync_state as state from pg_stat_replication'),
      ([row]) => row?.state === 'sync',
      20_000,
    );
    const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
    const url = `postgres://vestibule@${hosts}/postgres?target_session_attrs=read-write`;
    const first = await spawnOne(url, { MIGRATE_ON_START: 'true' });
    const servers = [first, await spawnOne(url)];
    const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
    let enough = Number.POSITIVE_INFINITY;
    let soFar = 0;
    const load = keepBusy({
      roomNames: [room.name],
      urls: () => servers.map((server) => server.url),
      clients: 6,
      seed: seedOfRun,
      isOver: ({ verdicts }) => {
        soFar = verdicts.size;
        return soFar >= enough;
      },
    });
    const some = (count: number) =>
      until(
        async () => soFar,
        (size) => size >= count,
        60_000,
      );
    await some(20);
    await primary.kill();
    await standby.promote();
    // As many again at the one that took over.
    enough = soFar + 40;
    const ledger = await load;
    const sql = postgres(standby.url, { max: 1, onnotice: () => undefined });
    const { acknowledged, ...wrong } = await auditLedger(sql, ledger).finally(() => sql.end());
    expect(wrong).toEqual(nothingWrong);
    expect([ledger.givenUp, acknowledged >= 40]).toEqual([0, true]);
  });
});

test('an older PostgreSQL ends the start, which names its version and the one that is needed', async () => {
  const database = await createTestDatabase();
  // What a server says of its version, from a function of this database that is found first.
  await database.sql.unsafe(`create function current_setting(name text) returns text language sql as
    $$ select case name when 'server_version_num' then '140022' else pg_catalog.current_setting(name) end $$`);
  const databaseUrl = `${database.url}?options=-csearch_path%3Dpublic,pg_catalog`;
  const error: unknown = await startServer({ databaseUrl }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'OLD_POSTGRES' });
  expect(explainStartFailure(error)).toMatch(/PostgreSQL 14.*PostgreSQL 15 or newer/s);
});
