import { acrossRounds, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { faultsOf, knockAtRate } from '../knock-load.ts';
import { besides, type OpenTarget, targetOf } from '../knock-target.ts';
import { inParallel, range } from '../pace.ts';

/** What a second process costs: where each room is at one of them, as a balancer keeps it by `?a=`, and where it is at both. */
export const affinity: Figure = { name: 'P14', measure };

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const services = await inParallel(range(2), 2, () => ground.startService(databaseUrl));
  const [first, second] = services;
  if (first === undefined || second === undefined) throw new Error('the processes did not start');
  const faults: string[] = [];
  const options = { perSecond: 200, seconds: ground.isQuick ? 2 : 5, rooms: 50 };
  const take = async (name: string, open: OpenTarget): Promise<Cost> => {
    const [before, { postgres }] = [cpuOf(services), ground.usage()];
    const result = await knockAtRate(open, options);
    faults.push(...faultsOf(name, result));
    const perKnock = (ms: number) => (ms * 1000) / result.offered;
    return {
      service: perKnock(cpuOf(services) - before),
      postgres: perKnock(ground.usage().postgres - postgres),
    };
  };
  const [one, kept, spread]: [Cost[], Cost[], Cost[]] = [[], [], []];
  for (const round of range(ground.isQuick ? 2 : 5)) {
    const costs = [
      await take('one process', targetOf(first)),
      await take('each room at one', besides([targetOf(first), targetOf(second)])),
      await take('each room at both', targetOf(first, services)),
    ] as const;
    // The first round warms all of them.
    if (round > 0) [one, kept, spread].forEach((all, place) => void all.push(costs[place] ?? costs[0]));
  }
  for (const service of services) await service.stop();
  const row = (what: string, ours: readonly Cost[], part: keyof Cost, atMost?: number) => {
    const values = { ours: ours.map((cost) => cost[part]), floor: one.map((cost) => cost[part]), unit: 'µs' };
    return acrossRounds('P14', what, values, atMost === undefined ? null : { atMost });
  };
  return {
    rows: [
      row('2 processes, each room at one: server CPU per knock, against one process', kept, 'service', 1.15),
      row('the same: CPU of PostgreSQL', kept, 'postgres', 1.15),
      row('2 processes, each room at both: server CPU per knock, against one process', spread, 'service'),
      row('the same: CPU of PostgreSQL', spread, 'postgres'),
    ],
    faults,
  };
}

/** Processor time for a knock, in microseconds. */
interface Cost {
  readonly service: number;
  readonly postgres: number;
}

function cpuOf(services: readonly Service[]): number {
  return services.reduce((total, service) => total + service.cpuMs(), 0);
}
