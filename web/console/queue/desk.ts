import {
  type Actor,
  createStore,
  type Outcome as Done,
  type KnockRequest,
  type RoomEvent,
  type RoomView,
  type Session,
  type Source,
  type Store,
  VestibuleError,
} from '../../../packages/client/src/index.ts';
import { isBy } from '../../visit/stay-news.ts';
import { after, type Happening } from './after.ts';
import { Lanes } from './lanes.ts';
import { readUndoMs } from './preferences.ts';
import { isMeantAlone, type Press } from './press.ts';
import { type Answer, type Denial, emptyQueue, nextDue, type Queue, type Send, settleMs } from './queue.ts';
import { keepsOut, outcomeOf, toldBy } from './told.ts';

type DeskSession = Pick<
  Session,
  'admit' | 'admitAll' | 'deny' | 'denyAll' | 'recall' | 'returnToLobby' | 'eject' | 'onEvent' | 'view'
>;

interface DeskOptions {
  readonly session: DeskSession;
  /** A clock that nothing sets back or forward, in milliseconds. */
  readonly clock: { readonly now: () => number };
  /** A person's name as the page says it; null: nobody in particular. */
  readonly nameOf: (actor: Actor | null) => string | null;
  /** What somebody reads who was inside, and waits again as this host took it back. */
  readonly sentBackWord: () => string;
  /** Called with the knock of whoever waits again by this host's doing, and not by their own. */
  readonly onSentBack?: (knockId: string) => void;
  /** Called after everything that happens to the list. */
  readonly onTaken?: (happening: Happening, before: Queue, now: Queue) => void;
}

type Moved = Extract<Happening, { is: 'SHIFTED' | 'TOOLS_MOVED' }>;

/** So many admissions are being taken back, or decisions asked for once more, at the same time. */
const singlyAtOnce = 4;

/** A host's list of who waits: it shows what `after` says, asks the service for what was decided, and keeps the times. */
export class Desk {
  readonly queue: Store<Queue>;
  readonly #options: DeskOptions;
  readonly #queue: Source<Queue> = createStore<Queue>(emptyQueue);
  readonly #underway = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Each of these is a request of its own. What takes something back waits for nothing that is asked for again. */
  readonly #recalls = new Lanes(singlyAtOnce);
  readonly #repeats = new Lanes(singlyAtOnce);
  #listed: readonly KnockRequest[] | null = null;
  #isOver = false;
  #noted: readonly { readonly moved: Moved; readonly at: number }[] = [];

  constructor(options: DeskOptions) {
    this.#options = options;
    this.queue = this.#queue;
    this.take({ is: 'UNDO_TIME', undoMs: readUndoMs() });
  }

