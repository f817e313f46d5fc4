import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { range } from '../pace.ts';
import { median } from '../statistics.ts';

/** From the start of the process until /ready says yes, with the embedded database: the first time, and later on the same data. */
export const start: Figure = { name: 'P13', measure };

async function measure(ground: Ground): Promise<Findings> {
  const folder = await ground.emptyFolder();
  const first = await ground.startEmbedded(folder);
  await first.stop();
  const later: number[] = [];
  for (const _ of range(ground.isQuick ? 1 : 3)) {
    const service = await ground.startEmbedded(folder);
    later.push(service.startMs);
    await service.stop();
  }
  return {
    rows: [
      alone('P13', 'start to ready: embedded database, existing data', median(later) / 1000, 's', { atMost: 3 }),
      alone('P13', 'first start: database made, migrations, key', first.startMs / 1000, 's', { atMost: 15 }),
    ],
    faults: [],
  };
}
