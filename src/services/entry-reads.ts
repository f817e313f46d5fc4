import type { Domain } from '../rules/domain.ts';
import { decideEntry, type EntryAsk, type TokenVerdict, tokenAt } from '../rules/entry.ts';
import { isNotYetValid } from '../rules/meeting-token.ts';
import type { TokenClaims } from '../rules/meeting-token-claims.ts';
import type { EntryRefused } from '../rules/refusal.ts';
import { isRoomName } from '../rules/text.ts';
import type { EntryQuery, EntryRead } from '../storage/room-store.ts';
import { type Caller, findMisplaced } from './caller.ts';
import type { EntryDeps } from './entry-deps.ts';
import type { InputReader } from './input.ts';

// What is looked at before a room's own rules decide, in the same way for every room that is, and that is not.

/**
 * Looks at a token by itself, all but its times. One that says that it was signed later than now goes on record: a revocation that
 * comes before that instant covers it, since it was seen.
 */
export async function verifyToken(
  deps: EntryDeps,
  domain: Domain | null,
  token: string | null,
  now: Date,
): Promise<TokenVerdict | null> {
  if (token === null) return null;
  if (domain === null) {
    return { ok: false, code: 'TOKEN_INVALID', opensAt: null, detail: 'there is no such domain' };
  }
  const verdict = await deps.verifier.verify(domain, token, now, { ignoreTimes: true });
  if (verdict.ok && isNotYetValid(verdict.claims, now)) await deps.recordToken(domain, verdict);
  return verdict;
}

/** What is asked for is read by one light statement, the same for every room that is, and that is not. */
export async function readEntry(
  deps: EntryDeps,
  domain: Domain | null,
  roomName: string,
  shown: { readonly claims: TokenClaims | null; readonly hasCredential: boolean },
  use: 'TO_ENTER' | { readonly toAnswer: EntryQuery['asker'] },
): Promise<EntryRead | null> {
  if (domain === null || !isRoomName(roomName)) return null;
  const ask = {
    hasCredential: shown.hasCredential,
    tokens: shown.claims === null ? [] : [shown.claims],
    isAnswer: use !== 'TO_ENTER',
    ...(use !== 'TO_ENTER' && use.toAnswer ? { asker: use.toAnswer } : {}),
  };
  return deps.clock.sync(() => deps.store.findEntry(domain.id, roomName, ask));
}

/** Refuses what can be refused on the light facts alone: a bad token, and a room that is closed to who shows nothing. */
export function refuseEarly(
  read: EntryRead | null,
  roomName: string,
  shown: TokenVerdict | null,
  hasCredential: boolean,
  now: Date,
): EntryRefused | null {
  const token = tokenAt(shown, now);
  const isBad = token !== null && !token.ok;
  if (read !== null && hasCredential && !isBad) return null;
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName,
    token,
    knock: null,
    addressHash: null,
    takesUse: false,
    takesPlace: false,
  };
  const { decision } = decideEntry(read?.facts ?? null, ask, now);
  return decision.kind === 'REFUSED' ? decision.refusal : null;
}

/** A bearer that opens nothing here is refused where it stands in for what is missing, not passed over. */
export function sayMisplaced(reader: InputReader, caller: Caller): void {
  const problem = findMisplaced(caller);
  if (problem !== null) reader.say(['token'], problem);
}
