import type { DomainId, RoomId } from '../../rules/ids.ts';
import { bigint, customType, timestamp, uuid } from '../postgres/orm.ts';

// Every table is keyed by domain first, so that each can be spread over machines by domain.

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** An instant, to the millisecond: as precise as the clock that decisions are made by. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
export const domainId = () => uuid('domain_id').$type<DomainId>().notNull();
export const roomId = () => uuid('room_id').$type<RoomId>().notNull();
export const version = (name: string) => bigint(name, { mode: 'number' });
