import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { hasEarlierVersion, openEarlierVersion } from '../support/earlier-version.ts';
import { KnockDocument, type KnockMutation } from '../support/generated/operations.ts';
import { callerOf, seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { patience, spawnOne } from './fault-kit.ts';
import { createFleet, replaceInTurn } from './fleet.ts';
import { startLoad } from './stories.ts';

// Two processes of the version before are replaced, one after the other, by this version, and then by the version before again, while
// people knock, are decided on and come in. Whoever asks notices nothing: each story is asked of both versions in turn.

const hasEarlier = await hasEarlierVersion();

describe.skipIf(!hasEarlier)('old and new code side by side', () => {
  let database: TestDatabase;
  let earlier: string;

  beforeAll(async () => {
    [database, earlier] = await Promise.all([createTestDatabase('template0'), openEarlierVersion()]);
  });

  /** A process of the version before, or of this one. */
  const start = (checkout?: string) => spawnOne(database.url, { MIGRATE_ON_START: 'true' }, checkout);

  /** An owner who follows at the one is told of a knock at the other, and the other way round. */
  async function expectToHearEachOther([one, other]: readonly [ServerProcess, ServerProcess]): Promise<void> {
    for (const [here, there] of [[one, other] as const, [other, one] as const]) {
      const backend = seed(here);
      const room = await backend.waitingRoom();
      const owner = await room.owner();
      // The one who waits already is told first: from then on, whoever knocks is heard.
      const before = await knockAt(there, room.name);
      const waiting = await owner.ws().subscribe('subscription { knockRequested { id } }');
      expect(await waiting.next()).toEqual({ data: { knockRequested: { id: before } } });
      const after = await knockAt(there, room.name);
      expect(await waiting.next()).toEqual({ data: { knockRequested: { id: after } } });
      await waiting.stop();
    }
  }

  test('forth and back under load, no request fails', { timeout: patience.timeout + 600_000 }, async () => {
    const old = [await start(earlier), await start(earlier)];
    const [first] = old;
    if (first === undefined) throw new Error('there is no process');
    const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
    const fleet = createFleet(old);
    const load = startLoad(fleet, room.name);
    const compare = expectToHearEachOther;
    const fresh = await replaceInTurn(old, { fleet, load, compare, start: () => start() });
    await replaceInTurn(fresh, { fleet, load, compare, start: () => start(earlier) });
    expect(await load.end()).toEqual([]);
  });
});

async function knockAt(server: ServerProcess, roomName: string): Promise<string> {
  const asked = await callerOf(server).ask<KnockMutation>(KnockDocument, { input: { roomName, userName: 'Nora' } });
  const knock = asked.body.data?.knock;
  if (knock?.__typename !== 'Knocked') throw new Error(`answered with ${JSON.stringify(asked.body)}`);
  return knock.knockRequest.id;
}
