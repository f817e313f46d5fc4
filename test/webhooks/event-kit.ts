import { theService } from '../../src/rules/actor.ts';
import { emptyFacts, type RoomFacts } from '../../src/rules/facts.ts';
import type { DomainId, Id, KnockId, LiveStreamId, ParticipantId, RoomId } from '../../src/rules/ids.ts';
import type { Knock, KnockStatus } from '../../src/rules/knock-request.ts';
import type { LiveStream } from '../../src/rules/live-stream.ts';
import type { Participant } from '../../src/rules/participant.ts';
import { defaultRoomSettings } from '../../src/rules/room.ts';
import type { NewRoomEvent } from '../../src/rules/room-event.ts';
import { createWebhookOf } from '../../src/rules/webhook-payload.ts';
import { claimsOf, goneOf, knockIn, knockOf, participantOf, rowsOf } from '../rules/facts-kit.ts';

export const now = new Date('2030-01-01T12:00:00.000Z');
export const secrets = [
  '5ec2e7-token-hash',
  '5ec2e7-previous',
  '5ec2e7-idempotency',
  '5ec2e7-address',
  '5ec2e7-session',
  '5ec2e7-jti',
];
const [tokenHash = '', previousTokenHash = '', idempotencyHash = '', addressHash = '', sessionHash = '', jti = ''] =
  secrets;
// Made up here; ids are texts with a name.
export const ids = {
  domain: 'd0000000-0000-4000-8000-000000000001' as DomainId,
  room: 'a0000000-0000-4000-8000-000000000001' as RoomId,
  knock: 'b0000000-0000-4000-8000-000000000001' as KnockId,
  participant: 'c0000000-0000-4000-8000-000000000001' as ParticipantId,
  stream: 'e0000000-0000-4000-8000-000000000001' as LiveStreamId,
};

const claims = claimsOf({
  jti,
  roomName: null,
  roomId: null,
  userName: 'Nora',
  userId: 'n-1',
  exp: null,
  iat: now,
  knocking: true,
});

export const knock = knockOf({
  id: ids.knock,
  userId: 'n-1',
  verified: true,
  message: 'It is me',
  token: claims,
  tokenHash,
  previousTokenHash,
  idempotencyHash,
  addressHash,
});

export const participant = participantOf({
  id: ids.participant,
  userName: 'Olga',
  isOwner: true,
  token: claims,
  sessionHash,
  previousSessionHash: previousTokenHash,
  idempotencyHash,
  addressHash,
});

export const liveStream: LiveStream = {
  id: ids.stream,
  roomId: ids.room,
  domainId: ids.domain,
  status: 'LIVE',
  destinations: ['rtmp://live.example.com/app'],
  destinationsSealed: null,
  egressId: null,
  startAskedAt: null,
  startedAt: now,
  statusAt: null,
  startedBy: { kind: 'PARTICIPANT', name: 'Olga', userId: null },
  endedAt: null,
  error: null,
};

export const room: RoomFacts['room'] = {
  ...defaultRoomSettings,
  privacy: 'PRIVATE',
  enableKnocking: true,
  id: ids.room,
  domainId: ids.domain,
  name: 'standup',
  reusesName: false,
  version: 1,
  createdAt: now,
  updatedAt: now,
  closedAt: null,
  closedBy: null,
  isOver: false,
};

export function factsWith(knocks: readonly Knock[], participants: readonly Participant[] = []): RoomFacts {
  const domain = {
    id: ids.domain,
    name: 'acme',
    version: 1,
    permissions: null,
    enforceUniqueUserIds: false,
    lang: 'en',
    mediaServer: null,
    doorPage: null,
  };
  return {
    ...emptyFacts(room, domain),
    knocks: rowsOf(knocks),
    participants: rowsOf(participants),
    placesTaken: participants.length,
  };
}

export const webhookOf = createWebhookOf({
  roomUrl: (domain, name) => `https://meet.example.com/${domain}/${name}`,
  encodeId: <Name extends string>(name: Name, id: Id<Name>) => `${name}:${id}`,
});
export const by = { kind: 'KNOCKER', name: 'Nora', userId: 'n-1' } as const;

const knocked = (status: KnockStatus): NewRoomEvent => ({
  type: 'KnockChanged',
  by,
  knock: knockIn(status, knock, now),
});
/** Something else about it has changed, as until when it lets in. */
const admittedBefore: NewRoomEvent = {
  type: 'KnockChanged',
  by,
  knock: knockIn('ADMITTED', knock, now),
  wasDecided: true,
};
/** Everything that can happen in a room, and the type under which webhooks hear of it. */
export const events: readonly [NewRoomEvent, string | null][] = [
  [{ type: 'KnockRequested', by, knock }, 'KNOCK_REQUESTED'],
  [knocked('PENDING'), null],
  [knocked('ADMITTED'), 'KNOCK_DECIDED'],
  [knocked('DENIED'), 'KNOCK_DECIDED'],
  [admittedBefore, null],
  [knocked('CANCELLED'), 'KNOCK_CLOSED'],
  [knocked('EXPIRED'), 'KNOCK_CLOSED'],
  [{ type: 'ParticipantJoined', by, participant }, 'PARTICIPANT_JOINED'],
  [{ type: 'ParticipantLeft', by, participant: goneOf('LEFT', participant) }, 'PARTICIPANT_LEFT'],
  [{ type: 'ParticipantJoined', by, participant: { ...participant, hidden: true } }, null],
  [{ type: 'ParticipantLeft', by, participant: goneOf('LEFT', { ...participant, hidden: true }) }, null],
  [{ type: 'ParticipantUpdated', by, participant }, null],
  [{ type: 'MediaRequested', by, participant, media: { audio: true, video: false, screenShare: false } }, null],
  [{ type: 'RoomCreated', by }, 'ROOM_CREATED'],
  [{ type: 'RoomUpdated', by }, 'ROOM_UPDATED'],
  [{ type: 'RoomClosed', by: theService }, 'ROOM_DELETED'],
  [{ type: 'LiveStreamChanged', by, liveStream }, 'LIVE_STREAM_CHANGED'],
  [{ type: 'Internal', by: null }, null],
];
