import { byArrival, type KnockRequest } from '../../../packages/client/src/index.ts';
import { type Press, pressable } from './press.ts';
import {
  type Answer,
  type Denial,
  isOpen,
  isUndoable,
  namedAtOnce,
  type Outcome,
  type Queue,
  type Row,
  releaseMs,
  type Send,
  type Standing,
  selectedIn,
} from './queue.ts';

/** What happens to the list. `ids` are knocks. */
export type Happening =
  | { readonly is: 'LISTED'; readonly waiting: readonly KnockRequest[] }
  | {
      readonly is: 'TOLD';
      readonly id: string;
      readonly outcome: Outcome;
      readonly by: string | null;
      /** By this host, or by somebody of the same name. */
      readonly isMine: boolean;
    }
  | { readonly is: 'HELD' }
  | { readonly is: 'LET_GO' }
  | { readonly is: 'SEEN'; readonly ids: readonly string[] }
  /** These changed their height on screen, so that all below the first of them stand elsewhere. */
  | { readonly is: 'SHIFTED'; readonly ids: readonly string[] }
  | { readonly is: 'SELECTED'; readonly id: string; readonly isSelected: boolean }
  | { readonly is: 'ADMIT'; readonly ids: readonly string[]; readonly press: Press }
  | { readonly is: 'DENY'; readonly ids: readonly string[]; readonly denial: Denial; readonly press: Press }
  | { readonly is: 'UNDO'; readonly ids: readonly string[]; readonly press: Press }
  | { readonly is: 'ANSWERED'; readonly send: Send; readonly answers: ReadonlyMap<string, Answer> }
  /** From the next decision on. */
  | { readonly is: 'UNDO_TIME'; readonly undoMs: number }
  | { readonly is: 'TIME' }
  | { readonly is: 'LEAVING' };

export interface Next {
  readonly queue: Queue;
  /** What is to be asked of the service for it, each once. */
  readonly sends: readonly Send[];
}

/** The list after this, and what is asked of the service. `now`: the service's time, in milliseconds. */
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
      return quietly(change(queue, happening.ids, (row) => ({ ...row, seenAt: row.seenAt ?? now })));
    case 'SHIFTED':
      return quietly(shifted(queue, happening.ids, now));
    case 'SELECTED':
      return quietly(change(queue, [happening.id], (row) => ({ ...row, isSelected: happening.isSelected })));
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
      return sendDenials(queue, () => true);
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

/** Also the first of them has moved: what is in its lower half stands elsewhere too. */
function shifted(queue: Queue, ids: readonly string[], now: number): Queue {
  const named = new Set(ids);
  const first = queue.rows.findIndex(({ knock }) => named.has(knock.id));
  if (first === -1) return queue;
  return { ...queue, rows: queue.rows.map((row, place) => (place < first ? row : { ...row, movedAt: now })) };
}

/** Rows keep their places; whoever is new comes last. */
function listed(queue: Queue, waiting: readonly KnockRequest[], now: number): Queue {
  const ended = new Set(waiting.map(({ id }) => id).filter((id) => queue.ended.has(id)));
  const fresh = new Map(waiting.filter(({ id }) => !ended.has(id)).map((knock) => [knock.id, knock]));
  const kept = queue.rows.map((row) => {
    const knock = fresh.get(row.knock.id);
    fresh.delete(row.knock.id);
    if (knock === undefined) return notListed(row);
    const next = listedAgain(row, knock, now);
    return readsOther(row.knock, knock) ? { ...next, movedAt: now } : next;
  });
  const isLate = isFrozen(queue);
  const added = [...fresh.values()].map(
    (knock): Row => ({
      ...{ knock, isLate, seenAt: null, isSelected: false },
      standing: { is: 'WAITING', trouble: null },
      denial: null,
      ...{ openSince: now, movedAt: now },
    }),
  );
  return { ...queue, ended, rows: [...kept, ...added] };
}

/** Is there something else to read in the row of this person? */
function readsOther(before: KnockRequest, knock: KnockRequest): boolean {
  return (['userName', 'message', 'reply', 'connection'] as const).some((part) => before[part] !== knock[part]);
}

/** Whoever is not on the list any more left it for a reason that is told apart from it, or never. */
function notListed(row: Row): Row {
  const { is } = row.standing;
  return is === 'WAITING' || is === 'DENYING' ? over(row, 'GONE', null) : row;
}

