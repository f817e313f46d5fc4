import { randomUUID } from 'node:crypto';
import type {
  ApiKeyId,
  BanId,
  DomainId,
  KnockId,
  LiveStreamId,
  MediaServerId,
  MeetingTokenId,
  ParticipantId,
  ProcessId,
  RoomId,
  SelfSigningKeyId,
  WebhookDeliveryId,
  WebhookId,
} from '../../src/rules/ids.ts';
import type { SigningKeyId } from '../../src/rules/signing-key.ts';
import { findEndedKeys } from '../../src/storage/acting-key.ts';
import { createBudgetStorage } from '../../src/storage/budget.ts';
import { createCredentialStorage } from '../../src/storage/credential.ts';
import { createDomainStorage } from '../../src/storage/domain.ts';
import { createEntryReads } from '../../src/storage/entry-reads.ts';
import { createKnockStorage } from '../../src/storage/knock-request.ts';
import { createMediaGateStorage } from '../../src/storage/media-gate.ts';
import { createMediaRoomStorage } from '../../src/storage/media-room.ts';
import { createMediaServerStorage, type StoredMediaServer } from '../../src/storage/media-server.ts';
import { createMediaWebhookStorage } from '../../src/storage/media-webhook.ts';
import { createMeetingTokenStorage } from '../../src/storage/meeting-token.ts';
import { createParticipantStorage } from '../../src/storage/participant.ts';
import type { Database } from '../../src/storage/postgres/database.ts';
import { createProcessStorage } from '../../src/storage/process.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { createRoomStorage } from '../../src/storage/room.ts';
import { createRoomApply } from '../../src/storage/room-apply.ts';
import { createEventLog } from '../../src/storage/room-event.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import type { RoomWrite, RowsRead } from '../../src/storage/room-store.ts';
import { createSealedSecretStorage } from '../../src/storage/sealed-secret.ts';
import { createSigningKeyStorage } from '../../src/storage/signing-key.ts';
import { createTally } from '../../src/storage/tally.ts';
import { createTimelineReader } from '../../src/storage/timeline.ts';
import { createWebhookStore } from '../../src/storage/webhook.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';

// A walk through all of storage: each method of each store is called, so that every statement is sent once. The compiler asks for a
// method that is missing here.

type Walk<Store> = { readonly [Method in keyof Store]: (store: Store) => Promise<unknown> };

/** A room with somebody in it, and its rows. */
export interface Ground {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly rows: RowsRead;
}

const uuid = '01a20bef-3ac4-7457-8fb8-378878e785a8';
const [key, mediaServerId] = [uuid as ApiKeyId, uuid as MediaServerId];
const hash = '00'.repeat(32);
const [bytes, at] = [Buffer.from(hash, 'hex'), new Date()];
const secrets = { secretSealed: bytes, previousSecretSealed: bytes };
const token = {
  ...{ jti: 'jti 1', roomName: 'room 1', userId: 'user 1', iat: at },
  ...{ selfSigned: true, signerId: uuid, signerKid: 'kid 1' },
};
const match = { jtis: ['jti 1'], roomName: null, userId: null };
const forward = { limit: 50, direction: 'FORWARD', from: { at, id: uuid } } as const;
const backward = { limit: 50, direction: 'BACKWARD', from: { at, id: uuid } } as const;
/** Every kind of list: from its beginning, on from a place, back from one. */
const pages = [{ limit: 50, direction: 'FORWARD', from: null } as const, forward, backward];

/** Calls once for each of these. */
async function each<Item>(items: readonly Item[], call: (item: Item) => Promise<unknown>): Promise<void> {
  for (const item of items) await call(item).catch(refused);
}

