import type { ProcessId } from './ids.ts';

export type ConnectionState = 'CONNECTED' | 'RECONNECTING' | 'LEFT';

/** How long each kind of person counts as there without a subscription, and how long the place is then kept. Seconds. */
export const presenceTimes = {
  /** A participant beats every 15 s; closing the last subscription shows at once. */
  participant: { beat: 20, afterDetach: 0, keep: 30 },
  /** A look at the media server ends it after the same 30 s. While that cannot be asked, the place is kept so long at most. */
  participantOnMedia: { beat: 20, afterDetach: 0, keep: 900 },
  /** A phone locks, a network changes: a knocker is RECONNECTING after 30 s and gone after 5 minutes. */
  knocker: { beat: 30, afterDetach: 30, keep: 270 },
} as const;

export type PresenceKind = keyof typeof presenceTimes;

/** Somebody who is there, or was a moment ago. */
export interface Present {
  readonly connection: Exclude<ConnectionState, 'LEFT'>;
  /** Processes that hold a subscription of this person. */
  readonly attachedTo: readonly ProcessId[];
  /** Counts as there until then without a subscription. */
  readonly seenUntil: Date;
}

/** Somebody has just come. */
export function arrive(kind: PresenceKind, now: Date): Present {
  return { connection: 'CONNECTED', attachedTo: [], seenUntil: beatUntil(kind, now) };
}

/** A process now holds a subscription of this person, which keeps them present. A second call changes nothing. */
export function attach<T extends Present>(person: T, processId: ProcessId, now: Date): T {
  if (person.attachedTo.includes(processId) && person.connection === 'CONNECTED') return person;
  const attachedTo = person.attachedTo.includes(processId) ? person.attachedTo : [...person.attachedTo, processId];
  return { ...person, attachedTo, connection: 'CONNECTED', seenUntil: now };
}

/**
 * A process holds none any more.
 * @param at when the last was seen open: now, or the last renewal of a process that died
 */
export function detach<T extends Present>(kind: PresenceKind, person: T, processId: ProcessId, at: Date): T {
  const attachedTo = person.attachedTo.filter((id) => id !== processId);
  if (attachedTo.length > 0) return { ...person, attachedTo };
  const until = at.getTime() + presenceTimes[kind].afterDetach * 1000;
  return { ...person, attachedTo, seenUntil: new Date(Math.max(until, person.seenUntil.getTime())) };
}

/** A heartbeat within this number of seconds after another says nothing new. */
const sameBeatSeconds = 2;

/** The person said that it is there. Said again at once it changes nothing: the same object. */
export function beat<T extends Present>(kind: PresenceKind, person: T, now: Date): T {
  const seenUntil = beatUntil(kind, now);
  const isSame = seenUntil.getTime() - person.seenUntil.getTime() < sameBeatSeconds * 1000;
  return person.connection === 'CONNECTED' && isSame ? person : { ...person, connection: 'CONNECTED', seenUntil };
}

/** What holds at an instant. */
export function connectionAt(kind: PresenceKind, person: Present, now: Date): ConnectionState {
  if (person.attachedTo.length > 0 || now < person.seenUntil) return 'CONNECTED';
  return now.getTime() < keptUntil(kind, person) ? 'RECONNECTING' : 'LEFT';
}

/**
 * Whoever was lost while there was no service to come back to counts as seen until it was there again, and has the usual time after that.
 * Anybody else is returned as they are: the same object.
 * @param since when the service was there again after it, or its database, had been away
 */
export function excuse<T extends Present>(kind: PresenceKind, person: T, now: Date, since: Date): T {
  const hadTime = person.seenUntil >= since || connectionAt(kind, person, now) !== 'LEFT';
  // Where nobody knows yet since when, it is told a moment after what is decided began: nobody was seen later than now.
  return hadTime ? person : { ...person, seenUntil: since < now ? since : now };
}

/** When what holds changes by itself: milliseconds since 1970, infinite: not by itself. */
export function connectionDue(kind: PresenceKind, person: Present): number {
  if (person.attachedTo.length > 0) return Number.POSITIVE_INFINITY;
  return person.connection === 'CONNECTED' ? person.seenUntil.getTime() : keptUntil(kind, person);
}

function beatUntil(kind: PresenceKind, now: Date): Date {
  return new Date(now.getTime() + presenceTimes[kind].beat * 1000);
}

function keptUntil(kind: PresenceKind, { seenUntil }: Present): number {
  return seenUntil.getTime() + presenceTimes[kind].keep * 1000;
}
