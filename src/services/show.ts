import type { Knock } from '../rules/knock.ts';
import type { Participant } from '../rules/participant.ts';
import type { KnockRecord } from '../storage/knock-request.ts';
import type { KnockView, ParticipantView, RoomView } from './views.ts';

/** A knock, with the room around it. */
export function knockView(knock: Knock, { room, ownerPresent }: RoomView): KnockView {
  return { knock, roomName: room.name, lobbyMessage: room.lobbyMessage, ownerPresent };
}

export function showKnock({ knock, roomName, lobbyMessage, ownerPresent }: KnockRecord): KnockView {
  return { knock, roomName, lobbyMessage, ownerPresent };
}

export function participantView(
  participant: Participant,
  { room, domain }: Pick<RoomView, 'room' | 'domain'>,
): ParticipantView {
  return { participant, room, domain };
}
