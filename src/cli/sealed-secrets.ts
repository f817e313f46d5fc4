import { reseal } from '../tokens/reseal.ts';
import { type Tell, well } from './finding.ts';
import type { Installation } from './installation.ts';

/** Does MASTER_KEY open every secret by itself? A start opens the installation's own two alone. */
export async function examineSecrets({ storage, box }: Installation, tell: Tell): Promise<void> {
  const what = 'master key';
  const { resealed, unchanged, unopened } = await reseal(storage.sealed, box, true);
  if (unopened > 0)
    tell({
      what,
      state: 'PROBLEM',
      found: `secrets that are sealed with another key, and cannot be opened: ${unopened}`,
      hint: 'Add that key to MASTER_KEY_PREVIOUS, then: vestibule key rotate-master',
    });
  else if (resealed > 0)
    tell({
      what,
      state: 'WARNING',
      found: `MASTER_KEY_PREVIOUS is still needed, for so many secrets: ${resealed}`,
      hint: 'Once every process has this MASTER_KEY: vestibule key rotate-master',
    });
  else tell(well(what, `it opens the secrets in the database: ${unchanged}`));
}
