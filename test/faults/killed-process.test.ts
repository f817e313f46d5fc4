import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { wsClient } from '../support/ws-client.ts';
import { backendOf, many, patience, scale, seedOfRun, spawnPair, until } from './fault-kit.ts';
import { auditLedger, keepBusy, nothingWrong } from './load.ts';

const database = await createTestDatabase();
const [doomed, survivor] = await spawnPair(database.url);

const knocksQuery = `query ($room: String!, $after: String) {
  knockRequests(roomName: $room, status: [PENDING], first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } }
}`;

type KnockPage = {
  readonly knockRequests: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};

test(
  `a process that is killed loses no acknowledged knock, and none is decided twice (seed ${seedOfRun})`,
  patience,
  async () => {
    const rooms = [
      await seed(survivor).waitingRoom({ knockCooldownSeconds: 0 }),
      await seed(survivor).waitingRoom({ knockCooldownSeconds: 0 }),
    ];
    const owner = await rooms[0]?.owner();
    const waiting = await rooms[0]?.knocker({ userName: 'Wanda Waiter' });
    // The owner's console hangs on the process that dies.
    const console = wsClient(doomed.url, owner?.sessionToken);
    const list = await console.subscribe('subscription { knockRequested { id } }');
    expect(await list.next()).toMatchObject({ data: { knockRequested: { id: waiting?.knockId } } });

    const live = new Set([doomed.url, survivor.url]);
    let isOver = false;
    const load = keepBusy({
      roomNames: rooms.map(({ name }) => name),
      urls: () => [...live],
      clients: 16,
      seed: seedOfRun,
      isOver: () => isOver,
    });
    await until(
      () => database.sql`select count(*)::int as count from knocks`,
      ([row]) => row?.count > many(150),
      20_000 * Math.max(1, scale),
    );
    const exit = await doomed.kill('SIGKILL');
    live.delete(doomed.url);
    expect(exit?.signal).toBe('SIGKILL');
    await until(
      () => database.sql`select count(*)::int as count from knocks`,
      ([row]) => row?.count > many(300),
      20_000 * Math.max(1, scale),
    );
    isOver = true;
    const ledger = await load;
    const { acknowledged, ...wrong } = await auditLedger(database.sql, ledger);
    expect(wrong).toEqual(nothingWrong);
    expect(acknowledged).toBeGreaterThan(many(200));
    expect(ledger.givenUp).toBe(0);

    // Within five seconds: here at once, since nothing is kept in processes.
    const [room] = rooms;
    const { body } = await backendOf(survivor)<KnockPage>(knocksQuery, { room: room?.name });
    const stored = await database.sql`
    select k.id from knocks k join rooms r on r.id = k.room_id where r.name = ${room?.name ?? ''} and k.status = 'PENDING'`;
    expect(body.data?.knockRequests.totalCount).toBe(stored.length);

    // The owner comes back through the other process, still inside, and lets in who waits.
    const again = wsClient(survivor.url, owner?.sessionToken);
    const listAgain = await again.subscribe<{ knockRequested: { id: string } }>(
      'subscription { knockRequested { id } }',
    );
    await listAgain.find(({ data }) => data?.knockRequested.id === waiting?.knockId);
  },
);
