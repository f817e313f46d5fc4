import type { Ban } from '../rules/ban.ts';
import type { DomainId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { LobbyReturn } from '../rules/lobby-return.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { columnsOf, readRow, without } from './postgres/columns.ts';
import { readStoredClaims, type StoredClaims } from './tables/columns.ts';
import { bans, domains, knocks, liveStreams, lobbyReturns, participants, rooms, tokenUses } from './tables/index.ts';

// Where rows become the records of `rules`: read from the tables' definitions, and only here.

export const roomColumns = columnsOf(rooms);
export const domainColumns = columnsOf(domains);
export const knockColumns = columnsOf(knocks);
export const participantColumns = columnsOf(participants);
export const banColumns = columnsOf(bans);
export const lobbyReturnColumns = columnsOf(lobbyReturns);
export const tokenUseColumns = without(columnsOf(tokenUses), 'inLobby');
export const liveStreamColumns = columnsOf(liveStreams);

type WithClaims<T> = Omit<T, 'token'> & { readonly token: StoredClaims | null };

const knockOf = readRow<WithClaims<Knock>>(without(knockColumns, 'version', 'changedAt'));
const participantOf = readRow<WithClaims<Participant>>(without(participantColumns, 'isShown', 'decidesKnocks'));

export function readKnock(row: object): Knock {
  const knock = knockOf(row);
  return Object.assign(knock, { token: readStoredClaims(knock.token) });
}

export function readParticipant(row: object): Participant {
  const participant = participantOf(row);
  return Object.assign(participant, { token: readStoredClaims(participant.token) });
}

export const readBan = readRow<Ban>(banColumns);
export const readLobbyReturn = readRow<LobbyReturn>(lobbyReturnColumns);
export const readLiveStream = readRow<LiveStream>(liveStreamColumns);

/** What is read of a room; the rest is the writer's own. */
export const shownRoomColumns = without(roomColumns, 'lastGroup', 'dueAt');
export const readRoom = readRow<Room>(shownRoomColumns);

const domainOf = readRow<DomainDefaults & { id: DomainId }>(domainColumns);

export function readDomainDefaults(row: object): DomainDefaults {
  const { id, name, version, permissions, enforceUniqueUserIds, lang } = domainOf(row);
  return { id, name, version, permissions, enforceUniqueUserIds, lang };
}
