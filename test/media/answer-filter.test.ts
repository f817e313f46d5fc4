import { expect, test } from 'vitest';
import { createAnswerFilter } from '../../src/media/answer-filter.ts';

const bounds = { bytes: 1_000, parts: 20 };

/** What is kept of this text, however it is cut on its way. */
function keptOf(text: string, members?: readonly string[]): readonly (string | null)[] {
  const whole = Buffer.from(text);
  return Array.from({ length: 9 }, (_, index) => {
    const filter = createAnswerFilter({ ...bounds, ...(members === undefined ? {} : { members: new Set(members) }) });
    for (let at = 0; at < whole.length; at += index + 1) filter.take(whole.subarray(at, at + index + 1));
    return filter.end();
  });
}

test.each<[string, unknown, unknown]>([
  ['values of every kind', { a: 1, b: 'x', c: true, d: null, e: -1.5e3 }, { a: 1, b: null, c: null, d: null, e: null }],
  ['what is deep', { b: { a: [{ a: 1 }] }, a: [{ b: [[1], {}], a: 2 }] }, { b: null, a: [{ b: null, a: 2 }] }],
  ['texts with marks', { b: '\\"}],{', a: '"b":1,{}[]\\' }, { b: null, a: '"b":1,{}[]\\' }],
  [
    'names with marks',
    { '"a': 1, 'a"': 2, a: 3, ['a'.repeat(70)]: 4 },
    { '"a': null, 'a"': null, a: 3, ['a'.repeat(70)]: null },
  ],
  ['letters beyond ASCII', { a: 'Zoë 🎥', ä: 'ü' }, { a: 'Zoë 🎥', ä: null }],
  ['an empty one', { a: [], b: {} }, { a: [], b: null }],
])('of %s the members that are asked for are kept, wherever the answer is cut', (_what, whole, kept) => {
  for (const space of [undefined, 2]) {
    const text = JSON.stringify(whole, null, space);
    expect(keptOf(text, ['a']).map((one) => JSON.parse(one ?? ''))).toEqual(Array.from({ length: 9 }, () => kept));
    expect(keptOf(text)).toEqual(Array.from({ length: 9 }, () => text));
  }
});

test('what is kept is bounded by its bytes and by its parts, what is not costs nothing', () => {
  const [long, many] = ['x'.repeat(2_000), Array.from({ length: 30 }, () => ({}))];
  for (const value of [long, many]) {
    expect(keptOf(JSON.stringify({ a: value }), ['a'])).toEqual(Array.from({ length: 9 }, () => null));
    expect(keptOf(JSON.stringify({ b: value }), ['a'])).toEqual(Array.from({ length: 9 }, () => '{"b":null}'));
  }
});

test('of a member that is left out its name counts, however many there are of one name', () => {
  const members = (count: number) => `{${Array.from({ length: count }, () => '"b":1').join()}}`;
  expect(keptOf(members(100), ['a'])).toEqual(Array.from({ length: 9 }, () => `{${'"b":null,'.repeat(99)}"b":null}`));
  expect(keptOf(members(200), ['a'])).toEqual(Array.from({ length: 9 }, () => null));
});

test('nothing of a chunk is held once it was taken: what is kept of it may be one letter', () => {
  const filter = createAnswerFilter({ ...bounds, members: new Set(['a']) });
  for (const text of ['{"a":1,', '"b":"', 'x', '","a":2', ',"c":[3],"a":4}']) {
    const chunk = Buffer.from(text);
    filter.take(chunk);
    // Whoever held a part of it would read this.
    chunk.fill('?');
  }
  expect(filter.end()).toBe('{"a":1,"b":null,"a":2,"c":null,"a":4}');
});

test('what is no JSON makes nothing of itself', () => {
  for (const text of ['', '<h1>no</h1>', '{"a', ']]]]', '{"b":]', '"\\'])
    for (const kept of keptOf(text, ['a'])) expect(() => JSON.parse(kept ?? '')).toThrow();
});
