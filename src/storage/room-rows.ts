import { LRUCache } from 'lru-cache';
import type { Actor } from '../rules/actor.ts';
import type { Ban } from '../rules/ban.ts';
import type { DomainId } from '../rules/ids.ts';
import type {
  AdmittedKnock,
  ClosedKnock,
  DeniedKnock,
  Knock,
  KnockBase,
  PendingKnock,
} from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { LobbyReturn } from '../rules/lobby-return.ts';
import {
  notOnMediaServer,
  type Participant,
  type ParticipantBase,
  type PastParticipant,
  type PresentParticipant,
} from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { columnsOf, only, readRow, selectList, without } from './postgres/columns.ts';
import { readStoredClaims, type StoredClaims } from './tables/columns.ts';
import { bans, domains, knocks, liveStreams, lobbyReturns, participants, rooms, tokenUses } from './tables/index.ts';

// The only place where rows become the records of `rules`. The columns come from the tables' definitions.

export const roomColumns = columnsOf(rooms);
export const domainColumns = columnsOf(domains);
export const knockColumns = columnsOf(knocks);
export const participantColumns = columnsOf(participants);
export const banColumns = columnsOf(bans);
export const lobbyReturnColumns = columnsOf(lobbyReturns);
export const tokenUseColumns = without(columnsOf(tokenUses), 'inLobby');
export const liveStreamColumns = columnsOf(liveStreams);

/** What of a knock changes without a difference that anybody is shown: who holds its subscriptions, and until when it counts as there. */
export const unseenOfKnock: ReadonlySet<string> = new Set(['attachedTo', 'seenUntil']);

type WithClaims<T> = Omit<T, 'token'> & { readonly token: StoredClaims | null };

function withClaims<T extends { readonly token: StoredClaims | null }>(record: T) {
  return Object.assign(record, { token: readStoredClaims(record.token) });
}

// A row has a column for everything that any state of a knock carries. Only the room's writer fills them, from the states.
const decisionKeys = ['reason', 'decidedAt', 'decidedBy', 'knockAgainAt', 'isBanned', 'endedAt'] as const;
const stateKeys = ['status', 'exp', 'connection', 'attachedTo', 'seenUntil', ...decisionKeys] as const;
type StateColumns = Pick<typeof knocks.$inferSelect, (typeof stateKeys)[number]>;

interface DecidedRow<Reason> {
  readonly decidedAt: Date;
  readonly decidedBy: Actor;
  readonly reason: Reason;
}
type DecidedColumns<State extends Exclude<Knock, PendingKnock>> = Pick<State, 'status'> &
  DecidedRow<State['decided']['reason']>;
type StateRow =
  | Pick<PendingKnock, 'status'>
  | (DecidedColumns<AdmittedKnock> & Pick<AdmittedKnock, 'connection'> & { readonly exp: Date })
  | (DecidedColumns<DeniedKnock> & Pick<StateColumns, 'knockAgainAt' | 'isBanned'>)
  | DecidedColumns<ClosedKnock>;

const ownKnockColumns = without(knockColumns, 'version', 'changedAt');
const pendingOf = readRow<WithClaims<PendingKnock>>(without(ownKnockColumns, ...decisionKeys));
const knockOf = readRow<WithClaims<KnockBase>>(without(ownKnockColumns, ...stateKeys));
const stateOf = readRow<StateRow>(only(ownKnockColumns, ...stateKeys));

export function readKnock(row: object): Knock {
  const state = stateOf(row);
  switch (state.status) {
    case 'PENDING':
      return withClaims(pendingOf(row));
    case 'ADMITTED': {
      const { status, exp: letsInUntil, connection } = state;
      return { ...withClaims(knockOf(row)), status, decided: decidedOf(state), letsInUntil, connection };
    }
    case 'DENIED': {
      const { status, knockAgainAt, isBanned } = state;
      const decided = decidedOf(state);
      // Earlier versions wrote no cool-down with a ban.
      const coolsDown = { knockAgainAt: isBanned ? null : knockAgainAt, coolsDownUntil: knockAgainAt ?? decided.at };
      return { ...withClaims(knockOf(row)), status, decided, ...coolsDown };
    }
    case 'CANCELLED':
    case 'EXPIRED':
      return { ...withClaims(knockOf(row)), status: state.status, decided: decidedOf(state) };
  }
}

function decidedOf<Reason>({ decidedAt, decidedBy, reason }: DecidedRow<Reason>) {
  return { at: decidedAt, by: decidedBy, reason };
}

/** Takes a knock apart into columns. What its state does not carry is null, or over. */
export function writeKnock(knock: Knock): object {
  return { ...knock, ...columnsOfState(knock) };
}

function columnsOfState(knock: Knock): StateColumns {
  if (knock.status === 'PENDING') return { ...knock, ...undecided };
  const { status, decided } = knock;
  return {
    ...{ status, reason: decided.reason, decidedAt: decided.at, decidedBy: decided.by },
    exp: status === 'ADMITTED' ? knock.letsInUntil : null,
    knockAgainAt: status === 'DENIED' ? knock.coolsDownUntil : null,
    isBanned: status === 'DENIED' && knock.knockAgainAt === null,
    connection: status === 'ADMITTED' ? knock.connection : 'LEFT',
    attachedTo: [],
    seenUntil: decided.at,
    endedAt: status === 'ADMITTED' ? null : decided.at,
  };
}

