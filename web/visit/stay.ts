import {
  answersKnocks,
  createStore,
  type LeaveReason,
  type RoomEvent,
  type RoomView,
  type Session,
  type Source,
} from '../../packages/client/src/index.ts';
import { Arrivals } from '../console/arrivals.ts';
import { Callers } from '../console/callers.ts';
import { hostAlerts } from '../console/host-alerts.ts';
import { Desk } from '../console/queue/desk.ts';
import { countOpen } from '../console/queue/queue.ts';
import { Sayings } from '../console/queue/said.ts';
import { MeetingCall } from '../meeting/meeting-call.ts';
import { speak, tell } from '../notices.ts';
import { hasSameFields, pageNow } from '../store.ts';
import { suggestLanguage } from '../texts/language.ts';
import { roomTextsNow } from '../texts/room-texts.ts';
import { OwnActions } from './actions/own-actions.ts';
import { PeopleActions } from './actions/people-actions.ts';
import { QueueActions } from './actions/queue-actions.ts';
import { RoomActions } from './actions/room-actions.ts';
import { Crowds } from './crowds.ts';
import { createRecord, type RoomRecord } from './record.ts';
import { isBy, nameOf, newsOf } from './stay-news.ts';
import { afterEvent, type StayState } from './stay-state.ts';

export interface StayOptions {
  /** A view that was read already, so that there is something to show at once. */
  readonly session: Session;
  /** Did this person come in unseen? Only they know. */
  readonly isHidden: boolean;
  /** Null: the stream ended without a reason. */
  readonly onOver: (reason: LeaveReason | null, by: string | null) => void;
  readonly onConnection: (isConnected: boolean) => void;
  /** Brings the part of the page that shows a meeting. */
  readonly loadMeeting: () => Promise<unknown>;
}

/** With Jitsi the switches are Jitsi's own. */
function mediaOf({ meeting }: Session): Pick<StayState, 'hasMedia' | 'jitsi'> {
  const { media } = meeting.get();
  const isJitsi = media?.kind === 'JITSI';
  return { hasMedia: media !== null && !isJitsi, jitsi: isJitsi ? media : null };
}

