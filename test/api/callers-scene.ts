import type { Result } from '../support/graphql-client.ts';
import type { RoomSeed } from '../support/seed.ts';
import type { Operation, Scene } from './callers-operations.ts';
import { change, read } from './room-kit.ts';

/** Brings room A and its domain to where the operations find what they speak of. */
export async function setScene(room: RoomSeed, guestId: string, leftId: string): Promise<Scene> {
  const { backend, name: roomName } = room;
  const knocker = await room.knocker({ userName: 'Denis' });
  await change(backend, 'denyKnock', { knockId: knocker.knockId });
  await change(backend, 'ejectParticipants', { roomName, userIds: ['banned'], ban: true });
  const bans = '{ room(name: $name) { bans { nodes { id } } events(first: 1) { edges { cursor } } } }';
  const found = await read<{
    room: { bans: { nodes: { id: string }[] }; events: { edges: { cursor: string }[] } };
  }>(backend, `query ($name: String!) ${bans}`, { name: roomName });
  const banId = found.room.bans.nodes[0]?.id ?? '';
  await backend.ask('mutation ($id: ID!) { liftBan(banId: $id) { __typename } }', { id: banId });
  const destinations = ['rtmp://media.example/live'];
  const live = await change<{ id: string }>(
    backend,
    'startLiveStream',
    { roomName, destinations },
    '... on LiveStream { id }',
  );
  await backend.ask('mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { __typename } }', { id: live.id });
  const hook = await change<{ webhook: { id: string } }>(
    backend,
    'createWebhook',
    { url: 'https://example.com/hook', events: ['ROOM_DELETED'] },
    '... on CreatedWebhook { webhook { id } }',
  );
  return {
    roomA: roomName,
    roomIdA: room.id,
    firstCursor: found.room.events.edges[0]?.cursor ?? '',
    guestId,
    leftId,
    decidedKnockId: knocker.knockId,
    liftedBanId: banId,
    liveStreamId: live.id,
    webhookId: hook.webhook.id,
  };
}

/** The code of a refusal or an error, else the type that came, or OK where the operation does not say its type. */
export function answerIn({ data, errors }: Result, { name, allowed }: Operation): string {
  const [error] = errors ?? [];
  if (error) return error.extensions?.code ?? error.message;
  const [field = '', inner] = name.split('.');
  const value = Object(data)[field];
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one !== 'object' || one === null) return 'null';
  if (inner !== undefined) return typeof Object(one)[inner] === 'object' ? 'OK' : 'null';
  if ('code' in one && typeof one.code === 'string') return one.code;
  return '__typename' in one && typeof one.__typename === 'string' && allowed !== 'OK' ? one.__typename : 'OK';
}
