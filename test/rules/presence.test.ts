import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessId } from '../../src/rules/ids.ts';
import { attach, beat, connectionAt, detach } from '../../src/rules/presence.ts';
import { at, idOf, now } from './facts-kit.ts';

const [p1, p2]: readonly [ProcessId, ProcessId] = [idOf('process-1'), idOf('process-2')];
const loose = (seenUntil: Date) => ({ connection: 'CONNECTED' as const, attachedTo: [], seenUntil });

describe('somebody counts as there, then as reconnecting, then as gone', () => {
  test.each([
    ['participant', 'the last moment of a beat', 19.999, 'CONNECTED'],
    ['participant', 'the beat has run out', 20, 'RECONNECTING'],
    ['participant', 'the place is kept no longer than', 49.999, 'RECONNECTING'],
    ['participant', 'half a minute more', 50, 'LEFT'],
    ['knocker', 'the last moment of a beat', 29.999, 'CONNECTED'],
    ['knocker', 'the beat has run out', 30, 'RECONNECTING'],
    ['knocker', 'five minutes, but not quite', 299.999, 'RECONNECTING'],
    ['knocker', 'five minutes', 300, 'LEFT'],
  ] as const)('a %s without subscription: %s (%d s): %s', (kind, _what, seconds, state) => {
    expect(connectionAt(kind, beat(kind, loose(now), now), at(seconds)).state).toBe(state);
  });

  test('a subscription holds for as long as it is open', () => {
    expect(connectionAt('knocker', attach(loose(at(-900)), p1, now), at(9_999))).toEqual({
      state: 'CONNECTED',
      until: null,
    });
  });

  test('whoever has left stays so', () => {
    expect(connectionAt('participant', { ...loose(at(99)), connection: 'LEFT' }, now)).toEqual({
      state: 'LEFT',
      until: null,
    });
  });
});

describe('subscriptions in several processes', () => {
  test('the last one to close decides, and opening twice counts once', () => {
    const both = attach(attach(attach(loose(now), p1, now), p1, now), p2, now);
    expect(both.attachedTo).toEqual([p1, p2]);
    const one = detach('participant', both, p1, at(5));
    expect(connectionAt('participant', one, at(500)).state).toBe('CONNECTED');
    const none = detach('participant', one, p2, at(6));
    expect(connectionAt('participant', none, at(6)).state).toBe('RECONNECTING');
    expect(connectionAt('participant', none, at(36)).state).toBe('LEFT');
  });

  test('a knocker whose phone locks is still there for 30 seconds, and its place is kept for 5 minutes', () => {
    const away = detach('knocker', attach(loose(now), p1, now), p1, at(100));
    expect(connectionAt('knocker', away, at(129)).state).toBe('CONNECTED');
    expect(connectionAt('knocker', away, at(131)).state).toBe('RECONNECTING');
    expect(connectionAt('knocker', away, at(399)).state).toBe('RECONNECTING');
    expect(connectionAt('knocker', away, at(401)).state).toBe('LEFT');
  });

  test('a beat that reaches further is not cut short by closing a subscription', () => {
    const away = detach('participant', beat('participant', attach(loose(now), p1, now), at(10)), p1, at(11));
    expect(connectionAt('participant', away, at(29)).state).toBe('CONNECTED');
  });
});

test('what is said to change at an instant changes at that instant and not before', () => {
  const kind = fc.constantFrom('participant' as const, 'knocker' as const);
  fc.assert(
    fc.property(kind, fc.integer({ min: -400, max: 400 }), fc.integer({ min: 0, max: 400 }), (who, seen, later) => {
      const { state, until } = connectionAt(who, loose(at(seen)), at(later));
      if (until === null) {
        expect(state).toBe('LEFT');
        return;
      }
      expect(until.getTime()).toBeGreaterThan(at(later).getTime());
      expect(connectionAt(who, loose(at(seen)), new Date(until.getTime() - 1)).state).toBe(state);
      expect(connectionAt(who, loose(at(seen)), until).state).not.toBe(state);
    }),
  );
});
