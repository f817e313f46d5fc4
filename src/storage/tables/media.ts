import type { MediaServerId } from '../../rules/ids.ts';
import type { MediaServerKind, MediaServerState } from '../../rules/media-server.ts';
import { bigint, boolean, check, foreignKey, index, pgTable, primaryKey, sql, text, uuid } from '../postgres/orm.ts';
import { at, bytes, domainId, roomId } from './columns.ts';
import { domains } from './domain.ts';
import { rooms } from './room.ts';

/** Media servers, those too that were replaced and whose rooms are not all closed. Secrets sealed. `domains` says which one counts. */
export const mediaServers = pgTable(
  'media_servers',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').$type<MediaServerId>().notNull(),
    kind: text('kind').$type<MediaServerKind>().notNull(),
    url: text('url').notNull(),
    apiUrl: text('api_url'),
    apiKey: text('api_key').notNull(),
    secretSealed: bytes('secret_sealed').notNull(),
    keyId: text('key_id'),
    tenant: text('tenant'),
    gate: boolean('gate').notNull().default(false),
    gateHolds: boolean('gate_holds'),
    /** When somebody last began to look at the gate from outside. */
    gateLookedAt: at('gate_looked_at'),
    /** The look of which the gate itself was last asked: whatever else refuses, it is not the gate. */
    gateAskedBy: uuid('gate_asked_by'),
    state: text('state').$type<MediaServerState>().notNull(),
    lastError: text('last_error'),
    checkedAt: at('checked_at'),
    createdAt: at('created_at').notNull(),
    endedAt: at('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    index('media_servers_key').on(table.apiKey).where(sql`${table.kind} = 'LIVEKIT'`),
    index('media_servers_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    check('media_servers_kind', sql`${table.kind} in ('LIVEKIT', 'JITSI')`),
  ],
);

/**
 * Rooms as they should be on a media server. `wanted` moves with whatever has to be carried out there, in the statement that decides it;
 * `done` follows when that is so. Whoever holds the lease looks.
 */
export const mediaRooms = pgTable(
  'media_rooms',
  {
    domainId: domainId(),
    roomId: roomId(),
    mediaServerId: uuid('media_server_id').$type<MediaServerId>().notNull(),
    wanted: bigint('wanted', { mode: 'number' }).notNull().default(1),
    done: bigint('done', { mode: 'number' }).notNull().default(0),
    /** Since when something waits to be carried out. Counts only while there is something. */
    wantedAt: at('wanted_at'),
    /** When somebody is to look at it next. */
    lookAt: at('look_at').notNull(),
    leasedUntil: at('leased_until'),
    /** Until then somebody whose rights have shrunk may come back with an old token. */
    watchUntil: at('watch_until'),
    /** When somebody was last removed: for some seconds it is looked whether they stay away. */
    removedAt: at('removed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.roomId, table.mediaServerId] }),
    foreignKey({ columns: [table.domainId, table.roomId], foreignColumns: [rooms.domainId, rooms.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      columns: [table.domainId, table.mediaServerId],
      foreignColumns: [mediaServers.domainId, mediaServers.id],
    }).onDelete('cascade'),
    index('media_rooms_look').on(table.lookAt),
    index('media_rooms_server').on(table.domainId, table.mediaServerId),
  ],
);

/** What media servers have told: each is listened to once. */
export const mediaWebhooks = pgTable(
  'media_webhooks',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    /** As the media server counts them. */
    id: text('id').notNull(),
    seenAt: at('seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.domainId, table.id] }), index('media_webhooks_seen').on(table.seenAt)],
);
