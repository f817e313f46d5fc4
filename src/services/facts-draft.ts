import type { Ban } from '../rules/ban.ts';
import { type Changes, isInside, isPending, type RoomFacts, type TokenUse, takesPlace } from '../rules/facts.ts';
import type { BanId, KnockId, ParticipantId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import { mayAdminister, type Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { knockDue, participantDue, roomDue } from '../rules/room-life.ts';
import type { FactKeys, FactsRead } from '../storage/room-store.ts';
import { Deadlines } from './deadlines.ts';

/** How long a process keeps an admission at hand: most people walk in at once. Milliseconds. */
const freshAdmissionMs = 60_000;

/**
 * A room's facts on their way: what one command changed, the next one in its group sees. What was not written after all is
 * taken back with `rollBack`, so that a race that was lost costs only what the winner changed.
 */
export class FactsDraft implements RoomFacts {
  room: Room;
  domain: DomainDefaults;
  hasWebhooks: boolean;
  hasAdmissions: boolean;
  ownerIds: ReadonlySet<string> | null;
  liveStream: LiveStream | null;
  readonly knocks: Map<KnockId, Knock>;
  readonly participants: Map<ParticipantId, Participant>;
  readonly bans: Map<BanId, Ban>;
  readonly tokenUses: Map<string, TokenUse>;
  readonly revokedJtis: Set<string>;
  #isCurrent = true;
  readonly #undo: (() => void)[] = [];
  readonly #deadlines = new Deadlines();
  /** Knocks that wait no more, and people who are gone: few, and let go of soon. */
  readonly #decided = new Set<KnockId>();
  readonly #gone = new Set<ParticipantId>();
  #placesTaken = 0;
  /** Knocks that were made here, and none of whose sessions was let go of since: all that there are, are here. */
  readonly #sessionsHeld = new Set<KnockId>();
  /** Who can answer a knock; null: not known. */
  #deciders: Set<ParticipantId> | null = null;

  constructor({ facts, hasWebhooks }: FactsRead) {
    this.room = facts.room;
    this.domain = facts.domain;
    this.hasWebhooks = hasWebhooks;
    this.hasAdmissions = facts.hasAdmissions;
    this.ownerIds = facts.ownerIds;
    this.liveStream = facts.liveStream;
    this.knocks = new Map();
    this.participants = new Map();
    for (const [id, knock] of facts.knocks) this.#setKnock(id, knock);
    for (const [id, participant] of facts.participants) this.#setParticipant(id, participant);
    this.bans = new Map(facts.bans);
    this.tokenUses = new Map(facts.tokenUses);
    this.revokedJtis = new Set(facts.revokedJtis);
  }

  /**
   * Is all that these keys ask for here already? What is held of a room is as true as its version, which every write guards; only
   * what is let go of once it is over (sessions, uses, answers to keys) may exist without being here.
   */
  holds({ knockIds = [], sessionsOf = [], participantIds = [], ...others }: FactKeys): boolean {
    const { knockKeys = [], participantKeys = [], tokens = [], admissions = false, owners = false } = others;
    if (admissions || owners || knockKeys.length + participantKeys.length + tokens.length > 0) return false;
    return (
      knockIds.every((id) => this.knocks.has(id)) &&
      sessionsOf.every((id) => this.#sessionsHeld.has(id)) &&
      participantIds.every((id) => this.participants.has(id))
    );
  }

  /** False where others are known to have written: what they wrote is to be read first. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Others may have written since this was read. */
  distrust(): void {
    this.#isCurrent = false;
  }

  get placesTaken(): number {
    return this.#placesTaken;
  }

  /** Looked for once and then kept up: in a full room without owners everybody would be asked at each change. */
  get ownerPresent(): boolean {
    this.#deciders ??= new Set(
      [...this.participants.values()].filter((one) => this.#mayDecide(one)).map(({ id }) => id),
    );
    return this.#deciders.size > 0;
  }

  /** Takes in what was read: all that was written since this draft's version, and what was asked for by key. */
  absorb({ facts, hasWebhooks }: FactsRead): void {
    this.#setRoom(facts.room);
    this.domain = facts.domain;
    this.hasWebhooks = hasWebhooks;
    this.hasAdmissions = facts.hasAdmissions;
    this.ownerIds = facts.ownerIds;
    this.liveStream = facts.liveStream;
    for (const [id, knock] of facts.knocks) this.#setKnock(id, knock);
    for (const [id, participant] of facts.participants) this.#setParticipant(id, participant);
    for (const [id, ban] of facts.bans) this.bans.set(id, ban);
    for (const [jti, use] of facts.tokenUses) this.tokenUses.set(jti, use);
    for (const jti of facts.revokedJtis) this.revokedJtis.add(jti);
    this.#isCurrent = true;
    this.#forgetDeciders();
  }

  /** Makes a decision's changes true. */
  take(changes: Changes): void {
    const { room, liveStream } = this;
    this.#undo.push(() => {
      this.#setRoom(room);
      this.liveStream = liveStream;
    });
    if (changes.room) this.#setRoom(changes.room);
    if (changes.liveStream) this.liveStream = changes.liveStream;
    for (const knock of changes.knocks ?? []) {
      if (!this.knocks.has(knock.id)) this.#holdSessions(knock.id);
      const before = this.knocks.get(knock.id);
      this.#undo.push(() => this.#setKnock(knock.id, before));
      this.#setKnock(knock.id, knock);
    }
    for (const participant of changes.participants ?? []) {
      const before = this.participants.get(participant.id);
      this.#undo.push(() => this.#setParticipant(participant.id, before));
      this.#setParticipant(participant.id, participant);
    }
    for (const ban of changes.bans ?? []) this.#put(this.bans, ban.id, ban);
    for (const use of changes.tokenUses ?? []) this.#put(this.tokenUses, use.jti, use);
    if (changes.room) this.#forgetDeciders();
    if (changes.participants) this.#lookAgain(changes.participants);
  }

  /** Takes back all that was decided since the last `settleDown`: it was not written. */
  rollBack(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    this.#isCurrent = false;
    this.#forgetDeciders();
  }

  /** Is nothing due at this instant? Then rules need not look through all who wait and are inside. */
  isQuietAt(now: Date): boolean {
    return !this.hasAdmissions && now.getTime() < this.#dueMs;
  }

  /** The earliest instant at which something in this room falls due by itself; null: nothing will. May lie in the past. */
  get dueAt(): Date | null {
    const at = this.#dueMs;
    return Number.isFinite(at) ? new Date(at) : null;
  }

  get #dueMs(): number {
    return Math.min(roomDue(this.room), this.#deadlines.earliest);
  }

  get decided(): readonly Knock[] {
    return [...this.#decided].flatMap((id) => this.knocks.get(id) ?? []);
  }

  /** It was written. Keeps the living rows and lets go of what was there by key: the next command that needs it reads it. */
  settleDown(version: number, now: Date): void {
    this.#undo.length = 0;
    this.room = { ...this.room, version };
    this.hasAdmissions = false;
    this.ownerIds = null;
    for (const [jti, use] of this.tokenUses) if (!use.inLobby) this.tokenUses.delete(jti);
    this.revokedJtis.clear();
    const fresh = now.getTime() - freshAdmissionMs;
    for (const knock of this.decided) {
      const isFresh = knock.status === 'ADMITTED' && (knock.decidedAt?.getTime() ?? 0) > fresh;
      const coolsDown = knock.status === 'DENIED' && knock.knockAgainAt !== null && knock.knockAgainAt > now;
      if (isFresh || coolsDown) continue;
      this.#setKnock(knock.id, undefined);
      this.#sessionsHeld.delete(knock.id);
    }
    for (const id of this.#gone) {
      const knockId = this.participants.get(id)?.knockId ?? null;
      this.#setParticipant(id, undefined);
      if (knockId !== null) this.#sessionsHeld.delete(knockId);
    }
    for (const [id, ban] of this.bans) if (ban.liftedAt !== null) this.bans.delete(id);
  }

  /** What no rule was shown, and a rule yet writes, is new. */
  #holdSessions(id: KnockId): void {
    this.#sessionsHeld.add(id);
    this.#undo.push(() => this.#sessionsHeld.delete(id));
  }

  #put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const before = map.get(key);
    this.#undo.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
    map.set(key, value);
  }

  #setRoom(room: Room): void {
    const before = this.room;
    this.room = room;
    if (putsOutAlike(before, room)) return;
    for (const [id, participant] of this.participants) this.#deadlines.set(id, participantDue(participant, room));
  }

  /** @param knock undefined: it is held no more */
  #setKnock(id: KnockId, knock: Knock | undefined): void {
    if (knock === undefined) this.knocks.delete(id);
    else this.knocks.set(id, knock);
    this.#deadlines.set(id, knock === undefined ? Number.POSITIVE_INFINITY : knockDue(knock));
    if (knock === undefined || isPending(knock)) this.#decided.delete(id);
    else this.#decided.add(id);
  }

  /** @param participant undefined: it is held no more */
  #setParticipant(id: ParticipantId, participant: Participant | undefined): void {
    const before = this.participants.get(id);
    if (before !== undefined && takesPlace(before)) this.#placesTaken -= 1;
    if (participant !== undefined && takesPlace(participant)) this.#placesTaken += 1;
    if (participant === undefined) this.participants.delete(id);
    else this.participants.set(id, participant);
    this.#deadlines.set(
      id,
      participant === undefined ? Number.POSITIVE_INFINITY : participantDue(participant, this.room),
    );
    if (participant === undefined || isInside(participant)) this.#gone.delete(id);
    else this.#gone.add(id);
  }

  #mayDecide(participant: Participant): boolean {
    return isInside(participant) && mayAdminister(participant, 'PARTICIPANTS', this.room, this.domain);
  }

  #lookAgain(changed: readonly Participant[]): void {
    for (const participant of changed) {
      if (this.#mayDecide(participant)) this.#deciders?.add(participant.id);
      else this.#deciders?.delete(participant.id);
    }
  }

  #forgetDeciders(): void {
    this.#deciders = null;
  }
}

/** Do both put the same people out at the same time? */
function putsOutAlike(a: Room, b: Room): boolean {
  return (
    a.exp?.getTime() === b.exp?.getTime() &&
    a.ejectAtRoomExp === b.ejectAtRoomExp &&
    a.ejectAfterElapsedSeconds === b.ejectAfterElapsedSeconds
  );
}
