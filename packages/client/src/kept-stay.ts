import { hashOf } from './affinity.ts';
import type { Client, Standing } from './client.ts';
import type { Keeper } from './keeper.ts';

// What this tab has kept of a stay: whose it is, and whether it is still good for anything.

/** Null: nothing of this is kept, or it is good for nothing any more and kept no longer. @throws {VestibuleError} */
export async function findKept(client: Client, keeper: Keeper, name: 'session' | 'knock'): Promise<Standing | null> {
  const kept = keeper.take(name);
  if (kept === null) return null;
  const standing = await client.goOn(kept);
  if (standing !== null && isGood(standing)) return standing;
  keeper.set(name, null);
  return null;
}

function isGood(standing: Standing): boolean {
  return standing.kind !== 'KNOCKED' || ['PENDING', 'ADMITTED'].includes(standing.knock.view.get().knockRequest.status);
}

/** Whoever comes with another token comes as somebody else. */
export function forgetOthers(keeper: Keeper, token: string | undefined): void {
  if (token === undefined) return;
  const as = hashOf(token);
  if (keeper.get('as') !== as) for (const name of ['session', 'knock', 'attempt'] as const) keeper.set(name, null);
  keeper.set('as', as);
}
