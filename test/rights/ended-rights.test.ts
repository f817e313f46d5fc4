import { beforeAll, describe, expect, test } from 'vitest';
import { endingsOf } from './endings.ts';
import { openPair, type Pair, standings } from './people.ts';
import { castFor, endFor, expectedOf, placesOf, tryWays } from './table.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
});

describe.each(Object.entries(standings))('%s', (_name, standing) => {
  describe.each(endingsOf(standing))('when $name', (ending) => {
    test.each(placesOf(ending))('has the ways that are left, and no other: $name', async (place) => {
      const cast = await castFor(pair, standing);
      await endFor(cast, ending, place);
      expect(await tryWays(cast, place)).toEqual(expectedOf(cast, ending.leaves(standing.state)));
    });
  });
});
