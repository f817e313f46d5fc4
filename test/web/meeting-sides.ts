import { setTimeout as pause } from 'node:timers/promises';
import type { ParticipantInfo, RoomServiceClient } from 'livekit-server-sdk';
import { TrackSource } from 'livekit-server-sdk';
import { Deadline } from '../support/timing.ts';
import type { Attendee } from './meeting-play.ts';

// What pages show of a meeting, held against what the media server says of it, all the time.

/** What somebody sends. */
type Sends = Readonly<Record<'microphone' | 'camera', boolean>>;

/** A meeting as it is shown, or as it is: whoever is in it, by their id. */
type Shown = Readonly<Record<string, Sends>>;

export interface Sides {
  /** By the names of those whose pages are looked at. Null: the page says that it does not know, or shows no meeting. */
  readonly pages: Readonly<Record<string, Shown | null>>;
  readonly server: Shown;
}

interface Watched {
  readonly calls: RoomServiceClient;
  /** The room there. */
  readonly roomId: string;
  readonly attendees: readonly Attendee[];
}

/** Looks at both sides until `stop`, and remembers for how long they differed. */
export class SidesWatch {
  readonly #watched: Watched;
  #longestMs = 0;
  /** When both sides were one last, as long as they are not. */
  #differsSince: number | null = null;
  #oneAt = performance.now();
  #isOver = false;
  #last: Sides = { pages: {}, server: {} };

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  start(): () => Promise<void> {
    const running = this.#run();
    return async () => {
      this.#isOver = true;
      await running;
    };
  }

  /** Waits until both sides are one, and it is so; answers for how long they differed at most since this was asked last. Milliseconds. */
  async untilOne(isSo: (sides: Sides) => boolean, withinMs: number): Promise<number> {
    const deadline = new Deadline(withinMs);
    const isOne = () => this.#differsSince === null && isSo(this.#last);
    while (!isOne()) {
      if (deadline.isOver()) throw new Error(`not one within ${withinMs} ms: ${JSON.stringify(this.#last, null, 1)}`);
      await pause(20);
    }
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return Math.round(longestMs);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const sides = await look(this.#watched).catch(() => null);
      if (sides !== null) this.#compare(sides, performance.now());
      await pause(20);
    }
  }

  #compare(sides: Sides, now: number): void {
    this.#last = sides;
    const isOne = areOne(sides);
    if (!isOne) this.#differsSince ??= this.#oneAt;
    if (this.#differsSince !== null) this.#longestMs = Math.max(this.#longestMs, now - this.#differsSince);
    if (!isOne) return;
    this.#differsSince = null;
    this.#oneAt = now;
  }
}

async function look({ calls, roomId, attendees }: Watched): Promise<Sides> {
  const [people, ...pages] = await Promise.all([
    calls.listParticipants(roomId),
    ...attendees.map(async (one): Promise<[string, Shown | null]> => [one.name, await readPage(one)]),
  ]);
  return {
    server: Object.fromEntries(people.filter(isThere).map((one) => [one.identity, sentBy(one)])),
    pages: Object.fromEntries(pages),
  };
}

/** Whoever is connected. Those who may send nothing watch, which is no part of the picture. */
const isThere = ({ state, permission }: ParticipantInfo) => state === 2 && permission?.canPublish === true;

function sentBy({ tracks }: ParticipantInfo): Sends {
  const sends = (wanted: TrackSource) => tracks.some(({ source, muted }) => source === wanted && !muted);
  return { microphone: sends(TrackSource.MICROPHONE), camera: sends(TrackSource.CAMERA) };
}

/** A page that is being loaded shows nothing yet. */
const readPage = ({ page }: Attendee) => page.evaluate(readMeeting).catch(() => null);

/** Runs in the page. */
function readMeeting(): Shown | null {
  const isUnsure =
    document.querySelector('.meet') === null ||
    document.querySelector('.tile.is-still, .lost-card') !== null ||
    document.body.innerText.includes('Connecting picture and sound');
  if (isUnsure) return null;
  const tiles = [...document.querySelectorAll<HTMLElement>('.tile')];
  return Object.fromEntries(
    tiles.map((tile) => [
      tile.dataset.person ?? '',
      {
        microphone: tile.querySelector('.mark.muted') === null,
        camera: !tile.classList.contains('is-dark'),
      },
    ]),
  );
}

function areOne({ pages, server }: Sides): boolean {
  return Object.values(pages).every((page) => page === null || isLike(page, server));
}

/** Whoever is in the room and not connected sends nothing; whoever is connected is shown. */
function isLike(page: Shown, server: Shown): boolean {
  const ids = [...Object.keys(page), ...Object.keys(server)];
  return ids.every((id) => {
    const { microphone, camera } = server[id] ?? nothing;
    return page[id] !== undefined && page[id].microphone === microphone && page[id].camera === camera;
  });
}

const nothing: Sends = { microphone: false, camera: false };
