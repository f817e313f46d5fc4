import { expect, test } from 'vitest';
import { createErrands } from '../../src/room/errands.ts';

// What is found again and again until it is done: nothing of it waits for something else that fails or takes long.

const unexpected = (error: unknown) => expect.unreachable(String(error));

/** Errands at a time of their own. `settled` waits for what can end now. */
function play(atOnce = 2, onError: (error: unknown) => void = unexpected) {
  let ms = 0;
  const errands = createErrands(atOnce, onError, () => ms);
  return {
    ...errands,
    pass: (seconds: number) => {
      ms += seconds * 1_000;
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test('what is under way is not begun again, is left out of the next look, and holds up nothing else', async () => {
  const { take, leftOut, settled } = play();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const begun: string[] = [];
  const begin = (id: string, end: Promise<boolean>) =>
    take(id, () => {
      begun.push(id);
      return end;
    });
  begin('long', promise);
  begin('long', promise);
  begin('quick', Promise.resolve(true));
  await settled();
  expect({ begun, left: leftOut() }).toEqual({ begun: ['long', 'quick'], left: ['long'] });
  resolve(true);
  await settled();
  expect(leftOut()).toEqual([]);
});

test('what was not done is left alone for a second, and for twice as long each time, up to a minute', async () => {
  const { take, leftOut, settled, pass } = play();
  let tries = 0;
  const rests: number[] = [];
  for (let time = 0; time < 8; time += 1) {
    take('one', async () => {
      tries += 1;
      return false;
    });
    await settled();
    let seconds = 0;
    for (; leftOut().includes('one') && seconds < 100; seconds += 1) {
      take('one', () => expect.unreachable('it was left alone'));
      pass(1);
    }
    rests.push(seconds);
  }
  expect({ tries, rests }).toEqual({ tries: 8, rests: [1, 2, 4, 8, 16, 32, 60, 60] });
});

test('what was done after all is begun at once the next time, and rests for a second when it fails again', async () => {
  const { take, leftOut, settled, pass } = play();
  for (const isDone of [false, false, true, false]) {
    take('one', async () => isDone);
    await settled();
    pass(isDone ? 0 : 2);
  }
  expect(leftOut()).toEqual([]);
});

test('what throws is reported, and left alone like all that failed', async () => {
  const errors: unknown[] = [];
  const { take, leftOut, settled } = play(2, (error) => errors.push(error));
  take('one', () => Promise.reject('broken'));
  await settled();
  expect({ errors, left: leftOut() }).toEqual({ errors: ['broken'], left: ['one'] });
});

test('a stop waits for what is under way, and begins with nothing that waits for a place', async () => {
  const { take, stop, settled } = play(1);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  take('long', () => promise);
  take('waits', () => expect.unreachable('it was begun'));
  await settled();
  let isStopped = false;
  const stopping = stop().then(() => {
    isStopped = true;
  });
  await settled();
  expect(isStopped).toBe(false);
  resolve(true);
  await stopping;
});
