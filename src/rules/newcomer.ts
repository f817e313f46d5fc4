import type { RoomFacts } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import type { Knock } from './knock-request.ts';
import { type Participant, participantPermissions } from './participant.ts';
import { presenceTimes } from './presence.ts';

/** What is noted of everybody who comes in. Ids and tokens are made by the caller: chance is a parameter. */
export interface Arrival {
  readonly newId: ParticipantId;
  readonly userName: string | null;
  readonly sessionHash: string;
  readonly idempotencyHash: string | null;
  readonly addressHash: string;
  readonly hidden: boolean;
}

/** @param admission the knock that was admitted, whose name everybody knows them by */
export function newParticipant(
  { room, domain }: RoomFacts,
  command: Arrival,
  claims: Participant['token'],
  admission: Knock | null,
  now: Date,
): Participant {
  const person: Participant = {
    id: command.newId,
    roomId: room.id,
    domainId: room.domainId,
    userName: admission?.userName ?? claims?.userName ?? command.userName ?? 'Guest',
    userId: claims?.userId ?? admission?.userId ?? null,
    verified: claims !== null || admission?.verified === true,
    isOwner: claims?.isOwner ?? false,
    hidden: command.hidden,
    joinedAt: now,
    leftAt: null,
    leaveReason: null,
    token: claims,
    knockId: admission?.id ?? null,
    permissions: null,
    audio: !(claims?.startAudioOff ?? room.startAudioOff),
    video: !(claims?.startVideoOff ?? room.startVideoOff),
    screenShare: false,
    sessionHash: command.sessionHash,
    previousSessionHash: null,
    spareSessionHashes: [],
    idempotencyHash: command.idempotencyHash,
    addressHash: command.addressHash,
    connection: 'CONNECTED',
    attachedTo: [],
    seenUntil: new Date(now.getTime() + presenceTimes.participant.beat * 1000),
  };
  const { canSend } = participantPermissions(person, room, domain);
  return {
    ...person,
    audio: person.audio && canSend.includes('AUDIO'),
    video: person.video && canSend.includes('VIDEO'),
  };
}
