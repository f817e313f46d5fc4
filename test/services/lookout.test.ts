import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGateWatch } from '../../src/media/gate-look.ts';
import { startMediaReconciler } from '../../src/media/reconciler.ts';
import { createLookout, type Lookout } from '../../src/room/lookout.ts';
import { createSweeper } from '../../src/room/sweeper.ts';
import { startWebhookWorker } from '../../src/webhooks/worker.ts';
import { idOf } from '../rules/facts-kit.ts';

// What is looked for in all domains is looked for by one process at a time: whoever is not on the lookout looks for nothing.

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ignore = () => undefined;
const done = async () => undefined;
const nobody = () => Promise.reject(new Error('nobody calls this here'));
const unexpected = (error: unknown) => expect.unreachable(String(error));
const domainId = idOf<'Domain'>('domain');

/** All that is looked for in all domains. */
const looks = {
  ...{ rooms: 'what fell due in rooms', burials: 'who hung on a process that died', upkeep: 'keys and old rows' },
  ...{ deliveries: 'deliveries that are due', abandoned: 'deliveries to nobody', old: 'old deliveries' },
  ...{ mediaRooms: 'rooms that media servers are told of', leftOver: 'rooms that should not be', gates: 'gates' },
} as const;
type WideLook = keyof typeof looks;

/** Starts what looks. Answers how it ends. */
type Play = (lookout: Lookout, looked: (look: WideLook) => void) => Promise<() => Promise<unknown>>;

const playSweeper: Play = async (lookout, looked) => {
  const nothing = (look: WideLook) => async () => {
    looked(look);
    return [];
  };
  const sweeper = createSweeper({
    rooms: { findDue: nothing('rooms') },
    knocks: { findEndedAdmissions: async () => [] },
    participants: { findRoomsHeldBy: nothing('burials') },
    processes: {
      ...{
        register: async () => ({ since: new Date(0) }),
        markSwept: done,
        retire: done,
        keepLookout: async () => false,
        leaveLookout: done,
      },
      readClock: async () => ({ clock: new Date() }),
      renew: async () => ({ others: 1, clock: new Date() }),
      buryDead: async () => [{ id: idOf('dead'), renewedAt: new Date() }],
    },
    retention: { sweep: async () => looked('upkeep') },
    writer: { submit: nobody },
    clock: { now: () => new Date(), sync: (read) => read() },
    uptime: { since: () => new Date(0), begin: ignore, renewed: ignore },
    lookout: { ...lookout, hearOfOthers: ignore, tick: done },
    newProcessId: () => idOf('next'),
    ...{ onBuried: ignore, tendKeys: done, tendMediaServers: done },
    onError: unexpected,
  });
  await sweeper.start(idOf('first'));
  return sweeper.stop;
};

const playWebhooks: Play = async (lookout, looked) => {
  const worker = startWebhookWorker({
    lookout,
    outbox: {
      findDue: async () => {
        looked('deliveries');
        return [];
      },
      claim: nobody,
      endAbandoned: async (_limit, domain) => {
        if (domain === undefined) looked('abandoned');
        return 0;
      },
      forget: async () => {
        looked('old');
        return 0;
      },
      measure: async () => ({ pending: 0, lagSeconds: 0 }),
      ...{ finish: nobody, release: nobody },
    },
    egress: { post: nobody },
    secretBox: { open: () => Buffer.alloc(0) },
    reports: { ...{ attempted: ignore, switchedOff: ignore, queued: ignore }, troubled: unexpected },
    retentionDays: 30,
  });
  return worker.stop;
};

/** A reconciler that finds nothing to do. */
function startReconciler(
  lookout: Lookout,
  told: { readonly claimsIn: (domains: readonly unknown[] | undefined) => void; readonly lists?: () => void },
) {
  return startMediaReconciler({
    lookout,
    rooms: {
      claim: async (_limit, _seconds, domains) => {
        told.claimsIn(domains);
        return [];
      },
      lagSeconds: async () => 0,
      ...{
        renew: nobody,
        finish: nobody,
        forget: nobody,
        lookNow: nobody,
        open: nobody,
        closeAgain: nobody,
        watchAll: nobody,
      },
    },
    servers: {
      find: nobody,
      list: async () => {
        told.lists?.();
        return [];
      },
    },
    storage: { noteAnswer: done },
    writer: { submit: nobody },
    ...{ box: { open: () => Buffer.alloc(0) }, uptime: { since: () => new Date() } },
    now: () => new Date(),
    reports: {
      ...{ called: ignore, passed: ignore, offended: ignore, changed: ignore, lagged: ignore },
      troubled: unexpected,
    },
  });
}

