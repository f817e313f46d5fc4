/** At which places there may be something to claim. */
export interface Places<Place, Claimed> {
  readonly ask: (place: Place) => void;
  /** Somebody else may have written something, or something has fallen due: looked for everywhere, at the next claim. */
  readonly askAll: () => void;
  readonly claim: (limit: number) => Promise<readonly Claimed[]>;
}

/**
 * Remembers where to claim, so that whoever knows the place (a domain) asks there alone: all of them are looked through only now and then.
 * @param claim claims at these places; undefined: wherever something is due
 */
export function createPlaces<Place, Claimed>(
  claim: (limit: number, places: readonly Place[] | undefined) => Promise<readonly Claimed[]>,
): Places<Place, Claimed> {
  const asked = new Set<Place>();
  let isEverywhere = false;
  return {
    ask: (place) => {
      asked.add(place);
    },
    askAll: () => {
      isEverywhere = true;
    },
    claim: async (limit) => {
      const places = isEverywhere ? undefined : [...asked];
      if (places?.length === 0) return [];
      asked.clear();
      isEverywhere = false;
      const claimed = await claim(limit, places).catch((error: unknown) => {
        // What was asked for is not forgotten.
        isEverywhere = true;
        throw error;
      });
      // All that there was room for: there may be more.
      if (claimed.length === limit) isEverywhere = true;
      return claimed;
    },
  };
}
