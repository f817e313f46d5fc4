import type { KnockRequest } from '../../../packages/client/src/index.ts';
import { type Answer, type Decision, type Outcome, type Row, type Send, type Standing, toldMs } from './queue.ts';

// What becomes of one row. `after.ts` says of which, and when.

/** What an event says of a knock. */
export interface Told {
  readonly outcome: Outcome;
  /** Whoever decided it; null: nobody in particular. */
  readonly by: string | null;
  /** By this host, or by somebody of the same name. */
  readonly isMine: boolean;
  /** With DENIED: whether it keeps them out, as the service has it. Left out: as this host asked for it. */
  readonly isBan?: boolean | undefined;
}

export interface Times {
  readonly now: number;
  /** Until when an admission can be taken back. */
  readonly until: number;
}

const waits: Standing = { is: 'WAITING', trouble: null };

export function newRow(knock: KnockRequest, isLate: boolean, now: number): Row {
  return {
    ...{ knock, isLate, standing: waits, isSelected: false, denial: null, unsure: null },
    ...{ openSince: now, movedAt: now },
  };
}

export function over(row: Row, outcome: Outcome, by: string | null, isBan?: boolean | undefined): Row {
  return {
    ...row,
    isSelected: false,
    unsure: null,
    denial: denialDone(row, isBan),
    standing: { is: 'OVER', outcome, by },
  };
}

/** What this host was about to ask for last need not be what was done. */
function denialDone({ denial }: Row, isBan: boolean | undefined): Row['denial'] {
  if (isBan === undefined) return denial;
  return isBan ? { ...denial, ban: true } : null;
}

/** Its buttons change under the pointer: the second press of a double click is not for the one that comes there. */
export function asked(row: Row, standing: Standing, now: number): Row {
  const openSince = standing.is === 'WAITING' ? now : row.openSince;
  return { ...row, isSelected: false, standing, denial: null, openSince, movedAt: now };
}

export function undone(row: Row, now: number): Row {
  return asked(row, waits, now);
}

/** A denial that may have been done is asked for again as it was: a ban stays one. */
function askedStill(row: Row, standing: Standing, now: number): Row {
  return { ...asked(row, standing, now), denial: row.unsure === 'DENY' ? row.denial : null };
}

/** Whoever is not on the list any more left it for a reason that is told apart from it, or never. */
export function notListed(row: Row, now: number): Row {
  const { is } = row.standing;
  return is === 'WAITING' || is === 'DENYING' ? missing(row, now) : row;
}

/** What is decided stays so, also where the list is older than that. */
export function listedAgain(row: Row, knock: KnockRequest, now: number): Row {
  const { standing } = row;
  if (standing.is === 'MISSED') return askedStill({ ...row, knock }, { is: 'WAITING', trouble: 'UNSURE' }, now);
  if (standing.is === 'OVER' && standing.outcome === 'GONE') return asked({ ...row, knock }, waits, now);
  // Where news comes by asking each look has another object for everybody, and nothing else to read: nobody is drawn again for it.
  if (!readsOther(row.knock, knock)) return row;
  return { ...row, knock, movedAt: now };
}

/** Is there something else to read in the row of this person? Places further up in the line are not shown there. */
function readsOther(before: KnockRequest, knock: KnockRequest): boolean {
  return (['userName', 'message', 'reply', 'connection', 'verified', 'requestedAt'] as const).some(
    (part) => before[part] !== knock[part],
  );
}

/** They do not wait any more. Where this host's decision may be the reason, that is found out. */
function missing(row: Row, now: number): Row {
  if (row.unsure === null) return over(row, 'GONE', null);
  return askedStill(row, { is: 'MISSED', until: now + toldMs }, now);
}

/** What another host decided counts over what this one was about to do. */
export function toldOf(row: Row, { outcome, by, isMine, isBan }: Told, times: Times): Row {
  const { standing } = row;
  if (standing.is === 'OVER') return isOutdated(standing.outcome, outcome) ? over(row, outcome, by, isBan) : row;
  if (standing.is === 'UNDOING' && outcome === 'GONE') return over(row, 'TAKEN_BACK', null);
  if (outcome === 'TAKEN_BACK') return over(row, outcome, isMine && wasUndone(standing) ? null : by);
  if (!isMine) return over(row, outcome, by);
  if (standing.is === 'ADMITTED' || standing.is === 'UNDOING') return row;
  return wasAsked(row, outcome) ? doneHere(row, outcome, times, isBan) : over(row, outcome, by, isBan);
}

/** What was not known is known now, and an admission may be taken back. Nothing else follows on an end. */
function isOutdated(before: Outcome, outcome: Outcome): boolean {
  return before === 'GONE' || (before === 'ADMITTED' && outcome === 'TAKEN_BACK');
}

/** Has this host asked to take it back, here? */
function wasUndone(standing: Standing): boolean {
  return standing.is === 'UNDOING' || (standing.is === 'ADMITTED' && standing.trouble === 'UNSURE');
}

/** Did this host ask for it, here? The answer may be on its way, or lost with the line. */
function wasAsked({ standing, unsure }: Row, outcome: Outcome): boolean {
  const decisions = { ADMIT: 'ADMITTED', DENY: 'DENIED' } as const satisfies Record<Decision, Outcome>;
  const asks = [unsure, standing.is === 'SENT' ? standing.decision : null];
  return asks.some((decision) => decision !== null && decisions[decision] === outcome);
}

function doneHere(row: Row, outcome: Outcome, { now, until }: Times, isBan?: boolean | undefined): Row {
  if (outcome !== 'ADMITTED') return over(row, outcome, null, isBan);
  return asked({ ...row, unsure: null }, { is: 'ADMITTED', until, trouble: null }, now);
}

/** @param answer undefined: the service says of the others alone what came of them, so that this one was decided before */
export function answeredTo(row: Row, { send }: Send, answer: Answer | undefined, times: Times): Row {
  if (answer === undefined) return missing(row, times.now);
  if (answer.is === 'TAKEN') {
    const isOwn = answer.by === null && wasAsked(row, answer.outcome);
    return isOwn ? doneHere(row, answer.outcome, times) : over(row, answer.outcome, answer.by);
  }
  const { now, until } = times;
  if (send === 'RECALL') {
    if (answer.is === 'DONE') return over(row, answer.isPutOut === true ? 'PUT_OUT' : 'TAKEN_BACK', null);
    return asked(row, { is: 'ADMITTED', until, trouble: answer.trouble }, now);
  }
  if (answer.is === 'DONE')
    return send === 'DENY' ? over(row, 'DENIED', null, answer.isBan) : doneHere(row, 'ADMITTED', times);
  const unsure = answer.trouble === 'UNSURE' ? send : row.unsure;
  return askedStill({ ...row, unsure }, { is: 'WAITING', trouble: answer.trouble }, now);
}
