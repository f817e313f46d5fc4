import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { openPair, type Pair, type Standing, standings, swept, type Term } from './people.ts';
import type { State } from './state.ts';
import { type Cast, castFor, expectedOf, tryWays } from './table.ts';

// What time alone ends. Nobody beats meanwhile: who was inside has lost the connection, who waited has gone away.

type Hour = {
  readonly name: string;
  readonly atSeconds: number;
  readonly term: Term;
  readonly leaves: (state: State) => State;
};

const hour = 3600;
const never: Term = { tokens: 24 * hour, room: null };

const away = (state: State): State => ({
  ...state,
  session: state.session === null ? null : 'LOST',
  knock: state.knock === 'PENDING' ? 'CANCELLED' : state.knock,
});
const admissionOver = (state: State): State => ({
  ...state,
  knock: state.knock === 'ADMITTED' ? 'EXPIRED' : state.knock,
});

/** In the order in which they come: the clock goes forward only. */
const hours: readonly Hour[] = [
  {
    name: 'when the token has run out',
    atSeconds: 2 * hour,
    term: { ...never, tokens: hour },
    leaves: (state) => away({ ...state, token: state.token === null ? null : 'TOKEN_EXPIRED' }),
  },
  {
    name: 'when the time of an admission is over',
    atSeconds: 4 * hour + 60,
    term: never,
    leaves: (state) => admissionOver(away(state)),
  },
  {
    name: "when the room's exp has passed",
    atSeconds: 6 * hour,
    term: { ...never, room: 5 * hour },
    leaves: (state) => ({ ...admissionOver(away(state)), room: 'EXPIRED' }),
  },
];

let pair: Pair;
const casts = new Map<string, Cast>();
const everybody = Object.entries<Standing>(standings);
const places = ['here', 'there'] as const;
const rowOf = (...names: readonly string[]) => names.join(', ');

beforeAll(async () => {
  pair = await openPair();
  for (const { name: hourName, term } of hours) {
    for (const [name, standing] of everybody) {
      for (const tries of places) casts.set(rowOf(hourName, name, tries), await castFor(pair, standing, term));
    }
  }
});

describe.each(hours)('$name', ({ name: hourName, atSeconds, leaves }) => {
  beforeAll(async () => {
    await moveClock(pair.database, { seconds: atSeconds, areAlive: true });
    await swept(pair);
  });

  describe.each(everybody)('%s', (name, standing) => {
    test.each(places)('has the ways that are left, and no other: tried %s', async (tries) => {
      const cast = casts.get(rowOf(hourName, name, tries));
      if (cast === undefined) throw new Error('nobody plays this row');
      const answers = await tryWays(cast, { tries });
      expect(answers).toEqual(expectedOf(cast, leaves(standing.state)));
    });
  });
});
