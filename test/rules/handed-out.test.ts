import { expect, test } from 'vitest';
import { handOut } from '../../src/rules/credentials.ts';

test('what was handed out before goes on, the one in use longest of all', () => {
  const first = handOut('b', { newest: 'a', previous: null, spare: [] });
  expect(first).toEqual({ next: 'b', previous: 'a', spare: [] });
  const second = handOut('c', { newest: first.next, previous: first.previous, spare: first.spare });
  expect(second).toEqual({ next: 'c', previous: 'a', spare: ['b'] });
});

test('spares of a token that was replaced for good are forgotten', () => {
  expect(handOut('c', { newest: 'b', previous: null, spare: ['a'] })).toEqual({ next: 'c', previous: 'b', spare: [] });
});

test('however often somebody asks, few are kept: the newest, and the one in use', () => {
  let kept = handOut('token-0', { newest: 'in-use', previous: null, spare: [] });
  for (let n = 1; n <= 100; n += 1) {
    kept = handOut(`token-${n}`, { newest: kept.next, previous: kept.previous, spare: kept.spare });
  }
  expect(kept).toMatchObject({ next: 'token-100', previous: 'in-use' });
  expect(kept.spare).toHaveLength(8);
  expect(kept.spare.at(-1)).toBe('token-99');
});
