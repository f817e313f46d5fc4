import type { Actor } from '../../rules/actor.ts';
import type { KnockId, LiveStreamId, RoomId } from '../../rules/ids.ts';
import type { LiveStreamStatus } from '../../rules/live-stream.ts';
import type { PermissionsPatch } from '../../rules/permissions.ts';
import type { RoomEnd, RoomPrivacy } from '../../rules/room.ts';
import type { EventPayload } from '../../rules/room-event.ts';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  sql,
  text,
  uniqueIndex,
  uuid,
} from '../postgres/orm.ts';
import type { AlsoWritten } from '../room-store.ts';
import { at, bytes, domainId, roomId, version } from './columns.ts';
import { domains } from './domain.ts';

/** Rooms: each is a state machine, and `version` is its guard, its order and its event sequence in one. */
export const rooms = pgTable(
  'rooms',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').$type<RoomId>().notNull(),
    name: text('name').notNull(),
    /** Rooms that were made before this was asked count as such. */
    reusesName: boolean('reuses_name').notNull().default(true),
    version: version('version').notNull(),
    lastGroup: uuid('last_group'),
    privacy: text('privacy').$type<RoomPrivacy>().notNull(),
    nbf: at('nbf'),
    exp: at('exp'),
    maxParticipants: integer('max_participants'),
    enableKnocking: boolean('enable_knocking').notNull(),
    knockTimeoutSeconds: integer('knock_timeout_seconds').notNull(),
    knockCooldownSeconds: integer('knock_cooldown_seconds').notNull(),
    title: text('title'),
    meetingUrl: text('meeting_url'),
    lobbyMessage: text('lobby_message'),
    ownerOnlyBroadcast: boolean('owner_only_broadcast').notNull(),
    enforceUniqueUserIds: boolean('enforce_unique_user_ids'),
    ejectAtRoomExp: boolean('eject_at_room_exp').notNull(),
    ejectAfterElapsedSeconds: integer('eject_after_elapsed_seconds'),
    startVideoOff: boolean('start_video_off').notNull(),
    startAudioOff: boolean('start_audio_off').notNull(),
    enableScreenshare: boolean('enable_screenshare').notNull(),
    lang: text('lang'),
    permissions: jsonb('permissions').$type<PermissionsPatch>(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    closedAt: at('closed_at'),
    closedBy: text('closed_by').$type<RoomEnd>(),
    isOver: boolean('is_over').notNull().default(false),
    /** The earliest instant at which something in the room falls due by itself. */
    dueAt: at('due_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    uniqueIndex('rooms_live_name').on(table.domainId, table.name).where(sql`${table.closedAt} is null`),
    index('rooms_name').on(table.domainId, table.name, table.createdAt),
    index('rooms_newest').on(table.domainId, table.createdAt, table.id),
    index('rooms_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index('rooms_closed').on(table.closedAt).where(sql`${table.closedAt} is not null`),
    check('rooms_privacy', sql`${table.privacy} in ('PUBLIC', 'PRIVATE')`),
    check('rooms_max_participants', sql`${table.maxParticipants} > 0`),
  ],
);

/** Who is kept out of a room. */
export const bans = pgTable(
  'bans',
  {
    domainId: domainId(),
    roomId: roomId(),
    id: uuid('id').notNull(),
    userId: text('user_id'),
    userName: text('user_name'),
    knockId: uuid('knock_id').$type<KnockId>(),
    jti: text('jti'),
    addressHash: bytes('address_hash'),
    madeByAdmin: boolean('made_by_admin').notNull().default(false),
    createdAt: at('created_at').notNull(),
    exp: at('exp'),
    liftedAt: at('lifted_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.id] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('bans_id').on(table.domainId, table.id),
    index('bans_in_force').on(table.domainId, table.roomId, table.createdAt).where(sql`${table.liftedAt} is null`),
    index('bans_over').on(sql`least(${table.liftedAt}, ${table.exp})`),
  ],
);

/** Live streams: what the service authorised and what the media side reported. */
export const liveStreams = pgTable(
  'live_streams',
  {
    domainId: domainId(),
    roomId: roomId(),
    id: uuid('id').$type<LiveStreamId>().notNull(),
    status: text('status').$type<LiveStreamStatus>().notNull(),
    destinations: jsonb('destinations').$type<readonly string[]>().notNull(),
    /** The destinations with their stream keys, until it has ended. */
    destinationsSealed: bytes('destinations_sealed'),
    /** What the media server calls it, as long as it may be sent there, after its end too. */
    egressId: text('egress_id'),
    /** When the media server was last asked to start it, until it has said what became of that. */
    startAskedAt: at('start_asked_at'),
    startedAt: at('started_at').notNull(),
    startedBy: jsonb('started_by').$type<Actor>().notNull(),
    /** Null: as it was started. */
    statusAt: at('status_at'),
    endedAt: at('ended_at'),
    error: text('error'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.id] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('live_streams_id').on(table.domainId, table.id),
    index('live_streams_carried').on(table.domainId, table.roomId).where(sql`${table.destinationsSealed} is not null`),
    index('live_streams_latest').on(table.domainId, table.roomId, table.startedAt),
    index('live_streams_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
  ],
);

/** The truth of what happened: every change of a room, in its order, without a gap. */
export const roomEvents = pgTable(
  'room_events',
  {
    domainId: domainId(),
    roomId: roomId(),
    seq: version('seq').notNull(),
    type: smallint('type').notNull(),
    payload: jsonb('payload').$type<EventPayload>().notNull(),
    at: at('at').notNull(),
    groupId: uuid('group_id'),
    /** Rows that were written with this event's group and that no payload of it names: a process that fell behind reads these too. */
    also: jsonb('also').$type<AlsoWritten>(),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.seq] }),
    index('room_events_at').on(table.at),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** Who was sent back to the lobby: as long as nobody has admitted them, their tokens only vouch for who knocks. */
export const lobbyReturns = pgTable(
  'lobby_returns',
  {
    domainId: domainId(),
    roomId: roomId(),
    /** The knock that it made. */
    id: uuid('id').$type<KnockId>().notNull(),
    userId: text('user_id'),
    jti: text('jti'),
    returnedAt: at('returned_at').notNull(),
    admittedAt: at('admitted_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.id] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('lobby_returns_open').on(table.domainId, table.roomId).where(sql`${table.admittedAt} is null`),
    index('lobby_returns_admitted').on(table.admittedAt).where(sql`${table.admittedAt} is not null`),
    check('lobby_returns_of_somebody', sql`num_nonnulls(${table.userId}, ${table.jti}) = 1`),
  ],
);

/** How often a token was used in a room. */
export const tokenUses = pgTable(
  'token_uses',
  {
    domainId: domainId(),
    roomId: roomId(),
    jti: text('jti').notNull(),
    uses: integer('uses').notNull(),
    /** Written by versions before `lobby_returns`; read by none since. */
    inLobby: boolean('in_lobby').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.jti] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('token_uses_jti').on(table.domainId, table.jti),
  ],
);
