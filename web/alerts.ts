import { textsNow } from './texts/language.ts';

/** A crowd at the door is one alert. For this time after it, only the count changes. Milliseconds. */
const quietMs = 10_000;
const keys = { sound: 'vestibule sound', notify: 'vestibule notify' } as const;

/** Calls back a host who is not looking: a chime, a count in the title, a notification. All of them work in a background tab. */
class Alerts {
  #audio: AudioContext | null = null;
  #waiting = 0;
  #title = '';
  #lastAt = Number.NEGATIVE_INFINITY;

  /** Browsers play nothing before somebody has touched the page. */
  listen(): void {
    for (const gesture of ['pointerdown', 'keydown']) {
      addEventListener(gesture, () => this.#wake(), { passive: true });
    }
  }

  get isSoundOn(): boolean {
    return readChoice('sound');
  }

  get isNotifying(): boolean {
    return readChoice('notify');
  }

  setSound(isOn: boolean): void {
    keepChoice('sound', isOn);
  }

  setNotifying(isOn: boolean): void {
    keepChoice('notify', isOn);
  }

  setTitle(title: string): void {
    this.#title = title;
    this.#showTitle();
  }

  countWaiting(count: number): void {
    this.#waiting = count;
    this.#showTitle();
  }

  knockCame(name: string): void {
    const isCrowd = performance.now() - this.#lastAt < quietMs;
    if (!isCrowd) {
      this.#lastAt = performance.now();
      this.chime();
    }
    this.#notify(isCrowd ? null : name);
  }

  chime(): void {
    const audio = this.#audio;
    if (audio === null || !this.isSoundOn) return;
    // Two soft bells, a fifth apart.
    for (const [frequency, delay] of [
      [587.33, 0],
      [880, 0.16],
    ] as const) {
      const start = audio.currentTime + delay;
      const bell = new OscillatorNode(audio, { type: 'sine', frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.16, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.9);
      bell.connect(volume).connect(audio.destination);
      bell.start(start);
      bell.stop(start + 1);
    }
  }

  #wake(): void {
    this.#audio ??= new AudioContext();
    if (this.#audio.state === 'suspended') void this.#audio.resume();
  }

  #showTitle(): void {
    document.title = this.#waiting > 0 ? `(${this.#waiting}) ${this.#title}` : this.#title;
  }

  /** One notification for everybody who waits: each new one replaces the last, without a sound. */
  #notify(name: string | null): void {
    if (
      !document.hidden ||
      !this.isNotifying ||
      !('Notification' in globalThis) ||
      Notification.permission !== 'granted'
    )
      return;
    const { queue } = textsNow();
    const title = name !== null && this.#waiting < 2 ? queue.came(name) : queue.count(Math.max(1, this.#waiting));
    const notification = new Notification(title, { body: this.#title, tag: 'vestibule', silent: name === null });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  }
}

/** On, unless somebody switched it off in this browser. A browser that keeps nothing has it always on. */
function readChoice(name: keyof typeof keys): boolean {
  try {
    return localStorage.getItem(keys[name]) !== 'off';
  } catch {
    return true;
  }
}

function keepChoice(name: keyof typeof keys, isOn: boolean): void {
  try {
    localStorage.setItem(keys[name], isOn ? 'on' : 'off');
  } catch {
    // The browser keeps nothing: the choice lasts until the page is closed.
  }
}

export const alerts = new Alerts();
