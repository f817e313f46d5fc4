import { alerts } from '../alerts.ts';
import { AskError, isRefusal } from '../api/ask.ts';
import * as documents from '../api/documents.ts';
import { Follower } from '../api/follow.ts';
import type { Joined, LeaveReason, MustKnock, OwnKnock, Refusal } from '../api/shapes.ts';
import type { Kept } from '../kept.ts';
import type { Place } from '../place.ts';
import { createStore, type Store } from '../store.ts';
import { suggestLanguage } from '../texts/language.ts';
import { createDoor, type Door, type JoinForm, type KnockForm, problemOf } from './door.ts';
import { patiently } from './patience.ts';
import type { DoorHint, Phase, Problem } from './phase.ts';
import { loadStay } from './stay.ts';

/** A place in a full room is asked for so often; a room that does not open by a known time as well. Milliseconds. */
const fullMs = 3_000;
const longestMs = 60 * 60 * 1000;

/** One person's way through one room: arriving, waiting, inside, gone. Forms answer with a problem, or null and another phase. */
export class Visit {
  readonly phase: Store<Phase> = createStore<Phase>({ at: 'arriving' });
  readonly isConnected: Store<boolean> = createStore(true);
  readonly #place: Place;
  readonly #kept: Kept;
  readonly #door: Door;
  #waiting: Follower<OwnKnock> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the phases: work that was begun for an earlier one is dropped. */
  #turn = 0;

  constructor(place: Place, kept: Kept) {
    this.#place = place;
    this.#kept = kept;
    this.#door = createDoor(place, kept);
  }

