import { byArrival, type KnockRequest } from '../../../packages/client/src/index.ts';
import { type Press, pressable } from './press.ts';
import {
  type Answer,
  type Denial,
  isOpen,
  isUndoable,
  namedAtOnce,
  type Queue,
  type Row,
  releaseMs,
  type Send,
  selectedIn,
} from './queue.ts';
import { answeredTo, asked, listedAgain, newRow, notListed, over, type Told, toldOf, undone } from './row-after.ts';

/** So many requests that name as many as they may are less than what a browser goes on sending: 64 KiB. */
const sentToTheEnd = 3;

/** What happens to the list. `ids` are knocks. */
export type Happening =
  | { readonly is: 'LISTED'; readonly waiting: readonly KnockRequest[] }
  | ({ readonly is: 'TOLD'; readonly id: string } & Told)
  | { readonly is: 'HELD' }
  | { readonly is: 'LET_GO' }
  | { readonly is: 'SEEN'; readonly ids: readonly string[] }
  /** These changed their height on screen, so that all below the first of them stand elsewhere. */
  | { readonly is: 'SHIFTED'; readonly ids: readonly string[] }
  /** The buttons for several stand elsewhere. */
  | { readonly is: 'TOOLS_MOVED' }
  | { readonly is: 'SELECTED'; readonly id: string; readonly isSelected: boolean }
  | { readonly is: 'ADMIT'; readonly ids: readonly string[]; readonly press: Press }
  | { readonly is: 'DENY'; readonly ids: readonly string[]; readonly denial: Denial; readonly press: Press }
  | { readonly is: 'UNDO'; readonly ids: readonly string[]; readonly press: Press }
  | { readonly is: 'ANSWERED'; readonly send: Send; readonly answers: ReadonlyMap<string, Answer> }
  /** It holds for the next decision and those after it. */
  | { readonly is: 'UNDO_TIME'; readonly undoMs: number }
  | { readonly is: 'TIME' }
  | { readonly is: 'LEAVING' };

export interface Next {
  readonly queue: Queue;
  /** What is to be asked of the service for it, each once. */
  readonly sends: readonly Send[];
}

/** The list after this, and what is asked of the service. `now`: the page's own time, in milliseconds. */
export function after(queue: Queue, happening: Happening, now: number): Next {
  const next = follow(queue, happening, now);
  // Where the buttons for the selected stood there are those for all.
  const isSwapped = selectedIn(queue).length > 0 && selectedIn(next.queue).length === 0;
  return isSwapped ? { ...next, queue: { ...next.queue, decidedAt: now } } : next;
}

function follow(queue: Queue, happening: Happening, now: number): Next {
  switch (happening.is) {
    case 'LISTED':
      return quietly(putInOrder(listed(queue, happening.waiting, now), now));
    case 'TOLD':
      return quietly(putInOrder(told(queue, happening, now), now));
    case 'HELD':
      return quietly({ ...queue, isHeld: true, releaseAt: null });
    case 'LET_GO':
      return quietly({ ...queue, isHeld: false, releaseAt: now + releaseMs });
    case 'SEEN':
      return quietly(onScreen(queue, happening.ids, now));
    case 'SHIFTED':
      return quietly(shifted(queue, happening.ids, now));
    case 'TOOLS_MOVED':
      return quietly({ ...queue, decidedAt: Math.max(now, queue.decidedAt) });
    case 'SELECTED':
      return quietly(ticked(queue, happening, now));
    case 'ADMIT':
      return admit(queue, pressable(queue, happening, isOpen, now), now);
    case 'DENY':
      return deny(queue, pressable(queue, happening, isOpen, now), happening.denial, now);
    case 'UNDO':
      return undo(queue, happening, now);
    case 'ANSWERED':
      return quietly(putInOrder(answered(queue, happening, now), now));
    case 'UNDO_TIME':
      return quietly({ ...queue, undoMs: happening.undoMs });
    case 'TIME':
      return timePassed(queue, now);
    case 'LEAVING':
      return sentAtLast(sendDenials(queue, () => true));
    default:
      return happening satisfies never;
  }
}

function quietly(queue: Queue): Next {
  return { queue, sends: [] };
}

function change(queue: Queue, ids: readonly string[], changed: (row: Row) => Row): Queue {
  const named = new Set(ids);
  return { ...queue, rows: queue.rows.map((row) => (named.has(row.knock.id) ? changed(row) : row)) };
}

/** The first time counts. */
function onScreen(queue: Queue, ids: readonly string[], now: number): Queue {
  const fresh = ids.filter((id) => !queue.seen.has(id));
  if (fresh.length === 0) return queue;
  return { ...queue, seen: new Map([...queue.seen, ...fresh.map((id) => [id, now] as const)]) };
}

/** Whoever ticks somebody has them before their eyes, whatever part of the row is on screen. */
function ticked(queue: Queue, { id, isSelected }: Extract<Happening, { is: 'SELECTED' }>, now: number): Queue {
  return change(onScreen(queue, [id], now), [id], (row) => ({ ...row, isSelected }));
}