/** What is decided stays so, also where the list is older than that. */
function listedAgain(row: Row, knock: KnockRequest, now: number): Row {
  const { standing } = row;
  if (standing.is === 'OVER' && standing.outcome === 'GONE')
    return asked({ ...row, knock }, { is: 'WAITING', trouble: null }, now);
  return row.knock === knock ? row : { ...row, knock };
}

function over(row: Row, outcome: Outcome, by: string | null): Row {
  return { ...row, isSelected: false, standing: { is: 'OVER', outcome, by } };
}

/** Told by an event. What another host decided counts over what this one was about to do. */
function told(queue: Queue, happening: Extract<Happening, { is: 'TOLD' }>, now: number): Queue {
  const { id, outcome, by, isMine } = happening;
  return change(queue, [id], (row) => {
    const { standing } = row;
    if (standing.is === 'OVER') return standing.outcome === 'GONE' ? over(row, outcome, by) : row;
    if (standing.is === 'UNDOING' && outcome === 'GONE') return over(row, 'TAKEN_BACK', null);
    if (!isMine || standing.is === 'DENYING') return over(row, outcome, by);
    if (standing.is !== 'WAITING') return row;
    if (standing.trouble !== 'UNSURE') return over(row, outcome, by);
    // The line was lost before the answer came: it was done, and this host can take it back all the same.
    if (outcome === 'ADMITTED') return asked(row, { is: 'ADMITTED', until: now + queue.undoMs, trouble: null }, now);
    return over(row, outcome, null);
  });
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
    ...change(queue, ids, (row) => ({ ...asked(row, { is: 'DENYING', until }, now), denial })),
    lastDecided: ids,
    decidedAt: now,
  });
}

/** Its buttons change under the pointer: the second press of a double click is not for the one that comes there. */
function asked(row: Row, standing: Standing, now: number): Row {
  const openSince = standing.is === 'WAITING' ? now : row.openSince;
  return { ...row, isSelected: false, standing, denial: null, openSince, movedAt: now };
}

/** A denial that was not sent is forgotten; an admission is taken back. What cannot be any more says so in its row. */
function undo(queue: Queue, happening: Extract<Happening, { is: 'UNDO' }>, now: number): Next {
  const ids = pressable(queue, happening, isUndoable, now);
  if (ids.length === 0) return quietly(queue);
  const recalled: string[] = [];
  const undone = change(queue, ids, (row) => {
    if (row.standing.is === 'DENYING') return asked(row, { is: 'WAITING', trouble: null }, now);
    recalled.push(row.knock.id);
    return asked(row, { is: 'UNDOING' }, now);
  });
  const sends = recalled.map((id) => ({ send: 'RECALL' as const, ids: [id] as const }));
  return { queue: { ...undone, lastDecided: [], decidedAt: now }, sends };
}

function answered(queue: Queue, { send, answers }: Extract<Happening, { is: 'ANSWERED' }>, now: number): Queue {
  return change(queue, send.ids, (row) => {
    const answer = answers.get(row.knock.id) ?? { is: 'TAKEN', outcome: 'GONE', by: null };
    const isWaitedFor = send.send === 'RECALL' ? row.standing.is === 'UNDOING' : row.standing.is === 'SENT';
    return isWaitedFor ? afterAnswer(row, send, answer, { now, until: now + queue.undoMs }) : row;
  });
}

interface Times {
  readonly now: number;
  /** Until when an admission can be taken back. */
  readonly until: number;
}

function afterAnswer(row: Row, send: Send, answer: Answer, { now, until }: Times): Row {
  if (answer.is === 'TAKEN') return over(row, answer.outcome, answer.by);
  if (send.send === 'RECALL') {
    if (answer.is === 'DONE') return over(row, 'TAKEN_BACK', null);
    return asked(row, { is: 'ADMITTED', until, trouble: answer.trouble }, now);
  }
  if (answer.is === 'FAILED') return asked(row, { is: 'WAITING', trouble: answer.trouble }, now);
  if (send.send === 'DENY') return over(row, 'DENIED', null);
  return { ...row, standing: { is: 'ADMITTED', until, trouble: null } };
}

function timePassed(queue: Queue, now: number): Next {
  const { queue: sent, sends } = sendDenials(queue, (until) => until <= now);
  const settled = sent.rows.map((row) =>
    row.standing.is === 'ADMITTED' && row.standing.until <= now ? over(row, 'ADMITTED', null) : row,
  );
  return { queue: putInOrder({ ...sent, rows: settled }, now), sends };
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
  return { ...queue, rows, ended, releaseAt: null };
}
