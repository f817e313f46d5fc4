import type { Joining, Standing } from './client.ts';
import type { LeaveReason } from './generated/graphql.ts';
import { askedOf, joinAnew, resumeKept } from './join-asking.ts';
import { type IsWanted, JoinTurns, type Work } from './join-turns.ts';
import { type HoldOptions, idleJoin, type JoinerParts, type JoinView, type JoinWords } from './join-view.ts';
import { findHanded, findKept, findOpen, forgetOthers } from './kept-stay.ts';
import type { Knock } from './knock.ts';
import type { MediaAccess } from './meeting.ts';
import { patiently, pauseAfterRefusal } from './patience.ts';
import { type Outcome, type Refusal, settled, VestibuleError } from './refusal.ts';
import type { Session } from './session.ts';
import { StayHolders } from './stay-holders.ts';
import { createStore } from './store.ts';
import { within } from './visit-actions.ts';

const longestPauseMs = 8_000;
/** A room that opens is met a little late, never early. Milliseconds. */
const lateMs = 200;

/**
 * One person's stay in one room, for as long as somebody holds on to it: joins once, goes on after a refresh and after lost
 * connections, and leaves when the last one lets go.
 */
export class Joiner {
  readonly view = createStore<JoinView>(idleJoin);
  readonly #parts: JoinerParts;
  readonly #holders = new StayHolders(() => this.#goAway());
  /** Was looked for what this tab has kept? Once is enough for as long as somebody holds on. */
  #hasLooked = false;
  /** Has everybody gone from the page, so that nobody would be there to leave again? */
  #hasGone = false;
  #underWay = Promise.resolve();
  readonly #turns = new JoinTurns();
  #unfollow: (() => void) | null = null;

  constructor(parts: JoinerParts) {
    this.#parts = parts;
  }

