import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { MediaReports } from '../../src/media/reports.ts';
import type { AskedServer } from '../../src/media/servers.ts';
import { closeLeftOver } from '../../src/media/upkeep.ts';
import { type DomainId, encodeId, type MediaServerId, type RoomId } from '../../src/rules/ids.ts';
import { createDomainStorage } from '../../src/storage/domain.ts';
import { createMediaGateStorage } from '../../src/storage/media-gate.ts';
import { createMediaRoomStorage } from '../../src/storage/media-room.ts';
import { createMediaServerStorage } from '../../src/storage/media-server.ts';
import { createMediaWebhookStorage } from '../../src/storage/media-webhook.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const store = await createTestDatabase();
const database = openDatabase({ url: store.url, poolSize: 2 });
closeAfterwards(database.close);
const servers = createMediaServerStorage(database);
const rooms = createMediaRoomStorage(database);
const webhooks = createMediaWebhookStorage(database);
let ref: { readonly domainId: DomainId; readonly roomId: RoomId };

beforeAll(async () => {
  const server = await startServer({ databaseUrl: store.url });
  await (await seed(server).waitingRoom()).guest();
  // Nobody but this test works on what is to be looked at.
  await server.stop();
  const [found] = await store.sql<(typeof ref)[]>`select domain_id as "domainId", id as "roomId" from rooms`;
  if (found === undefined) throw new Error('there is a room');
  ref = found;
});

const { update } = createDomainStorage(database);
const name = (id: MediaServerId | null) =>
  update(ref.domainId, { mediaServer: id === null ? null : { id, kind: 'LIVEKIT' } }, null);

/** One that was kept so long ago. */
async function keep(url: string, minutesAgo = 0, gate = false): Promise<MediaServerId> {
  const id = randomUUID() as MediaServerId;
  const createdAt = new Date(Date.now() - minutesAgo * 60_000);
  await servers.insert(
    {
      ...{ id, domainId: ref.domainId, kind: 'LIVEKIT', url, apiUrl: null, apiKey: 'key', createdAt },
      ...{ gate, gateHolds: null, state: 'UNREACHABLE', lastError: null, checkedAt: null, endedAt: null },
      secretSealed: Buffer.from('sealed'),
    },
    null,
  );
  return id;
}

const hasEnded = async (id: MediaServerId) => ((await servers.find(ref.domainId, id))?.endedAt ?? null) !== null;

test('one that no domain names is ended by the sweep, and of several the one that is named stays', async () => {
  const [left, fresh, named] = [
    await keep('wss://a.example', 5),
    await keep('wss://b.example'),
    await keep('wss://c.example'),
  ];
  await name(named);
  expect(await servers.findUnended()).toEqual([ref.domainId]);
  await servers.endOthers(ref.domainId);
  expect(await Promise.all([left, fresh, named].map(hasEnded))).toEqual([true, true, false]);
  expect(await servers.findUnended()).toEqual([]);
  // Who was a moment late names one that another process has ended meanwhile: the domain's word counts.
  await name(fresh);
  await servers.endOthers(ref.domainId);
  expect(await Promise.all([left, fresh, named].map(hasEnded))).toEqual([true, false, true]);
});

test('of each domain those are read that may be asked: in use, left within the hour, or with rooms, the newest first', async () => {
  const [old, open, left, named] = [
    await keep('wss://old.example'),
    await keep('wss://open.example'),
    await keep('wss://left.example'),
    await keep('wss://named.example'),
  ];
  await rooms.open(ref.domainId, open);
  await name(named);
  await servers.endOthers(ref.domainId);
  await store.sql`update media_servers set ended_at = ended_at - interval '61 minutes' where id <> ${left}`;
  const among = async (most: number) => {
    const listed = new Set((await servers.listCarrying(most)).map(({ id }) => id));
    return [old, open, left, named].map((id) => listed.has(id));
  };
  expect(await among(50)).toEqual([false, true, true, true]);
  expect(await among(2)).toEqual([false, false, true, true]);
  const ofKey = await servers.findByKeys(['key', 'no key']);
  expect(ofKey.map(({ id }) => id)).toEqual([named]);
  expect(await servers.findByKeys([])).toEqual([]);
  const held = await servers.countHeld(ref.domainId, 50);
  await store.sql`delete from media_rooms where media_server_id = ${open}`;
  expect(await servers.countHeld(ref.domainId, 50)).toBe(held - 1);
  expect(await servers.countHeld(ref.domainId, 0)).toBe(0);
});

