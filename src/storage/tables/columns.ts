import type { DomainId, RoomId } from '../../rules/ids.ts';
import type { TokenClaims } from '../../rules/meeting-token-claims.ts';
import { bigint, customType, timestamp, uuid } from '../postgres/orm.ts';

// Every table is keyed by domain first, so that each can be spread over machines by domain.

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** An instant, to the millisecond: as precise as the clock that decisions are made by. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
export const domainId = () => uuid('domain_id').$type<DomainId>().notNull();
export const roomId = () => uuid('room_id').$type<RoomId>().notNull();
export const version = (name: string) => bigint(name, { mode: 'number' });

type Stored<T> = { readonly [K in keyof T]: Date extends T[K] ? Exclude<T[K], Date> | string : T[K] };

/** A token's claims as a jsonb column has them: instants are RFC 3339 texts. Claims from before signers had ids name no signer's id. */
export type StoredClaims = Omit<Stored<TokenClaims>, 'signerId'> & { readonly signerId?: string | null };

/** Brings stored claims back to what was verified. */
export function readStoredClaims(stored: StoredClaims | null): TokenClaims | null {
  if (stored === null) return null;
  const signerId = stored.signerId ?? null;
  return { ...stored, signerId, nbf: instant(stored.nbf), exp: instant(stored.exp), iat: instant(stored.iat) };
}

function instant(value: string | null): Date | null {
  return value === null ? null : new Date(value);
}
