import { createStore, type Source } from '../../packages/client/src/index.ts';
import { capture, type Kind, listDevices, type Trouble } from './capture.ts';

/** What somebody goes in with. */
export type Wishes = Readonly<Record<Kind, boolean>>;

interface OneKind {
  /** What the person wants to go in with. */
  readonly isWanted: boolean;
  readonly isStarting: boolean;
  /** What the browser gives. Null: nothing, or not now. */
  readonly track: MediaStreamTrack | null;
  readonly trouble: Trouble | null;
}

export interface DevicesView extends Readonly<Record<Kind, OneKind>> {
  readonly devices: readonly MediaDeviceInfo[];
  /** By the kind of device. Left out: the system's choice. */
  readonly chosen: Readonly<Partial<Record<MediaDeviceKind, string>>>;
}

const nothing: OneKind = { isWanted: false, isStarting: false, track: null, trouble: null };
const inputs = { audio: 'audioinput', video: 'videoinput' } as const;

/** One's own camera and microphone, before one goes in. They are taken while somebody stands at the door, and at no other time. */
export class Devices {
  readonly view: Source<DevicesView> = createStore<DevicesView>({
    audio: nothing,
    video: nothing,
    devices: [],
    chosen: {},
  });
  #keep: ((wishes: Wishes) => void) | null = null;
  #wishes: Wishes | null = null;
  #isTaken = false;

  /** With what the person wants to go in. Null: nobody has asked them. */
  get wishes(): Wishes | null {
    return this.#wishes;
  }

  /** Goes on with what this tab has kept. */
  remember(kept: Wishes | null, keep: (wishes: Wishes) => void): void {
    this.#keep = keep;
    if (kept !== null) this.#wish(kept);
  }

  /** What the room says, until the person says something else. */
  begin(wishes: Wishes): void {
    if (this.#wishes === null) this.#wish(wishes);
  }

  #wish(wishes: Wishes): void {
    this.#wishes = wishes;
    for (const kind of ['audio', 'video'] as const) this.#change(kind, { isWanted: wishes[kind] });
  }

  /** Takes what is wanted. The answer lets go of it: no light is on while one waits. */
  take(): () => void {
    this.#isTaken = true;
    const list = () => void this.#list();
    navigator.mediaDevices?.addEventListener('devicechange', list);
    list();
    void this.#start('audio').then(() => this.#start('video'));
    return () => {
      this.#isTaken = false;
      navigator.mediaDevices?.removeEventListener('devicechange', list);
      for (const kind of ['audio', 'video'] as const) this.#stop(kind);
    };
  }

  /** So the same person has decided in another copy of the tab. Whoever stands before a mirror sees what they go in with, and nothing else. */
  follow(wishes: Wishes | null): void {
    if (wishes !== null && !this.#isTaken) this.#wish(wishes);
  }

  /** So it is from now on, also where the page is loaded again. */
  decide(wishes: Wishes): void {
    this.#wish(wishes);
    this.#keep?.(wishes);
  }

  toggle(kind: Kind): void {
    const view = this.view.get();
    const isWanted = !view[kind].isWanted;
    this.#change(kind, { trouble: null });
    this.decide({ audio: view.audio.isWanted, video: view.video.isWanted, [kind]: isWanted });
    if (isWanted) void this.#start(kind);
    else this.#stop(kind);
  }

  choose(device: MediaDeviceKind, id: string): void {
    const { chosen } = this.view.get();
    this.view.set({ ...this.view.get(), chosen: { ...chosen, [device]: id } });
    for (const kind of ['audio', 'video'] as const) {
      if (inputs[kind] !== device || !this.view.get()[kind].isWanted) continue;
      this.#stop(kind);
      void this.#start(kind);
    }
  }

  async #start(kind: Kind): Promise<void> {
    const { isWanted, isStarting, track } = this.view.get()[kind];
    if (!this.#isTaken || !isWanted || isStarting || track !== null) return;
    this.#change(kind, { isStarting: true });
    const captured = await capture(kind, this.view.get().chosen[inputs[kind]]);
    this.#change(kind, { isStarting: false });
    // Meanwhile the person may have gone on, or changed their mind.
    if (!this.#isTaken || !this.view.get()[kind].isWanted) captured.track?.stop();
    else this.#change(kind, { ...captured, isWanted: captured.track !== null });
    if (captured.track === null) this.#goWithout(kind);
    captured.track?.addEventListener('ended', () => this.#lose(kind, captured.track));
    await this.#list();
  }

  /** Pulled out, or taken back in the browser's settings. */
  #lose(kind: Kind, track: MediaStreamTrack): void {
    if (this.view.get()[kind].track !== track) return;
    this.#change(kind, { track: null, isWanted: false, trouble: 'ended' });
    this.#goWithout(kind);
  }

  /** What is shown as off is off inside too. Whoever loads the page again is asked for it again. */
  #goWithout(kind: Kind): void {
    if (this.#wishes !== null) this.#wishes = { ...this.#wishes, [kind]: false };
  }

  #stop(kind: Kind): void {
    this.view.get()[kind].track?.stop();
    this.#change(kind, { track: null });
  }

  async #list(): Promise<void> {
    const devices = await listDevices();
    this.view.set({ ...this.view.get(), devices });
  }

  #change(kind: Kind, change: Partial<OneKind>): void {
    const view = this.view.get();
    this.view.set({ ...view, [kind]: { ...view[kind], ...change } });
  }
}

/** The page has one of each. */
export const devices = new Devices();

/** What a tab has kept of them. Null: nothing, or nothing that can be read. */
export function readWishes(kept: string | null): Wishes | null {
  try {
    const { audio, video } = JSON.parse(kept ?? '');
    return { audio: audio === true, video: video === true };
  } catch {
    return null;
  }
}
