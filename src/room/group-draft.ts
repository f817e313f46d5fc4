import type { Ban } from '../rules/ban.ts';
import type { Caller } from '../rules/caller.ts';
import { opens, tokensOfKnock, tokensOfSession } from '../rules/credentials.ts';
import { isLive } from '../rules/domain.ts';
import { type Changes, type Decision, findInside, type RoomFacts, type TokenUse } from '../rules/facts.ts';
import type { ApiKeyId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock-request.ts';
import { concludeRoom } from '../rules/leaving.ts';
import type { LobbyReturn } from '../rules/lobby-return.ts';
import { type MediaLook, mediaLookAfter, oldTokenMs, strongerLook } from '../rules/media-look.ts';
import { carriedOutOn } from '../rules/media-server.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { type EventPayload, type NewRoomEvent, type RoomEvent, toPayload } from '../rules/room-event.ts';
import type { LoggedEvent, RoomRef, RoomWrite } from '../storage/room-store.ts';
import type { FactsDraft } from './facts-draft.ts';

/** An event that was committed, with what it speaks of as it was then. */
export interface PublishedEvent {
  readonly event: RoomEvent;
  readonly what: NewRoomEvent;
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly participantCount: number;
}

export type WebhookOf = (what: NewRoomEvent, facts: RoomFacts, now: Date) => LoggedEvent['webhook'];

interface DraftedEvent {
  readonly what: NewRoomEvent;
  readonly payload: EventPayload;
  readonly webhook: LoggedEvent['webhook'];
  readonly room: Room;
  readonly participantCount: number;
}

/** No decision is written, and no refusal is given, later than this number of milliseconds after it was made. */
export const maxAgeMs = 5_000;

function saysSomething({ room, liveStream, ...rows }: Changes): boolean {
  return room !== undefined || liveStream !== undefined || Object.values(rows).some((some) => some.length > 0);
}

/** What a group of commands will have changed, gathered as each is decided in turn. */
export class GroupDraft {
  readonly facts: FactsDraft;
  readonly now: Date;
  readonly #seen: { readonly version: number; readonly domainVersion: number };
  readonly #knocks = new Map<string, Knock>();
  readonly #participants = new Map<string, Participant>();
  readonly #bans = new Map<string, Ban>();
  readonly #returns = new Map<string, LobbyReturn>();
  readonly #tokenUses = new Map<string, TokenUse>();
  readonly #events: DraftedEvent[] = [];
  #roomChanged = false;
  #liveStreamChanged = false;
  #holdsDomain = false;
  #mediaLook: MediaLook = 'NONE';
  #validUntilMs: number;

  readonly #webhookOf: WebhookOf;

  constructor(facts: FactsDraft, now: Date, webhookOf: WebhookOf) {
    this.#webhookOf = webhookOf;
    this.facts = facts;
    this.now = now;
    this.#seen = { version: facts.room.version, domainVersion: facts.domain.version };
    this.#validUntilMs = now.getTime() + maxAgeMs;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** The number of the latest event of the commands that were decided so far. */
  get version(): number {
    return this.#seen.version + this.#events.length;
  }

  /** Adds the changes of a command that was decided on the state that its predecessors left. */
  add({ changes, validUntil, restsOnDomain }: Decision<unknown>): void {
    this.take(changes ?? null);
    this.boundBy(validUntil ?? null);
    if (restsOnDomain && changes) this.#holdsDomain = true;
  }

  /** After this instant, none of these changes is written. Null: there is no such instant. */
  boundBy(instant: Date | null): void {
    if (instant !== null) this.#validUntilMs = Math.min(this.#validUntilMs, instant.getTime());
  }

  /** Adds changes that became due, or follow from a decision. Everything that is written has a position in the room's order. */
  take(changes: Changes | null): void {
    if (changes === null || !saysSomething(changes)) return;
    const before = this.#events.length;
    this.#add(changes);
    const conclusion = concludeRoom(this.facts, this.now);
    if (conclusion !== null) this.#add(conclusion);
    if (this.#events.length === before) this.#add({ events: [{ type: 'Internal', by: null }] });
  }

  #add(changes: Changes): void {
    this.#mediaLook = strongerLook(this.#mediaLook, mediaLookAfter(this.facts, changes));
    this.facts.take(changes);
    this.#roomChanged ||= changes.room !== undefined;
    this.#liveStreamChanged ||= changes.liveStream !== undefined;
    for (const knock of changes.knocks ?? []) this.#knocks.set(knock.id, knock);
    for (const participant of changes.participants ?? []) this.#participants.set(participant.id, participant);
    for (const ban of changes.bans ?? []) this.#bans.set(ban.id, ban);
    for (const one of changes.returns ?? []) this.#returns.set(one.id, one);
    for (const use of changes.tokenUses ?? []) this.#tokenUses.set(use.jti, use);
    const { room, domain, hasWebhooks, ownerPresent, placesTaken: participantCount } = this.facts;
    for (const what of changes.events) {
      const payload = toPayload(what, room, domain, ownerPresent);
      const webhook = hasWebhooks ? this.#webhookOf(what, this.facts, this.now) : null;
      this.#events.push({ what, payload, room, webhook, participantCount });
    }
  }

  /** All that is to be written: rows once per id, as they are in the end. */
  toWrite(ref: RoomRef, groupId: string, givesWay: boolean): RoomWrite {
    const { dueAt } = this.facts;
    const dueMs = dueAt !== null && dueAt > this.now ? dueAt.getTime() : Number.POSITIVE_INFINITY;
    const { liveStream } = this.facts;
    return {
      ref,
      seenVersion: this.#seen.version,
      seenDomainVersion: this.#seen.domainVersion,
      groupId,
      validUntil: new Date(Math.min(this.#validUntilMs, dueMs)),
      dueAt,
      now: this.now,
      holdsDomain: this.#holdsDomain,
      givesWay,
      tellsWebhooks: this.#events.some(({ webhook }) => webhook !== null),
      carriedOutOn: this.#mediaLook === 'NONE' ? null : carriedOutOn(this.facts.domain),
      watchUntil: this.#mediaLook === 'LOSES' ? new Date(this.now.getTime() + oldTokenMs) : null,
      after: { room: this.facts.room, domain: this.facts.domain },
      roomChanged: this.#roomChanged,
      rows: {
        knocks: [...this.#knocks.values()],
        participants: [...this.#participants.values()],
        bans: [...this.#bans.values()],
        returns: [...this.#returns.values()],
        tokenUses: [...this.#tokenUses.values()],
        ...(this.#liveStreamChanged && liveStream ? { liveStream } : {}),
      },
      events: this.#events.map(({ what, payload, webhook }) => ({ type: what.type, payload, webhook })),
    };
  }

  /** The events as the log has them once this is written. */
  published(): readonly PublishedEvent[] {
    const { domain } = this.facts;
    return this.#events.map(({ what, payload, room, participantCount }, index) => {
      const seq = this.#seen.version + index + 1;
      const event: RoomEvent = { roomId: room.id, seq, type: what.type, at: this.now, payload };
      return { event, what, room: { ...room, version: seq }, domain, participantCount };
    });
  }
}

/** Does a key stand behind this? Then what is written by it holds the domain's row: a revocation comes before it or after it. */
export function restsOnKey(by: Caller | null): boolean {
  return by?.kind === 'BACKEND' && by.seenAt !== null;
}

/** The keys of these callers that were not found good at this version of the domain: they may have been revoked since, or before. */
export function keysToConfirm(callers: readonly (Caller | null)[], domainVersion: number): readonly ApiKeyId[] {
  const ids = callers.flatMap((by) =>
    by?.kind === 'BACKEND' && by.seenAt !== null && by.seenAt !== domainVersion ? [by.apiKey.id] : [],
  );
  return [...new Set(ids)];
}

/** Is this a person of these facts, inside or before the door? Then the facts say as well whether the credential has ended. */
export function isPersonIn(facts: RoomFacts, by: Caller): boolean {
  if (by.kind === 'PARTICIPANT') return findInside(facts, by.id) !== undefined;
  if (by.kind !== 'KNOCKER') return false;
  const status = facts.knocks.get(by.id)?.status;
  return status === 'PENDING' || status === 'ADMITTED';
}

/**
 * Has the credential ended that this caller was resolved by? Looked at on the facts that the decision is guarded by: what happened
 * between the one and the other counts. Whether a session or a knock itself has ended is for the rules to say.
 * @param endedKeys those among `keysToConfirm` that are good no more
 */
export function hasEndedSince(
  facts: RoomFacts,
  by: Caller | null,
  endedKeys: ReadonlySet<ApiKeyId>,
  now: Date,
): boolean {
  if (by?.kind === 'BACKEND') return endedKeys.has(by.apiKey.id) || !isLive(by.apiKey, now);
  if (by?.kind === 'PARTICIPANT') {
    const session = findInside(facts, by.id);
    if (!session) return false;
    return !opens(tokensOfSession(session), by.credential);
  }
  if (by?.kind === 'KNOCKER') {
    const knock = facts.knocks.get(by.id);
    if (!knock) return false;
    return !opens(tokensOfKnock(knock), by.credential);
  }
  return false;
}