const playMedia: Play = async (lookout, looked) =>
  startReconciler(lookout, {
    claimsIn: (domains) => domains === undefined && looked('mediaRooms'),
    lists: () => looked('leftOver'),
  }).stop;

const playGates: Play = async ({ isOnDuty }, looked) => {
  const watch = createGateWatch({
    isOnDuty,
    storage: {
      claim: async (notForSeconds) => {
        // At its start each process looks at all of them.
        if (notForSeconds > 0) looked('gates');
        return [];
      },
      ...{ noteSeen: nobody, begin: nobody, noteAsked: nobody, wasAsked: nobody },
    },
    findServer: nobody,
    poster: { get: nobody },
    now: () => new Date(),
    reports: { looked: ignore },
    onError: unexpected,
  });
  watch.start();
  return watch.stop;
};

test('a look at a gate that does not answer holds no stop up', async () => {
  const asked = Promise.withResolvers<void>();
  const watch = createGateWatch({
    isOnDuty: () => true,
    storage: {
      claim: async () => [{ domainId: idOf('d'), id: idOf('m') }],
      ...{ noteSeen: nobody, begin: nobody, noteAsked: nobody, wasAsked: nobody },
    },
    findServer: () => {
      asked.resolve();
      return new Promise(() => undefined);
    },
    poster: { get: nobody },
    now: () => new Date(),
    reports: { looked: ignore },
    onError: unexpected,
  });
  watch.start();
  await asked.promise;
  await watch.stop();
});

/** Which part makes each look. */
const plays: Readonly<Record<WideLook, Play>> = {
  ...{ rooms: playSweeper, burials: playSweeper, upkeep: playSweeper },
  ...{ deliveries: playWebhooks, abandoned: playWebhooks, old: playWebhooks },
  ...{ mediaRooms: playMedia, leftOver: playMedia },
  gates: playGates,
};
// Object.entries widens the keys of a record that has exactly these.
const all = Object.entries(plays) as [WideLook, Play][];

/** What is looked for within ten minutes. */
async function looksOf(play: Play, isOnDuty: boolean): Promise<ReadonlySet<WideLook>> {
  const seen = new Set<WideLook>();
  const stop = await play({ isOnDuty: () => isOnDuty, passOn: () => unexpected('passed on') }, (look) =>
    seen.add(look),
  );
  await vi.advanceTimersByTimeAsync(600_000);
  const ended = stop();
  await vi.advanceTimersByTimeAsync(10_000);
  await ended;
  return seen;
}

describe.each(all)('%s', (look, play) => {
  test('is looked for by whoever is on the lookout, and by nobody else', async () => {
    expect((await looksOf(play, true)).has(look)).toBe(true);
    expect([...(await looksOf(play, false))]).toEqual([]);
  });
});

test.each([
  ['endpoints that answer', false, 500],
  ['endpoints that fail', true, 100],
] as const)('whoever has as many %s as it can take leaves the lookout to others', async (_whom, ofFailing, places) => {
  let [passes, claims] = [0, 0];
  const worker = startWebhookWorker({
    lookout: { isOnDuty: () => true, passOn: () => (passes += 1) },
    outbox: {
      findDue: async () => [{ domainId, isFailing: ofFailing }],
      claim: async ({ limit, isFailing }) => {
        if (isFailing !== ofFailing) return [];
        claims += limit;
        const claimed = { domainId, id: 'one', webhookId: 'one', attempts: 1, body: '{}', url: 'https://a.example' };
        const secrets = { secretSealed: Buffer.alloc(0), previousSecretSealed: null };
        return Array.from({ length: limit }, () => ({ ...claimed, ...secrets }));
      },
      ...{ endAbandoned: async () => 0, forget: async () => 0, measure: async () => ({ pending: 0, lagSeconds: 0 }) },
      ...{ finish: async () => ({ isKept: true, isSwitchedOff: false }), release: done },
    },
    // An endpoint that hangs, until it is given up.
    egress: {
      post: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'UNREACHED', reason: 'END' }))),
    },
    secretBox: { open: () => Buffer.alloc(0) },
    reports: { ...{ attempted: ignore, switchedOff: ignore, queued: ignore }, troubled: unexpected },
    retentionDays: 30,
  });
  await vi.advanceTimersByTimeAsync(3_500);
  expect({ claims, passes: passes > 0 }).toEqual({ claims: places, passes: true });
  await Promise.all([worker.stop(), vi.advanceTimersByTimeAsync(20_000)]);
});

