import type { Actor } from '../../rules/actor.ts';
import type { KnockId, ParticipantId, ProcessId } from '../../rules/ids.ts';
import type { KnockReason, KnockStatus } from '../../rules/knock-request.ts';
import type { LeaveReason, OwedMute } from '../../rules/participant.ts';
import type { PermissionsPatch } from '../../rules/permissions.ts';
import type { ConnectionState } from '../../rules/presence.ts';
import {
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  sql,
  text,
  uuid,
} from '../postgres/orm.ts';
import { at, bytes, domainId, roomId, type StoredClaims, version } from './columns.ts';
import { rooms } from './room.ts';

/** Who asked to come in, and what became of it. */
export const knocks = pgTable(
  'knocks',
  {
    domainId: domainId(),
    roomId: roomId(),
    id: uuid('id').$type<KnockId>().notNull(),
    userName: text('user_name').notNull(),
    userId: text('user_id'),
    verified: boolean('verified').notNull(),
    message: text('message'),
    status: text('status').$type<KnockStatus>().notNull(),
    reason: text('reason').$type<KnockReason>(),
    reply: text('reply'),
    requestedAt: at('requested_at').notNull(),
    decidedAt: at('decided_at'),
    decidedBy: jsonb('decided_by').$type<Actor>(),
    exp: at('exp'),
    /** Of a denial: until when nobody may knock from there. */
    knockAgainAt: at('knock_again_at'),
    /** Denied by a ban: nobody tells them a time at which they may knock again. */
    isBanned: boolean('is_banned').notNull().default(false),
    token: jsonb('token').$type<StoredClaims>(),
    tokenHash: bytes('token_hash').notNull(),
    previousTokenHash: bytes('previous_token_hash'),
    /** In hex. They count only while there is a previous one. */
    spareTokenHashes: text('spare_token_hashes').array().notNull().default([]),
    idempotencyHash: bytes('idempotency_hash'),
    addressHash: bytes('address_hash').notNull(),
    isReturn: boolean('is_return').notNull(),
    connection: text('connection').$type<ConnectionState>().notNull(),
    attachedTo: jsonb('attached_to').$type<readonly ProcessId[]>().notNull(),
    seenUntil: at('seen_until').notNull(),
    endedAt: at('ended_at'),
    /** The room's version that wrote this row, and when: streams over all rooms find by it what is new. */
    version: version('version').notNull(),
    changedAt: at('changed_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.id] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('knocks_id').on(table.domainId, table.id),
    index('knocks_token').on(table.tokenHash),
    index('knocks_spare_tokens')
      .using('gin', table.spareTokenHashes)
      .with({ fastupdate: false })
      .where(sql`${table.spareTokenHashes} <> '{}'`),
    index('knocks_previous_token').on(table.previousTokenHash).where(sql`${table.previousTokenHash} is not null`),
    index('knocks_key')
      .on(table.domainId, table.roomId, table.idempotencyHash)
      .where(sql`${table.idempotencyHash} is not null`),
    index('knocks_waiting')
      .on(table.domainId, table.roomId, table.requestedAt, table.id)
      .where(sql`${table.status} = 'PENDING'`),
    index('knocks_order').on(table.domainId, table.roomId, table.requestedAt, table.id),
    index('knocks_domain_waiting')
      .on(table.domainId, table.requestedAt, table.id)
      .where(sql`${table.status} = 'PENDING'`),
    index('knocks_changed').on(table.domainId, table.changedAt),
    index('knocks_denied')
      .on(table.domainId, table.roomId, table.knockAgainAt)
      .where(sql`${table.status} = 'DENIED' and ${table.knockAgainAt} is not null`),
    index('knocks_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    index('knocks_admitted').on(table.domainId, table.roomId).where(sql`${table.status} = 'ADMITTED'`),
    index('knocks_admitted_until').on(table.exp).where(sql`${table.status} = 'ADMITTED'`),
    check('knocks_status', sql`${table.status} in ('PENDING', 'ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED')`),
  ],
);

/** Sessions in rooms, those that ended too. */
export const participants = pgTable(
  'participants',
  {
    domainId: domainId(),
    roomId: roomId(),
    id: uuid('id').$type<ParticipantId>().notNull(),
    userName: text('user_name').notNull(),
    userId: text('user_id'),
    verified: boolean('verified').notNull(),
    isOwner: boolean('is_owner').notNull(),
    hidden: boolean('hidden').notNull(),
    joinedAt: at('joined_at').notNull(),
    leftAt: at('left_at'),
    leaveReason: text('leave_reason').$type<LeaveReason>(),
    token: jsonb('token').$type<StoredClaims>(),
    knockId: uuid('knock_id').$type<KnockId>(),
    permissions: jsonb('permissions').$type<PermissionsPatch>(),
    audio: boolean('audio').notNull(),
    video: boolean('video').notNull(),
    screenShare: boolean('screen_share').notNull(),
    mediaConnection: text('media_connection').$type<ConnectionState>(),
    /** Of their session on the media server. */
    mediaSid: text('media_sid'),
    /** What somebody switched off, and is to be muted there once. */
    mutesOwed: text('mutes_owed').array().$type<readonly OwedMute[]>().notNull().default([]),
    sessionHash: bytes('session_hash').notNull(),
    previousSessionHash: bytes('previous_session_hash'),
    /** In hex. They count only while there is a previous one. */
    spareSessionHashes: text('spare_session_hashes').array().notNull().default([]),
    idempotencyHash: bytes('idempotency_hash'),
    addressHash: bytes('address_hash').notNull(),
    connection: text('connection').$type<ConnectionState>().notNull(),
    attachedTo: jsonb('attached_to').$type<readonly ProcessId[]>().notNull(),
    seenUntil: at('seen_until').notNull(),
    /** Derived when the row is written: is seen by others, may answer knocks. */
    isShown: boolean('is_shown').notNull(),
    decidesKnocks: boolean('decides_knocks').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.id] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    index('participants_id').on(table.domainId, table.id),
    index('participants_session').on(table.sessionHash),
    index('participants_spare_sessions')
      .using('gin', table.spareSessionHashes)
      .with({ fastupdate: false })
      .where(sql`${table.spareSessionHashes} <> '{}'`),
    index('participants_previous_session')
      .on(table.previousSessionHash)
      .where(sql`${table.previousSessionHash} is not null`),
    index('participants_key')
      .on(table.domainId, table.roomId, table.idempotencyHash)
      .where(sql`${table.idempotencyHash} is not null`),
    index('participants_knock')
      .on(table.domainId, table.roomId, table.knockId)
      .where(sql`${table.knockId} is not null`),
    index('participants_left').on(table.leftAt).where(sql`${table.leftAt} is not null`),
    index('participants_owners')
      .on(table.domainId, table.roomId, table.userId)
      .where(sql`${table.isOwner} and ${table.userId} is not null`),
    index('participants_inside')
      .on(table.domainId, table.roomId, table.joinedAt, table.id)
      .where(sql`${table.leftAt} is null`),
  ],
);

/** Running processes. One that stops renewing is declared dead once, and stays dead. */
export const processes = pgTable('processes', {
  id: uuid('id').primaryKey(),
  /** Since when the service has been there without a break, as this process knows: not later than it started, or than it came back. */
  startedAt: at('started_at').notNull(),
  renewedAt: at('renewed_at').notNull(),
  deadAt: at('dead_at'),
  /** When all that hung on it was let go. */
  sweptAt: at('swept_at'),
  /** Until then it is this process that looks for what is due anywhere. */
  lookoutUntil: at('lookout_until'),
});

/** How much of each budget is left. Unlogged, and lost with a crash of the database: then every budget is full again. */
export const budgets = pgTable('budgets', {
  key: text('key').primaryKey(),
  /** Units left at that instant; more come with time. */
  left: doublePrecision('left').notNull(),
  at: at('at').notNull(),
});