/** A visitor's time in the room: the state from its events, and the actions that the visitor may take. */
export class Stay {
  readonly isHidden: boolean;
  readonly state: Source<StayState>;
  /** How many wait. */
  readonly waiting: Source<number>;
  readonly own: OwnActions;
  /** The list of who waits, for whoever answers knocks. */
  readonly desk: Desk;
  readonly queue: QueueActions;
  readonly people: PeopleActions;
  readonly controls: RoomActions;
  readonly record: RoomRecord;
  /** Sound and picture, where this page carries them. */
  readonly meeting: MeetingCall;
  readonly #options: StayOptions;
  readonly #arrivals = new Arrivals({
    sayOne: speak,
    // Those of them who wait by then.
    sayCount: () => {
      const waiting = countOpen(this.desk.queue.get());
      if (waiting > 0) speak(roomTextsNow().queue.count(waiting));
    },
  });
  readonly #crowds = new Crowds({ tell, speak });
  readonly #sayings = new Sayings(speak, roomTextsNow);
  readonly #callers = new Callers({
    onCame: ({ userName }) => {
      hostAlerts.knockCame(userName);
      this.#arrivals.came(roomTextsNow().queue.came(userName));
    },
    onWrote: ({ userName, message }) => {
      const words = roomTextsNow().common.pair(userName, message);
      hostAlerts.wordCame(words);
      this.#arrivals.came(words);
    },
  });
  #stop: readonly (() => void)[] = [];

  constructor(options: StayOptions) {
    const { session, isHidden } = options;
    this.#options = options;
    this.isHidden = isHidden;
    const { waiting, ...inside } = session.view.get();
    this.state = createStore<StayState>({ ...inside, ...mediaOf(session), banCount: 0 });
    this.waiting = createStore(waiting.length);
    this.record = createRecord(session);
    this.meeting = new MeetingCall(session, isHidden, options.loadMeeting);
    this.desk = new Desk({
      session,
      clock: { now: pageNow },
      onTaken: (...taken) => {
        const [what] = taken;
        if (what.is === 'ANSWERED' && what.send.send === 'DENY' && what.send.denial.ban === true) this.#mayBan();
        this.#sayings.take(...taken);
      },
      nameOf: (actor) => (actor === null ? null : nameOf(actor, roomTextsNow())),
      sentBackWord: () => roomTextsNow().queue.sentBack,
      onSentBack: (knockId) => this.#callers.leaveOut(knockId),
    });
    this.own = new OwnActions({ session, state: this.state, desk: this.desk, meeting: this.meeting });
    this.queue = new QueueActions(session);
    this.people = new PeopleActions(session, () => this.#mayBan());
    this.controls = new RoomActions(session);
    suggestLanguage(session.view.get().room.lang);
  }

  start(): void {
    const { session } = this.#options;
    const isTold = session.onEvent((event, before) => this.#hear(event, before));
    const showMeeting = () => this.#show(mediaOf(session));
    const countWaiting = () => {
      this.waiting.set(countOpen(this.desk.queue.get()));
      hostAlerts.countWaiting(this.waiting.get());
    };
    this.#stop = [
      this.desk.queue.subscribe(countWaiting),
      ...[this.desk.start(), this.meeting.start(), isTold],
      ...[() => this.#arrivals.stop(), () => this.#crowds.stop(), () => this.#sayings.stop()],
      ...[session.view.subscribe(() => this.#look()), session.meeting.subscribe(showMeeting)],
    ];
    this.#look();
  }

  /** Follows the room no more. Somebody else may follow it in this one's place. */
  stop(): void {
    for (const stop of this.#stop) stop();
    this.own.stop();
    hostAlerts.countWaiting(0);
  }

  /** Puts everybody else out, and leaves. */
  async endForAll(): Promise<void> {
    const get = () => {
      const { me, participants } = this.state.get();
      return participants.filter(({ id }) => id !== me.id);
    };
    const subscribe = (look: () => void) => this.state.subscribe(look);
    if (await this.people.endForAll({ get, subscribe })) await this.own.leaveNow();
  }

  #end(reason: LeaveReason | null, by: string | null): void {
    this.stop();
    this.#options.onOver(reason, by);
  }

  #look(): void {
    const view = this.#options.session.view.get();
    if (view.state === 'CLOSED') {
      this.#end(view.leaveReason, null);
      return;
    }
    const { waiting, ...inside } = view;
    this.#show(inside);
    // Nothing else says so where news comes by asking.
    if (!view.hearsEvents && view.state === 'OPEN') this.#mayBan();
    this.#options.onConnection(view.state !== 'RECONNECTING');
    this.#callers.look(answersKnocks(view.me) ? waiting : null);
  }

  /** Somebody may be on the list of those who are kept out, or off it. */
  #mayBan(): void {
    this.#show({ banCount: this.state.get().banCount + 1 });
  }

  /** Tells nobody of what is as it was. */
  #show(parts: Partial<StayState>): void {
    const before = this.state.get();
    const after = { ...before, ...parts };
    if (!hasSameFields(before, after)) this.state.set(after);
  }

  #hear(event: RoomEvent, before: RoomView): void {
    if (event.__typename === 'Resync') {
      this.record.forget();
      this.#mayBan();
      return;
    }
    if (event.__typename === 'ParticipantLeft' && event.participant.id === before.me.id) {
      const isOwn = event.by?.kind !== 'PARTICIPANT' || event.leaveReason === 'LEFT';
      this.#end(event.leaveReason, isOwn ? null : (event.by?.name ?? null));
      return;
    }
    this.state.set(afterEvent(this.state.get(), event));
    this.record.add(event);
    this.#tell(event, before);
  }

  #tell(event: RoomEvent, before: RoomView): void {
    const news = newsOf(event, before, this.state.get(), roomTextsNow());
    for (const one of news) this.#crowds.tell(one);
    const isOwn = isBy(event.by, before.me);
    if (event.__typename === 'KnockRequested' && isOwn) this.#callers.leaveOut(event.knockRequest.id);
  }
}