  /** Goes on where this tab was, or to the door. */
  async arrive(hint: DoorHint | null = null): Promise<void> {
    await this.#work({ at: 'arriving' }, async () => {
      for (const name of ['session', 'knock'] as const) {
        const token = this.#kept.get(name);
        if (token === null) continue;
        const who = await this.#door.whoIs(token);
        if (who === null) this.#kept.set(name, null);
        else if (who.__typename === 'KnockRequest') return () => this.#goOnKnocking(who, token);
        else if (who.leaveReason === null) return () => this.#enter(token);
        else if (who.leaveReason !== 'CONNECTION_LOST') return () => this.#leave(who.leaveReason ?? 'LEFT', null);
        else return this.#afterJoining(await this.#door.resume(token), who.leaveReason);
      }
      return this.#lookAtDoor(hint);
    });
  }

  /** Once more from the door, or back in with an admission that still holds. */
  async again(): Promise<void> {
    this.#kept.set('session', null);
    const knock = this.#phase.at === 'gone' ? this.#kept.get('knock') : null;
    const who = knock === null ? null : await this.#door.whoIs(knock).catch(() => null);
    if (who?.__typename !== 'KnockRequest' || who.status !== 'ADMITTED') this.#kept.set('knock', null);
    await this.arrive();
  }

  async join(form: JoinForm): Promise<Problem | null> {
    this.#kept.set('name', form.name);
    this.#kept.set('hidden', form.isHidden ? 'yes' : null);
    return this.#submit(async () => this.#afterJoining(this.#asMet(await this.#door.join(form)), null));
  }

  async knock(form: KnockForm): Promise<Problem | null> {
    this.#kept.set('name', form.name);
    return this.#submit(async () => {
      const result = await this.#door.knock(form);
      if (!isRefusal(result)) {
        this.#kept.set('knock', result.knockToken);
        return () => this.#goOnKnocking(result.knockRequest, result.knockToken);
      }
      if (result.code === 'KNOCKING_DISABLED') return this.#lookAtDoor('nowPublic');
      return this.#asMet(result);
    });
  }

  async withdraw(): Promise<Problem | null> {
    const token = this.#kept.get('knock');
    if (token === null) return null;
    return this.#submit(async () => {
      await this.#door.withdraw(token);
      return () => undefined;
    });
  }

  /** Called by the stay, with why it is over. Null: nobody said; whom the session belongs to will tell. */
  readonly onStayOver = (reason: LeaveReason | null, by: string | null): void => {
    if (reason === null) void this.arrive();
    else if (reason === 'RETURNED_TO_LOBBY') {
      // From now on the session's token is the token of a new knock.
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
      this.#waiting?.stop();
      this.#waiting = null;
    }
    this.isConnected.set(true);
    this.phase.set(phase);
  }

  /** Shows a phase and works on the next one, with patience. */
  async #work(phase: Phase, work: () => Promise<(() => void) | Refusal>): Promise<void> {
    this.#show(phase);
    let turn = this.#turn;
    const around = {
      isWanted: () => turn === this.#turn,
      onTrouble: () => {
        if (this.#phase.at === 'trouble') return;
        this.#show({ at: 'trouble' });
        turn = this.#turn;
      },
    };
    try {
      const next = await patiently(work, around);
      if (next !== null && turn === this.#turn) this.#take(next);
    } catch (error) {
      if (turn === this.#turn) this.#shut({ code: error instanceof AskError ? error.code : 'OTHER' });
    }
  }

  async #submit(work: () => Promise<(() => void) | Refusal>): Promise<Problem | null> {
    const turn = this.#turn;
    try {
      const next = await work();
      if (turn !== this.#turn) return null;
      if (typeof next !== 'function' && ['INVALID_INPUT', 'RATE_LIMITED'].includes(next.code)) return problemOf(next);
      this.#take(next);
      return null;
    } catch (error) {
      return problemOf(error instanceof AskError ? error : new AskError('OTHER'));
    }
  }

  #take(next: (() => void) | Refusal): void {
    if (typeof next === 'function') next();
    else this.#shut(next);
  }

  async #lookAtDoor(hint: DoorHint | null): Promise<() => void> {
    const access = await this.#door.look();
    return () => {
      suggestLanguage(access.lang);
      if (access.level !== 'NONE') this.#show({ at: 'door', access, hint: hintFor(access.level, hint) });
      else this.#shut(this.#asMet(access.refusal ?? { code: 'ENTRY_NOT_ALLOWED' }));
    };
  }

  /** Whoever shows nothing at the door is known by their network alone: a ban that meets them is one of the network. */
  #asMet<Answer extends object>(answer: Answer): Answer {
    const isNetwork = 'code' in answer && answer.code === 'BANNED' && this.#kept.get('token') === null;
    return isNetwork ? { ...answer, code: 'BANNED_NETWORK' } : answer;
  }

  async #afterJoining(
    result: Joined | MustKnock | Refusal,
    before: LeaveReason | null,
  ): Promise<(() => void) | Refusal> {
    if (isRefusal(result))
      return before === null || result.code === 'ROOM_FULL' ? result : () => this.#leave(before, null);
    if (result.__typename === 'MustKnock') return this.#lookAtDoor('nowPrivate');
    this.#kept.set('session', result.sessionToken);
    return () => this.#enter(result.sessionToken);
  }

  /** Shut doors that open by themselves are looked at again. */
  #shut(refusal: Pick<Refusal, 'code' | 'opensAt' | 'retryAfterSeconds'>): void {
    this.#show({ at: 'shut', refusal });
    const opensInMs = refusal.opensAt ? Date.parse(refusal.opensAt) - Date.now() : null;
    const againMs = refusal.code === 'ROOM_FULL' ? fullMs * (1 + Math.random()) : opensInMs;
    if (againMs === null) return;
    this.#timer = setTimeout(() => void this.#lookAgain(refusal), Math.min(longestMs, Math.max(500, againMs + 300)));
  }

  async #lookAgain(refusal: Pick<Refusal, 'code' | 'opensAt'>): Promise<void> {
    const turn = this.#turn;
    const next = await this.#lookAtDoor(null).catch(() => null);
    if (turn !== this.#turn) return;
    if (next === null) this.#shut(refusal);
    else next();
  }

  #leave(reason: LeaveReason, by: string | null): void {
    this.#show({ at: 'gone', reason, by });
  }

  #goOnKnocking(knock: OwnKnock, token: string): void {
    this.#kept.set('knock', token);
    if (this.#kept.get('session') === token) this.#kept.set('session', null);
    if (knock.status === 'ADMITTED') {
      // Who waits looks elsewhere meanwhile.
      if (this.#phase.at === 'waiting') alerts.chime();
      void this.#enterAsAdmitted(token);
    } else if (knock.status !== 'PENDING') this.#show({ at: 'turnedAway', knock });
    else this.#wait(knock, token);
  }

  #wait(knock: OwnKnock, token: string): void {
    this.#show({ at: 'waiting', knock });
    this.#waiting ??= new Follower<OwnKnock>({
      bearer: token,
      document: documents.myKnock,
      onEvent: (now) => {
        if (this.#phase.at !== 'waiting') return;
        if (now.status === 'PENDING') this.phase.set({ at: 'waiting', knock: now });
        else this.#goOnKnocking(now, token);
      },
      onConnection: (isConnected) => this.isConnected.set(isConnected),
      onEnd: () => {
        if (this.#phase.at === 'waiting') void this.arrive();
      },
    });
  }

  async #enterAsAdmitted(token: string): Promise<void> {
    const isFull = this.#phase.at === 'entering' && this.#phase.isFull;
    await this.#work({ at: 'entering', isFull }, async () => {
      const result = await this.#door.joinAsAdmitted(token);
      if (!isRefusal(result) || result.code !== 'ROOM_FULL') return this.#afterJoining(result, null);
      return () => {
        this.#show({ at: 'entering', isFull: true });
        this.#timer = setTimeout(() => void this.#enterAsAdmitted(token), fullMs * (1 + Math.random()));
      };
    });
  }

  #enter(token: string): void {
    void this.#work({ at: 'entering', isFull: false }, async () => {
      const stay = await loadStay({
        token,
        roomName: this.#place.roomName,
        isHidden: this.#kept.get('hidden') !== null,
        onOver: this.onStayOver,
        onConnection: (isConnected) => this.isConnected.set(isConnected),
      });
      return () => {
        if (stay === null) {
          // The session ended between two questions: whom it belongs to says why.
          this.#timer = setTimeout(() => void this.arrive(), 1000);
          return;
        }
        this.#show({ at: 'inside', stay });
        stay.start();
      };
    });
  }
}

function hintFor(level: 'FULL' | 'LOBBY', hint: DoorHint | null): DoorHint | null {
  if (hint === 'nowPublic') return level === 'FULL' ? hint : null;
  return level === 'LOBBY' ? hint : null;
}
