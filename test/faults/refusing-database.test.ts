import postgres from 'postgres';
import { beforeEach, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { anybodyAt, attempt, backendOf, inParallel, mutations, spawnOne, until, upTo } from './fault-kit.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const server = await spawnOne(database.url);
const backend = backendOf(server);
let room: RoomSeed;

beforeEach(async () => {
  room = await seed(server).waitingRoom();
});

const knock = (userName: string) =>
  attempt(anybodyAt(server), mutations.knock, { input: { roomName: room.name, userName } });

const answerOf = async (userName: string) => {
  const { body } = await anybodyAt(server)<{ knock: { __typename: string; code?: string } }>(mutations.knock, {
    input: { roomName: room.name, userName },
  });
  return body.data?.knock?.code ?? body.errors?.[0]?.extensions?.code ?? body.data?.knock?.__typename;
};

const countKnocks = async () => {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from knocks k join rooms r on r.id = k.room_id where r.name = ${room.name}`;
  return row?.count;
};

/** Has the database fail each knock of this name with this SQLSTATE, as it would where its disk is full. */
async function failKnocksOf(userName: string, sqlState: string): Promise<void> {
  await database.sql.unsafe(`
    create or replace function refuse_knock() returns trigger language plpgsql as $$
      begin if new.user_name = '${userName}' then raise exception 'refused' using errcode = '${sqlState}'; end if; return new; end $$;
    create or replace trigger refuse_knock before insert on knocks for each row execute function refuse_knock()`);
}

test.each([
  ['a full disk', '53100'],
  ['no memory', '53200'],
  ['too many connections', '53300'],
  ['a statement that took too long', '57014'],
])('%s is UNAVAILABLE: nothing is stored, and the process goes on', async (_trouble, sqlState) => {
  await failKnocksOf('Unlucky', sqlState);
  expect(await answerOf('Unlucky')).toBe('UNAVAILABLE');
  expect(await countKnocks()).toBe(0);
  expect(await answerOf('Lucky')).toBe('Knocked');
});

test('a read-only database is UNAVAILABLE to mutations and answers queries; afterwards all goes on by itself', async () => {
  const setReadOnly = async (on: boolean) => {
    await database.sql.unsafe(`alter database ${database.name} set default_transaction_read_only = ${on}`);
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.name} and application_name = 'vestibule'`;
  };
  await setReadOnly(true);
  expect(await answerOf('Nobody')).toBe('UNAVAILABLE');
  const { body } = await backend<{ room: { name: string } }>('query ($name: String!) { room(name: $name) { name } }', {
    name: room.name,
  });
  expect(body.data?.room).toEqual({ name: room.name });
  // This connection was opened before, and is not read-only.
  await database.sql.unsafe('set default_transaction_read_only = off');
  await setReadOnly(false);
  expect(
    await until(
      () => answerOf('Somebody'),
      (answer) => answer !== 'UNAVAILABLE',
    ),
  ).toBe('Knocked');
  expect(await countKnocks()).toBe(1);
});

test('one command that cannot be stored does not fail those that were written with it', async () => {
  await failKnocksOf('Culprit', '22023');
  await knock('First');
  // While the room is held, all the others gather behind the first, and are then written together.
  const unlock = await lockRoom(database, room.name);
  const gathering = knock('Holds the door');
  await until(
    () => countLockWaits(database),
    (count) => count === 1,
  );
  const together = inParallel(upTo(40), 40, (index) => answerOf(index === 17 ? 'Culprit' : `Neighbour ${index}`));
  // They have come as soon as each was looked up.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await unlock();
  const answers = await together;
  expect(await gathering).toMatchObject({ __typename: 'Knocked' });
  expect(
    answers.map((answer, index) => (index === 17 ? answer === 'UNAVAILABLE' : answer === 'Knocked')),
  ).not.toContain(false);
  expect(await countKnocks()).toBe(41);
});

test('where every connection is taken calls are UNAVAILABLE, and as soon as there is room again all goes on', async () => {
  // A role with few connections of its own stands for a server that has given all it has.
  const role = `crowded_${database.name}`;
  await database.sql.unsafe(`
    create role ${role} login password 'crowded' connection limit 8;
    grant all on all tables in schema public to ${role};
    grant usage on schema drizzle to ${role};
    grant select on all tables in schema drizzle to ${role}`);
  closeAfterwards(() => database.sql.unsafe(`drop owned by ${role}; drop role ${role}`));
  const url = new URL(database.url);
  url.username = role;
  url.password = 'crowded';
  const crowded = await spawnOne(url.href);
  const others = postgres(url.href, { max: 8, onnotice: () => undefined });
  const ends = () =>
    database.sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role} and application_name = 'vestibule'`;
  const takeAll = async () => {
    await ends();
    return Promise.allSettled(upTo(8).map(() => others`select pg_sleep(0.1)`));
  };
  await until(takeAll, (taken) => taken.every(({ status }) => status === 'fulfilled'));
  const input = { roomName: room.name, userName: 'Crowd' };
  expect(await attempt(anybodyAt(crowded), mutations.knock, { input })).toBe('LOST');
  await until(
    () => fetch(`${crowded.url}/ready`).then(({ status }) => status),
    (status) => status === 503,
  );
  await others.end();
  const outcome = await until(
    () => attempt(anybodyAt(crowded), mutations.knock, { input }),
    (found) => found !== 'LOST',
  );
  expect(outcome).toMatchObject({ __typename: 'Knocked' });
});