test('a gate is looked at by one process in a while, and no longer than its media server is in use', async () => {
  const gates = createMediaGateStorage(database);
  const [left, used] = [await keep('wss://left.example', 5, true), await keep('wss://used.example', 0, true)];
  await name(used);
  await servers.endOthers(ref.domainId);
  expect([await hasEnded(left), await hasEnded(used)]).toEqual([true, false]);
  // Whoever sets one looks at it.
  expect(await gates.claim(60)).toEqual([]);
  expect(await gates.claim(0)).toEqual([{ domainId: ref.domainId, id: used }]);
});

test('a room is looked at by one process at a time, and again at once for what was wanted meanwhile', async () => {
  const id = await keep('wss://a.example');
  await name(id);
  await rooms.open(ref.domainId, id);
  const [claimed] = await rooms.claim(10, 30);
  expect(claimed).toMatchObject({ ...ref, mediaServerId: id, wanted: 1, done: 0, isTakenOver: false });
  if (claimed === undefined) throw new Error('there is something to look at');
  expect(await rooms.claim(10, 30)).toEqual([]);
  await rooms.lookNow(ref.domainId, id, ref.roomId);
  const done = { isDone: true, lookAfterMs: 60_000, watchUntil: null, removedAt: null };
  expect(await rooms.finish(claimed, done)).toBe(true);
  expect(await rooms.finish(claimed, done)).toBe(false);
  const [again] = await rooms.claim(10, 30);
  expect(again).toMatchObject({ wanted: 2, done: 1 });
  if (again === undefined) throw new Error('there is something to look at again');
  await rooms.finish(again, done);
  expect([await rooms.claim(10, 30), await rooms.lagSeconds()]).toEqual([[], 0]);
});

test.each([
  ['later', 60, 30],
  ['earlier', 30, 60],
])('a room is watched for whoever lost something meanwhile, where that is %s, too', async (_when, meanwhile, seen) => {
  const id = await keep('wss://watched.example');
  await name(id);
  await rooms.open(ref.domainId, id);
  const claim = async () => {
    const claimed = (await rooms.claim(10, 30)).find(({ mediaServerId }) => mediaServerId === id);
    if (claimed === undefined) throw new Error('there is something to look at');
    return claimed;
  };
  const claimed = await claim();
  const [atOnce, later] = [meanwhile, seen].map((minutes) => new Date(Date.now() + minutes * 60_000));
  await rooms.lookNow(ref.domainId, id, ref.roomId);
  await store.sql`update media_rooms set watch_until = ${atOnce ?? null} where media_server_id = ${id}`;
  const outcome = { isDone: true, lookAfterMs: 60_000, removedAt: null };
  await rooms.finish(claimed, { ...outcome, watchUntil: later ?? null });
  const again = await claim();
  expect(again.watchUntil).toEqual(meanwhile > seen ? atOnce : later);
  // Nothing was wanted since: the look has the last word.
  await rooms.finish(again, { ...outcome, watchUntil: null });
  expect(await store.sql`select watch_until from media_rooms where media_server_id = ${id}`).toEqual([
    { watch_until: null },
  ]);
});

