import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { affinityOf, hashOf } from '../../packages/client/src/affinity.ts';
import { createClock } from '../../packages/client/src/clock.ts';
import { Ways } from '../../packages/client/src/ways.ts';

test('the hash is the head of SHA-256, of whatever text', () => {
  const head = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => hashOf(text) === head(text)));
  // Each length around the end of a block.
  for (let length = 50; length < 140; length += 1) expect(hashOf('x'.repeat(length))).toBe(head('x'.repeat(length)));
  expect(affinityOf('acme', 'weekly')).toBe(head('acme/weekly'));
});

describe('the service’s clock', () => {
  let device = 0;
  beforeEach(() => {
    device = Date.parse('2031-01-01T00:00:00.000Z');
  });
  const at = (instant: string) => Date.parse(instant);

  test('is the device’s until the service says otherwise, however wrong that one is, and goes on with it', () => {
    const clock = createClock(() => device);
    expect(clock.now()).toBe(device);
    clock.learn('2026-05-01T12:00:00.000Z');
    device += 5_000;
    expect(clock.now()).toBe(at('2026-05-01T12:00:05.000Z'));
    expect(clock.until('2026-05-01T12:00:15.000Z')).toBe(10_000);
    expect(clock.until(new Date('2026-05-01T11:00:00.000Z'))).toBe(0);
  });

  test('is never earlier than what the service has told of, and not put back by what is long past', () => {
    const clock = createClock(() => device);
    clock.learnPast('2026-05-01T12:00:00.000Z');
    clock.learnPast('2026-05-01T11:00:00.000Z');
    clock.learnPast(null);
    expect(clock.now()).toBe(at('2026-05-01T12:00:00.000Z'));
    clock.learnPast('2026-05-01T13:00:00.000Z');
    expect(clock.now()).toBe(at('2026-05-01T13:00:00.000Z'));
    clock.learn('not a time');
    expect(clock.now()).toBe(at('2026-05-01T13:00:00.000Z'));
  });

  test('is the platform’s where no other is given', () => {
    vi.useFakeTimers({ now: device, toFake: ['Date'] });
    expect(createClock().now()).toBe(device);
    vi.useRealTimers();
  });
});

describe('the way that news comes by', () => {
  test('is given up where it never opened and the service answers, at once', () => {
    const ways = new Ways(true);
    const seen = [ways.way];
    for (let time = 0; time < 3; time += 1) {
      ways.onBlocked(ways.way);
      seen.push(ways.way);
    }
    expect(seen).toEqual(['WEBSOCKET', 'SSE', 'HEARTBEAT', 'WEBSOCKET']);
  });

  test('that has opened before is given up at the second failure, and not where it opened in between', () => {
    const ways = new Ways(true);
    ways.onOpened('WEBSOCKET');
    ways.onBlocked('WEBSOCKET');
    ways.onOpened('WEBSOCKET');
    ways.onBlocked('WEBSOCKET');
    expect(ways.way).toBe('WEBSOCKET');
    ways.onBlocked('WEBSOCKET');
    expect(ways.way).toBe('SSE');
  });

  test('moves on by one step, however many notice it together', () => {
    const ways = new Ways(true);
    for (let number = 0; number < 3; number += 1) ways.onBlocked('WEBSOCKET');
    expect(ways.way).toBe('SSE');
  });

  test('is the best one again after the service could not be reached at all', () => {
    const ways = new Ways(true);
    ways.onBlocked('WEBSOCKET');
    ways.onUnreachable();
    expect(ways.way).toBe('WEBSOCKET');
    const without = new Ways(false);
    without.onBlocked('SSE');
    without.onUnreachable();
    expect(without.way).toBe('SSE');
  });
});
