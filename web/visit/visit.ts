import {
  type Client,
  createStore,
  type Joining,
  type Knock,
  type LeaveReason,
  patiently,
  type Session,
  type Source,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import { alerts } from '../alerts.ts';
import type { Kept } from '../kept.ts';
import type { Place } from '../place.ts';
import { suggestLanguage } from '../texts/language.ts';
import { createDoor, type Door, type JoinForm, type KnockForm } from './door.ts';
import { type DoorHint, type Phase, type Problem, problemOf, type Shut, shutBy } from './phase.ts';
import { Stay } from './stay.ts';

/** How often the page asks for a place in a full room, or at a room without a known opening time. Milliseconds. */
const fullMs = 3_000;
const longestMs = 60 * 60 * 1000;
/** Between two attempts to reach the service, at most. */
const longestPauseMs = 8_000;

/** The next step, or why there is none. */
type Next = (() => void) | Shut;

/** One person's way through one room: arriving, waiting, inside, gone. Forms answer with a problem, or null and another phase. */
export class Visit {
  readonly phase: Source<Phase> = createStore<Phase>({ at: 'arriving' });
  readonly isConnected: Source<boolean> = createStore(true);
  readonly #client: Client;
  readonly #kept: Kept;
  readonly #door: Door;
  #knock: Knock | null = null;
  #stopWaiting: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the phases: work that was begun for an earlier one is dropped. */
  #turn = 0;

  constructor(client: Client, place: Place, kept: Kept) {
    this.#client = client;
    this.#kept = kept;
    this.#door = createDoor(client, place, kept);
  }

  /** Continues where this tab was, or goes to the door. */
  async arrive(hint: DoorHint | null = null): Promise<void> {
    await this.#work({ at: 'arriving' }, async () => {
      for (const name of ['session', 'knock'] as const) {
        const token = this.#kept.get(name);
        if (token === null) continue;
        const standing = await this.#client.goOn(token);
        if (standing === null) this.#kept.set(name, null);
        else if (standing.kind === 'KNOCKED') return () => this.#goOnKnocking(standing.knock);
        else if (standing.kind === 'INSIDE') return () => this.#stay(standing.session);
        else if (standing.leaveReason !== 'CONNECTION_LOST') return () => this.#leave(standing.leaveReason, null);
        else return this.#afterJoining(await this.#door.resume(token), standing.leaveReason);
      }
      return this.#lookAtDoor(hint);
    });
  }

  /** Starts again at the door, or joins again if the admission still holds. */
  async again(): Promise<void> {
    this.#kept.set('session', null);
    const token = this.#phase.at === 'gone' ? this.#kept.get('knock') : null;
    const knock = token === null ? null : await this.#client.resumeKnock(token).catch(() => null);
    if (knock?.view.get().knockRequest.status !== 'ADMITTED') this.#kept.set('knock', null);
    await this.arrive();
  }

  async join(form: JoinForm): Promise<Problem | null> {
    this.#kept.set('name', form.name);
    this.#kept.set('hidden', form.isHidden ? 'yes' : null);
    return this.#submit(async () => {
      const joining = await this.#door.join(form);
      return joining.kind === 'REFUSED' ? this.#asMet(joining.refusal) : this.#afterJoining(joining, null);
    });
  }

  async knock(form: KnockForm): Promise<Problem | null> {
    this.#kept.set('name', form.name);
    return this.#submit(async () => {
      const knocked = await this.#door.knock(form);
      if (knocked.isDone) return () => this.#goOnKnocking(knocked.value);
      if (knocked.refusal.code === 'KNOCKING_DISABLED') return this.#lookAtDoor('nowPublic');
      return this.#asMet(knocked.refusal);
    });
  }

  async withdraw(): Promise<Problem | null> {
    return this.#submit(async () => {
      const cancelled = await this.#knock?.cancel();
      // The knock's stream says how it ended: somebody may have decided it at the same moment.
      const isOver = cancelled?.isDone !== false || cancelled.refusal.code === 'KNOCK_ALREADY_DECIDED';
      return isOver ? () => undefined : cancelled.refusal;
    });
  }

  /** The stay calls this when it is over, with the reason. Null: it has none, and a query about the session will tell. */
  readonly onStayOver = (reason: LeaveReason | null, by: string | null): void => {
    if (reason === null) void this.arrive();
    else if (reason === 'RETURNED_TO_LOBBY') {
      // The session's token is now the token of a new knock.
      this.#kept.set('knock', this.#kept.get('session'));
      this.#kept.set('session', null);
      void this.arrive();
    } else this.#leave(reason, by);
  };

  get #phase(): Phase {
    return this.phase.get();
  }

  #show(phase: Phase): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (phase.at !== 'waiting') {
      this.#stopWaiting?.();
      this.#stopWaiting = null;
    }
    this.isConnected.set(true);
    this.phase.set(phase);
  }

  /** Shows a phase, and tries to reach the next one until it succeeds. */
  async #work(phase: Phase, work: () => Promise<Next>): Promise<void> {
    this.#show(phase);
    let turn = this.#turn;
    const around = {
      longestPauseMs,
      isWanted: () => turn === this.#turn,
      onTrouble: () => {
        if (this.#phase.at === 'trouble') return;
        this.#show({ at: 'trouble' });
        turn = this.#turn;
      },
    };
    try {
      const next = await patiently(work, around);
      if (turn === this.#turn) this.#take(next);
    } catch (error) {
      if (turn !== this.#turn) return;
      const code = codeOf(error);
      this.#shut(shutBy(code));
      // The session ended between two requests. A query about the session says why.
      if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') this.#timer = setTimeout(() => void this.arrive(), 1000);
    }
  }

  async #submit(work: () => Promise<Next>): Promise<Problem | null> {
    const turn = this.#turn;
    try {
      const next = await work();
      if (turn !== this.#turn) return null;
      if (typeof next !== 'function' && ['INVALID_INPUT', 'RATE_LIMITED'].includes(next.code)) return problemOf(next);
      this.#take(next);
      return null;
    } catch (error) {
      return problemOf(
        shutBy(codeOf(error), error instanceof VestibuleError ? { retryAfterSeconds: error.retryAfterSeconds } : {}),
      );
    }
  }

  #take(next: Next): void {
    if (typeof next === 'function') next();
    else this.#shut(next);
  }

  async #lookAtDoor(hint: DoorHint | null): Promise<() => void> {
    const access = await this.#door.look();
    return () => {
      suggestLanguage(access.lang);
      if (access.level !== 'NONE') this.#show({ at: 'door', access, hint: hintFor(access.level, hint) });
      else this.#shut(this.#asMet(shutBy(access.refusal?.code ?? 'ENTRY_NOT_ALLOWED', opening(access.refusal))));
    };
  }

  /** A visitor without a credential is known only by the network, so a ban that shuts them out is a ban of the network. */
  #asMet(shut: Shut): Shut {
    return shut.code === 'BANNED' && this.#kept.get('token') === null ? { ...shut, code: 'BANNED_NETWORK' } : shut;
  }

  async #afterJoining(joining: Joining, before: LeaveReason | null): Promise<Next> {
    if (joining.kind === 'MUST_KNOCK') return this.#lookAtDoor('nowPrivate');
    if (joining.kind === 'JOINED') {
      this.#kept.set('session', joining.session.sessionToken);
      return () => this.#enter(joining.session);
    }
    const { refusal } = joining;
    return before === null || refusal.code === 'ROOM_FULL' ? refusal : () => this.#leave(before, null);
  }

  /** Looks again at shut doors that open by themselves. */
  #shut(refusal: Shut): void {
    this.#show({ at: 'shut', refusal });
    const opensInMs = refusal.opensAt === null ? null : this.#client.clock.until(refusal.opensAt);
    const againMs = refusal.code === 'ROOM_FULL' ? fullMs * (1 + Math.random()) : opensInMs;
    if (againMs === null) return;
    this.#timer = setTimeout(() => void this.#lookAgain(refusal), Math.min(longestMs, Math.max(500, againMs + 300)));
  }

  async #lookAgain(refusal: Shut): Promise<void> {
    const turn = this.#turn;
    const next = await this.#lookAtDoor(null).catch(() => null);
    if (turn !== this.#turn) return;
    if (next === null) this.#shut(refusal);
    else next();
  }

  #leave(reason: LeaveReason, by: string | null): void {
    this.#show({ at: 'gone', reason, by });
  }

  #goOnKnocking(knock: Knock): void {
    const { knockToken } = knock;
    const { knockRequest } = knock.view.get();
    this.#knock = knock;
    this.#kept.set('knock', knockToken);
    if (this.#kept.get('session') === knockToken) this.#kept.set('session', null);
    if (knockRequest.status === 'ADMITTED') {
      // People who wait are often looking at something else.
      if (this.#phase.at === 'waiting') alerts.chime();
      void this.#enterAsAdmitted(knockToken);
    } else if (knockRequest.status !== 'PENDING') this.#show({ at: 'turnedAway', knock: knockRequest });
    else {
      this.#show({ at: 'waiting', knock: knockRequest });
      this.#stopWaiting ??= knock.view.subscribe(() => this.#hear(knock));
    }
  }

  #hear(knock: Knock): void {
    if (this.#phase.at !== 'waiting') return;
    const { knockRequest, state } = knock.view.get();
    this.isConnected.set(state !== 'RECONNECTING');
    if (knockRequest.status !== 'PENDING') this.#goOnKnocking(knock);
    else if (state === 'CLOSED') void this.arrive();
    else this.phase.set({ at: 'waiting', knock: knockRequest });
  }

  async #enterAsAdmitted(token: string): Promise<void> {
    const isFull = this.#phase.at === 'entering' && this.#phase.isFull;
    await this.#work({ at: 'entering', isFull }, async () => {
      const joining = await this.#door.joinAsAdmitted(token);
      if (joining.kind !== 'REFUSED' || joining.refusal.code !== 'ROOM_FULL') return this.#afterJoining(joining, null);
      return () => {
        this.#show({ at: 'entering', isFull: true });
        this.#timer = setTimeout(() => void this.#enterAsAdmitted(token), fullMs * (1 + Math.random()));
      };
    });
  }

  #enter(session: Session): void {
    void this.#work({ at: 'entering', isFull: false }, async () => {
      await session.load();
      return () => this.#stay(session);
    });
  }

  #stay(session: Session): void {
    const stay = new Stay({
      session,
      isHidden: this.#kept.get('hidden') !== null,
      onOver: this.onStayOver,
      onConnection: (isConnected) => this.isConnected.set(isConnected),
    });
    this.#show({ at: 'inside', stay });
    stay.start();
  }
}

function hintFor(level: 'FULL' | 'LOBBY', hint: DoorHint | null): DoorHint | null {
  if (hint === 'nowPublic') return level === 'FULL' ? hint : null;
  return level === 'LOBBY' ? hint : null;
}

function codeOf(error: unknown): string {
  return error instanceof VestibuleError ? error.code : 'OTHER';
}

function opening(refusal: { readonly opensAt: string | null } | null): Partial<Shut> {
  return refusal?.opensAt ? { opensAt: new Date(refusal.opensAt) } : {};
}
