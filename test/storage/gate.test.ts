import { expect, test } from 'vitest';
import { Gate } from '../../src/storage/postgres/gate.ts';

const none = async () => {};

/** Somebody inside, until the test lets them out. */
function hold(gate: Gate) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = gate.run(() => promise);
  return async () => {
    resolve();
    await done;
  };
}

test('whoever waited too long is turned away, and takes nobody’s place with them', async () => {
  const gate = new Gate({ places: 1, maxWaiting: 10, maxWaitMs: 5 });
  const leave = hold(gate);
  const work = () => expect.unreachable();
  await expect(gate.run(work)).rejects.toMatchObject({ failure: 'REFUSED', code: 'QUEUE_TIMEOUT' });
  await leave();
  // Nobody is inside: whoever comes now does not wait.
  expect(await gate.run(async () => 'inside')).toBe('inside');
});

test('the others come in as they came, and who comes when too many wait is turned away at once', async () => {
  const gate = new Gate({ places: 1, maxWaiting: 2, maxWaitMs: 60_000 });
  const leave = hold(gate);
  const came: string[] = [];
  const waiting = ['first', 'second'].map((name) => gate.run(async () => came.push(name)));
  await expect(gate.run(none)).rejects.toMatchObject({ failure: 'REFUSED', code: 'QUEUE_FULL' });
  await leave();
  await Promise.all(waiting);
  expect(came).toEqual(['first', 'second']);
});
