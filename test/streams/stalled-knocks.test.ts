import { beforeAll, expect, test } from 'vitest';
import type { EventView, KnockView, ResyncView } from '../../src/room/views.ts';
import type { BackendCaller, KnockerCaller, ParticipantCaller } from '../../src/rules/caller.ts';
import { decodeId, type Id } from '../../src/rules/ids.ts';
import { isRefusal } from '../../src/rules/refusal.ts';
import { createStreamService } from '../../src/services/stream.ts';
import { createKnockStorage } from '../../src/storage/knock-request.ts';
import { createParticipantStorage } from '../../src/storage/participant.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createRoomStorage } from '../../src/storage/room.ts';
import { createEventLog } from '../../src/storage/room-event.ts';
import type { RoomRef } from '../../src/storage/room-store.ts';
import { createEventReads } from '../../src/streams/feed.ts';
import { createEventHub } from '../../src/streams/hub.ts';
import { createKnockQueues } from '../../src/streams/knock-queue.ts';
import type { StreamDeps } from '../../src/streams/reader.ts';
import { createPostgresWakeups } from '../../src/streams/wakeups.ts';
import { change } from '../api/room-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

// Who follows knocks reads on here when the test says so: whoever does not read stalls, as a socket does that takes no more.

const database = await createTestDatabase();
const pool = openDatabase({ url: database.url, poolSize: 3 });
closeAfterwards(pool.close);
const [rooms, knocks, participants] = [
  createRoomStorage(pool),
  createKnockStorage(pool),
  createParticipantStorage(pool),
];
const log = createEventLog(pool);
const onError = (error: unknown) => expect.unreachable(String(error));
const wakeups = createPostgresWakeups(pool, onError);
const hub = createEventHub({ log, readEvents: createEventReads(log, rooms).readAfter, wakeups, onError });
closeAfterwards(hub.stop);
const hold = async ({ domainId, roomId }: RoomRef) => ({
  ...{ room: await rooms.findById(domainId, roomId), decidesKnocks: true, release: () => {} },
});
const queues = createKnockQueues(knocks, onError);
// People inside, and who waits, need no more: their right is in the room's events.
const clock = { now: () => new Date() };
const isStillGood = async () => true;
const deps = { hub, rooms, knocks, participants, queues, onError, presence: { hold }, clock, isStillGood };
const streams = createStreamService(deps as unknown as StreamDeps);

let backend: Seed;
let domainId: RoomRef['domainId'];

beforeAll(async () => {
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  const [domain] = await database.sql<{ id: RoomRef['domainId'] }[]>`select id from domains`;
  if (domain === undefined) throw new Error('there is a domain');
  domainId = domain.id;
  await hub.start();
});

async function knockerOf(knockId: string): Promise<KnockerCaller> {
  const id = decodeId('KnockRequest', knockId);
  const record = id && (await knocks.findById(domainId, id));
  if (!record) throw new Error('the knock is on record');
  const { roomId, token, tokenHash: credential } = record.knock;
  return { kind: 'KNOCKER', id: record.knock.id, roomId, domainId, token, credential, roomName: '', hasEnded: false };
}

async function insiderOf(participantId: string): Promise<ParticipantCaller> {
  const id = decodeId('Participant', participantId);
  const record = id && (await participants.findById(domainId, id));
  if (!record) throw new Error('they are on record');
  const { roomId, token, isOwner, knockId, sessionHash: credential } = record.participant;
  const own = { id: record.participant.id, roomId, domainId, token, isOwner, knockId, credential };
  return { kind: 'PARTICIPANT', ...own, roomName: '', hasEnded: false };
}

/** The domain's backend, whose key stays good. */
function keyHolder(): BackendCaller {
  const kept = { name: 'key', prefix: 'vk', createdAt: new Date(), lastUsedAt: null, exp: null, revokedAt: null };
  const apiKey = { id: 'key' as Id<'ApiKey'>, domainId, scopes: ['ADMISSION'], ...kept } as const;
  return { kind: 'BACKEND', apiKey, domainId, seenAt: null };
}

/** Reads one thing more each time that it is asked to; undefined: the stream has ended. */
function read(stream: Awaited<ReturnType<(typeof streams)['myKnock' | 'knockRequested']>>) {
  if (isRefusal(stream)) throw new Error(stream.message);
  closeAfterwards(async () => void (await stream.return?.()));
  const next = async () => (await stream.next()).value as KnockView | undefined;
  const to = async (isWanted: (view: KnockView) => boolean) => {
    for (let view = await next(); view !== undefined; view = await next()) if (isWanted(view)) return;
    throw new Error('it has ended before');
  };
  const seen = async () => {
    const view = await next();
    return view && `${view.knock.userName} ${view.knock.status}`;
  };
  const last = async () => {
    let view: string | undefined;
    for (let one = await seen(); one !== undefined; one = await seen()) view = one;
    return view;
  };
  return { to, seen, last };
}

