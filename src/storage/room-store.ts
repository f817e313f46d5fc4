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

/** Rows of a room as they were read: those that live, and what was asked for by key. */
export interface RowsRead {
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly knocks: ReadonlyMap<KnockId, Knock>;
  readonly participants: ReadonlyMap<ParticipantId, Participant>;
  readonly bans: ReadonlyMap<BanId, Ban>;
  readonly returns: ReadonlyMap<KnockId, LobbyReturn>;
  /** One for each token that was asked for. */
  readonly tokens: readonly TokenRead[];
  /** Null: they were not asked for. */
  readonly ownerIds: ReadonlySet<string> | null;
  readonly liveStream: LiveStream | null;
}

export interface TokenRead {
  readonly token: AskedToken;
  readonly fact: TokenFact;
}

export interface FactsRead {
  readonly rows: RowsRead;
  /** What was asked for: what of it is not among the rows is not there. */
  readonly keys: FactKeys;
  /** The database's clock, when it read. */
  readonly clock: Date;
  readonly hasWebhooks: boolean;
}

export interface EntryQuery {
  /** Something was shown that may open the room. */
  readonly hasCredential: boolean;
  readonly tokens: readonly AskedToken[];
  /** Who asks, to find the denials whose cool-down concerns them; null, or left out: nobody in particular. */
  readonly asker?: {
    readonly addressHash: string;
    readonly userId: string | null;
    readonly knockId: KnockId | null;
  } | null;
}

/** What an answer to who asks is made of. */
export interface EntryRead {
  readonly facts: EntryFacts | NoRoom;
  readonly ownerPresent: boolean;
  /** Denials whose cool-down runs, and that may concern whoever asks. */
  readonly denials: readonly Denial[];
  readonly clock: Date;
}

/** What is looked at before the room's writer decides on facts of its own. */
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

/** All that a group of commands changes in one room: rows whole, one per id. */
export interface RoomWrite {
  readonly ref: RoomRef;
  readonly seenVersion: number;
  readonly seenDomainVersion: number;
  readonly groupId: string;
  /** The decision's own expiry. */
  readonly validUntil: Date;
  readonly dueAt: Date | null;
  readonly now: Date;
  /** The domain's row is held until this is committed. */
  readonly holdsDomain: boolean;
  /** The write misses while somebody has the turn at the room. */
  readonly givesWay: boolean;
  readonly tellsWebhooks: boolean;
  /** The media server on which this is to be carried out; null: nothing of it is. */
  readonly carriedOutOn: MediaServerId | null;
  /** The room as it is after this; its settings are written only when `roomChanged`. */
  readonly after: Pick<RoomFacts, 'room' | 'domain'>;
  readonly roomChanged: boolean;
  readonly rows: Required<Pick<Changes, 'knocks' | 'participants' | 'bans' | 'returns' | 'tokenUses'>> &
    Pick<Changes, 'liveStream'>;
  readonly events: readonly LoggedEvent[];
}

/** Where rooms are kept. Every method is one statement. Where the store cannot answer, it throws DatabaseError. */
export interface RoomStore {
  /** The living rows and what was asked for by key, at one version. Null: no such room. */
  readonly readAll: (ref: RoomRef, keys: FactKeys) => Promise<FactsRead | null>;
  /**
   * What was asked for by key, and of all else only what was written after `seq`, with room and domain as they are then.
   * Null: no such room. `isWhole` false: so much has happened, or so long ago, that everything must be read.
   */
  readonly readSince: (
    ref: RoomRef,
    seq: number,
    keys: FactKeys,
  ) => Promise<(FactsRead & { readonly isWhole: boolean }) | null>;
  /**
   * The room of this name that lives, or else the latest that expired: one light statement for whoever asks to come in. A room
   * that is closed to who has no right is not found at all, so that neither answer nor time tells it from one that is not. What is
   * known of the tokens is told in any case.
   */
  readonly findEntry: (domainId: DomainId, name: string, ask: EntryQuery) => Promise<EntryRead>;
  /** The same room, and no more of it than whether it is there. */
  readonly glanceAtEntry: (domainId: DomainId, name: string, ask: EntryQuery) => Promise<EntryGlance>;
  /** Writes all, or nothing when room or domain moved on, the time is over, or somebody else has the turn (`version` null). */
  readonly apply: (write: RoomWrite) => Promise<{ readonly version: number | null; readonly clock: Date }>;
  /** Whether a write was done whose answer was lost. Call it only when the same write can not be done any more. */
  readonly wasWritten: (write: RoomWrite) => Promise<boolean>;
  /** Waits for this process's turn at the room: meanwhile writes that give way miss. Null: go on without. Never throws. */
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
