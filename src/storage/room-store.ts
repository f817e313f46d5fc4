import type { Ban } from '../rules/ban.ts';
import type { AskedToken, FactKeys, TokenFact } from '../rules/fact-keys.ts';
import type { Changes, EntryFacts, EntryOutline, NoRoom, RoomFacts } from '../rules/facts.ts';
import type { BanId, DomainId, KnockId, MediaServerId, ParticipantId, RoomId } from '../rules/ids.ts';
import type { Denial, Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { LobbyReturn } from '../rules/lobby-return.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import type { EventPayload, RoomEventType } from '../rules/room-event.ts';

export interface RoomRef {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
}

/** Rows of a room as they were read: those that are open, and those that were asked for by key. */
export interface RowsRead {
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly knocks: ReadonlyMap<KnockId, Knock>;
  readonly participants: ReadonlyMap<ParticipantId, Participant>;
  readonly bans: ReadonlyMap<BanId, Ban>;
  readonly returns: ReadonlyMap<KnockId, LobbyReturn>;
  /** One for each token that was asked for. */
  readonly tokens: readonly TokenRead[];
  /** Those of the userIds that were asked for. */
  readonly ownerIds: ReadonlySet<string>;
  readonly liveStream: LiveStream | null;
}

export interface TokenRead {
  readonly token: AskedToken;
  readonly fact: TokenFact;
}

export interface FactsRead {
  readonly rows: RowsRead;
  /** The keys that were asked for. A key without a row here has no row. */
  readonly keys: FactKeys;
  /** What the database's clock said when it read. */
  readonly clock: Date;
  readonly hasWebhooks: boolean;
}

/** What a credential may open of the rooms of one name: any of them, or the very room that it was made at. */
export type Opens = 'ANY' | RoomId;

export interface EntryQuery {
  /** What the caller's credentials may open. Empty: nothing that is closed to strangers. */
  readonly opens: readonly Opens[];
  readonly tokens: readonly AskedToken[];
  /** The person who asks, to find the cool-downs that concern them. Null, or left out: nobody in particular. */
  readonly asker?: { readonly addressHash: string; readonly userId: string | null } | null;
}

/** What an answer to somebody at the door is made of. */
export interface EntryRead {
  readonly facts: EntryFacts | NoRoom;
  readonly ownerPresent: boolean;
  /** Denials with a running cool-down that may concern the person who asks. */
  readonly denials: readonly Denial[];
  readonly clock: Date;
}

/** What is read before the room's writer decides, which reads facts of its own. */
export interface EntryGlance {
  readonly facts: EntryOutline | NoRoom;
  readonly clock: Date;
}

/** An event on its way into the log, with what a webhook will be told of it. */
export interface LoggedEvent {
  readonly type: RoomEventType;
  readonly payload: EventPayload;
  readonly webhook: { readonly event: string; readonly data: object } | null;
}

/** All that a group of commands changes in one room: whole rows, one for each id. */
export interface RoomWrite {
  readonly ref: RoomRef;
  readonly seenVersion: number;
  readonly seenDomainVersion: number;
  readonly groupId: string;
  /** Until when the decision may be written. */
  readonly validUntil: Date;
  readonly dueAt: Date | null;
  readonly now: Date;
  /** The domain's row is held until this is committed. */
  readonly holdsDomain: boolean;
  /** The write misses while another process has its turn at the room. */
  readonly givesWay: boolean;
  /** One of the events at least is to be told to webhooks. */
  readonly tellsWebhooks: boolean;
  /** The media server on which this is to be carried out; null: nothing of it is. */
  readonly carriedOutOn: MediaServerId | null;
  /** Until then somebody may come back to the media server with rights that have ended with this; null: nobody's have. */
  readonly watchUntil: Date | null;
  /** The room as it is after this; its settings are written only when `roomChanged`. */
  readonly after: Pick<RoomFacts, 'room' | 'domain'>;
  readonly roomChanged: boolean;
  readonly rows: Required<Pick<Changes, 'knocks' | 'participants' | 'bans' | 'returns' | 'tokenUses'>> &
    Pick<Changes, 'liveStream'>;
  readonly events: readonly LoggedEvent[];
}

/** Where rooms are kept. Every method is one statement. @throws DatabaseError if the database does not answer */
export interface RoomStore {
  /** The open rows, and the rows that were asked for by key, at one version. Null: no such room. */
  readonly readAll: (ref: RoomRef, keys: FactKeys) => Promise<FactsRead | null>;
  /**
   * The rows that were asked for by key, and otherwise only rows that were written after `seq`, with room and domain as they are then.
   * Null: no such room. `isWhole` false: too much has happened, or too long ago, and everything must be read.
   */
  readonly readSince: (
    ref: RoomRef,
    seq: number,
    keys: FactKeys,
  ) => Promise<(FactsRead & { readonly isWhole: boolean }) | null>;
  /**
   * The open room of this name, or else the one that expired last: one light statement for somebody at the door. A room that is closed
   * to the caller is not found at all, so that neither the answer nor its time shows whether it exists. What is known about the tokens is
   * returned in any case.
   */
  readonly findEntry: (domainId: DomainId, name: string, ask: EntryQuery) => Promise<EntryRead>;
  /** The same room, but only whether it exists and how its door stands. */
  readonly glanceAtEntry: (domainId: DomainId, name: string, ask: EntryQuery) => Promise<EntryGlance>;
  /** Writes everything. Writes nothing (`version` null) if room or domain moved on, the time is over, or another process has its turn. */
  readonly apply: (write: RoomWrite) => Promise<{ readonly version: number | null; readonly clock: Date }>;
  /** Whether a write with a lost answer was done. Call it only when that write can no longer happen. */
  readonly wasWritten: (write: RoomWrite) => Promise<boolean>;
  /** Waits for this process's turn at the room, during which the writes of others that give way miss. Null: go on without it. Never throws. */
  readonly takeTurn: (ref: RoomRef) => Promise<(() => void) | null>;
}

/** Ids of rows, by what they are. Lists that would be empty are left out. */
export interface AlsoWritten {
  readonly knocks?: readonly string[];
  readonly participants?: readonly string[];
  readonly bans?: readonly string[];
  readonly returns?: readonly string[];
  readonly jtis?: readonly string[];
}
