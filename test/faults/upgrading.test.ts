import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { hasEarlierVersion, openEarlierVersion } from '../support/earlier-version.ts';
import { KnockDocument, type KnockMutation } from '../support/generated/operations.ts';
import { type PoolMode, startPgbouncer } from '../support/pgbouncer.ts';
import { findProgram } from '../support/programs.ts';
import { callerOf, seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { patience, spawnOne } from './fault-kit.ts';
import { createFleet, replaceInTurn } from './fleet.ts';
import { startLoad } from './stories.ts';

// Two processes of the version before are replaced, one after the other, by this version, and then by the version before again, while
// people knock, are decided on and come in. Whoever asks notices nothing: each story is asked of both versions in turn.

const hasEarlier = await hasEarlierVersion();
const pgbouncer = await findProgram('pgbouncer');

/** What a pooler must let pass by, so that the version before can begin a session. Its pool has a connection for each of that one's. */
const passingBy = {
  default_pool_size: '60',
  ignore_startup_parameters:
    'statement_timeout, lock_timeout, idle_in_transaction_session_timeout, idle_session_timeout, extra_float_digits',
};

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

type Way = { readonly url: string; readonly env: Readonly<Record<string, string>> };

/** By which way to the database each version goes. */
type Ways = { readonly old: Way; readonly fresh: Way };

describe.skipIf(!hasEarlier)('old and new code side by side', () => {
  let earlier: string;

  beforeAll(async () => {
    earlier = await openEarlierVersion();
  });

  async function replaceForthAndBack({ old, fresh }: Ways): Promise<void> {
    const start = ({ url, env }: Way, checkout?: string) =>
      spawnOne(url, { MIGRATE_ON_START: 'true', ...env }, checkout);
    const before = [await start(old, earlier), await start(old, earlier)];
    const [first] = before;
    if (first === undefined) throw new Error('there is no process');
    const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
    const fleet = createFleet(before);
    const load = startLoad(fleet, room.name);
    const compare = expectToHearEachOther;
    const after = await replaceInTurn(before, { fleet, load, compare, start: () => start(fresh) });
    await replaceInTurn(after, { fleet, load, compare, start: () => start(old, earlier) });
    expect(await load.end()).toEqual([]);
  }

  const longer = { timeout: patience.timeout + 600_000 };

  test('forth and back under load, no request fails', longer, async () => {
    const { url } = await createTestDatabase('template0');
    await replaceForthAndBack({ old: { url, env: {} }, fresh: { url, env: {} } });
  });

  // The version before needs a session for all that it does, and knew no second way.
  test.skipIf(pgbouncer === null)(
    'nor does one where poolers are in between, which lend connections for a session to the old code and for a transaction to the new',
    longer,
    async () => {
      const { url } = await createTestDatabase('template0');
      const by = (mode: PoolMode) => startPgbouncer(pgbouncer ?? '', url, { mode, settings: passingBy });
      const [session, transaction] = await Promise.all([by('session'), by('transaction')]);
      await replaceForthAndBack({
        old: { url: session, env: {} },
        fresh: { url: transaction, env: { DATABASE_DIRECT_URL: url } },
      });
    },
  );
});

async function knockAt(server: ServerProcess, roomName: string): Promise<string> {
  const asked = await callerOf(server).ask<KnockMutation>(KnockDocument, { input: { roomName, userName: 'Nora' } });
  const knock = asked.body.data?.knock;
  if (knock?.__typename !== 'Knocked') throw new Error(`answered with ${JSON.stringify(asked.body)}`);
  return knock.knockRequest.id;
}
