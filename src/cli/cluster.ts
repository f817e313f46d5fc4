import type { Database } from '../storage/postgres/database.ts';
import { findUnspread } from '../storage/spread-by-domain.ts';
import { type Tell, well } from './finding.ts';

/** Where the tables are spread: is everything of this version, do all nodes answer, and have they the same time? */
export async function examineCluster(database: Pick<Database, 'query'>, tell: Tell): Promise<void> {
  const unspread = await findUnspread((text) => database.query<object>(text, []));
  if (unspread === null)
    return tell({ ...well('cluster', 'the tables are not spread over a cluster'), state: 'SKIPPED' });
  if (unspread.length === 0) tell(well('cluster', 'tables and functions are spread by domain'));
  else
    tell({
      what: 'cluster',
      state: 'PROBLEM',
      found: `not spread: ${unspread.join(', ')}`,
      hint: 'To spread them: vestibule migrate',
    });
  await examineNodes(database, tell);
}

interface NodeRow {
  readonly node: string;
  readonly isThere: boolean;
  /** How far its clock is off the coordinator's, at least. */
  readonly offMs: number | null;
}

// A worker's clock is read between the two of the coordinator.
const nodesText = `select n.nodename || ':' || n.nodeport as node, n.success as "isThere",
    case when n.success then greatest(0, 1000 * extract(epoch from statement_timestamp()) - n.result::numeric,
      n.result::numeric - 1000 * extract(epoch from clock_timestamp()))::float8 end as "offMs"
  from run_command_on_workers('select (extract(epoch from clock_timestamp()) * 1000)::bigint') n order by 1`;

/** Events of one room have the time of the node that has it, and what is due is found by the coordinator's. Milliseconds. */
const maxOffMs = 250;

async function examineNodes({ query }: Pick<Database, 'query'>, tell: Tell): Promise<void> {
  const nodes = await query<NodeRow>(nodesText, []);
  const away = nodes.filter(({ isThere }) => !isThere).map(({ node }) => node);
  const off = nodes.filter(({ offMs }) => offMs !== null && offMs > maxOffMs);
  const clocks = off.map(({ node, offMs }) => `${node} by ${((offMs ?? 0) / 1000).toFixed(1)} s`);
  if (away.length > 0)
    tell({
      what: 'nodes',
      state: 'PROBLEM',
      found: `away: ${away.join(', ')}`,
      hint: 'Requests of the domains there fail, and nothing falls due by itself in any domain.',
    });
  if (off.length > 0)
    tell({
      what: 'nodes',
      state: 'WARNING',
      found: `clocks differ from the coordinator's: ${clocks.join(', ')}`,
      hint: 'Let all nodes follow NTP.',
    });
  if (away.length + off.length === 0) tell(well('nodes', `${nodes.length} answer, and their clocks agree`));
}
