import { WhoAmIDocument, type WhoAmIQuery } from './generated/graphql.ts';
import { VestibuleError } from './refusal.ts';
import type { Transport } from './transport.ts';

/**
 * Whom this transport's credential belongs to: for a day after its end, the session or knock that it was. Null: nobody any more.
 * @throws {VestibuleError} where the service cannot be reached
 */
export async function readViewer(transport: Pick<Transport, 'persist'>): Promise<WhoAmIQuery['viewer']> {
  const { viewer } = await transport.persist(WhoAmIDocument, {}).catch(forgotten);
  return viewer;
}

/** A credential that is no longer known belongs to nobody. */
function forgotten(error: unknown): { readonly viewer: null } {
  if (error instanceof VestibuleError && error.code === 'UNAUTHENTICATED') return { viewer: null };
  throw error;
}
