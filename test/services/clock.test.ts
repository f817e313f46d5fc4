import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClock } from '../../src/room/clock.ts';

/** A machine and a database, each with a clock of its own, in milliseconds. */
function twoClocks(offsetMs: number) {
  const machine = { ms: 1_000_000 };
  const database = { offsetMs };
  const clock = createClock(() => machine.ms);
  const now = () => clock.now().getTime();
  const databaseNow = () => machine.ms + database.offsetMs;
  /** A statement that takes so long on its way to the database and back. */
  const ask = async (thereMs: number, backMs: number) =>
    clock.sync(async () => {
      machine.ms += thereMs;
      const seen = { clock: new Date(databaseNow()) };
      machine.ms += backMs;
      return seen;
    });
  return { machine, database, clock, now, databaseNow, ask };
}

describe("the database's clock, as this process knows it", () => {
  test('is off by no more than what the last statement took, however wrong the machine is', async () => {
    const delay = fc.integer({ min: 0, max: 2_000 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -1e7, max: 1e7 }), delay, delay, async (offset, there, back) => {
        const { ask, now, databaseNow } = twoClocks(offset);
        await ask(there, back);
        expect(Math.abs(now() - databaseNow())).toBeLessThanOrEqual(there + back);
      }),
    );
  });

  test('gets better with every quick statement, and worse with no slow one', async () => {
    const { ask, now, databaseNow } = twoClocks(-300_000);
    await ask(700, 700);
    await ask(2, 3);
    expect(Math.abs(now() - databaseNow())).toBeLessThanOrEqual(5);
    await ask(900, 900);
    expect(Math.abs(now() - databaseNow())).toBeLessThanOrEqual(5);
  });

  test('is not set back by an answer that was under way before it was corrected', async () => {
    const { clock, database, machine, ask, now, databaseNow } = twoClocks(0);
    const late = Promise.withResolvers<void>();
    const straggler = clock.sync(async () => {
      const seen = { clock: new Date(databaseNow()) };
      await late.promise;
      return seen;
    });
    database.offsetMs = 90_000;
    machine.ms += 10;
    await ask(1, 1);
    late.resolve();
    await straggler;
    expect(Math.abs(now() - databaseNow())).toBeLessThanOrEqual(2);
  });

  test.each([-3_600_000, 3_600_000])(
    'is right again with the next statement once the machine was set by %s ms',
    async (step) => {
      const { database, machine, ask, now, databaseNow } = twoClocks(-3_600_000);
      await ask(1, 1);
      machine.ms += step;
      database.offsetMs -= step;
      await ask(1, 1);
      expect(Math.abs(now() - databaseNow())).toBeLessThanOrEqual(2);
    },
  );

  test('stays where it is when there is nothing to read it from', async () => {
    const { clock, now, databaseNow } = twoClocks(0);
    await clock.sync(async () => null);
    expect(now()).toBe(databaseNow());
  });
});