test('of what is open on a media server, the rooms of its own domain that are on record as closed are closed again', async () => {
  const id = await keep('wss://restored.example');
  await name(id);
  const copy = async (closed: boolean, domain: string) => {
    const [made] = await store.sql<{ id: RoomId }[]>`insert into rooms select new.* from rooms r,
      jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'name', gen_random_uuid(), 'domain_id', ${domain}::text,
        'closed_at', case when ${closed} then app_now() end, 'closed_by', case when ${closed} then 'DELETED' end)) as new
      where r.id = ${ref.roomId} returning id`;
    return encodeId('Room', (made?.id ?? '') as RoomId);
  };
  const [other] = await store.sql<{ id: string }[]>`insert into domains select new.* from domains d,
    jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'name', 'other')) as new returning id`;
  const closed = await copy(true, ref.domainId);
  const open = await copy(false, ref.domainId);
  const elsewhere = await copy(true, other?.id ?? '');
  const closeLeft = async (names: readonly string[]) => {
    const told: DomainId[] = [];
    const media = { rooms: async () => ({ outcome: 'DONE', names }) };
    const server = { record: { id, domainId: ref.domainId }, media } as unknown as AskedServer;
    const reports = { called: () => {} } as unknown as MediaReports;
    await closeLeftOver(server, { rooms, reports, onClosing: (domainId) => told.push(domainId) });
    return told;
  };
  expect(await closeLeft([open, elsewhere, 'somebody else’s'])).toEqual([]);
  expect(await closeLeft([])).toEqual([]);
  await store.sql`delete from media_rooms`;
  expect(await closeLeft([open, closed, elsewhere])).toEqual([ref.domainId]);
  const claimed = await rooms.claim(10, 30);
  expect(claimed.map(({ roomId }) => encodeId('Room', roomId))).toEqual([closed]);
  expect(claimed).toMatchObject([{ domainId: ref.domainId, mediaServerId: id }]);
});

test('a room on a media server that was left is looked at once more, and forgotten', async () => {
  const id = await keep('wss://a.example');
  await name(id);
  await rooms.open(ref.domainId, id);
  await name(await keep('wss://other.example'));
  await servers.endOthers(ref.domainId);
  // Rooms of the tests before may be among them.
  const claimed = (await rooms.claim(10, 30)).find(({ mediaServerId }) => mediaServerId === id);
  if (claimed === undefined) throw new Error('there is something to look at');
  expect(await rooms.forget(claimed)).toBe(true);
  expect(await rooms.claim(10, 30)).toEqual([]);
});

test('whoever takes a room from a process that died knows it, and when somebody was last removed there', async () => {
  const id = await keep('wss://died.example');
  await name(id);
  await rooms.open(ref.domainId, id);
  const claim = async (leaseSeconds: number) => {
    const claimed = (await rooms.claim(10, leaseSeconds)).find(({ mediaServerId }) => mediaServerId === id);
    if (claimed === undefined) throw new Error('there is something to look at');
    return claimed;
  };
  expect(await claim(0)).toMatchObject({ isTakenOver: false, removedAt: null });
  const takenOver = await claim(30);
  expect(takenOver.isTakenOver).toBe(true);
  const removedAt = new Date(1_795_903_288_000);
  await rooms.finish(takenOver, { isDone: true, lookAfterMs: 0, watchUntil: null, removedAt });
  expect(await claim(30)).toMatchObject({ isTakenOver: false, removedAt });
});

test.each<[string, (id: MediaServerId) => Promise<unknown>]>([
  ['a webhook', (id) => webhooks.tell(ref.domainId, id, { id: randomUUID(), roomId: ref.roomId })],
  ['a media server that is set again', (id) => rooms.open(ref.domainId, id)],
  ['a room that is to be looked at now', (id) => rooms.lookNow(ref.domainId, id, ref.roomId)],
  ['a domain whose people may have fewer rights', () => rooms.watchAll(ref.domainId)],
  ['a room that is closed again', (id) => rooms.closeAgain(ref.domainId, id, [ref.roomId])],
])('%s has not waited since what was carried out before, and since what waits already', async (_what, ask) => {
  const id = await keep('wss://late.example');
  await store.sql`update rooms set closed_at = app_now(), closed_by = 'DELETED'`;
  await store.sql`delete from media_rooms`;
  await rooms.open(ref.domainId, id);
  const waitedSeconds = async (done: number) => {
    await store.sql`update media_rooms set wanted = 1, done = ${done}, wanted_at = app_now() - interval '1 hour'
      where media_server_id = ${id}`;
    await ask(id);
    return rooms.lagSeconds();
  };
  expect(await waitedSeconds(0)).toBeGreaterThanOrEqual(3_600);
  expect(await waitedSeconds(1)).toBeLessThan(600);
});