/** Also the first of them has moved: what is in its lower half stands elsewhere too. */
function shifted(queue: Queue, ids: readonly string[], now: number): Queue {
  const named = new Set(ids);
  const first = queue.rows.findIndex(({ knock }) => named.has(knock.id));
  if (first === -1) return queue;
  return {
    ...queue,
    rows: queue.rows.map((row, place) => (place < first ? row : { ...row, movedAt: Math.max(now, row.movedAt) })),
  };
}

/** Rows keep their places; whoever is new comes last. */
function listed(queue: Queue, waiting: readonly KnockRequest[], now: number): Queue {
  const ended = new Set(waiting.map(({ id }) => id).filter((id) => queue.ended.has(id)));
  const fresh = new Map(waiting.filter(({ id }) => !ended.has(id)).map((knock) => [knock.id, knock]));
  const kept = queue.rows.map((row) => {
    const knock = fresh.get(row.knock.id);
    fresh.delete(row.knock.id);
    return knock === undefined ? notListed(row, now) : listedAgain(row, knock, now);
  });
  const isLate = isFrozen(queue);
  const added = [...fresh.values()].map((knock) => newRow(knock, isLate, now));
  const isAsBefore = added.length === 0 && kept.every((row, place) => row === queue.rows[place]);
  // The same object says that there is nothing to draw, and nobody to look at.
  if (isAsBefore && ended.size === queue.ended.size) return queue;
  return { ...queue, ended, rows: [...kept, ...added] };
}

/** Told by an event. */
function told(queue: Queue, happening: Extract<Happening, { is: 'TOLD' }>, now: number): Queue {
  return change(queue, [happening.id], (row) => toldOf(row, happening, { now, until: now + queue.undoMs }));
}

function admit(queue: Queue, ids: readonly string[], now: number): Next {
  if (ids.length === 0) return quietly(queue);
  const sent = change(queue, ids, (row) => asked(row, { is: 'SENT', decision: 'ADMIT' }, now));
  const sends = parts(ids).map((part) => ({ send: 'ADMIT' as const, ids: part }));
  return { queue: { ...sent, lastDecided: ids, decidedAt: now }, sends };
}

function deny(queue: Queue, ids: readonly string[], denial: Denial, now: number): Next {
  if (ids.length === 0) return quietly(queue);
  const until = now + queue.undoMs;
  return quietly({
    ...change(queue, ids, (row) => ({ ...asked(row, { is: 'DENYING', until }, now), denial: again(row, denial) })),
    lastDecided: ids,
    decidedAt: now,
  });
}

/** The row of whom an answer was lost says to press again: that repeats a ban, which may have been done, and takes none back. */
function again({ unsure, denial: before }: Row, denial: Denial): Denial {
  return unsure === 'DENY' && denial.ban === undefined ? (before ?? denial) : denial;
}

/** A denial that was not sent is forgotten; an admission is taken back. What cannot be any more says so in its row. */
function undo(queue: Queue, happening: Extract<Happening, { is: 'UNDO' }>, now: number): Next {
  const ids = pressable(queue, happening, isUndoable, now);
  if (ids.length === 0) return quietly(queue);
  const recalled: string[] = [];
  const changed = change(queue, ids, (row) => {
    if (row.standing.is === 'DENYING') return undone(row, now);
    recalled.push(row.knock.id);
    return asked(row, { is: 'UNDOING' }, now);
  });
  const sends = recalled.map((id) => ({ send: 'RECALL' as const, ids: [id] as const }));
  return { queue: { ...changed, lastDecided: [], decidedAt: now }, sends };
}

function answered(queue: Queue, { send, answers }: Extract<Happening, { is: 'ANSWERED' }>, now: number): Queue {
  const next = change(queue, send.ids, (row) => {
    const answer = answers.get(row.knock.id);
    return isWaitedFor(row, send, answer) ? answeredTo(row, send, answer, { now, until: now + queue.undoMs }) : row;
  });
  return send.send === 'RECALL' ? undoAgain(next, send.ids) : next;
}

function isWaitedFor({ standing }: Row, { send }: Send, answer: Answer | undefined): boolean {
  if (send !== 'RECALL') return standing.is === 'SENT';
  // The event that comes before the answer says of nobody that they had to leave. Another host was faster where it names one.
  const isTold = standing.is === 'OVER' && standing.outcome === 'TAKEN_BACK' && standing.by === null;
  return standing.is === 'UNDOING' || (isTold && answer?.is === 'DONE');
}

/** What could not be taken back can be tried again with the others of which that is so, unless something else was decided since. */
function undoAgain(queue: Queue, ids: readonly string[]): Queue {
  const failed = new Set(
    queue.rows.flatMap(({ knock, standing }) =>
      standing.is === 'ADMITTED' && standing.trouble !== null ? [knock.id] : [],
    ),
  );
  if (!queue.lastDecided.every((id) => failed.has(id))) return queue;
  return { ...queue, lastDecided: [...new Set([...queue.lastDecided, ...ids.filter((id) => failed.has(id))])] };
}

