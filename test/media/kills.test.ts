import { beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ParticipantSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer, type TestServer } from '../support/server.ts';
import { type FakeLiveKit, startFakeLiveKit } from './fake-livekit.ts';
import { connectLiveKit } from './media-kit.ts';

// Processes and media servers that come and go: what was decided is carried out all the same, once, and by nobody twice.

const soon = { timeout: 20_000, interval: 20 } as const;
const eject = 'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }';

let database: TestDatabase;
let fake: FakeLiveKit;

let url: string;

beforeEach(async () => {
  database = await createTestDatabase();
  ({ fake, url } = await startFakeLiveKit());
});

/** Connects the media server, and waits until this server knows of it. */
async function connected(server: TestServer): Promise<Seed> {
  const backend = seed(server);
  await connectLiveKit(database, url);
  do await (await backend.room()).guest();
  while ((await database.sql`select 1 from media_rooms`).length === 0);
  return backend;
}

/** What was carried out: a process whose lease ran out on a busy machine may be followed by one that finds nobody there. */
const removals = () =>
  fake.calls.filter(({ method, status }) => method === 'RoomService/RemoveParticipant' && status === 200);
const allDone = async () =>
  (await database.sql`select 1 from media_rooms where wanted > done or leased_until is not null`).length === 0;

/** A room with people in it who are connected to the media server. */
async function roomWith(backend: Seed, count: number) {
  const room = await backend.room();
  const people: ParticipantSeed[] = [];
  for (let index = 0; index < count; index += 1) people.push(await room.guest());
  for (const { id } of people) fake.connect(room.id, id);
  return { room, people };
}

const putOut = (backend: Seed, roomName: string, id: string) =>
  backend.ask(eject, { input: { roomName, participantIds: [id] } });

test('two processes put each one out once, and nobody else', async () => {
  const publicUrl = 'http://media.test';
  const options = { databaseUrl: database.url, publicUrl, rateLimits: false };
  const first = await connected(await startServer(options));
  const second = seed(await startServer(options));
  const { room, people } = await roomWith(first, 12);
  const [stay, ...go] = people;
  await Promise.all(go.map(({ id }, index) => putOut(index % 2 === 0 ? first : second, room.name, id)));
  await expect.poll(() => go.filter(({ id }) => fake.has(room.id, id)).length, soon).toBe(0);
  await expect.poll(allDone, soon).toBe(true);
  expect(
    removals()
      .map(({ body }) => body.identity)
      .toSorted(),
  ).toEqual(go.map(({ id }) => id).toSorted());
  expect(fake.has(room.id, stay?.id ?? '')).toBe(true);
});

describe('a media server that is away', () => {
  test.each<[string, FakeLiveKit['failure']]>([
    ['answers 503', (response) => response.writeHead(503).end()],
    ['cuts the connection', (response) => response.destroy()],
  ])('and %s: whoever was put out meanwhile is out a second after its first answer', async (_how, failure) => {
    const backend = await connected(await startServer({ databaseUrl: database.url, rateLimits: false }));
    const { room, people } = await roomWith(backend, 2);
    await expect.poll(allDone, soon).toBe(true);
    fake.failure = failure;
    await putOut(backend, room.name, people[0]?.id ?? '');
    await expect
      .poll(async () => (await database.sql`select state from media_servers`)[0]?.state, soon)
      .toBe('UNREACHABLE');
    const answeredBefore = fake.calls.length;
    fake.failure = null;
    await expect.poll(() => removals().length, soon).toBe(1);
    const [firstAnswer] = fake.calls.slice(answeredBefore);
    expect((removals()[0]?.at ?? 0) - (firstAnswer?.at ?? 0)).toBeLessThan(1_000);
    await expect
      .poll(async () => (await database.sql`select state, last_error from media_servers`)[0], soon)
      .toEqual({
        state: 'OK',
        last_error: null,
      });
  });

  test('and has forgotten everything: the room is made again for whoever is in, and nobody is put out', async () => {
    const backend = await connected(await startServer({ databaseUrl: database.url, rateLimits: false }));
    const { room } = await roomWith(backend, 1);
    await expect.poll(allDone, soon).toBe(true);
    fake.rooms.clear();
    await room.guest();
    await expect.poll(() => fake.rooms.has(room.id), soon).toBe(true);
    expect(removals()).toEqual([]);
  });
});

test('a process that is killed (kill -9) while it asks is followed by another one', async () => {
  const publicUrl = 'http://media.test';
  const env = { PUBLIC_URL: publicUrl, RATE_LIMITS: 'false' };
  const first = await spawnServer({ databaseUrl: database.url, env });
  const backend = await connected(first);
  const { room, people } = await roomWith(backend, 2);
  await expect.poll(allDone, soon).toBe(true);
  let asked = 0;
  // It never hears an answer.
  fake.failure = () => {
    asked += 1;
  };
  await putOut(backend, room.name, people[0]?.id ?? '');
  await expect.poll(() => asked, soon).toBeGreaterThan(0);
  await first.kill('SIGKILL');
  fake.failure = null;
  await startServer({ databaseUrl: database.url, publicUrl });
  await expect.poll(() => removals().length, soon).toBe(1);
  expect(fake.has(room.id, people[1]?.id ?? '')).toBe(true);
});
