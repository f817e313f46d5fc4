import { expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import { inParallel, patience, until, upTo } from './fault-kit.ts';

// What falls due in a room waits for no other room.

/** A server, and rooms at it that close by themselves so many seconds after now. */
async function open() {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const startedAt = Date.now();
  const closesAfter = (name: string, seconds: number) =>
    change(backend, 'createRoom', { name, settings: { exp: new Date(startedAt + seconds * 1_000).toISOString() } });
  return { database, closesAfter };
}

const untilClosed = (database: TestDatabase, name: string, withinMs: number) =>
  until(
    () => database.sql`select 1 from rooms where name = ${name} and closed_at is not null`,
    ({ length }) => length === 1,
    withinMs,
  );

test(
  'more rooms than one look finds, which the database refuses to write, hold up none that falls due after them',
  patience,
  async () => {
    const { database, closesAfter } = await open();
    await inParallel(upTo(201), 10, (place) => closesAfter(`refused-${place}`, 3_000));
    await closesAfter('last', 3_100);
    await database.sql.unsafe(`
    create function refuse_room() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '53100'; end $$;
    create trigger refuse_room before update on rooms for each row when (old.name like 'refused-%') execute function refuse_room()`);
    await moveClock(database, { seconds: 3_700 });
    await untilClosed(database, 'last', 20_000);
    expect(await database.sql`select 1 from rooms where name like 'refused-%' and closed_at is not null`).toHaveLength(
      0,
    );
    await database.sql.unsafe('drop trigger refuse_room on rooms');
    // They are tried again, each after its rest.
    await untilClosed(database, 'refused-200', 40_000);
  },
);

test('a room whose row somebody holds holds up none that falls due meanwhile', patience, async () => {
  const { database, closesAfter } = await open();
  await closesAfter('held', 1_000);
  await closesAfter('other', 2_000);
  await database.sql.begin(async (holder) => {
    await holder`select 1 from rooms where name = 'held' for update`;
    await moveClock(database, { seconds: 1_500 });
    const waiting = () =>
      database.sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await until(waiting, ({ length }) => length > 0, 10_000);
    const heldAt = performance.now();
    await moveClock(database, { seconds: 2_500 });
    await untilClosed(database, 'other', 10_000);
    expect(performance.now() - heldAt).toBeLessThan(onThisMachine(3_000));
  });
  await untilClosed(database, 'held', 20_000);
});