/** More events than a process keeps of a room, and all of them have reached it. */
async function flood(room: RoomSeed, guests: readonly string[], ref: RoomRef): Promise<void> {
  for (let round = 0; round * guests.length < 1_100; round += 1) {
    const permissions = { canSend: round % 2 === 0 ? ['AUDIO'] : ['AUDIO', 'VIDEO'] };
    await change(backend, 'updateParticipants', { roomName: room.name, participantIds: guests, permissions });
  }
  const version = (await rooms.findById(ref.domainId, ref.roomId))?.room.version ?? 0;
  const { feed, release } = hub.watch(ref, version);
  await until(
    async () => feed.last,
    (last) => last >= version,
  );
  release();
}

test('whoever missed too much is told how knocks stand now, as far as they may still see it', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const guests = await Promise.all(Array.from({ length: 40 }, async () => (await room.guest()).id));
  const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
  const owner = await room.owner();
  const [nora, zoe] = [await room.knocker({ userName: 'Nora' }), await room.knocker({ userName: 'Zoe' })];
  const [ownOfNora, ownOfZoe] = [
    read(await streams.myKnock(await knockerOf(nora.knockId))),
    read(await streams.myKnock(await knockerOf(zoe.knockId))),
  ];
  const ref = { domainId, roomId: decodeId('Room', room.id) as RoomRef['roomId'] };
  const [lostTheirs, kept] = [
    read(await streams.knockRequested(await insiderOf(admin.id), null)),
    read(await streams.knockRequested(await insiderOf(owner.id), null)),
  ];
  for (const list of [lostTheirs, kept]) await list.to(({ knock }) => knock.userName === 'Zoe');
  for (const own of [ownOfNora, ownOfZoe]) await own.to(() => true);

  // What they are handed next comes from memory. From here on nobody reads.
  await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'soon' } });
  await room.knocker({ userName: 'Mia' });
  for (const list of [lostTheirs, kept]) await list.to(({ knock }) => knock.userName === 'Mia');
  for (const own of [ownOfNora, ownOfZoe]) await own.to(({ lobbyMessage }) => lobbyMessage === 'soon');

  await change(backend, 'denyKnock', { knockId: nora.knockId });
  await change(backend, 'admitKnock', { knockId: zoe.knockId });
  await change(backend, 'updateParticipant', { participantId: admin.id, permissions: { canAdmin: [] } });
  await room.knocker({ userName: 'Late' });
  await flood(room, guests, ref);

  // A place in the queue may be told before.
  expect(await ownOfNora.last()).toBe('Nora DENIED');
  await ownOfZoe.to(({ knock }) => knock.status === 'ADMITTED');
  expect(await lostTheirs.seen()).toBeUndefined();
  // Mia was shown before, and nothing has changed for her.
  expect([await kept.seen(), await kept.seen(), await kept.seen()]).toEqual([
    'Nora DENIED',
    'Zoe ADMITTED',
    'Late PENDING',
  ]);
});

test('whoever missed so much of a room that its end is among it is told so, and waits for nothing more', async () => {
  const room = await backend.waitingRoom();
  const guests = await Promise.all(Array.from({ length: 40 }, async () => (await room.guest()).id));
  const ref = { domainId, roomId: decodeId('Room', room.id) as RoomRef['roomId'] };
  const key = keyHolder();
  const events = await streams.roomEvents(key, { roomName: room.name, after: null });
  const list = await streams.knockRequested(key, room.name);
  if (isRefusal(events) || isRefusal(list)) throw new Error('both are followed');
  // What they are handed second comes from memory, and then nobody reads.
  for (const userName of ['Mia', 'Zoe']) {
    await room.knocker({ userName });
    for (const stream of [events, list]) expect(await stream.next()).toMatchObject({ done: false });
  }
  await flood(room, guests, ref);
  await change(backend, 'deleteRoom', { roomName: room.name });
  const told: (EventView | ResyncView)[] = [];
  for await (const event of events) told.push(event);
  expect(told).toMatchObject([{ resync: true }]);
  const shown: KnockView[] = [];
  for await (const one of list) shown.push(one);
  expect(shown).toMatchObject([{ knock: { status: 'EXPIRED' } }, { knock: { status: 'EXPIRED' } }]);
});

test('whoever missed that somebody before them was decided is told their place', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const guests = await Promise.all(Array.from({ length: 40 }, async () => (await room.guest()).id));
  const ref = { domainId, roomId: decodeId('Room', room.id) as RoomRef['roomId'] };
  const [nora, rita] = [await room.knocker(), await room.knocker()];
  const own = read(await streams.myKnock(await knockerOf(rita.knockId)));
  await own.to(({ position }) => position === 2);
  // This comes from memory, and then nobody reads.
  await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'soon' } });
  await own.to(({ lobbyMessage }) => lobbyMessage === 'soon');
  await change(backend, 'denyKnock', { knockId: nora.knockId });
  await flood(room, guests, ref);
  // Half a minute later it would be told with the next thing that happens: they have no socket, and count as away.
  await own.to(({ position, knock }) => position === 1 && 'connection' in knock && knock.connection === 'CONNECTED');
});
