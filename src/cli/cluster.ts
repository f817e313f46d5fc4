import type { Database } from '../storage/postgres/database.ts';
import { findUnspread } from '../storage/spread-by-domain.ts';
import { type Tell, well } from './finding.ts';

/** Where the tables are spread: is everything of this version? */
export async function examineCluster(database: Pick<Database, 'query'>, tell: Tell): Promise<void> {
  const unspread = await findUnspread((text) => database.query<object>(text, []));
  if (unspread === null)
    return tell({ ...well('cluster', 'the tables are not spread over a cluster'), state: 'SKIPPED' });
  if (unspread.length === 0) return tell(well('cluster', 'tables and functions are spread by domain'));
  tell({
    what: 'cluster',
    state: 'PROBLEM',
    found: `not spread: ${unspread.join(', ')}`,
    hint: 'To spread them: vestibule migrate',
  });
}
