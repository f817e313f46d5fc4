import type { Ban } from '../rules/ban.ts';
import { type FactKeys, LoadedRows, LoadedTokens } from '../rules/fact-keys.ts';
import { type Changes, type RoomFacts, takesPlace } from '../rules/facts.ts';
import type { BanId, KnockId, ParticipantId } from '../rules/ids.ts';
import { isPending, type Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import { liveStreamDue } from '../rules/live-stream-due.ts';
import { isReturnOver, type LobbyReturn } from '../rules/lobby-return.ts';
import { carriedOutOn } from '../rules/media-server.ts';
import { isInside, mayAdminister, type Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { knockDue, participantDue, roomDue } from '../rules/room-life.ts';
import type { FactsRead } from '../storage/room-store.ts';
import { Deadlines, LoadedKeys } from './draft-indexes.ts';

/** For how many milliseconds a process keeps an admission in memory: most people join at once. */
const freshAdmissionMs = 60_000;

/**
 * A room's facts on their way: what one command changed, the next one in its group sees. What was not written after all is
 * taken back with `rollBack`, so that a race that was lost costs only what the winner changed.
 */
export class FactsDraft implements RoomFacts {
  room: Room;
  domain: DomainDefaults;
  hasWebhooks: boolean;
  hasAdmissions = false;
  liveStream: LiveStream | null;
  readonly knocks = new LoadedRows<KnockId, Knock>((id) => ({ knockIds: [id] }));
  readonly participants = new LoadedRows<ParticipantId, Participant>((id) => ({ participantIds: [id] }));
  readonly bans: Map<BanId, Ban>;
  readonly returns: Map<KnockId, LobbyReturn>;
  readonly tokens = new LoadedTokens();
  readonly keyed: LoadedKeys;
  #isCurrent = true;
  readonly #undo: (() => void)[] = [];
  readonly #deadlines = new Deadlines();
  /** Knocks and participants that are over. There are few, and they are soon dropped. */
  readonly #decided = new Set<KnockId>();
  readonly #gone = new Set<ParticipantId>();
  #placesTaken = 0;
  /** Knocks that were made here, and of which no session was dropped since: this draft holds all their sessions. */
  readonly #sessionsHeld = new Set<KnockId>();
  /** Who can answer a knock; null: not known. */
  #deciders: Set<ParticipantId> | null = null;

  constructor({ rows, keys, hasWebhooks }: FactsRead) {
    this.room = rows.room;
    this.domain = rows.domain;
    this.hasWebhooks = hasWebhooks;
    this.liveStream = rows.liveStream;
    this.bans = new Map(rows.bans);
    this.returns = new Map(rows.returns);
    const { knocks, participants } = this;
    this.keyed = new LoadedKeys({ knocks, participants, hasSessionsOf: (id) => this.#sessionsHeld.has(id) });
    this.#load(rows, keys);
  }

  /**
   * Is all that these keys ask for here already? What is held of a room is as true as its version, which every write guards; only
   * what is let go of once it is over (sessions, uses, answers to keys) may exist without being here.
   */
  holds({ knockIds = [], sessionsOf = [], participantIds = [], ...others }: FactKeys): boolean {
    const { knockKeys = [], participantKeys = [], tokens = [], admissions = false, owners = [] } = others;
    if (admissions || knockKeys.length + participantKeys.length + tokens.length + owners.length > 0) return false;
    return (
      knockIds.every((id) => this.knocks.has(id)) &&
      sessionsOf.every((id) => this.#sessionsHeld.has(id)) &&
      participantIds.every((id) => this.participants.has(id))
    );
  }

  /** False where others are known to have written: the draft must read their changes first. */
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

  /** Computed once and then kept up to date: a search through a full room without owners would visit everybody at each change. */
  get ownerPresent(): boolean {
    this.#deciders ??= new Set(
      [...this.participants.values()].filter((one) => this.#mayDecide(one)).map(({ id }) => id),
    );
    return this.#deciders.size > 0;
  }

  /** Adds what was read: everything that was written since this draft's version, and the rows for the keys. */
  absorb({ rows, keys, hasWebhooks }: FactsRead): void {
    const before = this.domain;
    this.domain = rows.domain;
    this.#setRoom(rows.room);
    if (carriedOutOn(before) !== carriedOutOn(rows.domain)) this.#reckonAnew();
    this.hasWebhooks = hasWebhooks;
    this.liveStream = rows.liveStream;
    for (const [id, ban] of rows.bans) this.bans.set(id, ban);
    for (const [id, one] of rows.returns) this.returns.set(id, one);
    this.#load(rows, keys);
    this.#isCurrent = true;
    this.#forgetDeciders();
  }

  /** Adds rows, and remembers that a key without a row has none. */
  #load(rows: FactsRead['rows'], keys: FactKeys): void {
    this.hasAdmissions = keys.admissions ?? false;
    for (const [id, knock] of rows.knocks) this.#setKnock(id, knock);
    for (const [id, participant] of rows.participants) this.#setParticipant(id, participant);
    for (const { token, fact } of rows.tokens) this.tokens.load(token, fact);
    this.knocks.wereSought(keys.knockIds ?? []);
    this.participants.wereSought(keys.participantIds ?? []);
    this.keyed.load(keys, rows.ownerIds);
  }

  /** Applies a decision's changes. */
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
      const before = this.knocks.held(knock.id);
      this.#undo.push(() => this.#setKnock(knock.id, before));
      this.#setKnock(knock.id, knock);
    }
    for (const participant of changes.participants ?? []) {
      const before = this.participants.held(participant.id);
      this.#undo.push(() => this.#setParticipant(participant.id, before));
      this.#setParticipant(participant.id, participant);
    }
    for (const ban of changes.bans ?? []) this.#put(this.bans, ban.id, ban);
    for (const one of changes.returns ?? []) this.#put(this.returns, one.id, one);
    for (const { jti, uses } of changes.tokenUses ?? []) {
      const before = this.tokens.usesOf(jti);
      this.#undo.push(() => this.tokens.setUses(jti, before));
      this.tokens.setUses(jti, uses);
    }
    if (changes.room) this.#forgetDeciders();
    if (changes.participants) this.#lookAgain(changes.participants);
  }

  /** Undoes all changes since the last `settleDown`, because they were not written. */
  rollBack(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    this.#isCurrent = false;
    this.#forgetDeciders();
  }

  /** Is nothing due at this instant? Then rules do not have to search all knocks and participants. */
  isQuietAt(now: Date): boolean {
    return !this.hasAdmissions && now.getTime() < this.#dueMs;
  }

  /** The earliest instant at which something in this room becomes due, which may be in the past; null: nothing will. */
  get dueAt(): Date | null {
    const at = this.#dueMs;
    return Number.isFinite(at) ? new Date(at) : null;
  }

  get #dueMs(): number {
    return Math.min(roomDue(this.room), liveStreamDue(this), this.#deadlines.earliest);
  }

  get decided(): readonly Knock[] {
    return [...this.#decided].flatMap((id) => this.knocks.held(id) ?? []);
  }

  /** The changes were written. Keeps the living rows and drops those that were read by key: the next command that needs them reads them. */
  settleDown(version: number, now: Date): void {
    this.#undo.length = 0;
    this.room = { ...this.room, version };
    this.hasAdmissions = false;
    this.tokens.clear();
    this.keyed.clear();
    this.knocks.forgetAbsent();
    this.participants.forgetAbsent();
    const fresh = now.getTime() - freshAdmissionMs;
    for (const knock of this.decided) {
      const isFresh = knock.status === 'ADMITTED' && knock.decided.at.getTime() > fresh;
      const coolsDown = knock.status === 'DENIED' && knock.coolsDownUntil > now;
      if (isFresh || coolsDown) continue;
      this.#setKnock(knock.id, undefined);
      this.#sessionsHeld.delete(knock.id);
    }
    for (const id of this.#gone) {
      const knockId = this.participants.held(id)?.knockId ?? null;
      this.#setParticipant(id, undefined);
      if (knockId !== null) this.#sessionsHeld.delete(knockId);
    }
    for (const [id, ban] of this.bans) if (ban.liftedAt !== null) this.bans.delete(id);
    for (const [id, one] of this.returns) if (isReturnOver(one, now)) this.returns.delete(id);
  }

  /** A row that a rule writes, and that no rule was given, is new. */
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
    if (!putsOutAlike(before, room)) this.#reckonAnew();
  }

  /** The room or the domain has changed in what says when people are due. */
  #reckonAnew(): void {
    for (const [id, participant] of this.participants) this.#deadlines.set(id, participantDue(participant, this));
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
    const before = this.participants.held(id);
    if (before !== undefined && takesPlace(before)) this.#placesTaken -= 1;
    if (participant !== undefined && takesPlace(participant)) this.#placesTaken += 1;
    if (participant === undefined) this.participants.delete(id);
    else this.participants.set(id, participant);
    this.#deadlines.set(id, participant === undefined ? Number.POSITIVE_INFINITY : participantDue(participant, this));
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

/** Do both eject the same people at the same time? */
function putsOutAlike(a: Room, b: Room): boolean {
  return (
    a.exp?.getTime() === b.exp?.getTime() &&
    a.ejectAtRoomExp === b.ejectAtRoomExp &&
    a.ejectAfterElapsedSeconds === b.ejectAfterElapsedSeconds
  );
}
