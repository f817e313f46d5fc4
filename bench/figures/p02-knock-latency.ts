import { against, alone, type Figure, type Findings, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { faultsOf, knockAtRate, type LoadResult } from '../knock-load.ts';
import { floorOf, targetOf } from '../knock-target.ts';
import { median } from '../statistics.ts';
import { watchByPolling } from './polling-cost.ts';

/** A knock answered, committed, and shown on the owner's socket, 400 in each second over 50 rooms. */
export const knockLatency: Figure = { name: 'P2', measure };

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const options = { perSecond: 400, seconds: ground.isQuick ? 2 : 5, rooms: 50 };
  const faults: string[] = [];
  const take = async (name: string, server: { cpuMs: () => number }, open: Parameters<typeof knockAtRate>[0]) => {
    const before = server.cpuMs();
    const result = await knockAtRate(open, options);
    faults.push(...faultsOf(name, result));
    return { ...result, cpuUs: ((server.cpuMs() - before) * 1000) / result.offered };
  };
  const [ours, floors]: [Taken[], Taken[]] = [[], []];
  for (let round = 0; round <= (ground.isQuick ? 1 : 3); round += 1) {
    const mine = await take('ours', service, targetOf(service));
    const other = await take('floor', floor, floorOf(floor, service));
    // The first round warms both.
    if (round > 0) {
      ours.push(mine);
      floors.push(other);
    }
  }
  const polling = await watchByPolling(service, ground.isQuick);
  await floor.stop();
  await service.stop();
  return { rows: [...rowsOf(ours, floors), ...polling.rows], faults: [...faults, ...polling.faults] };
}

type Taken = LoadResult & { readonly cpuUs: number };

function rowsOf(ours: readonly Taken[], floors: readonly Taken[]): readonly Row[] {
  const of = (results: readonly Taken[], key: 'p50' | 'p99' | 'cpuUs') => median(results.map((result) => result[key]));
  const row = (what: string, key: 'p50' | 'p99' | 'cpuUs', unit: string, target: { atMost: number } | null) =>
    against('P2', what, { ours: of(ours, key), floor: of(floors, key), unit }, target);
  return [
    row('knock answered and shown, 400/s over 50 rooms: p50', 'p50', 'ms', { atMost: 1.4 }),
    row('the same: p99', 'p99', 'ms', { atMost: 2 }),
    row('the same: server CPU per knock, rooms and owners made within', 'cpuUs', 'µs', null),
    alone(
      'P2',
      'knocks lost',
      ours.reduce((total, { lost }) => total + lost, 0),
      '',
      { atMost: 0 },
    ),
  ];
}
