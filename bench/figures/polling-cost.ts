import { PollingConsole } from '../baselines/polling.ts';
import { alone, type Findings } from '../figure.ts';
import type { Service } from '../ground.ts';
import { inParallel, range, until } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

const consoles = 100;

/** What it costs to ask again and again instead, for comparison: owner consoles that ask every second and every 250 ms. */
export async function watchByPolling(service: Service, isQuick: boolean): Promise<Findings> {
  const client = new ServiceClient(service);
  const names = range(consoles).map((index) => `polled-${index}`);
  const sessions = await inParallel(names, 16, async (name) => {
    await client.createRoom(name);
    return client.joinAsOwner(name);
  });
  const rows: Findings['rows'][number][] = [];
  for (const everyMs of [1000, 250]) {
    const seenAt = new Map<string, number>();
    const watching = sessions.map((session) => new PollingConsole(client, session, everyMs, seenAt));
    const seconds = isQuick ? 2 : 4;
    const before = service.cpuMs();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const cpu = ((service.cpuMs() - before) * 1000) / seconds / consoles;
    const dueAt = new Map<string, number>();
    await inParallel(names, 4, async (name, index) => {
      const userName = `polled-${everyMs}-${index}`;
      dueAt.set(userName, performance.now());
      await client.knock(name, userName);
    });
    await until(() => [...dueAt.keys()].every((userName) => seenAt.has(userName)), 3_000);
    const delays = [...dueAt].map(([userName, at]) => (seenAt.get(userName) ?? Number.POSITIVE_INFINITY) - at);
    for (const one of watching) one.stop();
    rows.push(
      alone('P2', `a console that asks every ${everyMs} ms instead: knock shown, p50`, median(delays), 'ms', null),
      alone('P2', 'such a console: server CPU for each second that nothing happens', cpu, 'µs', null),
    );
  }
  await inParallel(names, 16, (name) => client.deleteRoom(name));
  client.close();
  return { rows, faults: [] };
}
