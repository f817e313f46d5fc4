import { answersKnocks, type Participant } from '../../packages/client/src/index.ts';
import { textsNow } from '../texts/language.ts';
import { confirm } from '../ui/confirm.tsx';

/** Whoever answers knocks is asked once where people wait; all others go at once. */
export function askBeforeLeaving(me: Participant, waiting: number, onLeave: () => void): void {
  if (waiting === 0 || !answersKnocks(me)) {
    onLeave();
    return;
  }
  const { leaving, room } = textsNow();
  confirm({ title: leaving.title(waiting), text: leaving.text, yes: room.leave, onYes: onLeave });
}
