import type { KnockRequest } from '../../../packages/client/src/index.ts';

// The list of who waits, as a host has it before them. It holds still while somebody is about to choose, and each decision can be taken
// back for a while. Everything here is plain values: `after.ts` says what becomes of them.

/** For how long a decision can be taken back, in milliseconds: who needs longer chooses so. The first counts where nobody chose. */
export const undoTimes = [5_000, 10_000, 30_000] as const;

/** For how long the list holds still after pointer and focus have left it, in milliseconds. */
export const releaseMs = 1_000;

/** Whoever presses on what moved this recently meant something else, in milliseconds. */
export const settleMs = 400;

/** An event that says what came of a decision follows the list so soon, in milliseconds; else the service is asked. */
export const toldMs = 2_000;

/** How many knocks one request may name. */
export const namedAtOnce = 500;

/** How somebody is turned away. */
export interface Denial {
  readonly ban?: true;
  /** With `ban`: also guests from the same network. */
  readonly banNetwork?: boolean;
}

/** Why a decision is not carried out, for the row to say. UNSURE: the line was lost, so it may have been done. */
export type Trouble = 'UNSURE' | 'REFUSED';

export type Decision = 'ADMIT' | 'DENY';

export type Outcome = 'ADMITTED' | 'DENIED' | 'TAKEN_BACK' | 'PUT_OUT' | 'WITHDREW' | 'GONE';

/** How somebody stands before this host. Times are the page's own, which no clock can set back, in milliseconds. */
export type Standing =
  | { readonly is: 'WAITING'; readonly trouble: Trouble | null }
  /** Turned away once `until` has come: nothing was sent yet. */
  | { readonly is: 'DENYING'; readonly until: number }
  /** Asked of the service, which has not answered. */
  | { readonly is: 'SENT'; readonly decision: Decision }
  /** Not on the list any more, and nobody knows yet whether by this host's decision. At `until` the service is asked once more. */
  | { readonly is: 'MISSED'; readonly until: number }
  /** Let in by this host, who can take it back until then. */
  | { readonly is: 'ADMITTED'; readonly until: number; readonly trouble: Trouble | null }
  /** The admission is being taken back. */
  | { readonly is: 'UNDOING' }
  /** `by`: whoever decided it elsewhere; null: this host, or nobody. */
  | { readonly is: 'OVER'; readonly outcome: Outcome; readonly by: string | null };

export interface Row {
  readonly knock: KnockRequest;
  readonly standing: Standing;
  /** How this host turned them away, is about to, or may have done so while the answer was lost; null: they did not. */
  readonly denial: Denial | null;
  /** What this host asked of the service, where it may be done although the answer was lost. */
  readonly unsure: Decision | null;
  /** Came while the list held still, and stands below the line that says so. */
  readonly isLate: boolean;
  readonly isSelected: boolean;
  /** Since when it can be decided, in milliseconds: it came onto the list, or back to it. */
  readonly openSince: number;
  /** When it last changed its place, its words or its buttons by itself, in milliseconds. */
  readonly movedAt: number;
}

export interface Queue {
  readonly rows: readonly Row[];
  /** When each first was on screen, in milliseconds. Beside the rows, in which it does not show: whoever scrolls draws none of them. */
  readonly seen: ReadonlyMap<string, number>;
  /** Somebody points at the list, or has the focus in it. */
  readonly isHeld: boolean;
  /** When the list is put in order again, unless it is held before; null: it is in order. */
  readonly releaseAt: number | null;
  /** What was decided last and can be taken back together. */
  readonly lastDecided: readonly string[];
  /** When this host last decided or took back, or the buttons for several changed or moved, in milliseconds. */
  readonly decidedAt: number;
  /** For how long a decision can be taken back, in milliseconds. */
  readonly undoMs: number;
  /** Decided and gone from the rows, while the list of who waits has yet to say so: they never wait again. */
  readonly ended: ReadonlySet<string>;
}

export const emptyQueue: Queue = {
  rows: [],
  seen: new Map(),
  isHeld: false,
  releaseAt: null,
  lastDecided: [],
  decidedAt: Number.NEGATIVE_INFINITY,
  undoMs: undoTimes[0],
  ended: new Set(),
};

/** What is asked of the service. */
export type Send =
  | { readonly send: 'ADMIT'; readonly ids: readonly string[] }
  /** `isLast`: the page may go away before the answer comes. */
  | { readonly send: 'DENY'; readonly ids: readonly string[]; readonly denial: Denial; readonly isLast?: true }
  | { readonly send: 'RECALL'; readonly ids: readonly [string] };

/** What the service said about one knock. TAKEN: somebody else decided it first. `isPutOut`: who was inside had to leave the room. `isBan`: as in `Told`. */
export type Answer =
  | { readonly is: 'DONE'; readonly isPutOut?: true; readonly isBan?: boolean | undefined }
  | { readonly is: 'TAKEN'; readonly outcome: Outcome; readonly by: string | null }
  | { readonly is: 'FAILED'; readonly trouble: Trouble };

export function isUndoable({ standing }: Row): boolean {
  return standing.is === 'DENYING' || standing.is === 'ADMITTED';
}

/** May this host decide it now? */
export function isOpen({ standing }: Row): boolean {
  return standing.is === 'WAITING';
}

export function seenIn({ rows, seen }: Queue): readonly string[] {
  return rows.filter((row) => isOpen(row) && seen.has(row.knock.id)).map(({ knock }) => knock.id);
}

export function selectedIn({ rows }: Queue): readonly string[] {
  return rows.filter((row) => isOpen(row) && row.isSelected).map(({ knock }) => knock.id);
}

/** How many wait for a decision. */
export function countOpen({ rows }: Queue): number {
  return rows.filter(isOpen).length;
}

/** When the queue next changes by itself, in milliseconds; null: it does not. */
export function nextDue({ rows, releaseAt, isHeld }: Queue): number | null {
  const untils = rows.flatMap(({ standing }) => ('until' in standing ? [standing.until] : []));
  const times = isHeld || releaseAt === null ? untils : [...untils, releaseAt];
  return times.length === 0 ? null : Math.min(...times);
}
