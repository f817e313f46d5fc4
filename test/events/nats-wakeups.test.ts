import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNatsWakeups } from '../../src/events/nats-wakeups.ts';
import type { Wakeup } from '../../src/events/wakeups.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, spawnServer } from '../support/server.ts';
import { wsClient } from '../support/ws-client.ts';
import { findNats, startNats } from './nats-server.ts';

const program = await findNats();

/** What arrives, one after the other. */
function collect(): { readonly onWakeup: (wakeup: Wakeup) => void; readonly until: (seq: number) => Promise<void> } {
  const seen = new Set<number>();
  let look = () => {};
  return {
    onWakeup: ({ seq }) => {
      seen.add(seq);
      look();
    },
    until: (seq) =>
      new Promise((resolve) => {
        look = () => (seen.has(seq) ? resolve() : undefined);
        look();
      }),
  };
}

const room = {
  domainId: '0193e0f0-0000-7000-8000-000000000001',
  roomId: '0193e0f0-0000-7000-8000-000000000002',
} as const;
// A parsed border: any UUIDs will do.
const wakeup = (seq: number) => ({ ...room, seq }) as unknown as Wakeup;

describe.skipIf(program === null)('wake-ups through NATS', () => {
  let port = 0;
  beforeAll(async () => {
    port = await findFreePort();
  });

  it('reach the other process, not the sender, and come back after the server was away', async () => {
    const url = `nats://127.0.0.1:${port}`;
    const [sender, receiver] = [createNatsWakeups(url, () => {}), createNatsWakeups(url, () => {})];
    closeAfterwards(async () => {
      await Promise.all([sender.stop(), receiver.stop()]);
    });
    const own = collect();
    const other = collect();
    const connected = { count: 0, wake: () => {} };
    const onConnect = () => {
      connected.count += 1;
      connected.wake();
    };
    const connections = (count: number) =>
      new Promise<void>((resolve) => {
        connected.wake = () => (connected.count >= count ? resolve() : undefined);
        connected.wake();
      });
    await Promise.all([sender.start(own.onWakeup, onConnect), receiver.start(other.onWakeup, onConnect)]);
    // Both were started before there was a server.
    const nats = await startNats(program ?? '', port);
    await connections(2);
    sender.send(wakeup(7));
    await other.until(7);
    nats.kill('SIGKILL');
    await once(nats, 'exit');
    await startNats(program ?? '', port);
    await connections(4);
    sender.send(wakeup(8));
    await other.until(8);
    expect(connected.count).toBeGreaterThanOrEqual(4);
  });

  it('let a knock at one process be seen at the other', async () => {
    const database = await createTestDatabase();
    const natsPort = await findFreePort();
    await startNats(program ?? '', natsPort);
    const env = { EVENTS_URL: `nats://127.0.0.1:${natsPort}` };
    const [first, second] = await Promise.all([
      spawnServer({ databaseUrl: database.url, env }),
      spawnServer({ databaseUrl: database.url, env }),
    ]);
    const here = await seed(first).room({ privacy: 'PRIVATE', enableKnocking: true });
    const owner = await here.owner();
    const console = wsClient(second.url, owner.sessionToken);
    const knocks = await console.subscribe('subscription { knockRequested { id userName } }');
    await here.knocker();
    expect(await knocks.next()).toMatchObject({ data: { knockRequested: { userName: expect.any(String) } } });
  });
});