function walkRooms({ domainId, roomId, rows }: Ground): Walk<ReturnType<typeof createRoomStorage>> {
  const first = { type: 'RoomCreated', payload: { by: null, ownerPresent: false }, webhook: null } as const;
  const told = { ...first, webhook: { event: 'ROOM_CREATED', data: {} } };
  return {
    insert: (store) =>
      each([first, told], (event) => {
        const room = { ...rows.room, id: randomUUID() as RoomId, name: `walk-${randomUUID()}` };
        return store.insert(room, event, event.webhook !== null, key);
      }),
    findByName: (store) => store.findByName(domainId, 'room-1'),
    findGoingOn: (store) => store.findGoingOn(domainId, 'room-1'),
    findById: (store) => store.findById(domainId, roomId),
    list: (store) =>
      each(pages, async (page) => {
        await store.list(domainId, { privacy: null, nameContains: null }, page);
        await store.list(domainId, { privacy: 'PUBLIC', nameContains: 'a' }, page);
      }),
    count: (store) =>
      each([null, 'PUBLIC'] as const, (privacy) =>
        store.count(domainId, { privacy, nameContains: privacy === null ? null : 'a' }),
      ),
    findDue: (store) => store.findDue(10, [uuid]),
  };
}

function walkKnocks({ domainId, roomId }: Ground): Walk<ReturnType<typeof createKnockStorage>> {
  const id = uuid as KnockId;
  const filters = [
    { roomId, status: ['PENDING'] },
    { roomId: null, status: null },
    { roomId: null, status: ['PENDING'] },
  ] as const;
  return {
    findById: (store) => store.findById(domainId, id),
    findRoomOf: (store) => store.findRoomOf(domainId, id),
    list: (store) => each(filters, (filter) => each(pages, (page) => store.list(domainId, filter, page))),
    count: (store) => each(filters, (filter) => store.count(domainId, filter)),
    snapshot: (store) => each([roomId, null], (room) => store.snapshot(domainId, room)),
    changedSince: (store) => store.changedSince(domainId, at),
    findRoomsVouchedFor: (store) => store.findRoomsVouchedFor(domainId, { id: uuid, kid: 'kid 1', selfSigned: true }),
    queue: (store) => store.queue(domainId, roomId),
    waitingByNetwork: (store) => store.waitingByNetwork(domainId, roomId),
    findEndedAdmissions: (store) => store.findEndedAdmissions(10, [uuid]),
  };
}

function walkPeople({ domainId, roomId }: Ground): Walk<ReturnType<typeof createParticipantStorage>> {
  const [id, eyes] = [uuid as ParticipantId, [null, 'ALL', uuid as ParticipantId] as const];
  return {
    findById: (store) => store.findById(domainId, id),
    decidesKnocks: (store) => store.decidesKnocks(domainId, id),
    listInside: (store) => each(eyes, (own) => each(pages, (page) => store.listInside(domainId, roomId, own, page))),
    countInside: (store) => each(eyes, (own) => store.countInside(domainId, roomId, own)),
    listBans: (store) => each(pages, (page) => store.listBans(domainId, roomId, page)),
    findBan: (store) => store.findBan(domainId, uuid as BanId),
    latestLiveStream: (store) => store.latestLiveStream(domainId, roomId),
    findLiveStream: (store) => store.findLiveStream(domainId, uuid as LiveStreamId),
    findRoomsWithPeople: (store) => store.findRoomsWithPeople(domainId),
    findRoomsOnMedia: (store) => store.findRoomsOnMedia(domainId),
    findLeftStreams: (store) => store.findLeftStreams(10),
    findRoomsHeldBy: (store) => store.findRoomsHeldBy(uuid as ProcessId),
  };
}

