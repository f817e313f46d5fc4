export type ActorKind = 'PARTICIPANT' | 'KNOCKER' | 'BACKEND' | 'SERVICE';

/** Who did something, as it is kept on record. */
export interface Actor {
  readonly kind: ActorKind;
  /** A participant's or knocker's name, or an API key's; null for the service itself. */
  readonly name: string | null;
  readonly userId: string | null;
}

/** A timer or a rule did it. */
export const theService: Actor = { kind: 'SERVICE', name: null, userId: null };

/** The actor that stands for a participant. */
export function participantActor(participant: { readonly userName: string; readonly userId: string | null }): Actor {
  return { kind: 'PARTICIPANT', name: participant.userName, userId: participant.userId };
}

/** The actor that stands for somebody who waits. */
export function knockerActor(knock: { readonly userName: string; readonly userId: string | null }): Actor {
  return { kind: 'KNOCKER', name: knock.userName, userId: knock.userId };
}
