import { knockerActor } from './actor.ts';
import { isPending, type RoomFacts } from './facts.ts';
import type { KnockId } from './ids.ts';
import type { Knock } from './knock-request.ts';
import { endKnock } from './knocking.ts';
import type { NewRoomEvent } from './room-event.ts';

/** Who comes in, by all that says who they are. */
export interface Newcomer {
  /** Null: nothing vouches for one. */
  readonly userId: string | null;
  /** Knocks whose tokens were shown. */
  readonly knockIds: readonly (KnockId | null)[];
  /** The meeting token that was shown. */
  readonly jti: string | null;
}

/** Who comes in no longer waits: their knocks end as if they had taken them back. */
export function withdrawKnocks(
  facts: RoomFacts,
  newcomer: Newcomer,
  now: Date,
): { readonly knocks: readonly Knock[]; readonly events: readonly NewRoomEvent[] } {
  const { userId, knockIds, jti } = newcomer;
  if (userId === null && jti === null && knockIds.every((id) => id === null)) return { knocks: [], events: [] };
  const knocks = [...facts.knocks.values()]
    .filter((knock) => isPending(knock) && isTheirs(knock, newcomer))
    .map((knock) => endKnock(knock, 'CANCELLED', 'WITHDRAWN', knockerActor(knock), now));
  return { knocks, events: knocks.map((knock) => ({ type: 'KnockChanged', by: knockerActor(knock), knock })) };
}

/** Who was sent back to the lobby may have shared their token with others: of them it says nothing. */
function isTheirs(knock: Knock, { userId, knockIds, jti }: Newcomer): boolean {
  if (knockIds.includes(knock.id)) return true;
  if (userId !== null && knock.verified && knock.userId === userId) return true;
  return jti !== null && !knock.isReturn && knock.token?.jti === jti;
}
