import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { startFakeLiveKit } from '../media/fake-livekit.ts';
import { connectLiveKit } from '../media/gate-kit.ts';
import { liveKitKey } from '../media/livekit-server.ts';
import { closeAfterwards } from '../support/closers.ts';
import { findDebianPostgres, startDebianPostgres } from '../support/debian-postgres.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';
import { startReceiver } from '../webhooks/webhook-kit.ts';
import { patience, until } from './fault-kit.ts';

// A backup knows the media server and the endpoints of the service that it was made of, and much in it is long due.

const programs = await findDebianPostgres();

/** By the commands of the runbook: another database, on the same server. */
async function restore(url: string): Promise<string> {
  const commands = blocksOf(await readDocument('docs/operating.md')).find(({ text }) => text.includes('pg_dump'));
  const lines = (commands?.text ?? '').split('\n').filter((line) => /^(?:pg_|createdb)/.test(line));
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-trial-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const { hostname, port, username } = new URL(url);
  const env = { PATH: `${programs}:${process.env.PATH}`, PGHOST: hostname, PGPORT: port, PGUSER: username };
  await promisify(execFile)('sh', ['-e', '-c', lines.join('\n')], { cwd: folder, env: { ...env, DATABASE_URL: url } });
  return Object.assign(new URL(url), { pathname: '/vestibule_restored' }).href;
}

function open(url: string): postgres.Sql {
  const sql = postgres(url, { max: 2, onnotice: () => undefined });
  closeAfterwards(() => sql.end());
  return sql;
}

test.skipIf(programs === null)(
  'a restored copy that is a trial answers, and does nothing of what is due in it',
  {
    timeout: patience.timeout + 120_000,
  },
  async () => {
    const { url } = await startDebianPostgres(programs ?? '');
    const port = await findFreePort();
    const at = { port, mediaAllowPrivate: 'ALL' } as const;
    await (await startServer({ databaseUrl: url, migrateOnStart: true, ...at })).stop();
    const { fake, url: livekit } = await startFakeLiveKit();
    await connectLiveKit({ sql: open(url), url }, { ...liveKitKey, url: livekit });
    const first = await startServer({ databaseUrl: url, ...at });
    const receiver = await startReceiver((response) => response.writeHead(503).end());
    const backend = seed(first);
    await backend.ask(
      'mutation ($url: URL!) { createWebhook(input: { url: $url, events: [KNOCK_REQUESTED] }) { __typename } }',
      { url: receiver.url },
    );
    const [room, old] = [await backend.waitingRoom(), await backend.waitingRoom()];
    const guest = await room.guest();
    fake.connect(room.id, guest.id);
    await room.knocker();
    await until(async () => receiver.attempts() > 0 && fake.calls.length > 0, Boolean);
    await first.stop();

    const copyUrl = await restore(url);
    const copy = open(copyUrl);
    // Somebody came in after the backup, and the copy was made a while ago.
    fake.connect(room.id, 'somebody-new');
    await copy`update rooms set exp = now() - interval '1 hour', eject_at_room_exp = true where name = ${room.name}`;
    await copy`update rooms set closed_at = now() - interval '40 days', updated_at = now() - interval '40 days',
    is_over = true, exp = null where name = ${old.name}`;
    await copy`update webhook_deliveries set next_attempt_at = now(), leased_until = null where status = 'PENDING'`;
    await copy`update webhooks set call_again_at = null`;
    await copy`update media_rooms set look_at = now(), leased_until = null`;
    const heard = () => [fake.calls.length, receiver.connections()];
    const before = heard();
    const rooms = () => copy`select name, version, closed_at from rooms
      where name in ${copy([room.name, old.name])} order by name`;
    const found = await rooms();
    const renewals = async () => {
      const [row] = await copy`select extract(epoch from max(renewed_at))::float8 as at from processes`;
      return Number(row?.at ?? 0);
    };

    const trial = await startServer({ databaseUrl: copyUrl, ...at, isTrial: true });
    // What is decided in it is told to nobody either.
    const tried = await seed(trial).waitingRoom();
    await tried.guest();
    await tried.knocker();
    const begun = await renewals();
    // What else a process does by itself it has done several times meanwhile.
    await until(renewals, (last) => last > begun + 5, 30_000);
    expect(heard()).toEqual(before);
    expect(await rooms()).toEqual(found);
    const { body } = await seed(trial).ask<{ rooms: { totalCount: number } }>('{ rooms { totalCount } }');
    expect(body.errors).toBeUndefined();
    const ready = await fetch(`http://127.0.0.1:${port}/ready`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('TRIAL')]);
    await trial.stop();
    expect(heard()).toEqual(before);

    // Without it the copy does all of that.
    await startServer({ databaseUrl: copyUrl, ...at });
    await until(
      async () => [heard().map((count, index) => count > (before[index] ?? 0)), (await rooms()).length],
      (done) => JSON.stringify(done) === '[[true,true],1]',
      30_000,
    );
  },
);
