import { alerts, keepChoice, readChoice } from '../alerts.ts';
import { roomTextsNow } from '../texts/room-texts.ts';

/** A crowd at the door is one alert. For this time after it, only the count changes. Milliseconds. */
const quietMs = 8_000;
/** However many come at once, the browser writes their number into its tab no more often. Milliseconds. */
const countMs = 100;

/** Calls back a host who is not looking: a chime, a count in the title, a notification. All of them work in a background tab. */
class HostAlerts {
  #waiting = 0;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #wordAt = Number.NEGATIVE_INFINITY;
  #cannotNotify = false;

  get isNotifying(): boolean {
    return !this.#cannotNotify && readChoice('notify');
  }

  /** Does this browser show no notification, whatever somebody chooses? */
  get cannotNotify(): boolean {
    return this.#cannotNotify || !('Notification' in globalThis) || Notification.permission === 'denied';
  }

  setNotifying(isOn: boolean): void {
    keepChoice('notify', isOn);
  }

  /** Has nobody been asked yet whether this page may show notifications, and would the browser ask? */
  get mayAsk(): boolean {
    return this.isNotifying && !this.cannotNotify && Notification.permission === 'default' && !isInForeignFrame();
  }

  /** With a press alone: without one browsers ask nobody. */
  ask(): Promise<NotificationPermission> {
    return Notification.requestPermission();
  }

  countWaiting(count: number): void {
    if (count === this.#waiting) return;
    this.#waiting = count;
    const show = () => {
      this.#countedAt = performance.now();
      alerts.showWaiting(count);
    };
    clearTimeout(this.#counting);
    const restMs = this.#countedAt + countMs - performance.now();
    if (restMs <= 0) show();
    else this.#counting = setTimeout(show, restMs);
  }

  knockCame(name: string): void {
    const isCrowd = performance.now() - this.#lastAt < quietMs;
    if (!isCrowd) {
      this.#lastAt = performance.now();
      alerts.knock();
    }
    const { queue } = roomTextsNow();
    const isAlone = !isCrowd && this.#waiting < 2;
    this.#notify(isAlone ? queue.came(name) : queue.count(Math.max(1, this.#waiting)), isCrowd);
  }

  /** Somebody who waits has written. Many words at once are heard once, and each is shown. */
  wordCame(words: string): void {
    const isSoon = performance.now() - this.#wordAt < quietMs;
    if (!isSoon) {
      this.#wordAt = performance.now();
      alerts.chime();
    }
    this.#notify(words, isSoon);
  }

  /** One notification for everybody who waits: each new one replaces the last, without a sound. */
  #notify(title: string, isSilent: boolean): void {
    if (!document.hidden || !this.isNotifying || this.cannotNotify || Notification.permission !== 'granted') return;
    try {
      const notification = new Notification(title, { body: alerts.meeting, tag: 'vestibule', silent: isSilent });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    } catch {
      // Browsers of phones ask for leave, and show none from a page.
      this.#cannotNotify = true;
    }
  }
}

/** In a frame of another site no browser asks. Such a site hides its address from this page. */
function isInForeignFrame(): boolean {
  try {
    return globalThis.top?.location.origin !== location.origin;
  } catch {
    return true;
  }
}

export const hostAlerts = new HostAlerts();
