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
