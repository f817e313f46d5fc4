import type { Variables } from '../support/graphql-client.ts';
import type { Policy } from './callers-policy.ts';
import { mutationWithInput } from './room-kit.ts';

/** What the operations speak of: room A, with people in every state, and things of its domain. */
export type Scene = {
  readonly roomA: string;
  readonly roomIdA: string;
  readonly firstCursor: string;
  readonly guestId: string;
  readonly leftId: string;
  readonly decidedKnockId: string;
  readonly liftedBanId: string;
  readonly liveStreamId: string;
  readonly webhookId: string;
};

export type Operation = {
  /** The field of Query, Mutation or Subscription, or a field of Room behind it. */
  readonly name: string;
  readonly policy: Policy;
  /** What they get who may: chosen so that asking it again and again changes nothing. */
  readonly allowed: string;
  readonly document: string;
  readonly variables: Variables;
};

const unknownId = (prefix: string) => `${prefix}_${'0'.repeat(32)}`;

function query(name: string, policy: Policy, allowed: string, call: string, selection: string): Operation {
  return { name, policy, allowed, document: `query { ${name}${call} ${selection} }`, variables: {} };
}

/** A list of a room, which has rights of its own. It grows meanwhile; its first does not change. */
function ofRoom({ roomA }: Scene, name: string, policy: Policy): Operation {
  const document = `query { room(name: ${JSON.stringify(roomA)}) { ${name}(first: 1) { edges { cursor } } } }`;
  return { name: `room.${name}`, policy, allowed: 'OK', document, variables: {} };
}

function mutation(name: string, policy: Policy, allowed: string, input: Variables): Operation {
  return { name, policy, allowed, document: mutationWithInput(name), variables: { input } };
}

function plainMutation(name: string, policy: Policy, allowed: string, call = ''): Operation {
  const document = `mutation { ${name}${call} { __typename ... on Refusal { code } } }`;
  return { name, policy, allowed, document, variables: {} };
}

function subscription(name: string, policy: Policy, call: string): Operation {
  return { name, policy, allowed: 'OK', document: `subscription { ${name}${call} { __typename } }`, variables: {} };
}

function queries(scene: Scene): readonly Operation[] {
  const room = JSON.stringify(scene.roomA);
  return [
    query('node', 'readsNode', 'Room', `(id: "${scene.roomIdA}")`, '{ __typename }'),
    query('nodes', 'readsNode', 'Room', `(ids: ["${scene.roomIdA}"])`, '{ __typename }'),
    query('viewer', 'viewer', 'OK', '', '{ __typename }'),
    query('domain', 'anyKey', 'OK', '', '{ name }'),
    query('room', 'readsRoom', 'OK', `(name: ${room})`, '{ name }'),
    query('rooms', 'anyKey', 'OK', '(first: 1)', '{ nodes { name } }'),
    query('access', 'anybody', 'OK', `(roomName: ${room}, domain: "default")`, '{ level }'),
    query('doorPage', 'looks', 'OK', '(domain: "default")', '{ brandName }'),
    query('knockRequests', 'decides', 'OK', `(roomName: ${room}, first: 1)`, '{ nodes { id } }'),
    query('explainEntry', 'anyKey', 'OK', `(roomName: ${room})`, '{ access { level } }'),
    query(
      'validateMeetingToken',
      'tokens',
      'TOKEN_INVALID',
      '(jwt: "no.token.atall")',
      '{ __typename ... on Refusal { code } }',
    ),
    ofRoom(scene, 'participants', 'readsRoom'),
    ofRoom(scene, 'events', 'readsRecord'),
    ofRoom(scene, 'knockRequests', 'readsLobby'),
    ofRoom(scene, 'bans', 'readsLobby'),
    ofRoom(scene, 'meetingTokens', 'readsTokens'),
  ];
}

function roomMutations({ roomA: roomName }: Scene): readonly Operation[] {
  return [
    mutation('createRoom', 'rooms', 'INVALID_INPUT', { name: 'not a name' }),
    mutation('updateRoom', 'changesRoom', 'Room', { roomName, settings: { privacy: 'PRIVATE' } }),
    mutation('setRoomPrivacy', 'changesRoom', 'Room', { roomName, privacy: 'PRIVATE' }),
    mutation('deleteRoom', 'rooms', 'NOT_FOUND', { roomName: 'no-such-room' }),
    mutation('createMeetingToken', 'tokens', 'INVALID_INPUT', { isOwner: true }),
    mutation('revokeMeetingTokens', 'tokens', 'INVALID_INPUT', {}),
    mutation('joinRoom', 'joining', 'Joined', { roomName, domain: 'default' }),
    mutation('knock', 'entry', 'Knocked', { roomName, domain: 'default', userName: 'Kim' }),
    plainMutation('heartbeat', 'heartbeat', 'OK'),
  ];
}

