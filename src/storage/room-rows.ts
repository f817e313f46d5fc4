import type { Ban } from '../rules/ban.ts';
import type { DomainId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import { readStoredClaims, type StoredClaims } from './claims.ts';
import { columnsOf, readRow } from './columns.ts';
import { bans, domains, knocks, liveStreams, participants, rooms } from './tables.ts';

// Where rows become the records of `rules`: read from the tables' definitions, and only here.

export const roomColumns = columnsOf(rooms);
export const domainColumns = columnsOf(domains);
export const knockColumns = columnsOf(knocks);
export const participantColumns = columnsOf(participants);
export const banColumns = columnsOf(bans);
export const liveStreamColumns = columnsOf(liveStreams);

type WithClaims<T> = Omit<T, 'token'> & { readonly token: StoredClaims | null };

const knockOf = readRow<WithClaims<Knock> & { version?: number; changedAt?: Date }>(knockColumns);
const participantOf = readRow<WithClaims<Participant> & { isShown?: boolean; decidesKnocks?: boolean }>(
  participantColumns,
);

export function readKnock(row: object): Knock {
  const { version: _version, changedAt: _changed, ...knock } = knockOf(row);
  return { ...knock, token: readStoredClaims(knock.token) };
}

export function readParticipant(row: object): Participant {
  const { isShown: _shown, decidesKnocks: _decides, ...participant } = participantOf(row);
  return { ...participant, token: readStoredClaims(participant.token) };
}

export const readBan = readRow<Ban>(banColumns);
export const readLiveStream = readRow<LiveStream>(liveStreamColumns);

const roomOf = readRow<Room & { lastGroup?: string | null; dueAt?: Date | null }>(roomColumns);

export function readRoom(row: object): Room {
  const { lastGroup: _group, dueAt: _due, ...room } = roomOf(row);
  return room;
}

const domainOf = readRow<DomainDefaults & { id: DomainId }>(domainColumns);

export function readDomainDefaults(row: object): DomainDefaults {
  const { id, name, version, permissions, enforceUniqueUserIds, lang } = domainOf(row);
  return { id, name, version, permissions, enforceUniqueUserIds, lang };
}
