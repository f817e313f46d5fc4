import type { Participant, Session } from '../../packages/client/src/index.ts';
import { isHeldBack } from './call-state.ts';
import type { OwnMediaView } from './own-media.ts';

type Said = Pick<Participant, 'audio' | 'video' | 'screenShare'>;

/**
 * Tells the service what one sends, so that everybody sees it at once, and only when that has changed: the service looks at the media server
 * by itself, and its word counts.
 */
export class Saying {
  readonly #session: Pick<Session, 'updateMyMedia'>;
  #known: Said;
  #wanted: Partial<Said> = {};
  #isAsking = false;

  constructor(session: Pick<Session, 'view' | 'updateMyMedia'>) {
    this.#session = session;
    this.#known = soundOf(session.view.get().me);
  }

  /** What one sends now. What is about to change is said once it has. */
  say({ microphone, camera, screen }: OwnMediaView): void {
    const said = { audio: microphone, video: camera, screenShare: screen };
    if (Object.values(said).some((medium) => medium.state === 'starting' && !isHeldBack(medium))) return;
    // What the system holds back may be so for an hour: nothing is said of that, and the rest is.
    const settled = Object.entries(said).filter(([, medium]) => !isHeldBack(medium));
    this.#wanted = Object.fromEntries(settled.map(([name, { state }]) => [name, state === 'on']));
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
    const known: Readonly<Record<string, boolean>> = this.#known;
    const news = Object.entries(this.#wanted).filter(([name, is]) => is !== known[name]);
    this.#wanted = {};
    return news.length === 0 ? null : Object.fromEntries(news);
  }
}

function soundOf({ audio, video, screenShare }: Participant): Said {
  return { audio, video, screenShare };
}
