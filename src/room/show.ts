import type { ActorReader } from '../rules/actor.ts';
import type { Knock } from '../rules/knock-request.ts';
import type { Participant } from '../rules/participant.ts';
import type { KnockRecord } from '../storage/knock-request.ts';
import type { EventView, KnockView, ParticipantView, RoomView } from './views.ts';

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

const forWhoSeesAll = new WeakMap<EventView, EventView>();

/**
 * The event as this reader may have it. There are two of each at most, so that an answer is made once for all who read the same: one
 * that names nobody whom others do not see, and, where somebody is to be named, one for the backend and whoever decides knocks.
 */
export function showTo(view: EventView, reader: ActorReader): EventView {
  if (reader === 'SEES_WHO_IS_SHOWN' || !namesUnseen(view)) return view;
  const known = forWhoSeesAll.get(view);
  if (known !== undefined) return known;
  const made: EventView = { ...view, reader, liveStream: view.liveStream && { ...view.liveStream, reader } };
  forWhoSeesAll.set(view, made);
  return made;
}

function namesUnseen({ event, liveStream }: EventView): boolean {
  return event.payload.by?.unseen === true || liveStream?.liveStream.startedBy.unseen === true;
}