test.each([
  ['deliveries', 'abandoned', playWebhooks],
  ['old deliveries', 'old', playWebhooks],
  ['rooms that should not be', 'leftOver', playMedia],
] as const)(
  '%s are looked for as soon as it is one’s turn, however short the life of a process',
  async (_what, look, play) => {
    const seen = new Set<WideLook>();
    let isOnDuty = false;
    const stop = await play({ isOnDuty: () => isOnDuty, passOn: ignore }, (one) => seen.add(one));
    // When it starts, another one is on the lookout, which then ends.
    await vi.advanceTimersByTimeAsync(310_000);
    expect([...seen]).toEqual([]);
    isOnDuty = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen.has(look)).toBe(true);
    const ended = stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await ended;
  },
);

test('what was decided is carried out where it was decided, without a look through all domains', async () => {
  const claims: unknown[] = [];
  const reconciler = startReconciler(
    { isOnDuty: () => false, passOn: () => unexpected('passed on') },
    { claimsIn: (domains) => claims.push(domains) },
  );
  reconciler.poke(domainId);
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all([reconciler.stop(), vi.advanceTimersByTimeAsync(1_000)]);
  expect(claims).toEqual([[domainId]]);
});

test('the lookout is kept by a lease, given up when there is too much, and not asked for by a process alone', async () => {
  let [asked, left, isFree] = [0, 0, true];
  const lookout = createLookout(
    {
      keepLookout: async () => {
        asked += 1;
        return isFree;
      },
      leaveLookout: async () => {
        left += 1;
      },
    },
    unexpected,
  );
  const own = idOf<'Process'>('own');
  expect(lookout.isOnDuty()).toBe(false);
  await lookout.tick(own);
  expect(lookout.isOnDuty()).toBe(true);
  // A process that hangs comes back too late.
  await vi.advanceTimersByTimeAsync(700);
  expect(lookout.isOnDuty()).toBe(false);
  await lookout.tick(own);
  lookout.passOn();
  expect([lookout.isOnDuty(), left]).toEqual([false, 1]);
  await lookout.tick(own);
  expect([lookout.isOnDuty(), asked]).toEqual([false, 2]);
  await vi.advanceTimersByTimeAsync(600);
  isFree = false;
  await lookout.tick(own);
  expect([lookout.isOnDuty(), asked]).toEqual([false, 3]);
  lookout.hearOfOthers(0);
  await lookout.tick(own);
  lookout.passOn();
  expect([lookout.isOnDuty(), asked, left]).toEqual([true, 3, 1]);
});

test('a database that does not answer is asked again after a second', async () => {
  let asked = 0;
  const keepLookout = async () => {
    asked += 1;
    throw new Error('away');
  };
  const lookout = createLookout({ keepLookout, leaveLookout: done }, unexpected, () => performance.now());
  let errors = 0;
  for (let tick = 0; tick < 10; tick += 1) {
    await lookout.tick(idOf('first')).catch(() => {
      errors += 1;
    });
    await vi.advanceTimersByTimeAsync(250);
  }
  expect({ asked, errors, isOnDuty: lookout.isOnDuty() }).toEqual({ asked: 3, errors: 3, isOnDuty: false });
});

test.each([0, 200, 700, 1_500])(
  'with a database that answers after %i ms somebody is on the lookout again and again',
  async (takesMs) => {
    const keepLookout = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), takesMs));
    const lookout = createLookout({ keepLookout, leaveLookout: done }, unexpected);
    let isOver = false;
    const keeping = (async () => {
      while (!isOver) {
        await lookout.tick(idOf('first'));
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();
    let looks = 0;
    // As often as rooms are looked through.
    for (let time = 0; time < 50; time += 1) {
      await vi.advanceTimersByTimeAsync(400);
      looks += lookout.isOnDuty() ? 1 : 0;
    }
    isOver = true;
    await Promise.all([keeping, vi.advanceTimersByTimeAsync(2_000)]);
    expect(looks).toBeGreaterThan(15);
  },
);
