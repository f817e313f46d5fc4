import { describe, expect, test } from 'vitest';
import { findDebianPostgres, startDebianPostgres } from '../support/debian-postgres.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { patience } from './fault-kit.ts';

// A standby that lacks the last transactions takes over: the processes know more than their database does, and by other numbers.

const programs = await findDebianPostgres();

type Outcome = { readonly __typename: string; readonly knockRequest?: { readonly id: string } };

const knock = `mutation ($input: KnockInput!) { knock(input: $input) { __typename ... on Knocked { knockRequest { id } } } }`;
const admit = 'mutation ($id: ID!) { admitKnock(input: { knockId: $id }) { __typename ... on Refusal { code } } }';
const close =
  'mutation ($name: String!) { updateRoom(input: { roomName: $name, settings: { enableKnocking: false } }) { __typename } }';
const heard =
  'subscription ($name: String!, $after: String) { roomEvents(roomName: $name, after: $after) { __typename ... on KnockChanged { knockRequest { userName } } } }';

/** Three who knock once the service is back; their ids. */
async function knockAt(server: TestServer, roomName: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const userName of ['Anna', 'Ben', 'Carl']) {
    const ask = () => callerOf(server).ask<{ knock: Outcome }>(knock, { input: { roomName, userName } });
    const { body } = await until(ask, ({ body: { data } }) => data?.knock.__typename === 'Knocked', 30_000);
    ids.push(body.data?.knock.knockRequest?.id ?? '');
  }
  return ids;
}

describe.skipIf(programs === null)('a standby that lacks the last knocks and takes over', () => {
  test('is believed: streams begin anew, and what is decided rests on what it has', {
    timeout: patience.timeout + 120_000,
  }, async () => {
    const primary = await startDebianPostgres(programs ?? '');
    const first = await startServer({ databaseUrl: primary.url, migrateOnStart: true });
    await first.stop();
    const standby = await primary.follow('standby');
    const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
    const databaseUrl = `postgres://vestibule@${hosts}/postgres?target_session_attrs=read-write`;
    const [here, there] = [await startServer({ databaseUrl }), await startServer({ databaseUrl })];
    const [room, quiet] = [await seed(here).waitingRoom(), await seed(here).waitingRoom()];
    const owner = await room.owner();
    const socket = callerOf(here, owner.bearer).ws();
    const events = await socket.subscribe(heard, { name: room.name });

    const sentAll = () =>
      primary.ask<{ isSent: boolean }>('select replay_lsn = pg_current_wal_lsn() as "isSent" from pg_stat_replication');
    await until(sentAll, ([row]) => row?.isSent === true, 20_000);
    await standby.ask(`alter system set primary_conninfo = ''`);
    await standby.ask('select pg_reload_conf()');
    await until(
      () => primary.ask('select from pg_stat_replication'),
      (rows) => rows.length === 0,
      20_000,
    );
    // Of these the standby hears nothing, and the host's process of all three.
    for (const userName of ['Lost 1', 'Lost 2', 'Lost 3']) {
      await room.knocker({ userName });
      await events.next();
    }
    // Nobody follows this one: what is known of it is what was written last.
    for (const enableKnocking of [true, true, false]) {
      if (enableKnocking) await quiet.knocker();
      else await seed(here).ask(close, { name: quiet.name });
    }
    await primary.kill();
    await standby.promote();

    // As many others, at the other process: in the room's history they have the numbers of those who are lost.
    const knocked = await knockAt(there, room.name);
    await knockAt(there, quiet.name);
    // The host's stream ended, and a new one goes on from what there is.
    expect((await socket.closed).code).toBe(1001);
    const read = await seed(here).ask<{ room: { cursor: string } }>(
      'query ($name: String!) { room(name: $name) { cursor } }',
      {
        name: room.name,
      },
    );
    const after = read.body.data?.room.cursor;
    const anew = await callerOf(here, owner.bearer).ws().subscribe<object>(heard, { name: room.name, after });
    const decided = await owner.ask<{ admitKnock: Outcome }>(admit, { id: knocked[1] });
    expect(decided.body.data?.admitKnock.__typename).toBe('KnockRequest');
    // The host has come back as well.
    const told = await until(
      () => anew.next(),
      ({ data }) => JSON.stringify(data).includes('KnockChanged'),
      20_000,
    );
    expect(told.data).toEqual({ roomEvents: { __typename: 'KnockChanged', knockRequest: { userName: 'Ben' } } });
    const { body } = await callerOf(here).ask<{ knock: Outcome }>(knock, {
      input: { roomName: quiet.name, userName: 'Dora' },
    });
    expect(body.data?.knock.__typename).toBe('Knocked');
  });
});
