import { answersKnocks, type Participant } from '../../packages/client/src/index.ts';
import { roomTextsNow } from '../texts/room-texts.ts';
import { confirm } from '../ui/confirm.tsx';

/** Whoever answers knocks is asked once where people wait; all others go at once. */
export function askBeforeLeaving(me: Participant, waiting: number, onLeave: () => void): void {
  if (waiting === 0 || !answersKnocks(me)) {
    onLeave();
    return;
  }
  const { leaving, room } = roomTextsNow();
  confirm({ title: leaving.title(waiting), text: leaving.text, yes: room.leave, onYes: onLeave });
}
