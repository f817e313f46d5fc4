import { textsNow } from './texts/language.ts';

/** A crowd at the door is one alert. For this time after it, only the count changes. Milliseconds. */
const quietMs = 8_000;
/** However many come at once, the browser writes their number into its tab no more often. Milliseconds. */
const countMs = 100;
/** Loud enough to be heard, and no louder: 18 dB below the loudest. */
const loudness = 0.126;
const keys = { sound: 'vestibule sound', notify: 'vestibule notify' } as const;

/** Calls back a host who is not looking: a chime, a count in the title, a notification. All of them work in a background tab. */
class Alerts {
  #audio: AudioContext | null = null;
  #waiting = 0;
  #state = '';
  #meeting = '';
  #call: string | null = null;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #wordAt = Number.NEGATIVE_INFINITY;
  #cannotNotify = false;

  /** Browsers play nothing before somebody has touched the page. */
  listen(): void {
    for (const gesture of ['pointerdown', 'keydown']) {
      addEventListener(gesture, () => this.#wake(), { passive: true });
    }
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('focus', () => this.#look());
  }

  get isSoundOn(): boolean {
    return readChoice('sound');
  }

  get isNotifying(): boolean {
    return !this.#cannotNotify && readChoice('notify');
  }

  /** Does this browser show no notification, whatever somebody chooses? */
  get cannotNotify(): boolean {
    return this.#cannotNotify || !('Notification' in globalThis) || Notification.permission === 'denied';
  }

  setSound(isOn: boolean): void {
    keepChoice('sound', isOn);
  }

  setNotifying(isOn: boolean): void {
    keepChoice('notify', isOn);
  }

  /** What the title of the tab says: where the visitor is, and in which meeting. */
  setTitle(state: string, meeting: string): void {
    this.#state = state;
    this.#meeting = meeting;
    this.#showTitle();
  }

  /** Stands in the title until somebody looks. */
  call(text: string): void {
    this.chime();
    if (isLookedAt()) return;
    this.#call = text;
    this.#showTitle();
  }

  countWaiting(count: number): void {
    if (count === this.#waiting) return;
    this.#waiting = count;
    const show = () => {
      this.#countedAt = performance.now();
      this.#showTitle();
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
      this.#play([659, 90], [988, 180]);
    }
    const { queue } = textsNow();
    const isAlone = !isCrowd && this.#waiting < 2;
    this.#notify(isAlone ? queue.came(name) : queue.count(Math.max(1, this.#waiting)), isCrowd);
  }

  /** Somebody who waits has written. Many words at once are heard once, and each is shown. */
  wordCame(words: string): void {
    const isSoon = performance.now() - this.#wordAt < quietMs;
    if (!isSoon) {
      this.#wordAt = performance.now();
      this.chime();
    }
    this.#notify(words, isSoon);
  }

  /** Somebody has a word for the visitor. */
  chime(): void {
    this.#play([880, 140]);
  }

  letIn(): void {
    this.#play([523, 80], [659, 80], [784, 80]);
  }

  /** Notes one after the other: how high, in Hz, and how long, in ms. */
  #play(...notes: readonly (readonly [number, number])[]): void {
    const audio = this.#audio;
    if (audio === null || !this.isSoundOn) return;
    let start = audio.currentTime;
    for (const [frequency, lastsMs] of notes) {
      const end = start + lastsMs / 1000;
      const note = new OscillatorNode(audio, { type: 'sine', frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(loudness, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, end + 0.25);
      note.connect(volume).connect(audio.destination);
      note.start(start);
      note.stop(end + 0.3);
      start = end;
    }
  }

  #wake(): void {
    this.#audio ??= new AudioContext();
    if (this.#audio.state === 'suspended') void this.#audio.resume();
  }

  #look(): void {
    if (this.#call === null || !isLookedAt()) return;
    this.#call = null;
    this.#showTitle();
  }

  #showTitle(): void {
    const state = this.#waiting > 0 ? `(${this.#waiting}) ${textsNow().waiting.tab}` : this.#state;
    document.title = `${this.#call ?? state} · ${this.#meeting}`;
  }

  /** One notification for everybody who waits: each new one replaces the last, without a sound. */
  #notify(title: string, isSilent: boolean): void {
    if (!document.hidden || !this.isNotifying || this.cannotNotify || Notification.permission !== 'granted') return;
    try {
      const notification = new Notification(title, { body: this.#meeting, tag: 'vestibule', silent: isSilent });
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

function isLookedAt(): boolean {
  return !document.hidden && document.hasFocus();
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
