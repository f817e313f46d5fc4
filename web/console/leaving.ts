import { answersKnocks } from '../../packages/client/src/index.ts';
import { textsNow } from '../texts/language.ts';
import { confirm } from '../ui/confirm.tsx';
import type { StayState } from '../visit/stay-state.ts';

/** Whoever answers knocks is asked once where people wait; all others go at once. */
export function askBeforeLeaving({ me, waiting }: StayState, onLeave: () => void): void {
  if (waiting.length === 0 || !answersKnocks(me)) {
    onLeave();
    return;
  }
  const { leaving, room } = textsNow();
  confirm({ title: leaving.title(waiting.length), text: leaving.text, yes: room.leave, onYes: onLeave });
}
