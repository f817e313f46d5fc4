import type { Participant, Session } from '../../packages/client/src/index.ts';
import type { OwnMediaView } from './own-media.ts';

type Said = Pick<Participant, 'audio' | 'video' | 'screenShare'>;

/**
 * Tells the service what one sends, so that everybody sees it at once, and only when that has changed: the service looks at the media server
 * by itself, and its word counts.
 */
export class Saying {
  readonly #session: Pick<Session, 'updateMyMedia'>;
  #known: Said;
  #wanted: Said | null = null;
  #isAsking = false;

  constructor(session: Pick<Session, 'view' | 'updateMyMedia'>) {
    this.#session = session;
    this.#known = soundOf(session.view.get().me);
  }

  /** What one sends now. What is about to change is said once it has. */
  say({ microphone, camera, screen }: OwnMediaView): void {
    if ([microphone, camera, screen].some(({ state }) => state === 'starting')) return;
    this.#wanted = {
      audio: microphone.state === 'on',
      video: camera.state === 'on',
      screenShare: screen.state === 'on',
    };
    void this.#send();
  }

  /** The service knows this by itself. */
  hear(me: Participant): void {
    this.#known = soundOf(me);
  }

  async #send(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (let news = this.#news(); news !== null; news = this.#news()) {
      this.#known = { ...this.#known, ...news };
      await this.#session.updateMyMedia(news).catch(() => null);
    }
    this.#isAsking = false;
  }

  #news(): Partial<Said> | null {
    const { audio, video, screenShare } = this.#wanted ?? this.#known;
    const news = {
      ...(audio === this.#known.audio ? {} : { audio }),
      ...(video === this.#known.video ? {} : { video }),
      ...(screenShare === this.#known.screenShare ? {} : { screenShare }),
    };
    this.#wanted = null;
    return Object.keys(news).length === 0 ? null : news;
  }
}

function soundOf({ audio, video, screenShare }: Participant): Said {
  return { audio, video, screenShare };
}
