import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { change, cursorOf, followRoom, promptly, read, type Said } from './room-kit.ts';

let backend: Seed;

beforeAll(async () => {
  const database = await createTestDatabase();
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
});

const statuses = ['STARTING', 'LIVE', 'STOPPING', 'STOPPED', 'FAILED'] as const;
type Status = (typeof statuses)[number];

type Shown = Said & {
  readonly id: string;
  readonly status: Status;
  readonly destinations: readonly string[];
  readonly endedAt: string | null;
  readonly error: string | null;
};

const fields = 'id status destinations endedAt error startedBy { kind name }';
const asLiveStream = `... on LiveStream { ${fields} } ... on InvalidInput { issues { path } }`;
const destinations = ['rtmp://media.example/app/stream-key'];

const start = (caller: Pick<Seed, 'ask'>, { name: roomName }: RoomSeed, where: readonly string[] = destinations) =>
  change<Shown>(caller, 'startLiveStream', { roomName, destinations: where }, asLiveStream);
const report = (liveStreamId: string, status: Status, error?: string) =>
  change<Shown>(backend, 'reportLiveStream', { liveStreamId, status, error }, asLiveStream);

async function stop(caller: Pick<Seed, 'ask'>, id: string): Promise<Said | undefined> {
  const document = `mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { __typename ... on LiveStream { id status } ... on Refusal { code } } }`;
  return (await caller.ask<{ stopLiveStream: Said }>(document, { id })).body.data?.stopLiveStream;
}

/** The way to each status that the media side and the owners take. */
async function bringTo(room: RoomSeed, status: Status): Promise<Shown> {
  const live = await start(backend, room);
  if (status === 'STARTING') return live;
  if (status === 'FAILED') return report(live.id, 'FAILED', 'the encoder broke');
  await report(live.id, 'LIVE');
  if (status === 'STOPPING') await stop(backend, live.id);
  if (status === 'STOPPED') await report(live.id, 'STOPPED');
  return live;
}

/** What may follow on what: everything else is a conflict, and the same again changes nothing. */
const follows: Readonly<Record<Status, readonly Status[]>> = {
  STARTING: ['STARTING', 'LIVE', 'STOPPED', 'FAILED'],
  LIVE: ['LIVE', 'STOPPING', 'STOPPED', 'FAILED'],
  STOPPING: ['STOPPING', 'STOPPED', 'FAILED'],
  STOPPED: ['STOPPED'],
  FAILED: ['FAILED'],
};

