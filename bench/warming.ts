/**
 * Compilers and planners take their time: loads until two in a row cost the same within a twentieth, or so many were done.
 * @param load what is going to be measured, a part of it; gives what it cost
 */
export async function warmUntilSteady(load: () => Promise<number>, most: number): Promise<void> {
  let last = Number.NaN;
  for (let done = 0; done < most; done += 1) {
    const cost = await load();
    if (Math.abs(cost / last - 1) < 0.05) return;
    last = cost;
  }
}
