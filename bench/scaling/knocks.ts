import { faultsOf, knockAtRate, type LoadResult } from '../knock-load.ts';
import type { OpenTarget } from '../knock-target.ts';
import { range } from '../pace.ts';
import type { Meters, Spent } from './meters.ts';

/** Knocks at a fixed rate, and what they alone used: rooms and owners are made before, and taken away after. */
export async function meterKnocks(
  meters: Meters,
  open: OpenTarget,
  options: { readonly perSecond: number; readonly seconds: number; readonly rooms: number },
): Promise<{ readonly result: LoadResult; readonly spent: Spent; readonly faults: readonly string[] }> {
  const spent: Spent[] = [];
  const result = await knockAtRate(async (target) => {
    const opened = await open(target);
    const stop = await meters.start();
    const close = async () => {
      spent.push(await stop());
      await opened.close();
    };
    return { ...opened, close };
  }, options);
  const [first] = spent;
  if (first === undefined) throw new Error('the load did not close its target');
  return { result, spent: first, faults: faultsOf('knocks', result) };
}

/** As many as are answered while so many people knock one time after the other. Answered in each second. */
export async function knockInLanes(
  open: OpenTarget,
  { lanes, seconds, rooms }: { readonly lanes: number; readonly seconds: number; readonly rooms: number },
): Promise<{ readonly perSecond: number; readonly shown: number; readonly done: number }> {
  let [done, shown] = [0, 0];
  const onShown = () => {
    shown += 1;
  };
  const target = await open({ rooms, owners: 1, connections: lanes, onShown });
  const until = performance.now() + seconds * 1000;
  const beganAt = performance.now();
  await Promise.all(
    range(lanes).map(async (lane) => {
      for (let index = 0; performance.now() < until; index += 1) {
        if ((await target.knock(lane + index * lanes, `lane-${lane}-${index}`)) === 'DONE') done += 1;
      }
    }),
  );
  const perSecond = done / ((performance.now() - beganAt) / 1000);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await target.close();
  return { perSecond, done, shown };
}
