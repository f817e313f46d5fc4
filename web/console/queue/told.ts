import type { Actor, KnockRequest, RoomEvent, RoomView } from '../../../packages/client/src/index.ts';
import { isBy } from '../../visit/stay-news.ts';
import type { Happening } from './after.ts';
import type { Outcome } from './queue.ts';

/**
 * What an event says of a knock on the list. Null: nothing.
 * @param before the room before the event
 * @param nameOf as the page says it; null: nobody in particular
 */
export function toldBy(
  event: RoomEvent,
  before: Pick<RoomView, 'me'>,
  nameOf: (actor: Actor | null) => string | null,
): Extract<Happening, { is: 'TOLD' }> | null {
  if (event.__typename !== 'KnockChanged' || event.knockRequest.status === 'PENDING') return null;
  const { id, status } = event.knockRequest;
  const outcome = event.knockReason === 'RECALLED' ? 'TAKEN_BACK' : outcomeOf(status);
  const isDecision = outcome === 'ADMITTED' || outcome === 'DENIED' || outcome === 'TAKEN_BACK';
  const isMine = isDecision && isBy(event.by, before.me);
  // Where nothing but a name is the same it may have been somebody else. Nobody was faster than themselves.
  const isSure = isMine && before.me.userId !== null;
  const by = isDecision && !isSure ? nameOf(event.by) : null;
  const isBan = isMine ? keepsOut(event.knockRequest) : undefined;
  return { is: 'TOLD', id, outcome, by, isMine, isBan };
}

/** Whoever is banned may not knock again by themselves at any time. Undefined: they were not denied. */
export function keepsOut({ status, knockAgainAt }: KnockRequest): boolean | undefined {
  return status === 'DENIED' ? knockAgainAt === null : undefined;
}

export function outcomeOf(status: KnockRequest['status']): Outcome {
  switch (status) {
    case 'ADMITTED':
      return 'ADMITTED';
    case 'DENIED':
      return 'DENIED';
    case 'CANCELLED':
      return 'WITHDREW';
    default:
      return 'GONE';
  }
}
