import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { type Ending, endingsOf } from './endings.ts';
import { openPair, type Standing, standings, swept } from './people.ts';
import { type Cast, castFor, endFor, expectedOf, type Place, placesOf, tryWays } from './table.ts';

// Who lost the connection may come back while the right to enter lasts. Here it ends meanwhile.

type Row = { readonly name: string; readonly standing: Standing; readonly ending: Ending; readonly place: Place };

const lost = Object.entries<Standing>(standings).flatMap(([name, standing]) =>
  standing.state.session === null ? [] : [{ name, standing, state: { ...standing.state, session: 'LOST' } as const }],
);
const rows: readonly Row[] = lost.flatMap(({ name, standing, state }) =>
  endingsOf({ ...standing, state }).flatMap((ending) =>
    placesOf(ending).map((place) => ({ name, standing: { ...standing, state }, ending, place })),
  ),
);

let casts: ReadonlyMap<Row, Cast>;

beforeAll(async () => {
  const pair = await openPair();
  const made = new Map<Row, Cast>();
  for (const row of rows) made.set(row, await castFor(pair, row.standing));
  casts = made;
  await moveClock(pair.database, { seconds: 60, areAlive: true });
  await swept(pair);
});

describe.each(lost)('$name, whose connection was lost', ({ name }) => {
  test.each(rows.filter((row) => row.name === name))(
    'has the ways that are left, and no other, when $ending.name: $place.name',
    async (row) => {
      const cast = casts.get(row);
      if (cast === undefined) throw new Error('nobody plays this row');
      await endFor(cast, row.ending, row.place);
      expect(await tryWays(cast, row.place)).toEqual(expectedOf(cast, row.ending.leaves(row.standing.state)));
    },
  );
});
