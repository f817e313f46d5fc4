import { against, alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { faultsOf, knockAtRate } from '../knock-load.ts';
import { targetOf } from '../knock-target.ts';
import { findHighestRate } from './p03-knock-rate.ts';

/** Three times as many knocks as it can take: as much as ever is done, and the rest is sent away with a time to come again. */
export const overload: Figure = { name: 'P12', measure };

async function measure(ground: Ground): Promise<Findings> {
  const service = await ground.startService(await ground.createDatabase());
  const faults: string[] = [];
  const highest = await findHighestRate(targetOf(service), 'ours', ground.isQuick ? 1.5 : 2.5, faults);
  const result = await knockAtRate(targetOf(service), {
    perSecond: 3 * highest,
    seconds: ground.isQuick ? 2 : 5,
    rooms: 50,
    connections: 5_000,
    patienceMs: 20_000,
  });
  await service.stop();
  return {
    rows: [
      against(
        'P12',
        'knocks done in each second at 3 × the rate of P3, against that rate',
        { ours: result.perSecond, floor: highest, unit: '/s' },
        { atLeast: 0.8 },
      ),
      alone('P12', 'the same: refused with Retry-After', (100 * result.refused) / result.offered, '%', null),
      alone('P12', 'the same: neither answered nor refused', result.failed, '', { atMost: 0 }),
    ],
    faults: [...faults, ...faultsOf('overload', result)],
  };
}
