import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClock } from '../../src/room/clock.ts';
import { createLookout } from '../../src/room/lookout.ts';
import { createSweeper, type SweeperDeps } from '../../src/room/sweeper.ts';
import { createUptime } from '../../src/room/uptime.ts';
import { isInside } from '../../src/rules/participant.ts';
import { notFound } from '../../src/rules/refusal.ts';
import { at, factsOf, idOf, participantOf } from '../rules/facts-kit.ts';

// Of several processes one at a time looks everywhere for what is due. One that is alone asks nobody.

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Told {
  looks: number;
  asked: number;
  errors: unknown[];
}

const nothing = async () => [];
const done = async () => undefined;

const processes = (others: () => number | null): SweeperDeps['processes'] => ({
  readClock: async () => ({ clock: new Date() }),
  renew: async () => {
    const count = others();
    return count === null ? null : { others: count, clock: new Date() };
  },
  register: async () => ({ since: new Date() }),
  buryDead: nothing,
  ...{ markSwept: done, retire: done, keepLookout: async () => false, leaveLookout: done },
});

function sweeperAmong(others: () => number | null, isTaken: () => boolean, more: Partial<SweeperDeps> = {}) {
  const told: Told = { looks: 0, asked: 0, errors: [] };
  const clock = createClock();
  const deps: SweeperDeps = {
    rooms: {
      findDue: async () => {
        told.looks += 1;
        return [];
      },
    },
    knocks: { findEndedAdmissions: nothing },
    participants: { findRoomsHeldBy: nothing },
    processes: processes(others),
    retention: { sweep: done },
    writer: { submit: () => Promise.reject(new Error('nothing is due')) },
    clock,
    uptime: createUptime(clock),
    lookout: createLookout(
      {
        keepLookout: async () => {
          told.asked += 1;
          return isTaken();
        },
        leaveLookout: done,
      },
      (error) => told.errors.push(error),
    ),
    newProcessId: () => idOf('next'),
    ...{ onBuried: () => undefined, tendKeys: done, tendMediaServers: done },
    onError: (error) => told.errors.push(error),
    random: () => 0.5,
    ...more,
  };
  return { told, sweeper: createSweeper(deps) };
}

/** What it did in ten seconds, after the first renewal of its lease. */
async function tenSeconds(others: () => number | null, isTaken: () => boolean): Promise<Told> {
  const { told, sweeper } = sweeperAmong(others, isTaken);
  await sweeper.start(idOf('first'));
  await vi.advanceTimersByTimeAsync(2_500);
  const before = { ...told };
  await vi.advanceTimersByTimeAsync(10_000);
  await sweeper.stop();
  expect(told.errors).toEqual([]);
  return { ...told, looks: told.looks - before.looks, asked: told.asked - before.asked };
}

test('a process alone looks each time, and asks nobody', async () => {
  expect(
    await tenSeconds(
      () => 0,
      () => false,
    ),
  ).toMatchObject({ looks: 25, asked: 0 });
});

test('one of several looks while it is on the lookout, and else does not', async () => {
  let asked = 0;
  const inTurns = () => {
    asked += 1;
    return Math.floor(asked / 20) % 2 === 0;
  };
  const { looks } = await tenSeconds(() => 3, inTurns);
  expect(looks).toBeGreaterThan(5);
  expect(looks).toBeLessThan(20);
});

test('before it knows of others, and when it was taken for dead, it asks as well', async () => {
  expect(
    await tenSeconds(
      () => null,
      () => false,
    ),
  ).toMatchObject({ looks: 0, asked: 40 });
});

test('a process that was buried is known by a new id once the database has it, however often the answer is lost', async () => {
  const [registered, buried]: [string[], string[]] = [[], []];
  const { told, sweeper } = sweeperAmong(
    () => 0,
    () => false,
    {
      processes: {
        ...processes(() => 0),
        renew: async (id) => (id === idOf('first') && registered.length > 0 ? null : { others: 0, clock: new Date() }),
        register: async (id) => {
          if (id !== idOf('first')) registered.push(id);
          if (registered.length === 2) throw new Error('the answer was lost');
          return { since: new Date() };
        },
      },
      newProcessId: () => idOf(`next ${registered.length}`),
      onBuried: (id) => buried.push(id),
    },
  );
  await sweeper.start(idOf('first'));
  registered.push('before');
  await vi.advanceTimersByTimeAsync(10_000);
  await sweeper.stop();
  expect(buried).toHaveLength(1);
  expect(registered.at(-1)).toBe(buried[0]);
  expect(told.errors).toHaveLength(registered.length - 2);
});

test('whoever hung on a process that died while the service was away counts as seen until it was there again', async () => {
  const dead = idOf<'Process'>('dead');
  const start = new Date();
  const held = factsOf({ participants: [participantOf({ attachedTo: [dead], seenUntil: at(-9_999) })] });
  const seenUntil: unknown[] = [];
  const { sweeper } = sweeperAmong(
    () => 0,
    () => false,
    {
      participants: { findRoomsHeldBy: async () => [{ domainId: idOf('domain'), roomId: idOf('room') }] },
      processes: {
        ...processes(() => 0),
        buryDead: async () => [{ id: dead, renewedAt: new Date(start.getTime() - 60_000) }],
      },
      writer: {
        submit: async (_ref, { decide }) => {
          const { changes } = decide(held, new Date());
          seenUntil.push(...(changes?.participants ?? []).map((one) => isInside(one) && one.seenUntil));
          return notFound();
        },
      },
    },
  );
  await sweeper.start(idOf('first'));
  await vi.advanceTimersByTimeAsync(10_000);
  await sweeper.stop();
  expect(seenUntil[0]).toEqual(start);
});

test.each([
  ['is not on the lookout', 1],
  ['finds nothing due', 0],
])('a process that %s has its clock from the renewals of its lease, and does not ask for it', async (_what, others) => {
  let reads = 0;
  const ahead = () => new Date(Date.now() + 60_000);
  const clock = createClock();
  const { sweeper } = sweeperAmong(
    () => others,
    () => false,
    {
      clock,
      uptime: createUptime(clock),
      processes: {
        ...processes(() => others),
        renew: async () => ({ others, clock: ahead() }),
        readClock: async () => {
          reads += 1;
          return { clock: new Date() };
        },
      },
    },
  );
  await sweeper.start(idOf('first'));
  await vi.advanceTimersByTimeAsync(10_000);
  await sweeper.stop();
  expect({ reads, now: clock.now() }).toEqual({ reads: 1, now: ahead() });
});