const undecided = {
  reason: null,
  decidedAt: null,
  decidedBy: null,
  knockAgainAt: null,
  isBanned: false,
  endedAt: null,
};

// A session in the room has a presence and media. A session that has ended has the time and the reason. The row has columns for both.
const leftKeys = ['leftAt', 'leaveReason'] as const;
const sentKeys = ['audio', 'video', 'screenShare'] as const;
const mediaKeys = ['mediaConnection', 'mediaSid', 'mutesOwed'] as const;
const presentKeys = ['connection', 'attachedTo', 'seenUntil', ...sentKeys, ...mediaKeys] as const;
type SessionColumns = Pick<typeof participants.$inferSelect, (typeof leftKeys | typeof presentKeys)[number]>;
interface LeftRow {
  readonly leftAt: Date | null;
  readonly leaveReason: PastParticipant['left']['reason'];
}

const ownSessionColumns = without(participantColumns, 'isShown', 'decidesKnocks');
const presentOf = readRow<WithClaims<PresentParticipant>>(without(ownSessionColumns, ...leftKeys), 'left');
const sessionOf = readRow<WithClaims<ParticipantBase>>(without(ownSessionColumns, ...leftKeys, ...presentKeys));
const leftOf = readRow<LeftRow>(only(ownSessionColumns, ...leftKeys));

export function readParticipant(row: object): Participant {
  const { leftAt, leaveReason } = leftOf(row);
  if (leftAt === null) return Object.assign(withClaims(presentOf(row)), { left: null });
  return { ...withClaims(sessionOf(row)), left: { at: leftAt, reason: leaveReason } };
}

/** Takes a session apart into columns. After its end, nobody is present and nothing is sent. */
export function writeParticipant(participant: Participant): object {
  return { ...participant, ...columnsOfSession(participant) };
}

function columnsOfSession(participant: Participant): SessionColumns {
  if (participant.left === null) return { ...participant, leftAt: null, leaveReason: null };
  const { at, reason } = participant.left;
  const nothing = { audio: false, video: false, screenShare: false, ...notOnMediaServer };
  return { leftAt: at, leaveReason: reason, connection: 'LEFT', attachedTo: [], seenUntil: at, ...nothing };
}

export const readBan = readRow<Ban>(banColumns);
export const readLobbyReturn = readRow<LobbyReturn>(lobbyReturnColumns);
export const readLiveStream = readRow<LiveStream>(liveStreamColumns);

/** The columns of a room that are shown. The writer alone reads the others. */
export const shownRoomColumns = without(roomColumns, 'lastGroup', 'dueAt');
export const readRoom = readRow<Room>(shownRoomColumns);

const domainOf = readRow<DomainDefaults & { id: DomainId }>(domainColumns);

export function readDomainDefaults(row: object): DomainDefaults {
  const { id, name, version, permissions, enforceUniqueUserIds, lang, mediaServer, doorPage } = domainOf(row);
  return { id, name, version, permissions, enforceUniqueUserIds, lang, mediaServer, doorPage };
}

/** How many domains are remembered. */
const maxDomains = 1_000;

/** A room's columns, and its domain's settings unless they are known already. */
export interface RoomRow {
  /** Null: the settings of the known version still hold. */
  readonly ofDomain: object | null;
}

/**
 * What to select of a room `r` and its domain `d`.
 * @param known the version of the domain that is known, as SQL
 */
export function roomWithDomain(known: string): string {
  return `${selectList(shownRoomColumns, 'r')},
  case when d.version <> ${known} then (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) end as "ofDomain"`;
}

/** The version of the known settings. If none are known, a version that no domain has. */
export function versionOf(known: DomainDefaults | null): number {
  return known?.version ?? -1;
}

/** The settings of domains as they were read last: nearly all rooms that are read come with the same ones. */
export class KnownDomains {
  readonly #last = new LRUCache<DomainId, DomainDefaults>({ max: maxDomains });

  of(id: DomainId): DomainDefaults | null {
    return this.#last.get(id) ?? null;
  }

  /** Versions may come again with other settings, where a database has lost some. */
  forgetAll(): void {
    this.#last.clear();
  }

  /** @param known what `of` said when the statement was sent */
  read(row: RoomRow, known: DomainDefaults | null): { readonly room: Room; readonly domain: DomainDefaults } {
    return { room: readRoom(row), domain: this.#readDomain(row.ofDomain, known) };
  }

  #readDomain(json: object | null, known: DomainDefaults | null): DomainDefaults {
    if (json === null && known !== null) return known;
    if (json === null) throw new Error('a room came without its domain');
    const domain = readDomainDefaults(json);
    this.#last.set(domain.id, domain);
    return domain;
  }
}
