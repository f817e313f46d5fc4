import type { Actor } from './actor.ts';
import { isOwnerPresent, type RoomFacts } from './facts.ts';
import type { Id } from './ids.ts';
import { decisionOn, isPending, type Knock, wasAdmission } from './knock-request.ts';
import type { LiveStream } from './live-stream.ts';
import type { Participant } from './participant.ts';
import type { NewRoomEvent } from './room-event.ts';
import { describeWebhook, type WebhookEventType } from './webhook.ts';

type NamedThing = 'Room' | 'KnockRequest' | 'Participant' | 'LiveStream';

/** How things are written outside of this service. */
export interface WebhookWording {
  /** Where people enter a room; holds no token. */
  readonly roomUrl: (domainName: string, roomName: string) => string;
  /** Brings a UUID to the id by which the API knows the thing. */
  readonly encodeId: <Name extends NamedThing>(name: Name, id: Id<Name>) => string;
}

/** The body of a webhook, in the form that Standard Webhooks recommends. Holds no credential, no hash and no address. */
export interface WebhookPayload {
  readonly type: WebhookEventType;
  /** When it happened, which may be long before the delivery. RFC 3339. */
  readonly timestamp: string;
  /** One line for people, with `& < >` escaped as Slack wants it, so that nobody who knocks can write commands into a channel. */
  readonly text: string;
  readonly data: WebhookData;
}

export interface WebhookData {
  readonly domain: string;
  readonly room: ReturnType<typeof roomData>;
  readonly by: Actor | null;
  /** With KNOCK_REQUESTED: how many wait, this one included. */
  readonly waiting?: number;
  /** With KNOCK_REQUESTED: could somebody in the room answer? */
  readonly ownerPresent?: boolean;
  readonly knock?: ReturnType<typeof knockData>;
  readonly participant?: ReturnType<typeof participantData>;
  readonly liveStream?: ReturnType<typeof liveStreamData>;
}

/** An event with what a webhook tells of it, as the outbox keeps it. */
export interface WebhookNews {
  readonly event: WebhookEventType;
  readonly data: WebhookPayload;
}

/** The data that webhooks get for an event, with the room after it; null: no webhook gets it, as when a hidden participant joins. */
export function createWebhookOf(
  wording: WebhookWording,
): (event: NewRoomEvent, facts: RoomFacts, now: Date) => WebhookNews | null {
  return (event, facts, now) => {
    const type = webhookTypeOf(event);
    if (type === null) return null;
    const data: WebhookData = {
      domain: facts.domain.name,
      room: roomData(facts, wording),
      by: event.by && { kind: event.by.kind, name: event.by.name, userId: event.by.userId },
      ...subjectOf(event, facts, wording),
    };
    const text = describeWebhook(
      type,
      data,
      'knock' in event ? { wasAdmission: wasAdmission(event.knock) } : undefined,
    );
    return { event: type, data: { type, timestamp: now.toISOString(), text, data } };
  };
}

function webhookTypeOf(event: NewRoomEvent): WebhookEventType | null {
  switch (event.type) {
    case 'RoomCreated':
      return 'ROOM_CREATED';
    case 'RoomUpdated':
      return 'ROOM_UPDATED';
    case 'RoomClosed':
      return 'ROOM_DELETED';
    case 'KnockRequested':
      return 'KNOCK_REQUESTED';
    case 'KnockChanged':
      return event.wasDecided ? null : knockChangeType(event.knock);
    case 'ParticipantJoined':
      return event.participant.hidden ? null : 'PARTICIPANT_JOINED';
    case 'ParticipantLeft':
      return event.participant.hidden ? null : 'PARTICIPANT_LEFT';
    case 'LiveStreamChanged':
      return 'LIVE_STREAM_CHANGED';
    case 'ParticipantUpdated':
    case 'MediaRequested':
    case 'Internal':
      return null;
    default:
      return event satisfies never;
  }
}

function knockChangeType({ status }: Knock): WebhookEventType | null {
  switch (status) {
    case 'PENDING':
      return null;
    case 'ADMITTED':
    case 'DENIED':
      return 'KNOCK_DECIDED';
    case 'CANCELLED':
    case 'EXPIRED':
      return 'KNOCK_CLOSED';
    default:
      return status satisfies never;
  }
}

function subjectOf(event: NewRoomEvent, facts: RoomFacts, wording: WebhookWording): Partial<WebhookData> {
  if ('participant' in event) return { participant: participantData(event.participant, wording) };
  if ('liveStream' in event) return { liveStream: liveStreamData(event.liveStream, wording) };
  if (!('knock' in event)) return {};
  const knock = knockData(event.knock, wording);
  if (event.type !== 'KnockRequested') return { knock };
  return { knock, waiting: countWaiting(facts), ownerPresent: isOwnerPresent(facts) };
}

function countWaiting(facts: RoomFacts): number {
  let count = 0;
  for (const knock of facts.knocks.values()) if (isPending(knock)) count += 1;
  return count;
}

function roomData({ room, domain }: RoomFacts, { roomUrl, encodeId }: WebhookWording) {
  return {
    id: encodeId('Room', room.id),
    name: room.name,
    url: roomUrl(domain.name, room.name),
    privacy: room.privacy,
    enableKnocking: room.enableKnocking,
    nbf: instant(room.nbf),
    exp: instant(room.exp),
    closedAt: instant(room.closedAt),
    closedBy: room.closedBy,
  } as const;
}

function knockData(knock: Knock, { encodeId }: WebhookWording) {
  const decision = decisionOn(knock);
  return {
    id: encodeId('KnockRequest', knock.id),
    userName: knock.userName,
    userId: knock.userId,
    verified: knock.verified,
    message: knock.message,
    status: knock.status,
    reason: decision?.reason ?? null,
    reply: knock.reply,
    requestedAt: knock.requestedAt.toISOString(),
    decidedAt: instant(decision?.at ?? null),
  } as const;
}

function participantData(participant: Participant, { encodeId }: WebhookWording) {
  return {
    id: encodeId('Participant', participant.id),
    userName: participant.userName,
    userId: participant.userId,
    verified: participant.verified,
    isOwner: participant.isOwner,
    joinedAt: participant.joinedAt.toISOString(),
    leftAt: instant(participant.left?.at ?? null),
    leaveReason: participant.left?.reason ?? null,
  } as const;
}

function liveStreamData(stream: LiveStream, { encodeId }: WebhookWording) {
  return {
    id: encodeId('LiveStream', stream.id),
    status: stream.status,
    startedAt: stream.startedAt.toISOString(),
    endedAt: instant(stream.endedAt),
    error: stream.error,
  } as const;
}

function instant(value: Date | null): string | null {
  return value?.toISOString() ?? null;
}
