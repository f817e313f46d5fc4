import { textsNow } from './texts/language.ts';

/** Loud enough to be heard, and no louder: 18 dB below the loudest. */
const loudness = 0.126;
const keys = { sound: 'vestibule sound', notify: 'vestibule notify' } as const;

type Choice = keyof typeof keys;

/** Calls back whoever is not looking: a chime, and the title. Both work in a background tab. What calls a host is in console/host-alerts.ts. */
class Alerts {
  #audio: AudioContext | null = null;
  #waiting = 0;
  #state = '';
  #meeting = '';
  #call: string | null = null;

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

  setSound(isOn: boolean): void {
    keepChoice('sound', isOn);
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

  /** So many wait, as the title says. */
  showWaiting(count: number): void {
    this.#waiting = count;
    this.#showTitle();
  }

  /** The meeting that the title names. */
  get meeting(): string {
    return this.#meeting;
  }

  /** Somebody is at the door. */
  knock(): void {
    this.#play([659, 90], [988, 180]);
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
}

function isLookedAt(): boolean {
  return !document.hidden && document.hasFocus();
}

/** On, unless somebody switched it off in this browser. A browser that keeps nothing has it always on. */
export function readChoice(name: Choice): boolean {
  try {
    return localStorage.getItem(keys[name]) !== 'off';
  } catch {
    return true;
  }
}

export function keepChoice(name: Choice, isOn: boolean): void {
  try {
    localStorage.setItem(keys[name], isOn ? 'on' : 'off');
  } catch {
    // The browser keeps nothing: the choice lasts until the page is closed.
  }
}

export const alerts = new Alerts();
