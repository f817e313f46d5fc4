import { showTo } from '../room/show.ts';
import type { EventView } from '../room/views.ts';
import { type EventViewer, foldViewer, maySeeEvent, readerOf } from '../rules/room-event.ts';
import type { RoomFeed } from './feed.ts';

/** What a reader of a room finds next. */
export type Reading =
  | { readonly kind: 'EVENTS'; readonly events: readonly EventView[] }
  /** It fell out of the ring, or its place is older than the record. */
  | { readonly kind: 'RESYNC' }
  /** Its right has ended with the last of these. */
  | { readonly kind: 'END'; readonly events: readonly EventView[] };

/**
 * One subscriber's place in a room's events. What the viewer may not see is left out; what it may is folded from the events
 * themselves, in their order, so that nothing is handed over after the right to it has ended.
 */
export class RoomReader {
  readonly #feed: RoomFeed;
  /** From here on the viewer's rights are folded; before it, those of today count. */
  readonly #foldsFrom: number;
  readonly #isLast: (view: EventView) => boolean;
  #viewer: EventViewer;
  #place: number;
  #isCatchingUp: boolean;

  /** @param isLast says of an event, by more than the viewer, that the right has ended with it */
  constructor(
    feed: RoomFeed,
    viewer: EventViewer,
    place: number,
    foldsFrom: number,
    isLast: (view: EventView) => boolean = () => false,
  ) {
    this.#feed = feed;
    this.#viewer = viewer;
    this.#place = place;
    this.#foldsFrom = foldsFrom;
    this.#isLast = isLast;
    this.#isCatchingUp = true;
  }

  get viewer(): EventViewer {
    return this.#viewer;
  }

  /** Goes on from where the room stands now. */
  resync(version: number): void {
    this.#place = version;
    this.#isCatchingUp = true;
  }

  /** What has happened since; empty events: nothing yet. */
  async read(): Promise<Reading> {
    const atHand = this.#feed.after(this.#place);
    if (atHand !== null) {
      this.#isCatchingUp = false;
      return this.#take(atHand);
    }
    if (!this.#isCatchingUp) return { kind: 'RESYNC' };
    const events = await this.#feed.readBefore(this.#place);
    // A gap at the beginning: the record does not reach back so far.
    if (events[0]?.event.seq !== this.#place + 1) return { kind: 'RESYNC' };
    return this.#take(events);
  }

  #take(events: readonly EventView[]): Reading {
    const seen: EventView[] = [];
    for (const view of events) {
      this.#place = view.event.seq;
      const folded = view.event.seq > this.#foldsFrom ? foldViewer(view.event, this.#viewer) : this.#viewer;
      // What changes the viewer's right is judged by the lesser of the two.
      if (maySeeEvent(view.event, this.#viewer)) seen.push(showTo(view, readerOf(this.#viewer)));
      if (folded === null || this.#isLast(view)) return { kind: 'END', events: seen };
      this.#viewer = folded;
      if (view.event.type === 'RoomClosed') return { kind: 'END', events: seen };
    }
    return { kind: 'EVENTS', events: seen };
  }
}
