import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MyKnockDocument } from '../../packages/client/src/generated/graphql.ts';
import type { Sink, Subscribe } from '../../packages/client/src/line.ts';
import { patiently } from '../../packages/client/src/patience.ts';
import { VestibuleError } from '../../packages/client/src/refusal.ts';
import { createServiceLink } from '../../packages/client/src/service.ts';
import { followStream } from '../../packages/client/src/stream.ts';
import { createTransport } from '../../packages/client/src/transport.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Failure = ConstructorParameters<typeof VestibuleError>;

/** Follows a stream on a line that does what the test says. */
function followed() {
  const sinks: Sink<never>[] = [];
  const unused = () => Promise.reject(new Error('nothing is asked'));
  const subscribe: Subscribe = (_document, _variables, sink) => {
    sinks.push(sink);
    return () => {};
  };
  const data: unknown[] = [];
  const states: string[] = [];
  const stop = followStream(
    { ask: unused, persist: unused, askAtLast: unused, subscribe, longestPauseMs: 30_000 },
    {
      document: MyKnockDocument,
      variables: () => ({}),
      onData: (one) => data.push(one),
      onState: (state) => states.push(state),
      onEnd: () => states.push('ENDED'),
    },
  );
  const fail = (...failure: Failure) => sinks.at(-1)?.onFailure(new VestibuleError(...failure));
  return { sinks, data, states, stop, fail, lose: () => fail('NETWORK', 'lost') };
}

test('a quiet event stream is not lost as long as its signs come, however short the patience of its page', async () => {
  const signs: ReadableStreamDefaultController<Uint8Array>[] = [];
  const fetch: typeof globalThis.fetch = async () => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void signs.push(controller) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  const link = createServiceLink({ url: 'https://meet.example.com', fetch, webSocket: null, patienceMs: 3_000 });
  const heard: string[] = [];
  const stop = createTransport(link, 'vs_token', null).subscribe(
    MyKnockDocument,
    {},
    {
      onOpen: () => heard.push('open'),
      onData: () => heard.push('data'),
      onFailure: ({ code }) => heard.push(code),
      onComplete: () => heard.push('end'),
    },
  );
  const sign = () => signs.at(-1)?.enqueue(new TextEncoder().encode(':\n\n'));
  await vi.advanceTimersByTimeAsync(0);
  for (let times = 0; times < 4; times += 1) {
    sign();
    await vi.advanceTimersByTimeAsync(12_000);
  }
  expect(heard).toEqual(['open']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(heard).toEqual(['open', 'NETWORK']);
  stop();
});

test('a stream that was refused for a while comes back when the service said, and not before', async () => {
  const { sinks, stop, fail } = followed();
  fail('RATE_LIMITED', 'Wait.', 30);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(sinks.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sinks.length).toBe(2);
  stop();
});

test('a stream that was open comes back at once after each loss, however many there were', async () => {
  const { sinks, data, stop, lose } = followed();
  for (let time = 1; time <= 6; time += 1) {
    sinks.at(-1)?.onData({ myKnock: time } as never);
    lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(sinks.length).toBe(time + 1);
  }
  expect(data.length).toBe(6);
  stop();
});

test('a stream that never opens waits longer each time, half a minute at most', async () => {
  const { sinks, stop, lose } = followed();
  for (let time = 0; time < 8; time += 1) {
    lose();
    const atLeast = Math.min(30_000, 500 * 2 ** time) / 2;
    await vi.advanceTimersByTimeAsync(atLeast - 1);
    expect(sinks.length).toBe(time + 1);
    await vi.advanceTimersByTimeAsync(atLeast + 1);
    expect(sinks.length).toBe(time + 2);
  }
  stop();
});

test('a stream that held for a while comes back at once, though nothing happened on it', async () => {
  const { sinks, stop, lose } = followed();
  for (let time = 1; time <= 6; time += 1) {
    sinks.at(-1)?.onOpen();
    await vi.advanceTimersByTimeAsync(10_000);
    lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(sinks.length).toBe(time + 1);
  }
  stop();
});

test('a stream that opens and is lost at once, again and again, waits longer each time', async () => {
  const { sinks, stop, lose } = followed();
  for (let time = 0; time < 5; time += 1) {
    sinks.at(-1)?.onOpen();
    lose();
    await vi.advanceTimersByTimeAsync(500 * 2 ** time);
  }
  expect(sinks.length).toBe(6);
  sinks.at(-1)?.onOpen();
  lose();
  await vi.advanceTimersByTimeAsync(7_999);
  expect(sinks.length).toBe(6);
  stop();
});

test('a stream says how it stands, and nothing after it was stopped or has ended', () => {
  const ended = followed();
  ended.sinks[0]?.onOpen();
  ended.sinks[0]?.onComplete();
  ended.lose();
  expect(ended.states).toEqual(['CONNECTING', 'OPEN', 'ENDED']);
  const stopped = followed();
  stopped.sinks[0]?.onOpen();
  stopped.lose();
  stopped.stop();
  stopped.sinks[0]?.onData({ myKnock: 'late' } as never);
  expect([stopped.states, stopped.data, vi.getTimerCount()]).toEqual([['CONNECTING', 'OPEN', 'RECONNECTING'], [], 0]);
});

describe('where the platform tells of its network', () => {
  test('its return ends every pause at once', async () => {
    const window = new EventTarget();
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
    const { sinks, stop, lose } = followed();
    for (let time = 0; time < 8; time += 1) {
      lose();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    let attempts = 0;
    const failsTwice = () => {
      attempts += 1;
      return attempts > 2 ? Promise.resolve('done') : Promise.reject(new VestibuleError('NETWORK', 'lost'));
    };
    const done = patiently(failsTwice);
    lose();
    await vi.advanceTimersByTimeAsync(0);
    expect([sinks.length, attempts]).toEqual([9, 1]);
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(0);
    expect([sinks.length, attempts]).toEqual([10, 2]);
    // And pauses are short again.
    lose();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sinks.length, await done]).toEqual([11, 'done']);
    stop();
  });
});

test('what nobody waits for any more is not tried again', async () => {
  let attempts = 0;
  let isWanted = true;
  const tried = patiently(
    () => {
      attempts += 1;
      return Promise.reject(new VestibuleError('UNAVAILABLE', 'later'));
    },
    { isWanted: () => isWanted },
  );
  const refused = expect(tried).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await vi.advanceTimersByTimeAsync(2_000);
  const before = attempts;
  isWanted = false;
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect([before > 1, attempts]).toEqual([true, before]);
});
