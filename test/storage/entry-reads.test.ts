import { beforeAll, describe, expect, test } from 'vitest';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { createEntryReads } from '../../src/storage/entry-reads.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import type { Opens } from '../../src/storage/room-store.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// A room that is closed to somebody is not found for them at all, so that looking for it takes no longer than looking for none.

const database = await createTestDatabase();
const pool = openDatabase({ url: database.url, poolSize: 1 });
closeAfterwards(pool.close);
const reads = createEntryReads(pool);

type Found = { readonly name: string; readonly domainId: DomainId; readonly id: RoomId };
let found: Found;
let other: Found;
let rooms: readonly RoomSeed[];

beforeAll(async () => {
  const backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  rooms = [await backend.room({ privacy: 'PRIVATE' }), await backend.room({ privacy: 'PRIVATE' })];
  const rows = await database.sql<Found[]>`select name, domain_id as "domainId", id from rooms`;
  [found, other] = rooms.map(({ name }) => rows.find((row) => row.name === name)) as [Found, Found];
});

const finders = {
  'the look before the writer': (opens: readonly Opens[]) =>
    reads.glanceAtEntry(found.domainId, found.name, { opens, tokens: [] }),
  'the answer to access': (opens: readonly Opens[]) =>
    reads.findEntry(found.domainId, found.name, { opens, tokens: [] }),
};

describe.each(Object.entries(finders))('%s finds a private room', (_what, find) => {
  test.each<[string, () => readonly Opens[], boolean]>([
    ['with what opens any room of the name', () => ['ANY'], true],
    ['with a knock or a session of it', () => [found.id], true],
    ['with one of it beside one of another room', () => [other.id, found.id], true],
    ['not with one of another room', () => [other.id], false],
    ['not with nothing', () => [], false],
  ])('%s', async (_with, opens, isFound) => {
    const { facts } = await find(opens());
    expect(facts.room?.id).toBe(isFound ? found.id : undefined);
  });

  test('each asker by what they show, also if they ask at the same moment', async () => {
    const answers = await Promise.all([find([]), find([found.id]), find([other.id]), find(['ANY'])]);
    expect(answers.map(({ facts }) => facts.room !== null)).toEqual([false, true, false, true]);
  });
});

test('somebody who can answer is there as soon as an owner is inside, and not for guests', async () => {
  const isOwnerPresent = async () =>
    (await reads.findEntry(found.domainId, found.name, { opens: ['ANY'], tokens: [] })).ownerPresent;
  expect(await isOwnerPresent()).toBe(false);
  await rooms[0]?.guest();
  expect(await isOwnerPresent()).toBe(false);
  await rooms[0]?.owner();
  expect(await isOwnerPresent()).toBe(true);
});
