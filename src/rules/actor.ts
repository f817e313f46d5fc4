import { isShown, type Participant } from './participant.ts';
import type { DomainDefaults, Room } from './room.ts';

export type ActorKind = 'PARTICIPANT' | 'KNOCKER' | 'BACKEND' | 'SERVICE';

interface NamedActor {
  readonly kind: ActorKind;
  /** A participant's or knocker's name, or an API key's; null for the service itself. */
  readonly name: string | null;
  readonly userId: string | null;
}

/** Who did something, as it is kept on record. */
export interface Actor extends NamedActor {
  /** Others did not see this participant: only the backend, and people who decide knocks, learn who it was. */
  readonly unseen?: true;
}

/** An actor as `showActor` hands it to a viewer: the type keeps what is on record from being shown as it is. */
export interface ShownActor extends NamedActor {
  readonly unseen?: never;
}

/** Who may read the name of a hidden person: the backend, and everybody who decides knocks in that room. */
export type ActorViewer = 'SEES_ALL' | 'SEES_WHO_IS_SHOWN';

/** The only way from the record to a reader. Null: this reader may not know who it was. */
export function showActor(actor: Actor | null, viewer: ActorViewer): ShownActor | null {
  if (actor === null || (actor.unseen && viewer !== 'SEES_ALL')) return null;
  return { kind: actor.kind, name: actor.name, userId: actor.userId };
}

/** A timer or a rule did it. */
export const theService: ShownActor = { kind: 'SERVICE', name: null, userId: null };

/** The actor that stands for a participant of this room. */
export function participantActor(participant: Participant, { room, domain }: Around): Actor {
  const actor: Actor = { kind: 'PARTICIPANT', name: participant.userName, userId: participant.userId };
  return isShown(participant, room, domain) ? actor : { ...actor, unseen: true };
}

interface Around {
  readonly room: Room;
  readonly domain: DomainDefaults;
}

/** The actor that stands for somebody who waits. */
export function knockerActor(knock: { readonly userName: string; readonly userId: string | null }): Actor {
  return { kind: 'KNOCKER', name: knock.userName, userId: knock.userId };
}
