import type { Caller } from '../rules/caller.ts';
import { opens, tokensOfKnock, tokensOfSession } from '../rules/credentials.ts';
import { isLive } from '../rules/domain.ts';
import { findInside, type RoomFacts } from '../rules/facts.ts';
import type { ApiKeyId } from '../rules/ids.ts';

/** Does a key stand behind this? Then what is written by it holds the domain's row: a revocation comes before it or after it. */
export function restsOnKey(by: Caller | null): boolean {
  return by?.kind === 'BACKEND' && by.seenAt !== null;
}

/** The keys of these callers that were not found good at this version of the domain: they may have been revoked since, or before. */
export function keysToConfirm(callers: readonly (Caller | null)[], domainVersion: number): readonly ApiKeyId[] {
  const ids = callers.flatMap((by) =>
    by?.kind === 'BACKEND' && by.seenAt !== null && by.seenAt !== domainVersion ? [by.apiKey.id] : [],
  );
  return [...new Set(ids)];
}

/**
 * Has the credential ended that this caller was resolved by? Looked at on the facts that the decision is guarded by: what happened
 * between the one and the other counts. Whether a session or a knock itself has ended is for the rules to say.
 * @param endedKeys those among `keysToConfirm` that are good no more
 */
export function hasEndedSince(
  facts: RoomFacts,
  by: Caller | null,
  endedKeys: ReadonlySet<ApiKeyId>,
  now: Date,
): boolean {
  if (by?.kind === 'BACKEND') return endedKeys.has(by.apiKey.id) || !isLive(by.apiKey, now);
  if (by?.kind === 'PARTICIPANT') {
    const session = findInside(facts, by.id);
    if (!session) return false;
    return !opens(tokensOfSession(session), by.credential);
  }
  if (by?.kind === 'KNOCKER') {
    const knock = facts.knocks.get(by.id);
    if (!knock) return false;
    return !opens(tokensOfKnock(knock), by.credential);
  }
  return false;
}
