import type { Changes, EntryFacts, RoomFacts } from '../rules/facts.ts';
import type { DomainId, KnockId, ParticipantId, RoomId } from '../rules/ids.ts';
import type { Denial } from '../rules/knocking.ts';
import type { TokenClaims } from '../rules/meeting-token-claims.ts';
import type { EventPayload, RoomEventType } from '../rules/room-event.ts';

export interface RoomRef {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
}

/** What a command needs beyond the room's living rows. Hashes are hex SHA-256. */
export interface FactKeys {
  readonly knockIds?: readonly KnockId[];
  readonly knockKeys?: readonly string[];
  readonly participantIds?: readonly ParticipantId[];
  readonly participantKeys?: readonly string[];
  /** Sessions, ended ones too, that came in by these admissions. */
  readonly sessionsOf?: readonly KnockId[];
  readonly tokens?: readonly Pick<TokenClaims, 'jti' | 'roomName' | 'userId' | 'iat' | 'selfSigned'>[];
  /** Every admission that still lets in. */
  readonly admissions?: boolean;
  /** The userIds of the owners on record. */
  readonly owners?: boolean;
}

export interface FactsRead {
  readonly facts: RoomFacts;
  /** The database's clock, when it read. */
  readonly clock: Date;
  readonly hasWebhooks: boolean;
}

export interface EntryQuery {
  /** Something was shown that may open the room. */
  readonly hasCredential: boolean;
  readonly tokens: NonNullable<FactKeys['tokens']>;
  /** The answer will be told as it stands here. False: the room's writer decides on facts of its own, and no place is counted. */
  readonly isAnswer: boolean;
  /** Who asks, to find the denials whose cool-down concerns them; left out: nobody in particular. */
  readonly asker?: { readonly addressHash: string; readonly userId: string | null; readonly knockId: KnockId | null };
}

export interface EntryRead {
  readonly facts: EntryFacts;
  readonly ownerPresent: boolean;
  /** Denials whose cool-down runs, and that may concern whoever asks. */
  readonly denials: readonly Denial[];
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
  /** The room as it is after this; its settings are written only when `roomChanged`. */
  readonly after: Pick<RoomFacts, 'room' | 'domain'>;
  readonly roomChanged: boolean;
  readonly rows: Required<Pick<Changes, 'knocks' | 'participants' | 'bans' | 'tokenUses'>> &
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
   * that is closed to who has no right is not found at all, so that neither answer nor time tells it from one that is not.
   */
  readonly findEntry: (domainId: DomainId, name: string, ask: EntryQuery) => Promise<EntryRead | null>;
  /** Writes all, or nothing when room or domain moved on, the time is over, or somebody else has the turn (`version` null). */
  readonly apply: (write: RoomWrite) => Promise<{ readonly version: number | null; readonly clock: Date }>;
  /** Whether a write was done whose answer was lost. Call it only when the same write can not be done any more. */
  readonly wasWritten: (write: RoomWrite) => Promise<boolean>;
  /** Waits for this process's turn at the room: meanwhile writes that give way miss. Null: go on without. Never throws. */
  readonly takeTurn: (ref: RoomRef) => Promise<(() => void) | null>;
}
