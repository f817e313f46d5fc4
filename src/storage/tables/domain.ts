import type { DoorPagePatch } from '../../rules/door-page.ts';
import type { DomainId, RoomId } from '../../rules/ids.ts';
import type { MediaServerRef } from '../../rules/media-server.ts';
import type { PermissionsPatch } from '../../rules/permissions.ts';
import type { SelfSigningAlgorithm } from '../../rules/signing-key.ts';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  sql,
  text,
  uniqueIndex,
  uuid,
} from '../postgres/orm.ts';
import { at, bytes, domainId, version } from './columns.ts';

/** Tenants. `version` moves with every change that a room's decisions may rest on: settings, keys, revocations without a room. */
export const domains = pgTable(
  'domains',
  {
    id: uuid('id').primaryKey().$type<DomainId>(),
    name: text('name').notNull(),
    version: version('version').notNull().default(1),
    permissions: jsonb('permissions').$type<PermissionsPatch>(),
    enforceUniqueUserIds: boolean('enforce_unique_user_ids').notNull().default(false),
    lang: text('lang').notNull().default('en'),
    meetingTokenLifetimeSeconds: integer('meeting_token_lifetime_seconds').default(86_400),
    mediaServer: jsonb('media_server').$type<MediaServerRef>(),
    doorPage: jsonb('door_page').$type<DoorPagePatch>(),
    createdAt: at('created_at').notNull(),
  },
  (table) => [uniqueIndex('domains_name').on(table.name)],
);

/** The backends' keys, as hashes. */
export const apiKeys = pgTable(
  'api_keys',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    hash: bytes('hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: at('created_at').notNull(),
    lastUsedAt: at('last_used_at'),
    exp: at('exp'),
    revokedAt: at('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    uniqueIndex('api_keys_hash').on(table.hash, table.domainId),
    index('api_keys_newest').on(table.domainId, table.createdAt, table.id),
  ],
);

/** The service's own signing keys, private halves sealed. Each key follows at most one other, and is followed once. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    kid: text('kid').notNull(),
    publicJwk: jsonb('public_jwk').notNull(),
    privateKeySealed: bytes('private_key_sealed').notNull(),
    follows: uuid('follows'),
    createdAt: at('created_at').notNull(),
    activeFrom: at('active_from').notNull(),
    lastTokenExp: at('last_token_exp'),
    retiredAt: at('retired_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    uniqueIndex('signing_keys_kid').on(table.domainId, table.kid),
    uniqueIndex('signing_keys_follows').on(
      table.domainId,
      sql`coalesce(${table.follows}, '00000000-0000-0000-0000-000000000000'::uuid)`,
    ),
  ],
);

/** Keys with which a domain's backend signs meeting tokens itself; shared secrets sealed. */
export const selfSigningKeys = pgTable(
  'self_signing_keys',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    kid: text('kid').notNull(),
    algorithm: text('algorithm').$type<SelfSigningAlgorithm>().notNull(),
    publicJwk: jsonb('public_jwk'),
    secretSealed: bytes('secret_sealed'),
    createdAt: at('created_at').notNull(),
    revokedAt: at('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    uniqueIndex('self_signing_keys_kid').on(table.domainId, table.kid).where(sql`${table.revokedAt} is null`),
  ],
);

/** Meeting tokens on record; the signed text is never kept. */
export const meetingTokens = pgTable(
  'meeting_tokens',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    jti: text('jti').notNull(),
    roomId: uuid('room_id').$type<RoomId>(),
    roomName: text('room_name'),
    isOwner: boolean('is_owner').notNull(),
    userName: text('user_name'),
    userId: text('user_id'),
    nbf: at('nbf'),
    exp: at('exp'),
    knocking: boolean('knocking').notNull(),
    ejectAtTokenExp: boolean('eject_at_token_exp'),
    ejectAfterElapsedSeconds: integer('eject_after_elapsed_seconds'),
    startVideoOff: boolean('start_video_off'),
    startAudioOff: boolean('start_audio_off'),
    enableScreenshare: boolean('enable_screenshare'),
    lang: text('lang'),
    permissions: jsonb('permissions').$type<PermissionsPatch>(),
    maxUses: integer('max_uses'),
    selfSigned: boolean('self_signed').notNull(),
    createdAt: at('created_at').notNull(),
    revokedAt: at('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    uniqueIndex('meeting_tokens_jti').on(table.domainId, table.jti),
    index('meeting_tokens_newest').on(table.domainId, table.createdAt, table.id),
    index('meeting_tokens_room').on(table.domainId, table.roomId, table.createdAt, table.id),
    index('meeting_tokens_exp').on(table.exp).where(sql`${table.exp} is not null`),
    index('meeting_tokens_user').on(table.domainId, table.userId, table.createdAt, table.id),
  ],
);

/** What was revoked: every token issued by then that matches all that is given. Outlives tokens that nobody has seen yet. */
export const revocations = pgTable(
  'revocations',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull(),
    jti: text('jti'),
    roomName: text('room_name'),
    userId: text('user_id'),
    revokedAt: at('revoked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    index('revocations_jti').on(table.domainId, table.jti),
    // Of everything that a person or a room had: a token is compared with three of these, however many there are.
    index('revocations_target')
      .on(table.domainId, table.userId, table.roomName, table.revokedAt)
      .where(sql`${table.jti} is null`),
    check('revocations_of_something', sql`num_nonnulls(${table.jti}, ${table.roomName}, ${table.userId}) > 0`),
  ],
);