function walkTokens({ domainId, roomId }: Ground): Walk<ReturnType<typeof createMeetingTokenStorage>> {
  // Over for so long that retention finds it.
  const exp = new Date(0);
  const made = {
    ...{
      domainId,
      id: uuid as MeetingTokenId,
      jti: 'jti 1',
      roomId,
      roomName: 'room 1',
      isOwner: false,
      userName: null,
    },
    ...{ userId: null, nbf: null, exp, knocking: false, ejectAtTokenExp: null, ejectAfterElapsedSeconds: null },
    ...{ startVideoOff: null, startAudioOff: null, enableScreenshare: null, lang: null, permissions: null },
    ...{ maxUses: null, selfSigned: false, createdAt: at, revokedAt: null, uses: 0 },
  };
  const filters = [
    { roomId, roomName: null, userId: null },
    { roomId: null, roomName: 'room 1', userId: 'user 1' },
  ];
  return {
    insert: (store) => each([key, null], (by) => store.insert(made, by)),
    findById: (store) => store.findById(domainId, made.id),
    findByJti: (store) => store.findByJti(domainId, 'jti 1'),
    findEnd: (store) => store.findEnd(domainId, token),
    list: (store) => each(filters, (filter) => each(pages, (page) => store.list(domainId, filter, page))),
    revokeOwn: (store) => store.revokeOwn(domainId, at),
    revoke: (store) => each([key, null], (by) => store.revoke(domainId, match, at, by)),
    findRoomsEnteredWith: (store) => store.findRoomsEnteredWith(domainId, match),
  };
}

function walkDomains({ domainId }: Ground): Walk<ReturnType<typeof createDomainStorage>> {
  const apiKey = {
    id: key,
    domainId,
    name: 'walk',
    prefix: 'vk_walk',
    ...{ scopes: [], createdAt: at, lastUsedAt: null, hash },
  };
  const ends = { exp: null, revokedAt: null };
  const id = uuid as SelfSigningKeyId;
  const own = { id, domainId, kid: 'kid 1', algorithm: 'HS256', publicJwk: null, secretSealed: bytes } as const;
  return {
    findByName: (store) => store.findByName('walk'),
    findById: (store) => store.findById(domainId),
    findOnly: (store) => store.findOnly(),
    listTaken: (store) => store.listTaken(['walk', 'media']),
    insert: (store) => store.insert({ id: randomUUID() as DomainId, name: `walk-${randomUUID()}`, createdAt: at }),
    update: (store) => each([key, null], (by) => store.update(domainId, { lang: 'en' }, by)),
    insertApiKey: (store) => each([key, null], (by) => store.insertApiKey({ ...apiKey, ...ends }, by)),
    listApiKeys: (store) => each(pages, (page) => store.listApiKeys(domainId, page)),
    findApiKey: (store) => store.findApiKey(domainId, key),
    revokeApiKey: (store) => each([key, null], (by) => store.revokeApiKey(domainId, key, at, by)),
    touchApiKey: (store) => store.touchApiKey(domainId, key, at),
    insertSelfSigningKey: (store) =>
      each([key, null], (by) => store.insertSelfSigningKey({ ...own, createdAt: at, revokedAt: null }, by)),
    listSelfSigningKeys: (store) => store.listSelfSigningKeys(domainId),
    countGoodSelfSigningKeys: (store) => store.countGoodSelfSigningKeys(domainId),
    findSelfSigningKey: (store) => store.findSelfSigningKey(domainId, id),
    revokeSelfSigningKey: (store) => each([key, null], (by) => store.revokeSelfSigningKey(domainId, id, at, by)),
  };
}

function walkKeys({ domainId }: Ground): Walk<ReturnType<typeof createSigningKeyStorage>> {
  const id = uuid as SigningKeyId;
  const made = {
    ...{ domainId, id, kid: 'kid 1', privateKeySealed: bytes },
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' } as const,
    ...{ follows: null, createdAt: at, activeFrom: at, lastTokenExp: at, retiredAt: null },
  } as const;
  return {
    listSigningKeys: (store) => store.listSigningKeys(domainId),
    listAllSigningKeys: (store) => store.listAllSigningKeys(),
    listDomainsToTend: (store) => store.listDomainsToTend({ signsSince: at, now: at, followedBy: at }, 10),
    insertSigningKey: (store) => store.insertSigningKey(made),
    raiseLastTokenExp: (store) => each([at, null], (exp) => store.raiseLastTokenExp(domainId, id, exp)),
    retireSigningKey: (store) => store.retireSigningKey(domainId, id, at),
    replaceSigningKeys: (store) => store.replaceSigningKeys(made),
    listSelfSigningKeys: (store) => store.listSelfSigningKeys(domainId),
  };
}

