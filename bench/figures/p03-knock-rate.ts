import { against, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { faultsOf, knockAtRate } from '../knock-load.ts';
import { floorOf, type OpenTarget, targetOf } from '../knock-target.ts';
import { median } from '../statistics.ts';

/** The highest rate of knocks over 50 rooms at which the slowest of a hundred is shown within 50 ms. */
export const knockRate: Figure = { name: 'P3', measure };

const boundMs = 50;
/** Where the search begins. */
const first = 400;
const step = 1.3;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const faults: string[] = [];
  const seconds = ground.isQuick ? 1.5 : 2.5;
  const [ours, floors]: [number[], number[]] = [[], []];
  for (let round = 0; round < (ground.isQuick ? 1 : 2); round += 1) {
    ours.push(await findHighestRate(targetOf(service), 'ours', seconds, faults));
    floors.push(await findHighestRate(floorOf(floor, service), 'floor', seconds, faults));
  }
  await floor.stop();
  await service.stop();
  const values = { ours: median(ours), floor: median(floors), unit: '/s' };
  return { rows: [against('P3', 'highest rate of P2 with p99 ≤ 50 ms', values, { atLeast: 0.7 })], faults };
}

/** Goes up in steps until it does not hold, or down until it does, and then half a step on. A rate has two chances: the machine is shared. */
export async function findHighestRate(
  open: OpenTarget,
  name: string,
  seconds: number,
  faults: string[],
): Promise<number> {
  const holds = async (perSecond: number) => {
    for (let chance = 0; chance < 2; chance += 1) {
      const result = await knockAtRate(open, { perSecond, seconds, rooms: 50, connections: 512 });
      faults.push(...faultsOf(name, result));
      if (result.p99 <= boundMs) return true;
    }
    return false;
  };
  let highest = 0;
  for (let rate = first; rate < 20_000 && (await holds(Math.round(rate))); rate *= step) highest = rate;
  for (let rate = first / step; highest === 0 && rate > 40; rate /= step)
    if (await holds(Math.round(rate))) highest = rate;
  if (highest === 0) return 0;
  const between = highest * Math.sqrt(step);
  return Math.round((await holds(Math.round(between))) ? between : highest);
}
