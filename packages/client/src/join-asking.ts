import { type Joining, newIdempotencyKey } from './client.ts';
import type { IsWanted } from './join-turns.ts';
import type { JoinerParts, JoinWords } from './join-view.ts';
import { isOfPlace, leaveForgotten } from './kept-stay.ts';
import { settled } from './refusal.ts';

type AskingParts = Pick<JoinerParts, 'client' | 'keeper' | 'place' | 'token'>;

/** Which room, and with what. */
export function askedOf({ place, token }: AskingParts) {
  return { ...place, ...(token === undefined ? {} : { token }) };
}

/** Null: nobody waits for it any more, and nobody is inside for it. @throws {VestibuleError} */
export async function joinAnew(parts: AskingParts, words: JoinWords, isWanted: IsWanted): Promise<Joining | null> {
  if (!isWanted()) return null;
  const { client, keeper } = parts;
  // A join whose answer got lost, by a refresh too, is asked for again as the same one.
  const idempotencyKey = keeper.get('attempt') ?? newIdempotencyKey();
  keeper.set('attempt', idempotencyKey);
  const joining = await client.join({ ...askedOf(parts), ...words, idempotencyKey });
  if (isWanted()) {
    keeper.set('attempt', null);
    return joining;
  }
  // Another visit may have gone on with it.
  if (joining.kind === 'JOINED' && ![idempotencyKey, joining.session.sessionToken].some(keeper.isShared))
    void settled(joining.session.leave());
  return null;
}

/** Returns to the session that is kept. Null: there is none, or it is of another room. @throws {VestibuleError} */
export async function resumeKept({ client, keeper, place }: AskingParts, isWanted: IsWanted): Promise<Joining | null> {
  const token = keeper.get('session');
  if (token === null) return null;
  const joining = await client.resume(place.roomName, token);
  if (joining.kind !== 'JOINED') return joining;
  if (!isOfPlace(place, joining.session)) return null;
  if (!isWanted()) leaveForgotten(keeper, joining.session, token);
  return joining;
}
