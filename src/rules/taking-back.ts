import { admissionsInUse, type RoomFacts } from './facts.ts';
import type { Knock } from './knock-request.ts';
import { type LobbyReturn, speaksFor } from './lobby-return.ts';

/**
 * The returns that hold again, since admissions that ended them were taken back: whoever is not inside must be let in again, whatever
 * token they have. Who is put out of the room is another matter: what let them in besides the admission may let them in anew.
 * @param recalled knocks as they are afterwards; those that were no admissions change nothing
 */
export function reopenReturns(facts: RoomFacts, recalled: readonly Knock[]): readonly LobbyReturn[] {
  const inUse = admissionsInUse(facts.participants.values());
  const before = recalled.flatMap(({ id }) => (inUse.has(id) ? [] : (facts.knocks.held(id) ?? [])));
  const admissions = before.filter((knock) => knock.status === 'ADMITTED');
  const isMeant = (one: LobbyReturn) =>
    one.admittedAt !== null &&
    admissions.some((knock) => knock.decided.at.getTime() === one.admittedAt?.getTime() && speaksFor(knock, one));
  return [...facts.returns.values()].filter(isMeant).map((one) => ({ ...one, admittedAt: null }));
}
