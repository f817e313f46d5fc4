import { against, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { floorOf, type OpenTarget, targetOf } from '../knock-target.ts';
import { range, until } from '../pace.ts';
import { median } from '../statistics.ts';

/** 500 knocks at once into one room, until each of two owners has seen all of them. */
export const knockBurst: Figure = { name: 'P4', measure };

const burst = 500;
const owners = 2;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const faults: string[] = [];
  const [ours, floors]: [number[], number[]] = [[], []];
  for (let round = 0; round <= (ground.isQuick ? 2 : 7); round += 1) {
    const mine = await knockAtOnce(targetOf(service), 'ours', faults);
    const other = await knockAtOnce(floorOf(floor, service), 'floor', faults);
    if (round === 0) continue;
    ours.push(mine);
    floors.push(other);
  }
  await floor.stop();
  await service.stop();
  const values = { ours: median(ours), floor: median(floors), unit: 'ms' };
  return {
    rows: [against('P4', '500 knocks at once into one room: both owners saw all', values, { atMost: 0.5 })],
    faults,
  };
}

async function knockAtOnce(open: OpenTarget, name: string, faults: string[]): Promise<number> {
  const seen = range(owners).map(() => new Map<string, number>());
  let lastSeenAt = 0;
  const target = await open({
    rooms: 1,
    owners,
    connections: burst,
    onShown: (userName, owner) => {
      const mine = seen[owner];
      if (!userName.startsWith('burst-')) return;
      mine?.set(userName, (mine.get(userName) ?? 0) + 1);
      lastSeenAt = performance.now();
    },
  });
  // Every connection is open before the clock starts: making them is not what is measured.
  await Promise.all(range(burst).map((index) => target.knock(0, `warm-${index}`)));
  const beganAt = performance.now();
  const answers = Promise.all(range(burst).map((index) => target.knock(0, `burst-${index}`)));
  const sawAll = await until(() => seen.every((mine) => mine.size === burst), 20_000);
  const took = lastSeenAt - beganAt;
  const done = (await answers).filter((answer) => answer === 'DONE').length;
  await target.close();
  if (!sawAll || done < burst)
    faults.push(`${name}: ${done} of ${burst} answered, seen ${seen.map((mine) => mine.size)}`);
  const doubled = seen.flatMap((mine) => [...mine.values()]).filter((times) => times > 1).length;
  if (doubled > 0) faults.push(`${name}: ${doubled} knocks were shown twice`);
  return took;
}
