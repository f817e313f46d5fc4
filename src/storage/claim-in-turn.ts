/**
 * Claims in one place after the other, so that claims leave connections to requests. What was claimed before an error is kept: it is under
 * a lease, and nobody else would do it.
 * @throws what the first claim threw
 */
export async function claimInTurn<Place, Claimed>(
  places: readonly Place[],
  claim: (place: Place) => Promise<readonly Claimed[]>,
): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  for (const place of places) {
    try {
      claimed.push(...(await claim(place)));
    } catch (error) {
      if (claimed.length === 0) throw error;
      break;
    }
  }
  return claimed;
}

/** Gives each place the same share of what may be claimed, and what some leave to those that have more. @param limit at most so much */
export async function claimFairly<Place, Claimed>(
  places: readonly Place[],
  limit: number,
  claim: (place: Place, share: number) => Promise<readonly Claimed[]>,
): Promise<readonly Claimed[]> {
  const share = Math.max(1, Math.floor(limit / Math.max(1, places.length)));
  let left = limit;
  const take = async (place: Place, most: number) => {
    const asked = Math.min(most, left);
    const claimed = asked > 0 ? await claim(place, asked) : [];
    left -= claimed.length;
    if (claimed.length === asked) unsated.push(place);
    return claimed;
  };
  const unsated: Place[] = [];
  const first = await claimInTurn(places, (place) => take(place, share));
  const rest = await claimInTurn(share < limit ? unsated.splice(0) : [], (place) => take(place, limit)).catch(() => []);
  return [...first, ...rest];
}

/** The same, beginning at another place at each turn: where there is not enough for all, each is first at times. */
export function rotated<Place>(places: readonly Place[], turn: number): readonly Place[] {
  const start = places.length === 0 ? 0 : turn % places.length;
  return [...places.slice(start), ...places.slice(0, start)];
}
