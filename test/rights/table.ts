import type { Ending } from './endings.ts';
import { type Pair, type Person, type Scene, type Standing, setScene, type Term } from './people.ts';
import type { State } from './state.ts';
import { uses, type Way, waysIn } from './ways.ts';

/** Where things happen: everybody comes in at `here`. */
const places = [
  { name: 'all at one process', ends: 'here', tries: 'here' },
  { name: 'ended at another process', ends: 'there', tries: 'here' },
  { name: 'tried at another process', ends: 'here', tries: 'there' },
] as const;
export type Place = (typeof places)[number];

/** A process reads a room that it does not know from the database: where it may know of the domain what was true before, it is asked too. */
export function placesOf({ isOfDomain }: Pick<Ending, 'isOfDomain'>): readonly Place[] {
  return places.filter(({ tries }) => tries === 'here' || isOfDomain);
}

type Ways = readonly (readonly [string, Way])[];

/** People who stand alike in one room: one for each way that may change who is where, and one for all that change nothing. */
export type Cast = {
  readonly scene: Scene;
  readonly parts: readonly { readonly ways: Ways; readonly person: Person }[];
};

function partsOf(state: State): readonly Ways[] {
  const open = (ways: Readonly<Record<string, Way>>) => Object.entries(ways).filter(([, way]) => way.isOpenTo(state));
  return [...open(waysIn).map((entry) => [entry]), open(uses)].filter((part) => part.length > 0);
}

export async function castFor(pair: Pair, standing: Standing, term?: Term): Promise<Cast> {
  const scene = await setScene(pair, standing, term);
  const parts = partsOf(standing.state).map(async (ways) => ({ ways, person: await standing.prepare(scene) }));
  return { scene, parts: await Promise.all(parts) };
}

export function endFor(cast: Cast, ending: Pick<Ending, 'bring'>, place: Place): Promise<unknown> {
  const { scene, parts } = cast;
  const people = parts.map(({ person }) => person);
  return ending.bring(scene.pair[place.ends], people, scene);
}

/** Tries every way: what came of each, by its name. */
export async function tryWays(
  { scene, parts }: Cast,
  place: Pick<Place, 'tries'>,
): Promise<Readonly<Record<string, string>>> {
  const server = scene.pair[place.tries];
  const tried = parts.map(async ({ ways, person }) => {
    const cells: (readonly [string, string])[] = [];
    for (const [name, way] of ways) cells.push([name, await way.attempt({ server, scene, person })]);
    return cells;
  });
  return Object.fromEntries((await Promise.all(tried)).flat());
}

/** What the contract says of each of these ways once a right has ended so. */
export function expectedOf({ parts }: Cast, after: State): Readonly<Record<string, string>> {
  return Object.fromEntries(parts.flatMap(({ ways }) => ways.map(([name, way]) => [name, way.expected(after)])));
}
