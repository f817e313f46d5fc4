import type { KnockId } from './ids.ts';
import type { Knock } from './knock.ts';

/** What is remembered of a denial while its cool-down runs. */
export type Denial = Pick<Knock, 'id' | 'status' | 'userId' | 'addressHash' | 'knockAgainAt'>;

/**
 * From when on this person may knock again; null: now. Cool-downs hold for the network that the denied knock came from; a verified
 * identity answers only for itself.
 */
export function coolsDownUntil(
  denials: Iterable<Denial>,
  who: { readonly userId: string | null; readonly knockId: KnockId | null; readonly addressHash: string },
  now: Date,
): Date | null {
  let until: Date | null = null;
  for (const denied of denials) {
    if (denied.status !== 'DENIED' || denied.knockAgainAt === null || denied.knockAgainAt <= now) continue;
    const isSame = denied.id === who.knockId || (who.userId !== null && denied.userId === who.userId);
    const isFromThere = denied.addressHash === who.addressHash && (who.userId === null || denied.userId === who.userId);
    if ((isSame || isFromThere) && (until === null || denied.knockAgainAt > until)) until = denied.knockAgainAt;
  }
  return until;
}