  /** The answer lets go. */
  readonly hold = (options: HoldOptions = {}): (() => void) => {
    const wasAuto = this.#holders.isAuto;
    const letGo = this.#holders.take(options);
    this.#parts.keeper.desert(false);
    this.#hasGone = false;
    const isFirstToJoin = this.#holders.isAuto && !wasAuto;
    // A form that comes with IDLE and goes with JOINING holds each time that it comes: if that began anew, it never ended.
    if (this.view.get().phase === 'IDLE' && (!this.#hasLooked || isFirstToJoin)) {
      this.#hasLooked = true;
      void this.#begin(this.#comeBack);
    }
    return letGo;
  };

  /** Joins now, also after a refusal or after leaving. It never throws: `view` tells what came of it. */
  readonly join = async (words: JoinWords = {}): Promise<void> => {
    const { keeper } = this.#parts;
    const { phase } = this.view.get();
    if (phase === 'JOINED' || this.#hasGone) return;
    this.#holders.learn(words);
    if (phase === 'JOINING') {
      // What is under way looks at this where it finds nothing to go on with.
      this.#holders.isAuto = true;
      return this.#underWay;
    }
    keeper.desert(false);
    if (phase === 'LEFT') keeper.set('session', null);
    await this.#begin(async (isWanted) => {
      const goesOn = await this.#goOnAs(await findOpen(this.#parts, isWanted), isWanted);
      // Whom somebody has let in comes in again without asking, as long as the admission is good.
      return goesOn ?? (await this.#goOnWith('knock', isWanted)) ?? this.#joinAnew(isWanted);
    });
  };

  /** Leaves the room. It never throws. */
  readonly leave = async (): Promise<void> => {
    const { session } = this.view.get();
    if (session === null) return;
    const left = await settled(session.leave());
    // The stream may have told of it before, and another stay may have begun.
    if (this.view.get().session !== session) return;
    if (left.isDone) this.#end('LEFT', null);
    else this.#show({ refusal: left.refusal });
  };

  /** Reads `media` again, for a new connection to the media server. It never throws. */
  readonly readMedia = (): Promise<Outcome<MediaAccess | null>> =>
    within(this.#parts.session, async (session) => ({ isDone: true, value: (await session.readMeeting()).media }));

  /** Somebody came in by a knock. Whoever has gone from the page meanwhile leaves again; the admission stays kept, as long as it is good. */
  readonly comeIn = (session: Session): void => {
    const { keeper } = this.#parts;
    if (!keeper.isDeserted()) this.enter(session);
    else {
      if (![session.sessionToken, keeper.get('knock') ?? ''].some(keeper.isShared)) void settled(session.leave());
      this.#parts.entry.stay(null);
    }
  };

  readonly enter = (session: Session): void => {
    this.#turns.begin();
    this.#parts.keeper.set('session', session.sessionToken);
    this.#parts.keeper.set('attempt', null);
    const { meeting, view } = session;
    const showMeeting = () => {
      const { media, meetingUrl } = meeting.get();
      this.#show({ media, meetingUrl });
    };
    this.#show({ ...idleJoin, phase: 'JOINED', session });
    this.#parts.entry.stay(session);
    showMeeting();
    this.#parts.session.set(session);
    this.#unfollow?.();
    const ends = [meeting.subscribe(showMeeting), view.subscribe(() => this.#look(session))];
    this.#unfollow = () => {
      for (const end of ends) end();
    };
  };

  /** A session of before goes on, or a knock; else the room is joined where that is wanted. */
  readonly #comeBack: Work = async (isWanted) => {
    const { keeper, token, isNobody } = this.#parts;
    forgetOthers(keeper, token, isNobody);
    const handed = await findHanded(this.#parts, this.#parts, isWanted);
    const goesOn =
      (await this.#goOnAs(handed, isWanted)) ??
      (await this.#goOnWith('session', isWanted)) ??
      (await this.#goOnWith('knock', isWanted));
    if (goesOn !== null) return goesOn;
    return async () => {
      // Somebody may want to come in since.
      if (this.#holders.isAuto) return this.#begin(this.#joinAnew);
      this.#parts.entry.stay(null);
      this.view.set(idleJoin);
    };
  };

  async #goOnWith(name: 'session' | 'knock', isWanted: IsWanted): Promise<(() => void) | null> {
    return this.#goOnAs(await findKept(this.#parts, name, isWanted), isWanted);
  }

  async #goOnAs(standing: Standing | null, isWanted: IsWanted): Promise<(() => void) | null> {
    if (standing === null) return null;
    if (standing.kind === 'INSIDE') return () => this.enter(standing.session);
    if (standing.kind === 'LEFT') return this.#afterLeaving(standing.leaveReason, isWanted);
    return () => this.#knockGoesOn(standing.knock);
  }

  #knockGoesOn(knock: Knock): void {
    this.#parts.keeper.set('session', null);
    const { ownerPresent, lobbyMessage } = knock.view.get().knockRequest;
    this.#show({ ...idleJoin, phase: 'MUST_KNOCK', ownerPresent, lobbyMessage });
    this.#parts.entry.goOn(knock);
  }

  readonly #joinAnew: Work = async (isWanted) => {
    const joining = await joinAnew(this.#parts, this.#holders.words, isWanted);
    return joining === null ? () => {} : this.#take(joining);
  };

  async #afterLeaving(leaveReason: LeaveReason, isWanted: IsWanted): Promise<() => void> {
    const joining = leaveReason === 'CONNECTION_LOST' ? await resumeKept(this.#parts, isWanted) : null;
    if (joining?.kind === 'JOINED') return this.#take(joining);
    // A place is kept for nobody who was away for long: they wait for one, as everybody does.
    if (joining?.kind === 'REFUSED' && pauseAfterRefusal(joining.refusal) !== null)
      return this.#take(joining, (goesOn) => this.#afterLeaving(leaveReason, goesOn));
    return () => this.#end(leaveReason, null);
  }

  #take(joining: Joining, again?: Work): () => void {
    if (joining.kind === 'JOINED') return () => this.enter(joining.session);
    return () => {
      this.#parts.entry.stay(null);
      if (joining.kind === 'REFUSED') this.#refuse(joining.refusal, again);
      else {
        const { ownerPresent, lobbyMessage } = joining;
        this.#show({ ...idleJoin, phase: 'MUST_KNOCK', ownerPresent, lobbyMessage });
      }
    };
  }

  #refuse(refusal: Refusal, again?: Work): void {
    this.#show({ ...idleJoin, phase: 'REFUSED', refusal });
    const { opensAt } = refusal;
    const pauseMs = pauseAfterRefusal(refusal);
    if (pauseMs !== null) this.#again(pauseMs, again);
    else if (opensAt !== null) void this.#awaitOpening(opensAt);
  }

  /** By the service's clock, which is asked for first: the device's own may be wrong. */
  async #awaitOpening(opensAt: Date): Promise<void> {
    const { client } = this.#parts;
    const isWanted = this.#turns.watch();
    await client.access(askedOf(this.#parts)).catch(() => undefined);
    if (isWanted()) this.#again(client.clock.until(opensAt) + lateMs);
  }

  #again(ms: number, work = this.#joinAnew): void {
    if (this.#holders.areThere()) this.#turns.after(ms, () => void this.#begin(work));
  }

  #look(session: Session): void {
    const { state, leaveReason, error } = session.view.get();
    if (session !== this.view.get().session) return;
    if (state !== 'CLOSED') this.#show({ error });
    else if (leaveReason === 'CONNECTION_LOST')
      void this.#begin((isWanted) => this.#afterLeaving(leaveReason, isWanted));
    else if (leaveReason === 'RETURNED_TO_LOBBY') void this.#begin(() => this.#afterReturn(session));
    else this.#end(leaveReason, error);
  }

  /** From now on the session's token is the token of a new knock. */
  async #afterReturn({ sessionToken }: Session): Promise<() => void> {
    const standing = await this.#parts.client.goOn(sessionToken);
    if (standing?.kind === 'KNOCKED') return () => this.#knockGoesOn(standing.knock);
    return () => this.#end('RETURNED_TO_LOBBY', null);
  }

  #end(leaveReason: LeaveReason | null, error: VestibuleError | null): void {
    this.#turns.begin();
    this.#parts.keeper.release();
    this.#forgetSession();
    this.#show({ ...idleJoin, phase: 'LEFT', leaveReason, error });
    this.#parts.entry.stay(null);
  }

