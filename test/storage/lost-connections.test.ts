import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { onThisMachine } from '../support/timing.ts';

const proxy = await startTcpProxy((await createTestDatabase()).url);

test('a connection that is lost between writing and sending holds up no later statement', async () => {
  const database = openDatabase({ url: proxy.url, poolSize: 2 });
  closeAfterwards(database.close);
  const ask = () => database.query('select 1 as one', []);
  const wait = () => database.query('select pg_sleep(0.05)', []).catch(() => undefined);
  let longest = 0;
  for (let round = 0; round < 16; round += 1) {
    // Both are there, and know the statement: what is sent is short, and waits for the end of the turn.
    await Promise.all([ask(), ask()]);
    await Promise.all([database.query('select pg_sleep(0.01)', []), ask()]);
    // One is at work and one is free when both are lost: the first is asked for again, on the other, which is lost as well.
    const waited = wait();
    await ask();
    proxy.cut();
    await waited;
    const begun = performance.now();
    await Promise.all([ask(), ask()]);
    longest = Math.max(longest, performance.now() - begun);
  }
  expect(longest).toBeLessThan(onThisMachine(1_500));
});

test('a server that has lost a connection of its own, as a coordinator to a worker, keeps the connections that it answers on', async () => {
  const store = await createTestDatabase();
  await store.sql.unsafe(`create sequence tries;
    create function worker_away() returns int language plpgsql as $$
    begin
      perform nextval('tries');
      raise exception 'connection to the remote node failed' using errcode = '08006';
    end $$`);
  const database = openDatabase({ url: store.url, poolSize: 1 });
  closeAfterwards(database.close);
  const findBackend = () => database.query('select pg_backend_pid() as pid', []);
  const before = await findBackend();
  await expect(database.query('select worker_away()', [])).rejects.toMatchObject({ failure: 'LOST', code: '08006' });
  expect(await findBackend()).toEqual(before);
  // Asking again at once would find the worker away as well.
  expect(await database.query(`select nextval('tries')::int as next`, [])).toEqual([{ next: 2 }]);
});
