import type { Client, Joining, Knock, LeaveReason, Session, Standing } from '../../packages/client/src/index.ts';
import type { PageData } from '../../src/rules/page-data.ts';
import { alerts } from '../alerts.ts';
import { meetingTitle } from '../brand.ts';
import { devices, readWishes } from '../devices/devices.ts';
import type { Kept, Shared } from '../kept.ts';
import { tell } from '../notices.ts';
import type { Place } from '../place.ts';
import { textsNow } from '../texts/language.ts';
import { Copies } from './copies.ts';
import { createDoor, type Door, type JoinForm, type KnockForm } from './door.ts';
import { Doorstep } from './doorstep.ts';
import { asPassing, loadInside, type OpenRoom, sayWishes } from './going-in.ts';
import { OneInside } from './one-inside.ts';
import { meetingAddress } from './onward.ts';
import type { DoorHint, Phase, Problem } from './phase.ts';
import { type Next, Turns } from './turns.ts';
import { WayOut } from './way-out.ts';

/** How often the page asks for a place in a full room. Milliseconds. */
const fullMs = 3_000;
/** How soon it asks what has become of a credential that was refused. Milliseconds. */
const askMs = 1_000;
/** One person's way through one room: arriving, waiting, inside, gone. Forms answer with a problem, or null and another phase. */
export class Visit {
  readonly #client: Client;
  readonly #kept: Kept;
  readonly #door: Door;
  readonly #turns = new Turns((shut) => this.#doorstep.shut(shut));
  readonly phase = this.#turns.phase;
  readonly isConnected = this.#turns.isConnected;
  readonly #oneInside: OneInside;
  readonly #doorstep: Doorstep;
  readonly #wayOut: WayOut;
  #knock: Knock | null = null;