function timePassed(queue: Queue, now: number): Next {
  const { queue: denied, sends: denials } = sendDenials(queue, (until) => until <= now);
  const { queue: sent, sends: again } = askAgain(denied, now);
  const settled = sent.rows.map((row) =>
    row.standing.is === 'ADMITTED' && row.standing.until <= now ? over(row, 'ADMITTED', null) : row,
  );
  return { queue: putInOrder({ ...sent, rows: settled }, now), sends: [...denials, ...again] };
}

/** What came of a decision whose answer was lost. It is asked again of each alone, as one by one the service says how each stands. */
function askAgain(queue: Queue, now: number): Next {
  const missed = queue.rows.filter(({ standing }) => standing.is === 'MISSED' && standing.until <= now);
  const sends = missed.map(
    ({ knock: { id }, unsure, denial }): Send =>
      unsure === 'DENY' ? { send: 'DENY', ids: [id], denial: denial ?? {} } : { send: 'ADMIT', ids: [id] },
  );
  const ids = missed.map(({ knock }) => knock.id);
  const ask = (row: Row): Row => ({ ...row, standing: { is: 'SENT', decision: row.unsure ?? 'ADMIT' } });
  return { queue: change(queue, ids, ask), sends };
}

/** A browser sends a few of them to their end while the page goes away; more of them at once it would refuse. */
function sentAtLast({ queue, sends }: Next): Next {
  return {
    queue,
    sends: sends.map((send, place) =>
      send.send === 'DENY' && place < sentToTheEnd ? { ...send, isLast: true } : send,
    ),
  };
}

/** Denials whose time to be taken back is over, together where they say the same. */
function sendDenials(queue: Queue, isDue: (until: number) => boolean): Next {
  const due = queue.rows.flatMap(({ knock, standing, denial }) =>
    standing.is === 'DENYING' && isDue(standing.until) ? [{ id: knock.id, denial: denial ?? {} }] : [],
  );
  const plain = due.filter(({ denial }) => denial.ban === undefined).map(({ id }) => id);
  const bans = due.filter(({ denial }) => denial.ban === true);
  const sends: readonly Send[] = [
    ...parts(plain).map((ids) => ({ send: 'DENY' as const, ids, denial: {} })),
    ...bans.map(({ id, denial }) => ({ send: 'DENY' as const, ids: [id], denial })),
  ];
  const ids = due.map(({ id }) => id);
  return { queue: change(queue, ids, (row) => ({ ...row, standing: { is: 'SENT', decision: 'DENY' } })), sends };
}

function parts(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / namedAtOnce);
  return Array.from({ length: count }, (_, part) => ids.slice(part * namedAtOnce, (part + 1) * namedAtOnce));
}

function isFrozen({ isHeld, releaseAt }: Queue): boolean {
  return isHeld || releaseAt !== null;
}

/** Takes away whoever is over, and sorts the others by arrival; not while the list holds still. */
function putInOrder(queue: Queue, now: number): Queue {
  const isDue = queue.releaseAt !== null && queue.releaseAt <= now;
  if (queue.isHeld || (queue.releaseAt !== null && !isDue)) return queue;
  if (isInOrder(queue.rows)) return queue.releaseAt === null ? queue : { ...queue, releaseAt: null };
  const leaving = queue.rows.filter(({ standing }) => standing.is === 'OVER' && standing.outcome !== 'GONE');
  const ended = new Set([...queue.ended, ...leaving.map(({ knock }) => knock.id)]);
  const places = new Map(queue.rows.map(({ knock }, place) => [knock.id, place]));
  // What is shorter now may stand elsewhere on screen altogether, as where it was scrolled to its end.
  const isShorter = queue.rows.some(({ standing }) => standing.is === 'OVER');
  const rows = queue.rows
    .filter(({ standing }) => standing.is !== 'OVER')
    .toSorted((one, other) => byArrival(one.knock, other.knock))
    .map((row, place) => {
      const hasStood = !isShorter && !row.isLate && places.get(row.knock.id) === place;
      const movedAt = hasStood ? row.movedAt : now;
      return row.isLate || row.movedAt !== movedAt ? { ...row, isLate: false, movedAt } : row;
    });
  return { ...queue, rows, seen: seenOf(queue, rows), ended, releaseAt: null };
}

/** As nearly always: of a thousand one changes at a time, and stays where they are. */
function isInOrder(rows: readonly Row[]): boolean {
  return rows.every(({ knock, isLate, standing }, place) => {
    const before = rows[place - 1];
    return !isLate && standing.is !== 'OVER' && (before === undefined || byArrival(before.knock, knock) <= 0);
  });
}

/** Whoever comes back to the list is on screen anew. */
function seenOf({ seen, rows: before }: Queue, rows: readonly Row[]): Queue['seen'] {
  if (rows.length === before.length) return seen;
  const ids = new Set(rows.map(({ knock }) => knock.id));
  return new Map([...seen].filter(([id]) => ids.has(id)));
}