  /** Follows the room. The answer ends it. */
  start(): () => void {
    const { view, onEvent } = this.#options.session;
    const show = () => {
      const { waiting } = view.get();
      // Whatever else has changed in the room is none of the list's business.
      if (waiting !== this.#listed) this.#list(waiting);
    };
    const stops = [view.subscribe(show), onEvent((event, before) => this.#hear(event, before))];
    show();
    // A tab that is closed sends what was decided as well as it can.
    addEventListener('pagehide', this.#leaving);
    document.addEventListener('freeze', this.#leaving);
    addEventListener('visibilitychange', this.#lookAway);
    return () => {
      removeEventListener('pagehide', this.#leaving);
      document.removeEventListener('freeze', this.#leaving);
      removeEventListener('visibilitychange', this.#lookAway);
      for (const stop of stops) stop();
      // Nobody can take it back here any more, as where another copy of the tab goes on.
      this.#leaving();
      this.#isOver = true;
      clearTimeout(this.#timer);
    };
  }

  readonly #leaving = (): void => {
    this.take({ is: 'LEAVING' });
  };

  /** A phone that is locked, or shows another app, may end the page without a word. */
  readonly #lookAway = (): void => {
    if (document.visibilityState === 'hidden' && matchMedia('(pointer: coarse)').matches) this.#leaving();
  };

  /** Sends what was decided and could still be taken back. Resolves once the service has answered. */
  async leave(): Promise<void> {
    this.#leaving();
    await Promise.all(this.#underway);
  }

  /** What has moved on screen shows in no row, so that nothing is drawn for it. The next press is judged by it. */
  note(moved: Moved): void {
    const at = this.#options.clock.now();
    const kept = this.#noted.filter((one) => at - one.at < settleMs && !isRepeated(one.moved, moved));
    this.#noted = [...kept, { moved, at }];
  }

  /** The list by which a press is judged: with what has moved lately. */
  #noticed(): Queue {
    const now = this.#options.clock.now();
    const fresh = this.#noted.filter(({ at }) => now - at < settleMs);
    return fresh.reduce((queue, { moved, at }) => after(queue, moved, at).queue, this.#queue.get());
  }

  /** Answers whether anything came of it. */
  take(happening: Happening): boolean {
    const before = 'press' in happening ? this.#noticed() : this.#queue.get();
    const { queue, sends } = after(before, happening, this.#options.clock.now());
    if (queue !== before) this.#queue.set(queue);
    this.#options.onTaken?.(happening, before, queue);
    for (const send of sends) {
      const carry = () => this.#carryOut(send);
      const lanes = send.send === 'RECALL' ? this.#recalls : isAskedAgain(send, before) ? this.#repeats : null;
      const asked = lanes === null ? carry() : lanes.take(carry);
      const work: Promise<void> = asked.finally(() => this.#underway.delete(work));
      this.#underway.add(work);
    }
    this.#wakeLater(queue);
    return queue !== before;
  }

  /** Answers whether anybody was meant, as for the next two. */
  admit(ids: readonly string[], press: Press): boolean {
    return this.take({ is: 'ADMIT', ids, press });
  }

  deny(ids: readonly string[], press: Press, denial: Denial = {}): boolean {
    return this.take({ is: 'DENY', ids, denial, press });
  }

  undo(ids: readonly string[], press: Press): boolean {
    return this.take({ is: 'UNDO', ids, press });
  }

  /** Was whoever has this tick meant by a press on it? */
  mayTick(id: string, press: Press): boolean {
    const row = this.#noticed().rows.find(({ knock }) => knock.id === id);
    return row !== undefined && isMeantAlone(press, this.#options.clock.now())(row);
  }

  #list(waiting: readonly KnockRequest[]): void {
    this.#listed = waiting;
    this.take({ is: 'LISTED', waiting });
  }

  #wakeLater(queue: Queue): void {
    clearTimeout(this.#timer);
    const due = nextDue(queue);
    if (due === null || this.#isOver) return;
    const wait = Math.max(0, due - this.#options.clock.now());
    this.#timer = setTimeout(() => this.take({ is: 'TIME' }), wait);
  }

  #hear(event: RoomEvent, before: RoomView): void {
    const told = toldBy(event, before, this.#options.nameOf);
    if (told !== null) this.take(told);
  }

  async #carryOut(send: Send): Promise<void> {
    const answers = await this.#ask(send).catch((error: unknown) => {
      if (!(error instanceof VestibuleError)) throw error;
      return allOf(send, failed(error.code));
    });
    this.take({ is: 'ANSWERED', send, answers });
    // Whoever went from the list meanwhile was not missed, as somebody who was being decided.
    const { waiting } = this.#options.session.view.get();
    const there = new Set(waiting.map(({ id }) => id));
    if (!this.#isOver && send.ids.some((id) => !there.has(id))) this.#list(waiting);
  }

  async #ask(send: Send): Promise<ReadonlyMap<string, Answer>> {
    const { session } = this.#options;
    const [id] = send.ids;
    if (id === undefined) return new Map();
    if (send.send === 'RECALL') return new Map([[id, await this.#takeBack(id)]]);
    if (send.ids.length > 1) {
      const all =
        send.send === 'ADMIT' ? session.admitAll(send.ids) : session.denyAll(send.ids, undefined, lastOf(send));
      return this.#answersOfMany(send, await all);
    }
    const one = send.send === 'ADMIT' ? session.admit(id) : session.deny(id, { ...send.denial, ...lastOf(send) });
    return new Map([[id, this.#answerOf(await one, send)]]);
  }

  /** Those that are not in the answer were decided by somebody else first. */
  #answersOfMany(send: Send, done: Done<readonly KnockRequest[]>): ReadonlyMap<string, Answer> {
    if (!done.isDone) return allOf(send, failed(done.refusal.code));
    return new Map(done.value.map(({ id }) => [id, { is: 'DONE' }]));
  }

  #answerOf(done: Done<unknown>, { send }: Send): Answer {
    if (done.isDone) return { is: 'DONE' };
    const { code, knockRequest: knock } = done.refusal;
    if (knock === null) return failed(code);
    const outcome = outcomeOf(knock.status);
    const isOwn = isBy(knock.decidedBy, this.#options.session.view.get().me);
    // Asked a second time, after a first answer that was lost.
    if (isOwn && outcome === (send === 'ADMIT' ? 'ADMITTED' : 'DENIED')) return { is: 'DONE', isBan: keepsOut(knock) };
    return { is: 'TAKEN', outcome, by: isOwn ? null : this.#options.nameOf(knock.decidedBy) };
  }

  /** Whoever has used the admission is inside: they wait again where guests may knock, and else are put out. */
  async #takeBack(knockId: string): Promise<Answer> {
    const { session } = this.#options;
    const recalled = await session.recall(knockId);
    if (recalled.isDone) return { is: 'DONE' };
    if (recalled.refusal.code !== 'CONFLICT') return failed(recalled.refusal.code);
    const { participants, room } = session.view.get();
    const person = participants.find((one) => one.knockId === knockId);
    if (person === undefined) return failed(recalled.refusal.code);
    if (room.privacy === 'PRIVATE' && room.enableKnocking) return this.#sendBack(person.id);
    const out = await session.eject({ participantIds: [person.id] });
    return out.isDone ? { is: 'DONE', isPutOut: true } : failed(out.refusal.code);
  }

  async #sendBack(participantId: string): Promise<Answer> {
    const back = await this.#options.session.returnToLobby(participantId, this.#options.sentBackWord());
    if (!back.isDone) return failed(back.refusal.code);
    this.#options.onSentBack?.(back.value.id);
    return { is: 'DONE' };
  }
}

/** After an answer that was lost. As many as there were in it come due in the same moment, each alone. */
function isAskedAgain({ ids }: Send, { rows }: Queue): boolean {
  const [only, ...others] = ids;
  return others.length === 0 && rows.some(({ knock, standing }) => knock.id === only && standing.is === 'MISSED');
}

/** Sent to its end, although the page may go away meanwhile. */
function lastOf(send: Send): { readonly atLast?: true } {
  return 'isLast' in send ? { atLast: true } : {};
}

/** Where the whole list moves again and again, as while it is scrolled, the last time counts. */
function isRepeated(before: Moved, moved: Moved): boolean {
  if (before.is === 'TOOLS_MOVED' || moved.is === 'TOOLS_MOVED') return before.is === moved.is;
  return before.ids.every((id) => moved.ids.includes(id));
}

function failed(code: string): Answer {
  if (code === 'NOT_FOUND') return { is: 'TAKEN', outcome: 'GONE', by: null };
  const mayBeDone = code === 'UNAVAILABLE' || code === 'NETWORK';
  return { is: 'FAILED', trouble: mayBeDone ? 'UNSURE' : 'REFUSED' };
}

function allOf({ ids }: Send, answer: Answer): ReadonlyMap<string, Answer> {
  return new Map(ids.map((id) => [id, answer]));
}
