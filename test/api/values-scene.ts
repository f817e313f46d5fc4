import { expect } from 'vitest';
import { moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import type { NodeType } from './fields-policy.ts';
import { change, read, until } from './room-kit.ts';
import { mediaServerThing } from './values-media.ts';
import { deliveryThing, type ValuesKit, webhookThing } from './values-webhook.ts';

// One of each thing, each made and changed in steps that have a time of their own, and how it is shown in the end.

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let room: RoomSeed;
let kit: ValuesKit;
/** In their order; no two lie at one instant. */
export const steps: { readonly name: string; readonly from: Date; readonly to: Date }[] = [];

async function readClock(): Promise<Date> {
  const rows = await database.sql<{ now: Date }[]>`select app_now() as now`;
  return rows[0]?.now ?? new Date(0);
}

/** Does something at a time at which nothing else is done. */
async function step<T>(name: string, act: () => Promise<T>): Promise<T> {
  await moveClock(database, { seconds: steps.length + 1, areAlive: true });
  const from = await readClock();
  // The service reads the clock with what it reads of a room, and tells it.
  type Access = { access: { now: string } };
  await until(
    () => read<Access>(callerOf(server), '{ access(roomName: "none") { now } }'),
    ({ access }) => new Date(access.now) >= from,
  );
  const result = await act();
  steps.push({ name, from, to: await readClock() });
  return result;
}

const later = { key: '2091-01-01', room: '2092-01-01', token: '2093-01-01', ban: '2094-01-01' } as const;
const instantOf = (day: string) => `${day}T00:00:00.000Z`;

const text = expect.stringMatching(/./);
const allMedia = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];
const everything = {
  canAdmin: [],
  canReceive: { base: allMedia },
  canSend: allMedia,
  hasPresence: true,
};
const theBackend = { kind: 'BACKEND', name: 'first key', userId: null };

const ofEveryKnock = { lobbyMessage: 'One moment', ownerPresent: false, position: null, roomName: text };
const ofEveryStream = { destinations: ['rtmp://media.example'], roomName: text, startedBy: theBackend };
const ofEveryPerson = {
  isOwner: false,
  ...{ knockId: null, mediaGrant: null, mediaConnection: null, meetingUrl: null },
  permissions: everything,
  roomName: text,
  verified: true,
  video: false,
};

