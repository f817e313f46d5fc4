import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import type { Everybody } from './callers-people.ts';
import type { ThingName } from './fields-policy.ts';
import { change, read } from './room-kit.ts';

const inHours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();

/** Settings that leave no field of the room null. */
export const fullSettings: Variables = {
  nbf: inHours(-1),
  exp: inHours(9),
  maxParticipants: 50,
  title: 'Design review',
  meetingUrl: 'https://meet.example.com/{room}',
  lobbyMessage: 'One moment',
  ejectAfterElapsedSeconds: 7200,
  knockCooldownSeconds: 600,
  lang: 'pt',
};

/** Claims that leave no field of the token null. */
const fullClaims: Variables = {
  userName: 'Gustav Guest',
  userId: 'gustav',
  nbf: inHours(-1),
  exp: inHours(8),
  ejectAfterElapsedSeconds: 3600,
  startVideoOff: true,
  startAudioOff: true,
  enableScreenshare: false,
  lang: 'pt',
  permissions: { canSend: ['AUDIO'] },
  maxUses: 3,
};

type Ids = Readonly<Record<ThingName, string>>;

/** Makes one thing of each type, with every field set that can be. */
export async function setFieldsScene(server: TestServer, room: RoomSeed, everybody: Everybody): Promise<Ids> {
  const { backend } = room;
  return {
    ...(await keysOf(backend, server)),
    ...(await webhookOf(backend, room)),
    roomA: room.id,
    ownKnock: everybody.knocker.knockId,
    guest: everybody.guest.id,
    ...(await peopleOf(server, room)),
    ban: await banIn(room),
    liveStream: await liveStreamOf(room),
    // The last, so that everything else is as it is without one.
    mediaServer: await mediaServerOf(backend),
  };
}

async function keysOf(backend: Seed, server: TestServer): Promise<Pick<Ids, 'domain' | 'revokedKey' | 'signingKey'>> {
  const { domain } = await read<{ domain: { id: string } }>(backend, '{ domain { id } }');
  const key = await change<{ apiKey: { id: string }; secret: string }>(
    backend,
    'createApiKey',
    { name: 'for a while', scopes: ['READ'], exp: inHours(1) },
    '... on CreatedApiKey { apiKey { id } secret }',
  );
  // Used once, so that it has been used.
  await read(seed({ ...server, apiKey: key.secret }), '{ domain { name } }');
  await read(backend, 'mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { ... on ApiKey { id } } }', {
    id: key.apiKey.id,
  });
  const signing = await change<{ selfSigningKey: { id: string } }>(
    backend,
    'addSelfSigningKey',
    { algorithm: 'HS256' },
    '... on AddedSelfSigningKey { selfSigningKey { id } }',
  );
  const revoke = 'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { ... on SelfSigningKey { id } } }';
  await read(backend, revoke, { id: signing.selfSigningKey.id });
  return { domain: domain.id, revokedKey: key.apiKey.id, signingKey: signing.selfSigningKey.id };
}

type Told = {
  readonly webhooks: readonly { readonly id: string; readonly deliveries: { readonly nodes: { id: string }[] } }[];
};

/** An endpoint at which nobody answers, so that its delivery has a next attempt. */
async function webhookOf(backend: Seed, room: RoomSeed): Promise<Pick<Ids, 'webhook' | 'delivery'>> {
  const made = await change<{ webhook: { id: string } }>(
    backend,
    'createWebhook',
    { url: 'http://127.0.0.1:9/hook', events: ['ROOM_UPDATED'], roomName: room.name },
    '... on CreatedWebhook { webhook { id } }',
  );
  await change(backend, 'updateRoom', { roomName: room.name, settings: { startVideoOff: true } });
  const { domain } = await read<{ domain: Told }>(
    backend,
    '{ domain { webhooks { id deliveries(first: 1) { nodes { id } } } } }',
  );
  const delivery = domain.webhooks.find(({ id }) => id === made.webhook.id)?.deliveries.nodes[0]?.id;
  return { webhook: made.webhook.id, delivery: delivery ?? '' };
}

/** Who came with a token that says everything, and was put out; who knocked with one, and was denied. */
async function peopleOf(
  server: TestServer,
  room: RoomSeed,
): Promise<Pick<Ids, 'meetingToken' | 'tokenForAnyRoom' | 'whoLeft' | 'whoKnocked' | 'decidedKnock'>> {
  const { backend, name: roomName } = room;
  const token = await room.token(fullClaims);
  const left = await room.join({ token: token.jwt });
  await change(backend, 'revokeMeetingTokens', { jtis: [token.meetingToken.jti], eject: true });
  const any = await change<{ meetingToken: { id: string } }>(
    backend,
    'createMeetingToken',
    { anyRoom: true, userId: 'everywhere' },
    '... on IssuedMeetingToken { meetingToken { id } }',
  );
  const { jwt } = await room.token({ knocking: true, userId: 'nora', userName: 'Nora' });
  const knocked = await change<{ knockRequest: { id: string } }>(
    callerOf(server),
    'knock',
    { roomName, userName: 'Nora', message: 'It is me', token: jwt },
    '... on Knocked { knockRequest { id } }',
  );
  const admitted = await room.knocker({ userName: 'Ada' });
  await change(backend, 'admitKnock', { knockId: admitted.knockId });
  const whoKnocked = await admitted.enter();
  await change(backend, 'denyKnock', { knockId: knocked.knockRequest.id, reply: 'Not today' });
  return {
    meetingToken: token.meetingToken.id,
    tokenForAnyRoom: any.meetingToken.id,
    whoLeft: left.id,
    whoKnocked: whoKnocked.id,
    decidedKnock: knocked.knockRequest.id,
  };
}

async function banIn(room: RoomSeed): Promise<string> {
  const unwanted = await room.guest({ userId: 'unwanted', userName: 'Ursula' });
  const input = { roomName: room.name, participantIds: [unwanted.id], ban: true, banExp: inHours(5) };
  await change(room.backend, 'ejectParticipants', input);
  type Bans = { room: { bans: { nodes: { id: string }[] } } };
  const found = await read<Bans>(room.backend, `{ room(name: "${room.name}") { bans { nodes { id } } } }`);
  return found.room.bans.nodes[0]?.id ?? '';
}

/** One at which nobody answers, so that its last call failed. */
async function mediaServerOf(backend: Seed): Promise<string> {
  const input = {
    ...{ kind: 'LIVEKIT', url: 'ws://127.0.0.1:9', apiKey: 'key' },
    ...{ apiSecret: 'a-secret-of-at-least-32-characters', gate: true },
  };
  return (await change<{ id: string }>(backend, 'setMediaServer', input, '... on MediaServer { id }')).id;
}

async function liveStreamOf(room: RoomSeed): Promise<string> {
  const destinations = ['rtmp://media.example/live'];
  const { id } = await change<{ id: string }>(
    room.backend,
    'startLiveStream',
    { roomName: room.name, destinations },
    '... on LiveStream { id }',
  );
  await change(room.backend, 'reportLiveStream', { liveStreamId: id, status: 'FAILED', error: 'no signal' });
  return id;
}
