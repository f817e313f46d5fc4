import { alerts } from '../alerts.ts';
import * as documents from '../api/documents.ts';
import { Follower } from '../api/follow.ts';
import type { LeaveReason, RoomEvent } from '../api/shapes.ts';
import { speak, tell } from '../notices.ts';
import { createStore, type Store } from '../store.ts';
import { suggestLanguage, textsNow } from '../texts/language.ts';
import { OwnActions } from './actions/own-actions.ts';
import { PeopleActions } from './actions/people-actions.ts';
import { QueueActions } from './actions/queue-actions.ts';
import { RoomActions } from './actions/room-actions.ts';
import { Runner } from './actions/runner.ts';
import { patiently } from './patience.ts';
import { createRecord, type RoomRecord } from './record.ts';
import { readRoom, readWaiting } from './snapshot.ts';
import { newsOf } from './stay-news.ts';
import { applyEvent, decidesKnocks, type StayState } from './stay-state.ts';

export interface StayOptions {
  readonly token: string;
  readonly roomName: string;
  /** Did this person come in unseen? Only they know. */
  readonly isHidden: boolean;
  /** Null: the stream ended, and nobody said why. */
  readonly onOver: (reason: LeaveReason | null, by: string | null) => void;
  readonly onConnection: (isConnected: boolean) => void;
}

/** Somebody's time in the room: its state as events bring it, and what one may do there. */
export interface Stay {
  readonly isHidden: boolean;
  readonly state: Store<StayState>;
  readonly own: OwnActions;
  readonly queue: QueueActions;
  readonly people: PeopleActions;
  readonly controls: RoomActions;
  readonly record: RoomRecord;
  start(): void;
}

/** Reads the room; null where the session has ended meanwhile. */
export async function loadStay(options: StayOptions): Promise<Stay | null> {
  const first = await readRoom(options.token, options.roomName);
  return first === null ? null : new LiveStay(options, first);
}

class LiveStay implements Stay {
  readonly isHidden: boolean;
  readonly state: Store<StayState>;
  readonly own: OwnActions;
  readonly queue: QueueActions;
  readonly people: PeopleActions;
  readonly controls: RoomActions;
  readonly record: RoomRecord;
  readonly #options: StayOptions;
  #following: Follower<RoomEvent> | null = null;
  #isOver = false;

  constructor(options: StayOptions, first: StayState) {
    this.#options = options;
    this.isHidden = options.isHidden;
    this.state = createStore(first);
    this.record = createRecord(options.token, options.roomName);
    const runner = new Runner(options.token, this.state);
    this.own = new OwnActions(runner);
    this.queue = new QueueActions(runner);
    this.people = new PeopleActions(runner);
    this.controls = new RoomActions(runner);
    suggestLanguage(first.room.lang);
  }

  start(): void {
    alerts.countWaiting(this.state.get().knocks.size);
    this.#following = new Follower<RoomEvent>({
      bearer: this.#options.token,
      document: documents.roomEvents,
      variables: () => ({ after: this.state.get().cursor }),
      onEvent: (event) => this.#take(event),
      onConnection: this.#options.onConnection,
      onEnd: () => this.#end(null, null),
    });
  }

  #end(reason: LeaveReason | null, by: string | null): void {
    this.#isOver = true;
    this.#following?.stop();
    alerts.countWaiting(0);
    this.#options.onOver(reason, by);
  }

  #take(event: RoomEvent): void {
    const before = this.state.get();
    if (event.__typename === 'Resync') {
      this.#following?.stop();
      void this.#readAgain();
      return;
    }
    if (event.__typename === 'ParticipantLeft' && event.participant.id === before.me.id) {
      const isOwn = event.by?.kind !== 'PARTICIPANT' || event.leaveReason === 'LEFT';
      this.#end(event.leaveReason, isOwn ? null : (event.by?.name ?? null));
      return;
    }
    const after = applyEvent(before, event);
    this.state.set(decidesKnocks(after) ? after : { ...after, knocks: new Map() });
    this.record.add(event);
    this.#tell(event, before, after);
    if (decidesKnocks(after) && !decidesKnocks(before)) void this.#readWaiting();
  }

  #tell(event: RoomEvent, before: StayState, after: StayState): void {
    const texts = textsNow();
    for (const { text, isShown } of newsOf(event, before, after, { texts, isOwn: this.#isOwn(event) })) {
      if (isShown) tell(text);
      else speak(text);
    }
    alerts.countWaiting(after.knocks.size);
    if (event.__typename === 'KnockRequested' && !before.knocks.has(event.knockRequest.id)) {
      if (event.knockRequest.status === 'PENDING') alerts.knockCame(event.knockRequest.userName);
    }
    if (event.__typename === 'MediaRequested') alerts.chime();
  }

  #isOwn(event: RoomEvent): boolean {
    if (event.__typename === 'KnockChanged') return this.queue.hasDecided(event.knockRequest.id);
    return event.__typename === 'ParticipantUpdated' && this.own.isSwitching;
  }

  /** The stream could not go on without a gap: it was stopped, the room is read anew, and followed from there. */
  async #readAgain(): Promise<void> {
    const { token, roomName, onConnection } = this.#options;
    const around = { isWanted: () => !this.#isOver, onTrouble: () => onConnection(false) };
    // Where the session has ended meanwhile, following says so.
    const now = await patiently(() => readRoom(token, roomName), around).catch(() => null);
    if (this.#isOver) return;
    if (now !== null) this.state.set({ ...now, wish: this.state.get().wish });
    this.record.forget();
    this.start();
  }

  async #readWaiting(): Promise<void> {
    const waiting = await readWaiting(this.#options.token, this.#options.roomName).catch(() => null);
    if (waiting === null) return;
    const state = this.state.get();
    this.state.set({ ...state, knocks: new Map([...waiting, ...state.knocks]) });
    alerts.countWaiting(this.state.get().knocks.size);
  }
}
