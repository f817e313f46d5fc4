import { schema } from '../../schema/index.ts';
import { change } from '../api/room-kit.ts';
import type { Variables } from '../support/graphql-client.ts';
import { type Caller, callerOf, type RoomSeed, type Seed } from '../support/seed.ts';

/** A change that a backend may make, on things of its own: what it is given, and what can be seen of it. */
export type BackendChange = (backend: Seed) => Promise<{ readonly input: Variables; readonly room?: RoomSeed }>;

const named = (call: string) => `mutation ($input: ID!) { ${call} { __typename ... on Refusal { code } } }`;

/** Mutations whose one argument is an id, or that take none. */
export const byId: Readonly<Record<string, string>> = {
  liftBan: named('liftBan(banId: $input)'),
  stopLiveStream: named('stopLiveStream(liveStreamId: $input)'),
  deleteWebhook: named('deleteWebhook(webhookId: $input)'),
  rotateWebhookSecret: named('rotateWebhookSecret(webhookId: $input)'),
  redeliverWebhook: named('redeliverWebhook(deliveryId: $input)'),
  revokeApiKey: named('revokeApiKey(apiKeyId: $input)'),
  revokeSelfSigningKey: named('revokeSelfSigningKey(selfSigningKeyId: $input)'),
  removeMediaServer: 'mutation { removeMediaServer { __typename ... on Refusal { code } } }',
};

/** What no backend does. */
const ofPeople = new Set(['joinRoom', 'leaveRoom', 'heartbeat', 'knock', 'cancelKnock', 'updateMyMedia']);

/** Every mutation that a backend may carry out: a new one that is not among `backendChanges` fails the tests. */
export const backendMutations = Object.keys(schema.getMutationType()?.getFields() ?? {}).filter(
  (field) => !ofPeople.has(field),
);

const idIn = async <Held extends string>(
  caller: Caller,
  field: string,
  input: Variables,
  member: string,
  held: Held,
): Promise<string> => {
  const made = await change<Record<Held, { readonly id: string }>>(
    caller,
    field,
    input,
    `... on ${member} { ${held} { id } }`,
  );
  return made[held].id;
};

const makeWebhook = (backend: Seed) =>
  idIn(backend, 'createWebhook', { url: 'http://127.0.0.1:9/', events: ['ROOM_DELETED'] }, 'CreatedWebhook', 'webhook');

const ofRoom =
  (input: Variables): BackendChange =>
  async (backend) => {
    const room = await backend.waitingRoom();
    await room.knocker();
    await room.guest();
    return { room, input: { roomName: room.name, ...input } };
  };

const ofKnock =
  (input: Variables): BackendChange =>
  async (backend) => {
    const room = await backend.waitingRoom();
    return { room, input: { knockId: (await room.knocker()).knockId, ...input } };
  };

const ofGuest =
  (input: Variables): BackendChange =>
  async (backend) => {
    const room = await backend.waitingRoom();
    return { room, input: { participantId: (await room.guest()).id, ...input } };
  };

async function streaming(backend: Seed): Promise<{ readonly room: RoomSeed; readonly liveStreamId: string }> {
  const room = await backend.room();
  const input = { roomName: room.name, destinations: ['rtmp://media.example/live'] };
  const made = await change<{ id: string }>(backend, 'startLiveStream', input, '... on LiveStream { id }');
  return { room, liveStreamId: made.id };
}

async function delivered(backend: Seed): Promise<string> {
  const webhookId = await makeWebhook(backend);
  const { name: roomName } = await backend.room();
  await change(backend, 'deleteRoom', { roomName });
  const query = `query ($id: ID!) { node(id: $id) { ... on Webhook { deliveries(first: 1) { nodes { id } } } } }`;
  const { body } = await backend.ask<{ node: { deliveries: { nodes: { id: string }[] } } }>(query, { id: webhookId });
  return body.data?.node.deliveries.nodes[0]?.id ?? '';
}

const plain =
  (input: Variables): BackendChange =>
  async () => ({ input });

const later = '2100-01-01T00:00:00.000Z';

/** A kind that nothing is ever asked of. */
const jitsi = { kind: 'JITSI', url: 'https://meet.example', apiKey: 'app', apiSecret: 'x'.repeat(32) };

