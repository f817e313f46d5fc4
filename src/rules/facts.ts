import type { Actor } from './actor.ts';
import type { Ban } from './ban.ts';
import { LoadedTokens, type Rows, type TokenFacts } from './fact-keys.ts';
import type { BanId, KnockId, ParticipantId } from './ids.ts';
import { type AdmittedKnock, type DeniedKnock, isPending, type Knock, type PendingKnock } from './knock-request.ts';
import type { LiveStream } from './live-stream.ts';
import type { LobbyReturn } from './lobby-return.ts';
import { isInside, isShown, mayAdminister, type Participant, type PresentParticipant } from './participant.ts';
import type { DomainDefaults, Room } from './room.ts';
import type { NewRoomEvent } from './room-event.ts';

/** How often a meeting token was used in one room. */
export interface TokenUse {
  readonly jti: string;
  readonly uses: number;
}

/** What is looked at first of whoever wants in: of the room no more than that it is there. */
export interface EntryOutline {
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly tokens: TokenFacts;
}

/** There is no such room, or none that this caller may know of. Of tokens it is known all the same whether they were revoked. */
export interface NoRoom {
  readonly room: null;
  readonly tokens: TokenFacts;
}

/** What deciding about entry needs to know of a room. */
export interface EntryFacts extends EntryOutline {
  readonly bans: ReadonlyMap<BanId, Ban>;
  /** Who was sent back to the lobby, and whom nobody has admitted since, or by an admission that may still be taken back. */
  readonly returns: ReadonlyMap<KnockId, LobbyReturn>;
  /** How many places are taken: hidden participants and people who wait take none. */
  readonly placesTaken: number;
}

/**
 * All that is known of a room at one version. Living rows are always there: who waits, who is inside, bans, denials whose
 * cool-down runs. Others (admissions, tokens, idempotency keys) are there when the command asked for them by key, and asking for one
 * that is not throws FactsMissing: the room's writer then loads it and asks the rule again.
 */
export interface RoomFacts extends EntryFacts {
  readonly knocks: Rows<KnockId, Knock>;
  readonly participants: Rows<ParticipantId, Participant>;
  readonly keyed: KeyedFacts;
  readonly liveStream: LiveStream | null;
  /** Whether every admission that still lets in is among the knocks. */
  readonly hasAdmissions: boolean;
  /** Those of the knocks that wait no more, where whoever holds the facts keeps them apart. */
  readonly decided?: Iterable<Knock>;
}

/** What is found by key alone. Each throws FactsMissing where nobody has looked. */
export interface KeyedFacts {
  /** Knocks that were made under an idempotency key. */
  readonly knocksOfKey: (idempotencyHash: string) => readonly Knock[];
  /** Sessions, ended ones too, that were opened under an idempotency key. */
  readonly sessionsOfKey: (idempotencyHash: string) => readonly Participant[];
  /** Sessions, ended ones too, that came in by this admission. */
  readonly sessionsOf: (knockId: KnockId) => readonly Participant[];
  /** Knocks whose admission still lets in. */
  readonly admissions: () => readonly AdmittedKnock[];
  /** Those who are on record as owners of this room: they were inside as one, or a token that still counts says so. */
  readonly ownersAmong: (userIds: readonly string[]) => ReadonlySet<string>;
}

/** The facts of a room in which nothing has happened yet. */
export function emptyFacts(room: Room, domain: DomainDefaults): RoomFacts {
  const nothing = { held: () => undefined, get: () => undefined, values: () => [] };
  const none = () => [];
  return {
    room,
    domain,
    knocks: nothing,
    participants: nothing,
    bans: new Map(),
    returns: new Map(),
    tokens: new LoadedTokens(),
    keyed: { knocksOfKey: none, sessionsOfKey: none, sessionsOf: none, admissions: none, ownersAmong: () => new Set() },
    liveStream: null,
    placesTaken: 0,
    hasAdmissions: true,
  };
}

/** What a decision changes. Rows are whole: the last one of an id wins. */
export interface Changes {
  readonly room?: Room;
  readonly knocks?: readonly Knock[];
  readonly participants?: readonly Participant[];
  readonly bans?: readonly Ban[];
  readonly returns?: readonly LobbyReturn[];
  readonly tokenUses?: readonly TokenUse[];
  readonly liveStream?: LiveStream;
  readonly events: readonly NewRoomEvent[];
}

/** An answer, and what has to change for it to be true. `validUntil`: the first instant that would change the answer. */
export interface Decision<Answer> {
  readonly answer: Answer;
  readonly changes?: Changes;
  readonly validUntil?: Date | null;
  /** The answer rests on a token that a change of the domain may revoke: the guard then holds the domain's row. */
  readonly restsOnDomain?: boolean;
}

/** Somebody who is in the room now. */
export function findInside(facts: RoomFacts, id: ParticipantId): PresentParticipant | undefined {
  const participant = facts.participants.held(id);
  return participant && isInside(participant) ? participant : undefined;
}

/** Who is in the room, in order of joining. */
export function inside(facts: RoomFacts): readonly PresentParticipant[] {
  return inOrderOfJoining([...facts.participants.values()].filter(isInside));
}

export function inOrderOfJoining<Person extends Participant>(participants: readonly Person[]): readonly Person[] {
  return participants.toSorted((a, b) => order(a.joinedAt, b.joinedAt) || compare(a.id, b.id));
}

/** Who waits, oldest first. */
export function waiting(facts: RoomFacts): readonly PendingKnock[] {
  return inOrderOfKnocking([...facts.knocks.values()].filter(isPending));
}

export function inOrderOfKnocking<One extends Knock>(knocks: readonly One[]): readonly One[] {
  return knocks.toSorted((a, b) => order(a.requestedAt, b.requestedAt) || compare(a.id, b.id));
}

/** Knocks to which somebody said no. The many who wait are not looked through where that can be helped. */
export function denied(facts: RoomFacts): readonly DeniedKnock[] {
  return [...(facts.decided ?? facts.knocks.values())].filter((knock) => knock.status === 'DENIED');
}

/** Is somebody in the room who can answer a knock? Hidden owners count. */
export function isOwnerPresent(facts: RoomFacts): boolean {
  for (const participant of facts.participants.values()) {
    if (isInside(participant) && mayAdminister(participant, 'PARTICIPANTS', facts.room, facts.domain)) return true;
  }
  return false;
}

export function takesPlace(participant: Participant): boolean {
  return isInside(participant) && !participant.hidden;
}

/** The admissions by which somebody is inside at this moment. */
export function admissionsInUse(participants: Iterable<Participant>): ReadonlySet<KnockId> {
  const ids = new Set<KnockId>();
  for (const { knockId, left } of participants) if (knockId !== null && left === null) ids.add(knockId);
  return ids;
}

/** Tells of a change, also to those who saw this participant before it and see it no more. */
export function updated(before: RoomFacts, after: RoomFacts, participant: PresentParticipant, by: Actor): NewRoomEvent {
  const then = before.participants.held(participant.id);
  const wasShown = then !== undefined && isShown(then, before.room, before.domain);
  const isSeen = isShown(participant, after.room, after.domain);
  return { type: 'ParticipantUpdated', by, participant, ...(wasShown && !isSeen ? { wasShown } : {}) };
}

function order(a: Date, b: Date): number {
  return a.getTime() - b.getTime();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