function walkWebhooks({ domainId }: Ground): Walk<ReturnType<typeof createWebhookStore>> {
  const id = uuid as WebhookId;
  const made = { id, domainId, url: 'https://example.com', events: [], roomName: null, secretSealed: bytes } as const;
  return {
    create: (store) => each([key, null], (by) => store.create(made, 20, by)),
    update: (store) =>
      each([key, null], (by) => store.update(domainId, id, { url: null, events: null, isActive: true }, by)),
    findSecrets: (store) => store.findSecrets(domainId, id),
    rotate: (store) => each([key, null], (by) => store.rotate(domainId, id, secrets, bytes, 60, by)),
    redeliver: (store) => each([key, null], (by) => store.redeliver(domainId, uuid as WebhookDeliveryId, by)),
    list: (store) => store.list(domainId),
    find: (store) => store.find(domainId, id),
    findDelivery: (store) => store.findDelivery(domainId, uuid as WebhookDeliveryId),
    deliveries: (store) => each(pages, (page) => store.deliveries({ domainId, id }, page)),
    countDeliveries: (store) => store.countDeliveries({ domainId, id }),
    delete: (store) => each([key, null], (by) => store.delete(domainId, id, by)),
  };
}

function walkOutbox({ domainId }: Ground): Walk<ReturnType<typeof createWebhookOutbox>> {
  const claimed = { ...secrets, domainId, id: uuid, webhookId: uuid, attempts: 1, body: '{}', url: 'https://a.b' };
  return {
    findDue: (store) => store.findDue(),
    claim: (store) =>
      each([undefined, [domainId]], (domains) =>
        store.claim({ isFailing: false, limit: 1, perWebhook: 1, leaseSeconds: 30, ...(domains && { domains }) }),
      ),
    finish: (store) => store.finish(claimed, { kind: 'DELIVERED' }, 200),
    release: (store) => store.release(claimed),
    endAbandoned: (store) => each([undefined, domainId], (id) => store.endAbandoned(10, id)),
    forget: (store) => store.forget(30, 10),
    measure: (store) => store.measure(),
  };
}

function walkMediaServers({ domainId }: Ground): Walk<ReturnType<typeof createMediaServerStorage>> {
  const made: StoredMediaServer = {
    ...{ id: mediaServerId, domainId, kind: 'LIVEKIT' as const, url: 'wss://example.com', apiUrl: null, apiKey: 'key' },
    ...{ gate: true, gateHolds: null, state: 'UNREACHABLE' as const, lastError: null, checkedAt: null, createdAt: at },
    ...{ endedAt: null, secretSealed: bytes },
  };
  return {
    insert: (store) => each([key, null], (by) => store.insert(made, by)),
    find: (store) => store.find(domainId, mediaServerId),
    findByKeys: (store) => store.findByKeys(['key']),
    listCarrying: (store) => store.listCarrying(50),
    countHeld: (store) => store.countHeld(domainId, 50),
    noteAnswer: (store) => store.noteAnswer(domainId, mediaServerId, { state: 'OK', lastError: null }),
    endOthers: (store) => store.endOthers(domainId),
    findUnended: (store) =>
      store.insert({ ...made, id: domainId as string as MediaServerId }, null).then(store.findUnended),
  };
}

function walkMediaGates({ domainId }: Ground): Walk<ReturnType<typeof createMediaGateStorage>> {
  return {
    claim: (store) => store.claim(-60),
    noteAsked: (store) => store.noteAsked(domainId, mediaServerId, uuid),
    begin: (store) => store.begin(domainId, mediaServerId),
    wasAsked: (store) => store.wasAsked(domainId, mediaServerId, uuid),
    noteSeen: (store) => store.noteSeen(domainId, mediaServerId, true),
  };
}

