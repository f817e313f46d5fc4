import { after, type Happening } from '../../web/console/queue/after.ts';
import { type Answer, emptyQueue, type Queue, type Send } from '../../web/console/queue/queue.ts';
import { knockOf } from './queue-play.ts';

// What happens to a host's list, one thing after the other.

export const start = 1_000_000;
export const waiting = (...names: string[]) => names.map((name, place) => knockOf(name, place));

/** The list after all of this, from the time `start` on: a number is a pause in milliseconds. */
export function play(...happenings: (Happening | number)[]) {
  let now = start;
  let queue: Queue = emptyQueue;
  const sends: Send[] = [];
  for (const happening of happenings) {
    if (typeof happening === 'number') {
      now += happening;
      continue;
    }
    const next = after(queue, happening, now);
    queue = next.queue;
    sends.push(...next.sends);
  }
  return { queue, sends, now, names: queue.rows.map(({ knock }) => knock.userName) };
}

export const listed = (...names: string[]): Happening => ({ is: 'LISTED', waiting: waiting(...names) });
export const press = (is: 'ADMIT' | 'UNDO', ...ids: string[]): Happening => ({ is, ids, press: 'POINTER' });
export const deny = (...ids: string[]): Happening => ({ is: 'DENY', ids, denial: {}, press: 'POINTER' });
export const answered = (send: Send, answer: Answer): Happening => ({
  ...{ is: 'ANSWERED', send },
  answers: new Map(send.ids.map((id) => [id, answer])),
});
export const done: Answer = { is: 'DONE' };
export const admission = (...ids: string[]): Send => ({ send: 'ADMIT', ids });
export const lost: Answer = { is: 'FAILED', trouble: 'UNSURE' };
export const standingOf = ({ queue }: { readonly queue: Queue }, id: string) =>
  queue.rows.find(({ knock }) => knock.id === id)?.standing;