/** By name: each would be done if the key were good. */
export const backendChanges: Readonly<Record<string, BackendChange>> = {
  createRoom: plain({}),
  updateRoom: ofRoom({ settings: { lobbyMessage: 'changed' } }),
  setRoomPrivacy: ofRoom({ privacy: 'PUBLIC' }),
  deleteRoom: ofRoom({}),
  createMeetingToken: ofRoom({}),
  revokeMeetingTokens: ofRoom({ eject: true }),
  admitKnock: ofKnock({}),
  denyKnock: ofKnock({ ban: true }),
  replyToKnock: ofKnock({ reply: 'soon' }),
  admitKnocks: ofRoom({ requestedBefore: later }),
  denyKnocks: ofRoom({ requestedBefore: later }),
  recallAdmission: async (backend) => {
    const room = await backend.waitingRoom();
    const { knockId } = await room.knocker();
    await change(backend, 'admitKnock', { knockId });
    return { room, input: { knockId } };
  },
  updateParticipant: ofGuest({ setAudio: false }),
  updateParticipants: ofRoom({ setAudio: false }),
  ejectParticipants: ofRoom({ userIds: ['banned'], ban: true }),
  returnToLobby: ofGuest({}),
  liftBan: async (backend) => {
    const room = await backend.room();
    await change(backend, 'ejectParticipants', { roomName: room.name, userIds: ['banned'], ban: true });
    const query = `query ($name: String!) { room(name: $name) { bans { nodes { id } } } }`;
    const { body } = await backend.ask<{ room: { bans: { nodes: { id: string }[] } } }>(query, { name: room.name });
    return { room, input: { id: body.data?.room.bans.nodes[0]?.id } };
  },
  startLiveStream: ofRoom({ destinations: ['rtmp://media.example/live'] }),
  stopLiveStream: async (backend) => {
    const { room, liveStreamId } = await streaming(backend);
    return { room, input: { id: liveStreamId } };
  },
  reportLiveStream: async (backend) => {
    const { room, liveStreamId } = await streaming(backend);
    return { room, input: { liveStreamId, status: 'LIVE' } };
  },
  createWebhook: plain({ url: 'http://127.0.0.1:9/', events: ['ROOM_DELETED'] }),
  updateWebhook: async (backend) => ({ input: { webhookId: await makeWebhook(backend), isActive: false } }),
  deleteWebhook: async (backend) => ({ input: { id: await makeWebhook(backend) } }),
  rotateWebhookSecret: async (backend) => ({ input: { id: await makeWebhook(backend) } }),
  redeliverWebhook: async (backend) => ({ input: { id: await delivered(backend) } }),
  updateDomain: plain({ lang: 'de' }),
  setMediaServer: plain(jitsi),
  removeMediaServer: async (backend) => {
    await change(backend, 'setMediaServer', jitsi);
    return { input: {} };
  },
  createApiKey: plain({ name: 'made by an ended key', scopes: ['ADMIN'] }),
  revokeApiKey: async (backend) => ({
    input: { id: await idIn(backend, 'createApiKey', { name: 'other', scopes: ['READ'] }, 'CreatedApiKey', 'apiKey') },
  }),
  addSelfSigningKey: plain({ algorithm: 'HS256' }),
  revokeSelfSigningKey: async (backend) => ({
    input: {
      id: await idIn(backend, 'addSelfSigningKey', { algorithm: 'HS256' }, 'AddedSelfSigningKey', 'selfSigningKey'),
    },
  }),
};

/** Carries a change out by this credential, and answers its code, or what was made. */
export async function carryOut(url: string, bearer: string, field: string, input: Variables): Promise<string> {
  const caller = callerOf({ url }, bearer);
  const document = byId[field];
  if (document === undefined) {
    const answer = await change(caller, field, input);
    return answer.code ?? answer.__typename;
  }
  const { body } = await caller.ask<Record<string, { __typename: string; code?: string }>>(document, {
    input: input.id,
  });
  const answer = body.data?.[field];
  return answer?.code ?? answer?.__typename ?? JSON.stringify(body.errors);
}
