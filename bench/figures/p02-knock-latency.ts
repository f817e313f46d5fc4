import { acrossRounds, alone, type Figure, type Findings, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { faultsOf, knockAtRate, type LoadResult } from '../knock-load.ts';
import { floorOf, targetOf } from '../knock-target.ts';
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
    const [before, { postgres }, wal] = [server.cpuMs(), ground.usage(), await ground.walBytes()];
    const result = await knockAtRate(open, options);
    faults.push(...faultsOf(name, result));
    const perKnock = (ms: number) => (ms * 1000) / result.offered;
    return {
      ...result,
      cpuUs: perKnock(server.cpuMs() - before),
      postgresUs: perKnock(ground.usage().postgres - postgres),
      walBytes: ((await ground.walBytes()) - wal) / result.offered,
    };
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

type Taken = LoadResult & { readonly cpuUs: number; readonly postgresUs: number; readonly walBytes: number };

type Measured = 'p50' | 'p99' | 'cpuUs' | 'postgresUs' | 'walBytes';

function rowsOf(ours: readonly Taken[], floors: readonly Taken[]): readonly Row[] {
  const of = (results: readonly Taken[], key: Measured) => results.map((result) => result[key]);
  const row = (what: string, key: Measured, unit: string, atMost: number | null) =>
    acrossRounds(
      'P2',
      what,
      { ours: of(ours, key), floor: of(floors, key), unit },
      atMost === null ? null : { atMost },
    );
  return [
    row('knock answered and shown, 400/s over 50 rooms: p50', 'p50', 'ms', 1.25),
    row('the same: p99', 'p99', 'ms', 1.5),
    row('the same: server CPU per knock, rooms and owners made within', 'cpuUs', 'µs', 2),
    row('the same: CPU of PostgreSQL per knock', 'postgresUs', 'µs', 1.3),
    row('the same: WAL per knock', 'walBytes', 'B', null),
    alone(
      'P2',
      'knocks lost',
      ours.reduce((total, { lost }) => total + lost, 0),
      '',
      { atMost: 0 },
    ),
  ];
}