  constructor(client: Client, place: Place, kept: Kept) {
    this.#client = client;
    this.#kept = kept;
    const copies = new Copies({
      kept,
      onNews: (name, value) => this.#hearCopy(name, value),
      onEntered: () => this.#turns.now.at === 'otherTab' && this.#oneInside.yield(),
    });
    this.#door = createDoor(client, place, kept);
    const [turns, door, { clock }] = [this.#turns, this.#door, client];
    this.#oneInside = new OneInside(copies, turns);
    this.#doorstep = new Doorstep({ clock, kept, door, turns });
    this.#wayOut = new WayOut({ place, kept, turns });
  }

  /** Begins at the door, as the page came with it, where this tab keeps nothing and shows nothing. */
  begin({ access, misnamed }: Pick<PageData, 'access' | 'misnamed'>): void {
    const isStranger = (['token', 'session', 'knock'] as const).every((name) => this.#kept.get(name) === null);
    if (misnamed !== null) this.#turns.show({ at: 'misnamed', lookedFor: misnamed });
    else if (access !== null && isStranger) this.#doorstep.see(access, null);
    else void this.arrive();
  }

  /** Continues where this tab was, or goes to the door. */
  arrive(hint: DoorHint | null = null): Promise<void> {
    return this.#goOn(hint, () => true);
  }

  /** @param holds is a knock of before still of use? Else it is forgotten */
  async #goOn(hint: DoorHint | null, holds: (standing: Standing) => boolean): Promise<void> {
    await this.#reach(this.#waiting() ?? { at: 'arriving' }, async () => {
      for (const name of ['session', 'knock'] as const) {
        const token = this.#kept.get(name);
        if (token === null) continue;
        const standing = await this.#client.goOn(token);
        // Not told: this copy may have slept, and another one have what is good. Each finds out by itself.
        if (standing === null) this.#kept.take(name, null);
        else if (!holds(standing)) this.#kept.set(name, null);
        else if (standing.kind === 'KNOCKED') return () => this.#goOnKnocking(standing.knock);
        else if (standing.kind === 'INSIDE') return () => this.#enter(standing.session, true);
        else if (standing.leaveReason !== 'CONNECTION_LOST')
          return () => this.#wayOut.leave(standing.leaveReason, null);
        else return this.#afterJoining(await this.#door.resume(token), standing.leaveReason);
      }
      return this.#doorstep.look(hint);
    });
  }

  /** Starts again at the door, or joins again if the admission still holds. */
  async again(): Promise<void> {
    this.#kept.set('session', null);
    if (this.#turns.now.at !== 'gone') this.#kept.set('knock', null);
    await this.#goOn(null, (one) => one.kind === 'KNOCKED' && one.knock.view.get().knockRequest.status === 'ADMITTED');
  }

  /** Waits for a place no more: this page asks for none by itself. A place that is just being given is given back. */
  giveUp(): void {
    for (const name of ['session', 'knock'] as const) this.#kept.set(name, null);
    this.#wayOut.leave('LEFT', null);
  }

  /** Goes on as somebody without an invitation, and without what rests on it. */
  async goWithout(): Promise<void> {
    for (const name of ['token', 'session', 'knock', 'hidden'] as const) this.#kept.set(name, null);
    await this.arrive();
  }

  async join(form: JoinForm): Promise<Problem | null> {
    this.#kept.set('hidden', form.isHidden ? 'yes' : null);
    return this.#turns.submit(async () => {
      const joining = await this.#door.join(form);
      return joining.kind === 'REFUSED' ? this.#doorstep.asMet(joining.refusal) : this.#afterJoining(joining, null);
    });
  }

  async knock(form: KnockForm): Promise<Problem | null> {
    return this.#turns.submit(async () => {
      const knocked = await this.#door.knock(form);
      // Whoever asks to come in comes in as everybody does.
      this.#kept.set('hidden', null);
      if (knocked.isDone) return () => this.#goOnKnocking(knocked.value);
      if (knocked.refusal.code === 'KNOCKING_DISABLED') return this.#doorstep.look('nowPublic');
      return this.#doorstep.asMet(knocked.refusal);
    });
  }

  /** Writes to the host anew. */
  async write(message: string): Promise<Problem | null> {
    return this.#turns.submit(async () => {
      const updated = await this.#knock?.update({ message });
      return updated?.isDone === false ? updated.refusal : () => undefined;
    });
  }

  async withdraw(): Promise<Problem | null> {
    return this.#turns.submit(async () => {
      const cancelled = await this.#knock?.cancel();
      // The knock's stream says how it ended: somebody may have decided it at the same moment.
      const isOver = cancelled?.isDone !== false || cancelled.refusal.code === 'KNOCK_ALREADY_DECIDED';
      return isOver ? () => undefined : cancelled.refusal;
    });
  }

  /** Takes the room from the copy of this tab that is inside. */
  async takeOver(): Promise<void> {
    await this.#oneInside.enter(true);
    await this.arrive();
  }

  /**
   * The stay calls this when it is over, with the reason. Null: it has none, and a query about the session will tell. Whoever was away comes back to
   * the same session, without a new use of their invitation.
   */
  readonly onStayOver = (reason: LeaveReason | null, by: string | null): void => {
    if (reason === null || reason === 'CONNECTION_LOST') void this.arrive();
    else if (reason === 'RETURNED_TO_LOBBY') {
      // The session's token is now the token of a new knock.
      this.#kept.set('knock', this.#kept.get('session'));
      this.#kept.set('session', null);
      const { title, text } = textsNow().gone.RETURNED_TO_LOBBY;
      tell(text);
      alerts.call(title);
      void this.arrive();
    } else this.#wayOut.leave(reason, by);
  };

  #reach(phase: Phase, work: () => Promise<Next>): Promise<void> {
    return this.#turns.reach(phase, work, (code) => {
      // The session ended between two requests. A query about the session says why.
      if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') this.#turns.after(askMs, () => void this.arrive());
    });
  }

  async #afterJoining(joining: Joining, before: LeaveReason | null): Promise<Next> {
    if (joining.kind === 'MUST_KNOCK') return this.#doorstep.look('nowPrivate');
    if (joining.kind === 'JOINED') {
      if (this.#turns.now.at === 'gone') {
        void joining.session.leave().catch(() => undefined);
        return () => undefined;
      }
      this.#kept.set('session', joining.session.sessionToken);
      return () => this.#enter(joining.session, false);
    }
    const { refusal } = joining;
    // It passes by itself, and whoever has a right to come in is not sent to the door for it.
    if (refusal.code === 'RATE_LIMITED') throw asPassing(refusal);
    if (before === null) return refusal;
    if (refusal.code === 'ROOM_FULL') return () => this.#awaitPlace(false, () => void this.arrive());
    return () => this.#wayOut.leave(before, null);
  }

  /** Nobody who was let in, or was inside, goes back to the door because the room is full. */
  #awaitPlace(isLetIn: boolean, again: () => void): void {
    this.#turns.show({ at: 'entering', isLetIn, isFull: true, goesTo: null });
    this.#turns.after(fullMs * (1 + Math.random()), again);
  }

  /** Whoever waits for a place goes on reading so while it is asked for again. Null: they do not. */
  #waiting(): Phase | null {
    const { now } = this.#turns;
    return now.at === 'entering' && now.isFull ? now : null;
  }

  /** Another copy of this tab is further: so is this one. What is muted there is muted here. */
  #hearCopy(name: Shared, value: string | null): void {
    if (name === 'round' || name === 'hidden') return;
    if (name === 'media') {
      devices.follow(readWishes(value));
      return;
    }
    const { at } = this.#turns.now;
    const isFurther = value !== null && ['arriving', 'door', 'shut', 'turnedAway', 'gone'].includes(at);
    if (isFurther || (at === 'otherTab' && name === 'session' && value === null)) void this.arrive();
  }

  #goOnKnocking(knock: Knock): void {
    const { knockToken } = knock;
    const { knockRequest } = knock.view.get();
    const isWaiting = this.#turns.now.at === 'waiting';
    this.#knock = knock;
    this.#kept.set('knock', knockToken);
    if (this.#kept.get('session') === knockToken) this.#kept.set('session', null);
    if (knockRequest.status === 'ADMITTED') {
      // People who wait are often looking at something else.
      if (isWaiting) alerts.letIn();
      void this.#enterAsAdmitted(knockToken);
    } else if (knockRequest.status !== 'PENDING') this.#wayOut.turnAway(knockRequest);
    else {
      this.#turns.show({ at: 'waiting', knock: knockRequest });
      this.#turns.during(knock.view.subscribe(() => this.#hear(knock)));
      if (meetingTitle.get() === null) void this.#doorstep.learnTitle();
      // There is time now to fetch what comes next.
      void loadInside().catch(() => undefined);
    }
  }

  #hear(knock: Knock): void {
    const phase = this.#turns.now;
    if (phase.at !== 'waiting') return;
    const { knockRequest, state } = knock.view.get();
    const { reply } = knockRequest;
    if (reply !== null && reply !== phase.knock.reply) alerts.call(textsNow().waiting.tabWrites);
    this.isConnected.set(state !== 'RECONNECTING');
    if (knockRequest.status !== 'PENDING') this.#goOnKnocking(knock);
    else if (state === 'CLOSED') void this.arrive();
    else this.#turns.change({ at: 'waiting', knock: knockRequest });
  }

  async #enterAsAdmitted(token: string): Promise<void> {
    const onWay = { at: 'entering', isLetIn: true, isFull: false, goesTo: null } as const;
    await this.#reach(this.#waiting() ?? onWay, async () => {
      if (!(await this.#oneInside.enter(false))) return () => undefined;
      const joining = await this.#door.joinAsAdmitted(token);
      const code = joining.kind === 'REFUSED' ? joining.refusal.code : null;
      if (code === 'ROOM_FULL') return () => this.#awaitPlace(true, () => void this.#enterAsAdmitted(token));
      // It was taken back meanwhile: the knock itself says how, and what the host says to it.
      if (code === 'KNOCK_CLOSED' || code === 'KNOCK_DENIED')
        return () => this.#turns.after(askMs, () => void this.arrive());
      return this.#afterJoining(joining, null);
    });
  }

  #enter(session: Session, isRead: boolean): void {
    const { now } = this.#turns;
    const isLetIn = now.at === 'entering' && now.isLetIn;
    const goesTo = meetingAddress(session);
    const { media } = session.meeting.get();
    void this.#reach({ at: 'entering', isLetIn, isFull: false, goesTo }, async () => {
      if (!(await this.#oneInside.enter(false))) return () => undefined;
      if (media !== null) await sayWishes(session);
      if (goesTo !== null) return () => location.replace(goesTo);
      const [{ openRoom }] = await Promise.all([loadInside(), isRead ? null : session.load()]);
      return () => this.#stay(session, openRoom);
    });
  }

  #stay(session: Session, openRoom: OpenRoom): void {
    const inside = openRoom({
      session,
      isHidden: this.#kept.get('hidden') !== null,
      onOver: this.onStayOver,
      onConnection: (isConnected) => this.isConnected.set(isConnected),
    });
    meetingTitle.set(session.view.get().room.title);
    this.#turns.show({ at: 'inside', inside });
    // Whoever is in is led on from here as well.
    const unfollow = session.meeting.subscribe(() => {
      if (meetingAddress(session) !== null) this.#enter(session, true);
    });
    this.#turns.during(() => {
      unfollow();
      inside.stop();
    });
    inside.start();
  }
}