function walkMediaRooms({ domainId, roomId }: Ground): Walk<ReturnType<typeof createMediaRoomStorage>> {
  const claimed = {
    ...{ domainId, roomId, mediaServerId, wanted: 1, done: 0 },
    ...{ watchUntil: null, removedAt: null, isTakenOver: false, leasedUntil: at },
  };
  return {
    open: (store) => store.open(domainId, mediaServerId),
    claim: (store) => each([undefined, [domainId]], (domains) => store.claim(1, 10, domains)),
    renew: (store) => store.renew(claimed, 2),
    finish: (store) => store.finish(claimed, { isDone: true, lookAfterMs: 30_000, watchUntil: at, removedAt: at }),
    forget: (store) => store.forget(claimed),
    watchAll: (store) => store.watchAll(domainId),
    lookNow: (store) => each([roomId, null], (room) => store.lookNow(domainId, mediaServerId, room)),
    closeAgain: (store) => store.closeAgain(domainId, mediaServerId, [roomId]),
    lagSeconds: (store) => store.lagSeconds(),
  };
}

function walkMediaWebhooks({ domainId, roomId }: Ground): Walk<ReturnType<typeof createMediaWebhookStorage>> {
  return { tell: (store) => store.tell(domainId, mediaServerId, { id: 'EV_1', roomId }) };
}

function walkFacts({ domainId, roomId }: Ground): Walk<ReturnType<typeof createFactReads>> {
  const ref = { domainId, roomId };
  const keys = {
    ...{ knockIds: [uuid as KnockId], knockKeys: [hash], participantIds: [uuid as ParticipantId], tokens: [token] },
    ...{ participantKeys: [hash], sessionsOf: [uuid as KnockId], admissions: true, owners: ['user 1'] },
  };
  return {
    readAll: (store) => each([keys, {}], (some) => store.readAll(ref, some)),
    readSince: (store) => each([keys, {}], (some) => store.readSince(ref, 1, some)),
  };
}

function walkEntry({ domainId }: Ground): Walk<ReturnType<typeof createEntryReads>> {
  const asker = { addressHash: hash, userId: 'user 1' };
  const asked = [
    { opens: ['ANY' as const], tokens: [token], asker },
    { opens: [], tokens: [] },
  ];
  return {
    findEntry: (store) => each(asked, (ask) => store.findEntry(domainId, 'room 1', ask)),
    glanceAtEntry: (store) => each(asked, (ask) => store.glanceAtEntry(domainId, 'room 1', ask)),
  };
}

function walkApply({ domainId, roomId, rows }: Ground): Walk<ReturnType<typeof createRoomApply>> {
  const write: RoomWrite = {
    ...{ ref: { domainId, roomId }, seenVersion: 999_999, seenDomainVersion: 1, groupId: uuid, validUntil: at },
    ...{
      dueAt: null,
      now: at,
      holdsDomain: false,
      givesWay: false,
      tellsWebhooks: false,
      carriedOutOn: null,
      watchUntil: null,
      after: rows,
      roomChanged: false,
    },
    rows: { knocks: [], participants: [], bans: [], returns: [], tokenUses: [] },
    events: [{ type: 'Internal', payload: { by: null, ownerPresent: true }, webhook: null }],
  };
  const whole: RoomWrite = {
    ...{
      ...write,
      holdsDomain: true,
      givesWay: true,
      tellsWebhooks: true,
      carriedOutOn: mediaServerId,
      watchUntil: null,
      roomChanged: true,
    },
    rows: {
      knocks: [...rows.knocks.values()],
      participants: [...rows.participants.values()],
      bans: [...rows.bans.values()],
      returns: [...rows.returns.values()],
      tokenUses: [{ jti: 'jti 1', uses: 1 }],
      ...(rows.liveStream === null ? {} : { liveStream: rows.liveStream }),
    },
    events: write.events.map((event) => ({ ...event, webhook: { event: 'ROOM_UPDATED', data: {} } })),
  };
  return {
    apply: (store) => each([write, whole], store.apply),
    wasWritten: (store) => store.wasWritten(write),
    takeTurn: async (store) => (await store.takeTurn({ domainId, roomId }))?.(),
  };
}