  #forgetSession(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#parts.session.set(null);
  }

  /** Nobody holds on any more: whoever is inside leaves, and comes in anew the next time. */
  #goAway(): void {
    const { session, phase } = this.view.get();
    const { keeper } = this.#parts;
    this.#turns.begin();
    this.#forgetSession();
    if (this.#holders.leaves) {
      if (session !== null && !keeper.isShared(session.sessionToken)) void settled(session.leave());
      this.#parts.entry.stay(null);
      // What is joined later is another stay.
      keeper.forget('attempt');
      if (phase !== 'IDLE') keeper.forget('session');
      if (session !== null || phase === 'LEFT') keeper.forget('knock');
    }
    keeper.desert(true);
    this.#hasLooked = false;
    this.#hasGone = this.#holders.leaves;
    this.#holders.forget();
    this.view.set(idleJoin);
  }

  #show(change: Partial<JoinView>): void {
    this.view.set({ ...this.view.get(), ...change });
  }

  /** Works on what comes next, with patience; what is no longer wanted when it comes is dropped. */
  #begin(work: Work): Promise<void> {
    this.#underWay = this.#see(work);
    return this.#underWay;
  }

  async #see(work: Work): Promise<void> {
    const isWanted = this.#turns.begin();
    this.#forgetSession();
    this.#show({ ...idleJoin, phase: 'JOINING' });
    const onTrouble = (error: VestibuleError) => {
      if (isWanted()) this.#show({ error });
    };
    try {
      const next = await patiently(() => work(isWanted), { longestPauseMs, isWanted, onTrouble });
      if (isWanted()) await next();
    } catch (error) {
      if (!(error instanceof VestibuleError)) throw error;
      if (isWanted()) this.#show({ ...idleJoin, error });
    }
  }
}
