import {
  type Access,
  type Client,
  type Joining,
  type Knock,
  type LeaveReason,
  type Session,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import { alerts } from '../alerts.ts';
import { meetingTitle } from '../brand.ts';
import type { Kept } from '../kept.ts';
import type { Place } from '../place.ts';
import { suggestLanguage, textsNow } from '../texts/language.ts';
import { createDoor, type Door, type JoinForm, type KnockForm } from './door.ts';
import { type DoorHint, hintFor, isDeadToken, type Phase, type Problem, type Shut, shutByAccess } from './phase.ts';
import { type Next, Turns } from './turns.ts';

/** How often the page asks for a place in a full room. Milliseconds. */
const fullMs = 3_000;
/** How often it looks at a door, so that what changes there is seen within five seconds. */
const lookMs = 4_000;
/** A door that opens is met a little late, never early. */
const lateMs = 300;

/** One person's way through one room: arriving, waiting, inside, gone. Forms answer with a problem, or null and another phase. */
export class Visit {
  readonly #client: Client;
  readonly #kept: Kept;
  readonly #door: Door;
  readonly #turns = new Turns((shut) => this.#shut(shut));
  readonly phase = this.#turns.phase;
  readonly isConnected = this.#turns.isConnected;
  #knock: Knock | null = null;

  constructor(client: Client, place: Place, kept: Kept) {
    this.#client = client;
    this.#kept = kept;
    this.#door = createDoor(client, place, kept);
  }

  /** Continues where this tab was, or goes to the door. */
  async arrive(hint: DoorHint | null = null): Promise<void> {
    await this.#reach({ at: 'arriving' }, async () => {
      for (const name of ['session', 'knock'] as const) {
        const token = this.#kept.get(name);
        if (token === null) continue;
        const standing = await this.#client.goOn(token);
        if (standing === null) this.#kept.set(name, null);
        else if (standing.kind === 'KNOCKED') return () => this.#goOnKnocking(standing.knock);
        else if (standing.kind === 'INSIDE') return () => this.#enter(standing.session, true);
        else if (standing.leaveReason !== 'CONNECTION_LOST') return () => this.#leave(standing.leaveReason, null);
        else return this.#afterJoining(await this.#door.resume(token), standing.leaveReason);
      }
      return this.#lookAtDoor(hint);
    });
  }

  /** Starts again at the door, or joins again if the admission still holds. */
  async again(): Promise<void> {
    this.#kept.set('session', null);
    const token = this.#turns.now.at === 'gone' ? this.#kept.get('knock') : null;
    const knock = token === null ? null : await this.#client.resumeKnock(token).catch(() => null);
    if (knock?.view.get().knockRequest.status !== 'ADMITTED') this.#kept.set('knock', null);
    await this.arrive();
  }

  /** Goes on as somebody without an invitation. */
  async goWithout(): Promise<void> {
    this.#kept.set('token', null);
    await this.arrive();
  }

  async join(form: JoinForm): Promise<Problem | null> {
    this.#kept.set('hidden', form.isHidden ? 'yes' : null);
    return this.#turns.submit(async () => {
      const joining = await this.#door.join(form);
      return joining.kind === 'REFUSED' ? this.#asMet(joining.refusal) : this.#afterJoining(joining, null);
    });
  }

  async knock(form: KnockForm): Promise<Problem | null> {
    return this.#turns.submit(async () => {
      const knocked = await this.#door.knock(form);
      if (knocked.isDone) return () => this.#goOnKnocking(knocked.value);
      if (knocked.refusal.code === 'KNOCKING_DISABLED') return this.#lookAtDoor('nowPublic');
      return this.#asMet(knocked.refusal);
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

  #reach(phase: Phase, work: () => Promise<Next>): Promise<void> {
    return this.#turns.reach(phase, work, (code) => {
      // The session ended between two requests. A query about the session says why.
      if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') this.#turns.after(1000, () => void this.arrive());
    });
  }

  async #lookAtDoor(hint: DoorHint | null): Promise<() => void> {
    const access = await this.#door.look();
    return () => this.#see(access, hint);
  }

  #see(access: Access, hint: DoorHint | null): void {
    suggestLanguage(access.lang);
    const { level } = access;
    meetingTitle.set(access.roomTitle);
    if (level === 'NONE') this.#shut(this.#asMet(shutByAccess(access)));
    else {
      this.#turns.show({ at: 'door', access, hint: hintFor(level, hint) });
      this.#follow(access.knockAgainAt);
    }
  }

  #shut(refusal: Shut): void {
    this.#turns.show({ at: 'shut', refusal });
    if (!isDeadToken(refusal.code)) this.#follow(refusal.opensAt);
  }

  /** Looks at the door again and again while one stands before it, and at the moment when it changes by itself. */
  #follow(changesAt: Date | string | null, afterMs = lookMs): void {
    const changesInMs = changesAt === null ? 0 : this.#client.clock.until(changesAt);
    const isSooner = changesInMs > 0 && changesInMs < afterMs;
    this.#turns.after(isSooner ? changesInMs + lateMs : afterMs, () => void this.#lookAgain());
  }

  async #lookAgain(): Promise<void> {
    const looked = this.#door.look().catch((error: unknown) => (error instanceof VestibuleError ? error : null));
    const seen = (await this.#turns.stillIn(looked))?.result;
    if (seen === undefined) return;
    if (seen === null || seen instanceof VestibuleError || this.#turns.isSubmitting)
      this.#follow(null, Math.max(lookMs, (seen instanceof VestibuleError ? (seen.retryAfterSeconds ?? 0) : 0) * 1000));
    else this.#seeAgain(seen);
  }

  /** What changes at an open door changes in its place, so that nothing that was typed is lost. */
  #seeAgain(access: Access): void {
    const phase = this.#turns.now;
    if (phase.at !== 'door' || access.level === 'NONE') {
      this.#see(access, null);
      return;
    }
    const isOther = access.level !== phase.access.level;
    const hint = access.level === 'FULL' ? 'nowPublic' : 'nowPrivate';
    meetingTitle.set(access.roomTitle);
    this.#turns.change({ at: 'door', access, hint: isOther ? hint : phase.hint });
    this.#follow(access.knockAgainAt);
  }

  /** A visitor without a credential is known only by the network, so a ban that shuts them out is a ban of the network. */
  #asMet(shut: Shut): Shut {
    return shut.code === 'BANNED' && this.#kept.get('token') === null ? { ...shut, code: 'BANNED_NETWORK' } : shut;
  }

  async #afterJoining(joining: Joining, before: LeaveReason | null): Promise<Next> {
    if (joining.kind === 'MUST_KNOCK') return this.#lookAtDoor('nowPrivate');
    if (joining.kind === 'JOINED') {
      this.#kept.set('session', joining.session.sessionToken);
      return () => this.#enter(joining.session, false);
    }
    const { refusal } = joining;
    return before === null || refusal.code === 'ROOM_FULL' ? refusal : () => this.#leave(before, null);
  }

  #leave(reason: LeaveReason, by: string | null): void {
    this.#turns.show({ at: 'gone', reason, by });
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
    } else if (knockRequest.status !== 'PENDING') this.#turns.show({ at: 'turnedAway', knock: knockRequest });
    else {
      this.#turns.show({ at: 'waiting', knock: knockRequest });
      this.#turns.during(knock.view.subscribe(() => this.#hear(knock)));
      if (meetingTitle.get() === null) void this.#learnTitle();
      // There is time now to fetch what comes next.
      void loadInside().catch(() => undefined);
    }
  }

  /** A knock does not say what it is for. */
  async #learnTitle(): Promise<void> {
    const access = await this.#door.look().catch(() => null);
    if (access !== null && access.level !== 'NONE') meetingTitle.set(access.roomTitle);
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
    const { now } = this.#turns;
    const isFull = now.at === 'entering' && now.isFull;
    await this.#reach({ at: 'entering', isLetIn: true, isFull }, async () => {
      const joining = await this.#door.joinAsAdmitted(token);
      if (joining.kind !== 'REFUSED' || joining.refusal.code !== 'ROOM_FULL') return this.#afterJoining(joining, null);
      return () => {
        this.#turns.show({ at: 'entering', isLetIn: true, isFull: true });
        this.#turns.after(fullMs * (1 + Math.random()), () => void this.#enterAsAdmitted(token));
      };
    });
  }

  #enter(session: Session, isRead: boolean): void {
    const { now } = this.#turns;
    void this.#reach({ at: 'entering', isLetIn: now.at === 'entering' && now.isLetIn, isFull: false }, async () => {
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
    inside.start();
  }
}

type OpenRoom = Awaited<ReturnType<typeof loadInside>>['openRoom'];

/** @throws {VestibuleError} where it does not come, and another attempt may help */
async function loadInside() {
  return import('../inside.tsx').catch(() => {
    throw new VestibuleError('NETWORK', 'A part of the page did not come.');
  });
}