/** What is made, in its order, and how it is shown in the end. */
export const things: readonly (readonly [string, NodeType, () => Promise<string>, object])[] = [
  [
    'the domain',
    'Domain',
    async () => {
      const settings = { lang: 'fr', meetingTokenLifetimeSeconds: 777, enforceUniqueUserIds: true };
      return (await change<{ id: string }>(backend, 'updateDomain', settings, '... on Domain { id }')).id;
    },
    {
      ...{ createdAt: text, name: 'default', lang: 'fr' },
      ...{ enforceUniqueUserIds: true, meetingTokenLifetimeSeconds: 777 },
      permissions: expect.objectContaining({ hasPresence: true }),
    },
  ],
  [
    'an API key',
    'ApiKey',
    async () => {
      const made = await step('key made', () =>
        change<{ apiKey: { id: string }; secret: string }>(
          backend,
          'createApiKey',
          { name: 'for a while', scopes: ['READ', 'WEBHOOKS'], exp: instantOf(later.key) },
          '... on CreatedApiKey { apiKey { id } secret }',
        ),
      );
      await step('key used', () => read(callerOf(server, made.secret), '{ domain { name } }'));
      await step('key revoked', () => revoke('revokeApiKey(apiKeyId', made.apiKey.id));
      return made.apiKey.id;
    },
    {
      createdAt: 'key made',
      exp: later.key,
      lastUsedAt: 'key used',
      name: 'for a while',
      prefix: text,
      revokedAt: 'key revoked',
      scopes: ['READ', 'WEBHOOKS'],
    },
  ],
  [
    'a self-signing key',
    'SelfSigningKey',
    async () => {
      const { selfSigningKey } = await step('signer made', () =>
        change<{ selfSigningKey: { id: string } }>(
          backend,
          'addSelfSigningKey',
          { algorithm: 'HS256' },
          '... on AddedSelfSigningKey { selfSigningKey { id } }',
        ),
      );
      await step('signer revoked', () => revoke('revokeSelfSigningKey(selfSigningKeyId', selfSigningKey.id));
      return selfSigningKey.id;
    },
    { algorithm: 'HS256', createdAt: 'signer made', kid: text, revokedAt: 'signer revoked' },
  ],
  [
    'a room',
    'Room',
    async () => {
      room = await step('room made', () =>
        backend.waitingRoom({ title: 'Review', lobbyMessage: 'One moment', exp: instantOf(later.room) }),
      );
      await step('room changed', () =>
        change(backend, 'updateRoom', {
          roomName: room.name,
          settings: {
            ejectAfterElapsedSeconds: 86_001,
            ejectAtRoomExp: true,
            knockCooldownSeconds: 2_592_000,
            knockTimeoutSeconds: 602,
            maxParticipants: 43,
            meetingUrl: 'https://meet.example.com/{room}/{participant}',
            lang: 'pt',
            startVideoOff: true,
          },
        }),
      );
      return room.id;
    },
    {
      createdAt: 'room made',
      cursor: text,
      ejectAfterElapsedSeconds: 86_001,
      ejectAtRoomExp: true,
      enableKnocking: true,
      enableScreenshare: true,
      enforceUniqueUserIds: true,
      exp: later.room,
      knockCooldownSeconds: 2_592_000,
      knockTimeoutSeconds: 602,
      lang: 'pt',
      lobbyMessage: 'One moment',
      ...{ maxParticipants: 43, meetingUrl: 'https://meet.example.com/{room}/{participant}', name: text },
      nbf: null,
      ownerOnlyBroadcast: false,
      ownerPresent: false,
      participantCount: 2,
      permissions: everything,
      privacy: 'PRIVATE',
      startAudioOff: true,
      ...{ startVideoOff: true, title: 'Review', updatedAt: 'webhook told' },
      url: expect.stringContaining('http'),
    },
  ],
  [
    'a meeting token',
    'MeetingToken',
    async () => {
      const claims = {
        userName: 'Gustav Guest',
        userId: 'gustav',
        exp: instantOf(later.token),
        ejectAfterElapsedSeconds: 3_601,
        startAudioOff: true,
        startVideoOff: false,
        lang: 'de',
        permissions: { canSend: ['AUDIO'] },
        maxUses: 3,
      };
      const { meetingToken, jwt } = await step('token made', () => room.token(claims));
      await step('token used', () => room.join({ token: jwt }));
      await step('token revoked', () =>
        change(backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti], eject: true }),
      );
      return meetingToken.id;
    },
    {
      createdAt: 'token made',
      ejectAfterElapsedSeconds: 3_601,
      ejectAtTokenExp: false,
      enableScreenshare: null,
      exp: later.token,
      isOwner: false,
      jti: text,
      knocking: false,
      lang: 'de',
      maxUses: 3,
      nbf: null,
      permissions: { canAdmin: [], canReceive: { base: allMedia }, canSend: ['AUDIO'], hasPresence: true },
      revokedAt: 'token revoked',
      roomName: text,
      selfSigned: false,
      startAudioOff: true,
      startVideoOff: false,
      status: 'REVOKED',
      userId: 'gustav',
      userName: 'Gustav Guest',
      uses: 1,
    },
  ],
  [
    'a knock that was admitted',
    'KnockRequest',
    async () => {
      const { knockId } = await step('second knock', () => room.knocker({ userName: 'Anna', message: 'Let me in' }));
      await step('admitted', () => change(backend, 'admitKnock', { knockId, reply: 'Come in' }));
      return knockId;
    },
    {
      ...ofEveryKnock,
      connection: text,
      decidedAt: 'admitted',
      decidedBy: theBackend,
      exp: text,
      knockAgainAt: null,
      message: 'Let me in',
      reason: 'DECIDED',
      reply: 'Come in',
      requestedAt: 'second knock',
      sameNetwork: 1,
      status: 'ADMITTED',
      userId: null,
      userName: 'Anna',
      verified: false,
    },
  ],
  [
    'a knock that waits',
    'KnockRequest',
    async () => (await step('third knock', () => room.knocker({ userName: 'Wanda' }))).knockId,
    {
      ...ofEveryKnock,
      connection: text,
      decidedAt: null,
      decidedBy: null,
      exp: text,
      knockAgainAt: null,
      message: '',
      reason: null,
      reply: null,
      requestedAt: 'third knock',
      sameNetwork: 0,
      status: 'PENDING',
      userId: null,
      userName: 'Wanda',
      verified: false,
    },
  ],
  [
    'somebody who was let in',
    'Participant',
    async () => {
      const knocker = await room.knocker({ userName: 'Ada' });
      await change(backend, 'admitKnock', { knockId: knocker.knockId }, '... on KnockRequest { id }');
      const { id } = await step('came in', () => knocker.enter());
      return id;
    },
    {
      ...ofEveryPerson,
      audio: true,
      connection: text,
      joinedAt: 'came in',
      knockId: expect.stringMatching(/^knock/),
      leaveReason: null,
      leftAt: null,
      screenShare: false,
      userId: null,
      userName: 'Ada',
      verified: false,
      willEjectAt: text,
    },
  ],
  [
    'a knock that was denied',
    'KnockRequest',
    async () => {
      const { jwt } = await room.token({ knocking: true, userId: 'nora' });
      const input = { userName: 'Nora', message: 'It is me', token: jwt };
      const { knockId } = await step('knocked', () => room.knocker(input));
      await step('denied', () =>
        change(backend, 'denyKnock', { knockId, reply: 'Not today' }, '... on KnockRequest { id }'),
      );
      return knockId;
    },
    {
      ...ofEveryKnock,
      connection: 'LEFT',
      decidedAt: 'denied',
      decidedBy: theBackend,
      exp: null,
      knockAgainAt: text,
      message: 'It is me',
      reason: 'DECIDED',
      reply: 'Not today',
      requestedAt: 'knocked',
      sameNetwork: 1,
      status: 'DENIED',
      userId: 'nora',
      userName: 'Nora',
      verified: true,
    },
  ],
  [
    'somebody inside',
    'Participant',
    async () => {
      const token = await room.token({ userName: 'Ivy', userId: 'ivy', isOwner: false });
      const { id, ask } = await step('came', () => room.join({ token: token.jwt }));
      await change({ ask }, 'updateMyMedia', { screenShare: true });
      return id;
    },
    {
      ...ofEveryPerson,
      audio: true,
      connection: text,
      joinedAt: 'came',
      leaveReason: null,
      leftAt: null,
      screenShare: true,
      userId: 'ivy',
      userName: 'Ivy',
      willEjectAt: text,
    },
  ],
  [
    'somebody who was put out',
    'Participant',
    async () => {
      const { jwt } = await room.token({ userName: 'Ursula', userId: 'unwanted' });
      const { id } = await step('came to be put out', () => room.join({ token: jwt }));
      const input = { roomName: room.name, participantIds: [id], ban: true, banExp: instantOf(later.ban) };
      await step('banned', () => change(backend, 'ejectParticipants', input));
      return id;
    },
    {
      ...ofEveryPerson,
      audio: false,
      connection: 'LEFT',
      joinedAt: 'came to be put out',
      leaveReason: 'BANNED',
      leftAt: 'banned',
      screenShare: false,
      userId: 'unwanted',
      userName: 'Ursula',
      willEjectAt: null,
    },
  ],
  [
    'a ban',
    'Ban',
    async () => {
      type Bans = { room: { bans: { nodes: { id: string }[] } } };
      const found = await read<Bans>(backend, `{ room(name: "${room.name}") { bans { nodes { id } } } }`);
      return found.room.bans.nodes[0]?.id ?? '';
    },
    { createdAt: 'banned', exp: later.ban, network: false, roomName: text, userId: 'unwanted', userName: 'Ursula' },
  ],
  [
    'a live stream that failed',
    'LiveStream',
    async () => {
      const { id } = await step('stream started', startStream);
      await step('stream failed', () =>
        change(backend, 'reportLiveStream', { liveStreamId: id, status: 'FAILED', error: 'no signal' }),
      );
      return id;
    },
    {
      ...ofEveryStream,
      endedAt: 'stream failed',
      error: 'no signal',
      startedAt: 'stream started',
      status: 'FAILED',
    },
  ],
  [
    'a live stream that was stopped, with an error beside it',
    'LiveStream',
    async () => {
      const { id } = await step('second stream started', startStream);
      await change(backend, 'reportLiveStream', { liveStreamId: id, status: 'LIVE' });
      await step('second stream stopped', () =>
        change(backend, 'reportLiveStream', { liveStreamId: id, status: 'STOPPED', error: 'of no account' }),
      );
      return id;
    },
    {
      ...ofEveryStream,
      endedAt: 'second stream stopped',
      error: null,
      startedAt: 'second stream started',
      status: 'STOPPED',
    },
  ],
  webhookThing(() => kit),
  mediaServerThing(() => backend),
  deliveryThing(() => kit),
];

async function startStream(): Promise<{ readonly id: string }> {
  const destinations = ['rtmp://media.example/live'];
  return change(backend, 'startLiveStream', { roomName: room.name, destinations }, '... on LiveStream { id }');
}

const revoke = (what: string, id: string) =>
  read(backend, `mutation ($id: ID!) { ${what}: $id) { __typename } }`, { id });

/** Makes them all. Gives the id of each by its name. */
export async function makeThings(
  houseDatabase: TestDatabase,
  houseServer: TestServer,
): Promise<ReadonlyMap<string, string>> {
  database = houseDatabase;
  server = houseServer;
  backend = seed(server);
  kit = { backend, step, room: () => room };
  const ids = new Map<string, string>();
  for (const [name, , make] of things) ids.set(name, await make());
  return ids;
}
