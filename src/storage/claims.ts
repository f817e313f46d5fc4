import type { TokenClaims } from '../rules/meeting-token-claims.ts';

type Stored<T> = { readonly [K in keyof T]: Date extends T[K] ? Exclude<T[K], Date> | string : T[K] };

/** A token's claims as they stand in a jsonb column: instants as RFC 3339 texts. What was stored before signers had ids names none. */
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
