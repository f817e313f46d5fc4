import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachTo, detachAll, detachFrom } from '../../src/rules/attendance.ts';
import type { ProcessId } from '../../src/rules/ids.ts';
import { isInside } from '../../src/rules/participant.ts';
import { attach, beat, connectionAt, connectionDue, detach } from '../../src/rules/presence.ts';
import { at, factsOf, idOf, now, participantOf } from './facts-kit.ts';

const [p1, p2]: readonly [ProcessId, ProcessId] = [idOf('process-1'), idOf('process-2')];
const never = Number.POSITIVE_INFINITY;
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
    expect(connectionAt(kind, beat(kind, loose(now), now), at(seconds))).toBe(state);
  });

  test('a subscription holds for as long as it is open', () => {
    const held = attach(loose(at(-900)), p1, now);
    expect([connectionAt('knocker', held, at(9_999)), connectionDue('knocker', held)]).toEqual(['CONNECTED', never]);
  });
});

describe('subscriptions in several processes', () => {
  test('the last one to close decides, and opening twice counts once', () => {
    const both = attach(attach(attach(loose(now), p1, now), p1, now), p2, now);
    expect(both.attachedTo).toEqual([p1, p2]);
    const one = detach('participant', both, p1, at(5));
    expect(connectionAt('participant', one, at(500))).toBe('CONNECTED');
    const none = detach('participant', one, p2, at(6));
    expect(connectionAt('participant', none, at(6))).toBe('RECONNECTING');
    expect(connectionAt('participant', none, at(36))).toBe('LEFT');
  });

  test('a knocker whose phone locks is still there for 30 seconds, and its place is kept for 5 minutes', () => {
    const away = detach('knocker', attach(loose(now), p1, now), p1, at(100));
    expect(connectionAt('knocker', away, at(129))).toBe('CONNECTED');
    expect(connectionAt('knocker', away, at(131))).toBe('RECONNECTING');
    expect(connectionAt('knocker', away, at(399))).toBe('RECONNECTING');
    expect(connectionAt('knocker', away, at(401))).toBe('LEFT');
  });

  test('a beat that reaches further is not cut short by closing a subscription', () => {
    const away = detach('participant', beat('participant', attach(loose(now), p1, now), at(10)), p1, at(11));
    expect(connectionAt('participant', away, at(29))).toBe('CONNECTED');
  });
});

test('when a process dies, people who were attached to it alone are away, and people with a later heartbeat count as present until that runs out', () => {
  const held = participantOf({ id: idOf('held'), ...attach(loose(now), p1, now) });
  const beating = participantOf({ id: idOf('beating'), ...beat('participant', attach(loose(now), p1, now), at(8)) });
  const elsewhere = participantOf({ id: idOf('elsewhere'), ...attach(attach(loose(now), p1, now), p2, now) });
  const { changes } = detachAll(factsOf({ participants: [held, beating, elsewhere] }), p1, at(10));
  const people = (changes?.participants ?? []).filter(isInside);
  expect(people.map(({ connection, attachedTo }) => [connection, attachedTo])).toEqual([
    ['RECONNECTING', []],
    ['CONNECTED', []],
    ['CONNECTED', [p2]],
  ]);
  expect(people.map((one) => connectionDue('participant', one))).toEqual([at(40).getTime(), at(28).getTime(), never]);
  expect(changes?.events.map(({ type }) => type)).toEqual(['Internal', 'ParticipantUpdated']);
});

test('whoever comes back says so themselves; that they are away, the service says', () => {
  const guest = participantOf({ id: idOf('guest'), ...loose(now), connection: 'RECONNECTING' });
  const who = { kind: 'PARTICIPANT', id: guest.id } as const;
  const back = attachTo(factsOf({ participants: [guest] }), who, p1, at(5)).changes;
  expect(back?.events).toMatchObject([
    { type: 'ParticipantUpdated', by: { kind: 'PARTICIPANT' }, participant: { connection: 'CONNECTED' } },
  ]);
  const away = detachFrom(factsOf({ participants: back?.participants ?? [] }), who, p1, at(60)).changes;
  expect(away?.events).toMatchObject([
    { type: 'ParticipantUpdated', by: { kind: 'SERVICE' }, participant: { connection: 'RECONNECTING' } },
  ]);
});

test('a change that is due at an instant happens at that instant and not before', () => {
  const kind = fc.constantFrom('participant' as const, 'knocker' as const);
  fc.assert(
    fc.property(kind, fc.integer({ min: -400, max: 400 }), fc.integer({ min: 0, max: 400 }), (who, seen, later) => {
      const state = connectionAt(who, loose(at(seen)), at(later));
      if (state === 'LEFT') return;
      const settled = { ...loose(at(seen)), connection: state };
      const due = connectionDue(who, settled);
      expect(due).toBeGreaterThan(at(later).getTime());
      expect(connectionAt(who, settled, new Date(due - 1))).toBe(state);
      expect(connectionAt(who, settled, new Date(due))).not.toBe(state);
    }),
  );
});
