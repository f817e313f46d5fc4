import { answersKnocks, createStore, type Session, type Source } from '../../packages/client/src/index.ts';
import { devices } from '../devices/devices.ts';
import { loadAgainWhereForbidden } from '../load-again.ts';
import { isConsole } from '../view.ts';
import type { OpenLine } from './line.ts';
import { LiveCall } from './live-call.ts';
import { loadLine } from './load-line.ts';

/** The call of a stay as long as there is one: a domain may connect a media server, another one, or none, while people are inside. */
export class MeetingCall {
  /** Null: sound and picture are elsewhere, or nowhere. */
  readonly call: Source<LiveCall | null> = createStore<LiveCall | null>(null);
  /** Whoever leaves sees and hears no meeting here any more, of whatever kind: they do not come back into it. */
  readonly isLeft: Source<boolean> = createStore(false);
  readonly #session: Session;
  readonly #isHidden: boolean;
  readonly #loadScreen: () => Promise<unknown>;
  #end = () => {};

  /** @param loadScreen brings what shows the meeting: no device is on before it has come */
  constructor(session: Session, isHidden: boolean, loadScreen: () => Promise<unknown>) {
    this.#session = session;
    this.#isHidden = isHidden;
    this.#loadScreen = loadScreen;
  }

  /** Follows the meeting, until the answer is called. */
  start(): () => void {
    const unfollow = this.#session.meeting.subscribe(() => this.#look(true));
    const unwatch = loadAgainWhereForbidden('connect-src', () => this.#session.meeting.get().media?.url ?? '');
    this.#look(false);
    return () => {
      unfollow();
      unwatch();
      this.#close();
    };
  }

  /** The person leaves: nothing is taken or sent any more. Answers whether there was anything to leave. */
  leave(): boolean {
    const call = this.call.get();
    call?.leave();
    const hadMeeting = this.isLeft.get() || call !== null || this.#isFramed();
    if (hadMeeting) this.isLeft.set(true);
    return hadMeeting;
  }

  /** Whoever loads the page again sends nothing by that. */
  forgetWishes(): void {
    devices.decide({ audio: false, video: false });
  }

  /** A meeting on Jitsi is in a frame of this page, and not beside a console. */
  #isFramed(): boolean {
    const { media } = this.#session.meeting.get();
    return media?.kind === 'JITSI' && !(isConsole && answersKnocks(this.#session.view.get().me));
  }

  /**
   * A console stands beside a meeting, and an address leads to it: neither takes part here. Without controls nobody sees what is on: in a call that
   * comes, or comes back, while one is inside nothing is switched on by itself.
   */
  #look(isLater: boolean): void {
    const { media, meetingUrl } = this.#session.meeting.get();
    const isHere = media?.kind === 'LIVEKIT' && meetingUrl === null && !isConsole;
    if (isHere === (this.call.get() !== null)) return;
    if (!isHere) {
      this.#close();
      this.forgetWishes();
      return;
    }
    if (this.isLeft.get()) return;
    if (isLater) this.forgetWishes();
    const call = new LiveCall({
      ...{ session: this.#session, isHidden: this.#isHidden, devices },
      loadLine: () => loadLine(this.#loadScreen, loadOpenLine),
    });
    this.#end = call.start();
    this.call.set(call);
  }

  #close(): void {
    this.#end();
    this.#end = () => {};
    this.call.set(null);
  }
}

/** What carries the call is large: nobody loads it who has not been let in. */
async function loadOpenLine(): Promise<OpenLine> {
  const { openLine } = await import('./livekit/open-line.ts');
  return openLine;
}
