import type { Sink, Client as Socket } from 'graphql-ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MyKnockDocument } from '../../packages/client/src/generated/graphql.ts';
import { followStream } from '../../packages/client/src/stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Follows a stream on a socket that does what the test says. */
function followed() {
  const sinks: Sink[] = [];
  const socket: Socket = {
    on: () => () => {},
    subscribe: (_payload: unknown, sink: Sink) => {
      sinks.push(sink);
      return () => {};
    },
    iterate: () => {
      throw new Error('nothing iterates');
    },
    dispose: () => {},
    terminate: () => {},
  };
  const unused = () => Promise.reject(new Error('nothing is asked'));
  const data: unknown[] = [];
  const stop = followStream(
    { ask: unused, persist: unused, socket: () => socket },
    { document: MyKnockDocument, variables: () => ({}), onData: (one) => data.push(one) },
  );
  return { sinks, data, stop };
}

test('a stream that was refused for a while comes back when the service said, and not before', async () => {
  const { sinks, stop } = followed();
  const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 30 };
  sinks[0]?.error([{ message: 'Wait.', extensions }]);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(sinks.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sinks.length).toBe(2);
  stop();
});

test('a stream that was open comes back at once after each loss, however many there were', async () => {
  const { sinks, data, stop } = followed();
  for (let time = 1; time <= 6; time += 1) {
    sinks.at(-1)?.next({ data: { myKnock: time } });
    sinks.at(-1)?.error(new Error('lost'));
    await vi.advanceTimersByTimeAsync(500);
    expect(sinks.length).toBe(time + 1);
  }
  expect(data.length).toBe(6);
  stop();
});

test('a stream that never opens waits longer each time, half a minute at most', async () => {
  const { sinks, stop } = followed();
  for (let time = 0; time < 8; time += 1) {
    sinks.at(-1)?.error(new Error('lost'));
    const atLeast = Math.min(30_000, 500 * 2 ** time) / 2;
    await vi.advanceTimersByTimeAsync(atLeast - 1);
    expect(sinks.length).toBe(time + 1);
    await vi.advanceTimersByTimeAsync(atLeast + 1);
    expect(sinks.length).toBe(time + 2);
  }
  stop();
});
