import { expect, test } from 'vitest';
import { createPlaces } from '../../src/egress/places.ts';

/** What each claim finds: in turn, and then nothing. */
function placesFinding(...found: readonly (readonly string[] | Error)[]) {
  const left = [...found];
  const looks: (readonly string[] | 'everywhere')[] = [];
  const places = createPlaces<string, string>(async (_limit, at) => {
    looks.push(at ?? 'everywhere');
    const next = left.shift() ?? [];
    if (next instanceof Error) throw next;
    return next;
  });
  return { places, looks };
}

test('looks where somebody asked, once, and nowhere where nobody did', async () => {
  const { places, looks } = placesFinding(['a']);
  expect(await places.claim(3)).toEqual([]);
  for (const place of ['one', 'two', 'one']) places.ask(place);
  expect(await places.claim(3)).toEqual(['a']);
  expect(await places.claim(3)).toEqual([]);
  expect(looks).toEqual([['one', 'two']]);
});

test('looks everywhere where somebody else may have written something, once', async () => {
  const { places, looks } = placesFinding();
  places.ask('one');
  places.askAll();
  await places.claim(3);
  await places.claim(3);
  expect(looks).toEqual(['everywhere']);
});

test('goes on at once where there was more than room', async () => {
  const { places, looks } = placesFinding(['a', 'b', 'c'], ['d']);
  places.ask('one');
  expect(await places.claim(3)).toEqual(['a', 'b', 'c']);
  expect(await places.claim(3)).toEqual(['d']);
  expect(await places.claim(3)).toEqual([]);
  expect(looks).toEqual([['one'], 'everywhere']);
});

test('forgets nothing that was asked for while claims fail', async () => {
  const { places, looks } = placesFinding(new Error('the database is away'), ['a']);
  places.ask('one');
  await expect(places.claim(3)).rejects.toThrow('away');
  expect(await places.claim(3)).toEqual(['a']);
  expect(await places.claim(3)).toEqual([]);
  expect(looks).toEqual([['one'], 'everywhere']);
});