function walkSecrets({ domainId }: Ground): Walk<ReturnType<typeof createSealedSecretStorage>> {
  const columns = [
    ...(['SIGNING_KEY', 'SELF_SIGNING_KEY', 'WEBHOOK', 'PREVIOUS_WEBHOOK'] as const),
    ...(['MEDIA_SERVER', 'LIVE_STREAM'] as const),
  ];
  return {
    listDomains: (store) => store.listDomains(),
    list: (store) => store.list(domainId),
    replace: (store) => each(columns, (column) => store.replace({ column, domainId, id: uuid, sealed: bytes }, bytes)),
    listKeys: (store) => store.listKeys(),
    insertKey: (store) => store.insertKey('walk', bytes),
    replaceKey: (store) => store.replaceKey('walk', bytes, bytes),
  };
}

async function run<Store>(store: Store, walk: Walk<Store>): Promise<void> {
  for (const method of Object.keys(walk) as (keyof Store)[]) await walk[method](store).catch(refused);
}

/** What storage refuses was sent all the same; a statement that PostgreSQL does not understand was not. */
function refused(error: unknown): void {
  if (error instanceof Error && error.name === 'CredentialEnded') return;
  throw error;
}

/** Sends every statement of src/storage. */
export async function walkStorage(database: Database, ground: Ground): Promise<void> {
  const { domainId, roomId } = ground;
  await run(createRoomStorage(database), walkRooms(ground));
  await run(createKnockStorage(database), walkKnocks(ground));
  await run(createParticipantStorage(database), walkPeople(ground));
  await run(createMeetingTokenStorage(database), walkTokens(ground));
  await run(createDomainStorage(database), walkDomains(ground));
  await run(createSigningKeyStorage(database), walkKeys(ground));
  await run(createWebhookStore(database), walkWebhooks(ground));
  await run(createWebhookOutbox(database), walkOutbox(ground));
  await run(createMediaServerStorage(database), walkMediaServers(ground));
  await run(createMediaRoomStorage(database), walkMediaRooms(ground));
  await run(createMediaGateStorage(database), walkMediaGates(ground));
  await run(createMediaWebhookStorage(database), walkMediaWebhooks(ground));
  await run(createFactReads(database), walkFacts(ground));
  await run(createEntryReads(database), walkEntry(ground));
  await run(createRoomApply(database), walkApply(ground));
  await run(createSealedSecretStorage(database), walkSecrets(ground));
  await run(createCredentialStorage(database), {
    findApiKey: (store) => store.findApiKey(hash),
    findPerson: (store) => each([null, domainId], (id) => store.findPerson(hash, id)),
    findKnock: (store) => each([null, domainId], (id) => store.findKnock(hash, id)),
  });
  await run(createProcessStorage(database), {
    readClock: (store) => store.readClock(),
    register: (store) => store.register(randomUUID() as ProcessId, 7),
    renew: (store) => store.renew(uuid as ProcessId, new Date()),
    buryDead: (store) => store.buryDead(10),
    markSwept: (store) => store.markSwept(uuid as ProcessId),
    keepLookout: (store) => store.keepLookout(uuid as ProcessId, 1),
    leaveLookout: (store) => store.leaveLookout(uuid as ProcessId),
    retire: (store) => store.retire(uuid as ProcessId),
  });
  await run(createEventLog(database), {
    readAfter: (store) => store.readAfter({ domainId, roomId }, 0, 100),
    endsAfter: (store) => store.endsAfter({ domainId, roomId }, 0),
    versionsOf: (store) => store.versionsOf([{ domainId, roomId }]),
    domainVersions: (store) => store.domainVersions([domainId]),
  });
  await run(createRetentionStorage(database, 30, refused), { sweep: (store) => store.sweep() });
  const spending = { key: 'walk', depth: 1, initial: 1, perSecond: 1, floors: [1] };
  await run(createBudgetStorage(database), { take: (store) => store.take(spending) });
  await createTally(database)();
  await createTimelineReader(database)();
  await findEndedKeys(database, domainId, [key]);
}
