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
    const read = async () => ({
      cpuMs: server.cpuMs(),
      postgresMs: ground.usage().postgres,
      wal: await ground.walBytes(),
    });
    const began = await read();
    let [ready, shown] = [began, began];
    const onStage = async (stage: 'READY' | 'SHOWN') => {
      await settle();
      if (stage === 'READY') ready = await read();
      else shown = await read();
    };
    const result = await knockAtRate(open, { ...options, onStage });
    faults.push(...faultsOf(name, result));
    const perKnock = (ms: number) => (ms * 1000) / result.offered;
    return {
      ...result,
      cpuUs: perKnock(shown.cpuMs - ready.cpuMs),
      postgresUs: perKnock(shown.postgresMs - ready.postgresMs),
      wholeCpuUs: perKnock(server.cpuMs() - began.cpuMs),
      wholePostgresUs: perKnock(ground.usage().postgres - began.postgresMs),
      walBytes: (shown.wal - ready.wal) / result.offered,
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

/** What a process puts off, such as its counts, is done by then: it belongs to what asked for it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_500));
}

type Cost = 'cpuUs' | 'postgresUs' | 'wholeCpuUs' | 'wholePostgresUs' | 'walBytes';

type Taken = LoadResult & Readonly<Record<Cost, number>>;

type Measured = 'p50' | 'p99' | Cost;

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
    row('the same: server CPU per knock', 'cpuUs', 'µs', 2),
    row('the same: CPU of PostgreSQL per knock', 'postgresUs', 'µs', 1.3),
    row('the same: WAL per knock', 'walBytes', 'B', null),
    row('server CPU per knock, rooms and owners made and closed within', 'wholeCpuUs', 'µs', null),
    row('the same: CPU of PostgreSQL per knock', 'wholePostgresUs', 'µs', null),
    alone(
      'P2',
      'knocks lost',
      ours.reduce((total, { lost }) => total + lost, 0),
      '',
      { atMost: 0 },
    ),
  ];
}