describe('a live stream', () => {
  it.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))(
    'that is %s and is reported to be %s goes on, or is a conflict, as the order of things says',
    async (from, to) => {
      const room = await backend.room();
      const { id } = await bringTo(room, from);
      const answer = await report(id, to);
      const { node } = await read<{ node: Shown }>(
        backend,
        `{ node(id: "${id}") { ... on LiveStream { ${fields} } } }`,
      );
      expect(answer).toMatchObject(follows[from].includes(to) ? { id, status: to } : { code: 'CONFLICT' });
      expect(node.status).toBe(follows[from].includes(to) ? to : from);
      expect(node.endedAt === null).toBe(!['STOPPED', 'FAILED'].includes(node.status));
    },
  );

  it.each(['LIVE', 'STOPPING'] as const)(
    'that is %s ends with its room, whose exp puts everybody out',
    async (status) => {
      const room = await backend.room();
      await room.guest();
      const after = await cursorOf(backend, room.name);
      const events = await followRoom(backend, { roomName: room.name, after });
      const { id } = await bringTo(room, status);
      const exp = new Date(Date.now() + 1_000).toISOString();
      await change(backend, 'updateRoom', { roomName: room.name, settings: { exp, ejectAtRoomExp: true } });
      const told = await events.ended();
      expect(told.slice(-2).map(({ __typename, liveStatus }) => liveStatus ?? __typename)).toEqual([
        'STOPPED',
        'RoomClosed',
      ]);
      const { node } = await read<{ node: Shown }>(
        backend,
        `{ node(id: "${id}") { ... on LiveStream { ${fields} } } }`,
      );
      expect(node).toMatchObject({ status: 'STOPPED', endedAt: expect.any(String) });
    },
  );

  it('only an owner or an admin of streaming can start it, and the record says who did', async () => {
    const room = await backend.room();
    const [owner, guest] = [await room.owner(), await room.guest()];
    const streaming = await room.guest({ userName: 'Stella', permissions: { canAdmin: ['STREAMING'] } });
    expect(await start(guest, room)).toMatchObject({ code: 'FORBIDDEN' });
    const live = await start(streaming, room);
    expect(live).toMatchObject({
      status: 'STARTING',
      startedBy: { kind: 'PARTICIPANT', name: 'Stella' },
      endedAt: null,
    });
    expect(await stop(guest, live.id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stop(owner, live.id)).toEqual({ __typename: 'LiveStream', id: live.id, status: 'STOPPING' });
    expect(await stop(streaming, live.id)).toMatchObject({ status: 'STOPPING' });
  });

  it('is one at a time in a room, also when ten are started at once, and another when it is over', async () => {
    const room = await backend.room();
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(backend, room)));
    const begun = answers.filter(({ __typename }) => __typename === 'LiveStream');
    expect(begun).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(9);
    const [first] = begun;
    await report(first?.id ?? '', 'FAILED', 'no route to the destination');
    const second = await start(backend, room);
    expect(second.status).toBe('STARTING');
    expect(await stop(backend, first?.id ?? '')).toMatchObject({ id: first?.id, status: 'FAILED' });
    expect(await report(first?.id ?? '', 'LIVE')).toMatchObject({ code: 'CONFLICT' });
    expect(await report(first?.id ?? '', 'FAILED')).toMatchObject({ status: 'FAILED' });
  });

  it('tells everyone in the room each step, by whom it was taken', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const [owner, guest] = [await room.owner(), await room.guest()];
    const stream = await followRoom(guest, { after }, 'SSE');
    const { id } = await start(owner, room);
    await report(id, 'LIVE');
    await stop(owner, id);
    await report(id, 'STOPPED');
    const isLive = ({ __typename }: { __typename: string }) => __typename === 'LiveStreamChanged';
    const steps: unknown[] = [];
    for (const _status of statuses.slice(0, 4)) {
      const { liveStatus, by, liveStream } = await stream.find(isLive, promptly);
      expect(liveStream).toMatchObject({ id, destinations: ['rtmp://media.example'] });
      steps.push([liveStatus, by?.kind]);
    }
    expect(steps).toEqual([
      ['STARTING', 'PARTICIPANT'],
      ['LIVE', 'BACKEND'],
      ['STOPPING', 'PARTICIPANT'],
      ['STOPPED', 'BACKEND'],
    ]);
  });

  it('keeps what the media side says only with FAILED', async () => {
    const room = await backend.room();
    const { id } = await start(backend, room);
    expect(await report(id, 'LIVE', 'all is well')).toMatchObject({ status: 'LIVE', error: null });
    expect(await report(id, 'FAILED', 'the encoder broke')).toMatchObject({
      status: 'FAILED',
      error: 'the encoder broke',
    });
  });

  it('stops with its room', async () => {
    const room = await backend.room();
    const { id } = await start(backend, room);
    await change(backend, 'deleteRoom', { roomName: room.name });
    expect(await report(id, 'STOPPED')).toMatchObject({ status: 'STOPPED' });
    expect(await start(backend, room)).toMatchObject({ code: 'NOT_FOUND' });
  });

  const good = 'rtmp://media.example/live';
  const long = (length: number) => 'srt://media.example:9000?streamid='.padEnd(length, 'x');

  it('to a URL of 2048 characters is begun', async () => {
    expect(await start(backend, await backend.room(), [long(2_048)])).toMatchObject({ status: 'STARTING' });
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['none', [], ['']],
    ['more than ten', Array.from({ length: 11 }, (_, place) => `rtmp://media.example/${place}`), ['']],
    ['plain http', ['http://media.example/live'], ['.0']],
    ['a script', ['javascript:alert(1)'], ['.0']],
    ['a file', ['file:///etc/passwd'], ['.0']],
    ['a URL without host', ['rtmp:///live'], ['.0']],
    ['no URL', ['media.example/live'], ['.0']],
    ['a URL of more than 2048 characters', [long(2_049)], ['.0']],
    ['one bad among good', [good, 'live', good], ['.1']],
    ['two bad among good', [good, 'live', good, 'ftp://media.example'], ['.1', '.3']],
  ])('to %s is refused, each at its own place', async (_name, where, places) => {
    const { code, issues } = await start(backend, await backend.room(), where);
    const paths = places.map((place) => `input.destinations${place}`);
    expect([code, issues?.map(({ path }) => path.join('.'))]).toEqual(['INVALID_INPUT', paths]);
  });
});

describe("a live stream's keys", () => {
  const secret = 'sk-7f3e9a1c';
  const secretDestinations = [
    `rtmp://media.example/app/${secret}`,
    `rtmps://media.example:1936/app?key=${secret}`,
    `rtmp://${secret}:${secret}@media.example/app`,
    `https://media.example/whip#${secret}`,
    `https://media.example/${secret}/whip?auth=${secret}`,
  ];

  it('stand in no answer, no event, no webhook, no row of the database and no line of the log', async () => {
    const database = await createTestDatabase();
    const server = await spawnServer({ databaseUrl: database.url, env: { LOG_LEVEL: 'trace' } });
    const own = seed(server);
    const hook = { url: 'https://127.0.0.1:9/hook', events: ['LIVE_STREAM_CHANGED'] };
    await change(own, 'createWebhook', hook);
    const room = await own.room();
    const after = await cursorOf(own, room.name);
    const owner = await room.owner();
    const answer = await start(owner, room, secretDestinations);
    const stream = await followRoom(owner, { after });
    const event = await stream.find(({ __typename }) => __typename === 'LiveStreamChanged');
    expect(answer.destinations).toEqual([
      'rtmp://media.example',
      'rtmps://media.example:1936',
      'rtmp://media.example',
      'https://media.example',
      'https://media.example',
    ]);
    const refused = await start(owner, room, [`ftp://media.example/${secret}`]);
    const rows = await everyRow(database);
    expect(rows).toContain('rtmps://media.example:1936');
    expect(rows).toContain('LIVE_STREAM_CHANGED');
    for (const text of [JSON.stringify([answer, event, refused]), rows, server.output()])
      expect(text).not.toContain(secret);
  });
});

/** All that the database holds, as text. */
async function everyRow({ sql }: TestDatabase): Promise<string> {
  const tables = await sql<
    { name: string }[]
  >`select table_name as name from information_schema.tables where table_schema = 'public'`;
  const texts = await Promise.all(
    tables.map(({ name }) => sql<{ row: string }[]>`select t::text as row from ${sql(name)} t`),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
}