function privileges(scene: Scene): readonly Operation[] {
  const { roomA: roomName, guestId, decidedKnockId: knockId } = scene;
  const nobodyYet = { roomName, requestedBefore: '1970-01-01T00:00:00.000Z' };
  return [
    mutation('admitKnock', 'decides', 'KNOCK_ALREADY_DECIDED', { knockId }),
    mutation('denyKnock', 'decides', 'KNOCK_ALREADY_DECIDED', { knockId }),
    mutation('replyToKnock', 'decides', 'KNOCK_ALREADY_DECIDED', { knockId, reply: 'soon' }),
    mutation('recallAdmission', 'decides', 'CONFLICT', { knockId }),
    mutation('admitKnocks', 'decides', 'KnocksDecided', nobodyYet),
    mutation('denyKnocks', 'decides', 'KnocksDecided', nobodyYet),
    mutation('updateParticipant', 'decides', 'Participant', { participantId: guestId, setAudio: false }),
    mutation('updateParticipants', 'decides', 'ParticipantsUpdated', { roomName, setAudio: false }),
    mutation('ejectParticipants', 'decides', 'ParticipantsEjected', { roomName, userIds: ['nobody'] }),
    mutation('returnToLobby', 'decides', 'NOT_FOUND', { participantId: scene.leftId }),
    plainMutation('liftBan', 'decides', 'Ban', `(banId: "${scene.liftedBanId}")`),
    mutation('startLiveStream', 'streams', 'CONFLICT', { roomName, destinations: ['rtmp://media.example/live'] }),
    plainMutation('stopLiveStream', 'streams', 'LiveStream', `(liveStreamId: "${scene.liveStreamId}")`),
    mutation('reportLiveStream', 'mediaSide', 'LiveStream', { liveStreamId: scene.liveStreamId, status: 'STOPPING' }),
    mutation('updateMyMedia', 'ownMedia', 'Participant', {}),
  ];
}

function backendMutations(scene: Scene): readonly Operation[] {
  const { webhookId } = scene;
  return [
    mutation('createWebhook', 'webhooks', 'INVALID_INPUT', { url: 'https://example.com/hook', events: [] }),
    mutation('updateWebhook', 'ownWebhook', 'Webhook', { webhookId, isActive: false }),
    plainMutation('deleteWebhook', 'webhooks', 'NOT_FOUND', `(webhookId: "${unknownId('webhook')}")`),
    plainMutation('rotateWebhookSecret', 'webhooks', 'NOT_FOUND', `(webhookId: "${unknownId('webhook')}")`),
    plainMutation('redeliverWebhook', 'webhooks', 'NOT_FOUND', `(deliveryId: "${unknownId('delivery')}")`),
    mutation('updateDomain', 'admin', 'Domain', {}),
    mutation('createApiKey', 'admin', 'INVALID_INPUT', { name: 'none', scopes: [] }),
    plainMutation('revokeApiKey', 'admin', 'NOT_FOUND', `(apiKeyId: "${unknownId('apikey')}")`),
    mutation('addSelfSigningKey', 'admin', 'INVALID_INPUT', { algorithm: 'ES256' }),
    mutation('setMediaServer', 'admin', 'INVALID_INPUT', {
      ...{ kind: 'LIVEKIT', url: 'wss://media.example', apiKey: 'key', apiSecret: 'short' },
    }),
    plainMutation('removeMediaServer', 'admin', 'NOT_FOUND'),
    plainMutation('revokeSelfSigningKey', 'admin', 'NOT_FOUND', `(selfSigningKeyId: "${unknownId('signkey')}")`),
  ];
}

/** Every operation of the API, and who may. Those that end a caller's right come last. */
export function operationsOn(scene: Scene): readonly Operation[] {
  const room = JSON.stringify(scene.roomA);
  return [
    ...queries(scene),
    ...roomMutations(scene),
    ...privileges(scene),
    ...backendMutations(scene),
    subscription('knockRequested', 'decides', `(roomName: ${room})`),
    subscription('myKnock', 'ownKnock', ''),
    subscription('roomEvents', 'followsRoom', `(roomName: ${room}, after: "${scene.firstCursor}")`),
  ];
}

/** Done twice they are the same as once, but the caller's right is over. In this order. */
export function lastOperations(): readonly Operation[] {
  return [plainMutation('leaveRoom', 'leaving', 'OK'), plainMutation('cancelKnock', 'ownKnockAtLast', 'OK')];
}

const nowhere: Scene = {
  roomA: '',
  roomIdA: '',
  firstCursor: '',
  guestId: '',
  leftId: '',
  decidedKnockId: '',
  liftedBanId: '',
  liveStreamId: '',
  webhookId: '',
};

/** Every operation with its policy, where it matters not what it is asked about. */
export const allOperations: readonly Operation[] = [...operationsOn(nowhere), ...lastOperations()];
