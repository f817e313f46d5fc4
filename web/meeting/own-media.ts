import { createStore, type Source } from '../../packages/client/src/index.ts';
import type { OwnMediumName } from './call.ts';
import type { OwnMedium, WhyOff } from './call-state.ts';
import type { Line, OwnLine } from './line.ts';

export const ownMedia = ['microphone', 'camera', 'screen'] as const satisfies readonly OwnMediumName[];

/** What a person wants of a medium, and what has come of it. */
interface Wanted {
  readonly isWanted: boolean;
  readonly isAllowed: boolean;
  readonly whyOff: WhyOff | null;
}

export type OwnMediaView = Readonly<Record<OwnMediumName, OwnMedium>>;

interface OwnMediaParts {
  readonly wanted: Readonly<Record<OwnMediumName, boolean>>;
  readonly allowed: Readonly<Record<OwnMediumName, boolean>>;
  /** The person, or a host, has decided: so it is until somebody decides again. */
  readonly onDecided: (wanted: Readonly<Record<OwnMediumName, boolean>>) => void;
}

/** One's own microphone, camera and screen: what is wanted is carried out on whatever line is there, one step after the other. */
export class OwnMedia {
  readonly view: Source<OwnMediaView>;
  readonly #onDecided: OwnMediaParts['onDecided'];
  readonly #wanted: Record<OwnMediumName, Wanted>;
  readonly #busy = new Set<OwnMediumName>();
  #line: Line | null = null;
  #isComing = true;

  constructor({ wanted, allowed, onDecided }: OwnMediaParts) {
    const begin = (name: OwnMediumName) => ({
      isWanted: wanted[name] && allowed[name],
      isAllowed: allowed[name],
      whyOff: null,
    });
    this.#wanted = { microphone: begin('microphone'), camera: begin('camera'), screen: begin('screen') };
    this.#onDecided = onDecided;
    this.view = createStore(this.#read());
  }

  toggle(name: OwnMediumName): void {
    this.want(name, !this.#wanted[name].isWanted);
  }

  /** The person decides. */
  want(name: OwnMediumName, isWanted: boolean): void {
    const { isAllowed } = this.#wanted[name];
    this.#decide(name, { isWanted: isWanted && isAllowed, whyOff: null });
  }

  /** Somebody else, or something, has switched it off. */
  switchOff(name: OwnMediumName, whyOff: WhyOff | null): void {
    this.#decide(name, { isWanted: false, whyOff });
  }

  /** What may be sent from now on. What comes back later is switched on by nobody but the person. */
  allow(allowed: Readonly<Record<OwnMediumName, boolean>>): void {
    for (const name of ownMedia) {
      const isAllowed = allowed[name];
      if (this.#wanted[name].isAllowed === isAllowed) continue;
      this.#wanted[name] = { ...this.#wanted[name], isAllowed };
      if (!isAllowed && this.#wanted[name].isWanted) this.switchOff(name, null);
    }
    this.#show();
  }

  /**
   * From now on this is the line. A screen is shared anew by nobody but the person: the browser asks again which one. Whoever talks to
   * it is told that nobody sees it any more, unless they have left.
   * @param isComing where there is none: one is on its way
   */
  use(line: Line | null, isComing: boolean): void {
    const { screen } = this.#wanted;
    if (line !== this.#line && line === null)
      this.#wanted.screen = {
        ...screen,
        isWanted: false,
        whyOff: screen.isWanted ? { kind: 'failed' } : screen.whyOff,
      };
    if (line === null && !isComing) this.#wanted.screen = { ...this.#wanted.screen, whyOff: null };
    this.#line = line;
    this.#isComing = isComing;
    for (const name of ownMedia) void this.#carryOut(name);
    this.#show();
  }

  /** The line says something new. What comes back by itself, and is not wanted, is switched off again. */
  look(): void {
    for (const name of ownMedia) {
      this.#lookAt(name);
      if (!this.#wanted[name].isWanted) void this.#carryOut(name);
    }
    this.#show();
  }

  /** The same person has decided elsewhere. */
  follow(wanted: Readonly<Record<'microphone' | 'camera', boolean>>): void {
    for (const name of ['microphone', 'camera'] as const) {
      this.#wanted[name] = { ...this.#wanted[name], isWanted: wanted[name] && this.#wanted[name].isAllowed };
      void this.#carryOut(name);
    }
    this.#show();
  }

  /** What is on its way is not there yet; what was there, and is not any more, was cut off. */
  #lookAt(name: OwnMediumName): void {
    const line = this.#line?.view.get();
    if (line === undefined || line.isReconnecting || this.#busy.has(name)) return;
    if (this.#wanted[name].isWanted && !isTaken(line.own[name])) this.switchOff(name, whyCutOff(name, line.own[name]));
  }

  #decide(name: OwnMediumName, change: Pick<Wanted, 'isWanted' | 'whyOff'>): void {
    this.#wanted[name] = { ...this.#wanted[name], ...change };
    const { microphone, camera, screen } = this.#wanted;
    this.#onDecided({ microphone: microphone.isWanted, camera: camera.isWanted, screen: screen.isWanted });
    if (!change.isWanted) this.#line?.drop(name);
    void this.#carryOut(name);
    this.#show();
  }

  async #carryOut(name: OwnMediumName): Promise<void> {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    for (let line = this.#line; line !== null && !this.#isDone(name, line); line = this.#line) {
      const { isWanted } = this.#wanted[name];
      if (isWanted) await this.#switchOn(name, line);
      else await line.switchOff(name);
      this.#show();
      // What cannot be switched off is tried again when the line says something new.
      if (!isWanted && !this.#wanted[name].isWanted && line === this.#line) break;
    }
    this.#busy.delete(name);
    this.#lookAt(name);
    this.#show();
  }

  #isDone(name: OwnMediumName, line: Line): boolean {
    const own = line.view.get().own[name];
    if (this.#wanted[name].isWanted) return isTaken(own);
    // A screen that is muted is still taken.
    return !isTaken(own) && !(name === 'screen' && own === 'muted');
  }

  async #switchOn(name: OwnMediumName, line: Line): Promise<void> {
    const isWanted = () => this.#wanted[name].isWanted && this.#line === line;
    const whyOff = await line.switchOn(name, isWanted);
    if (!isWanted()) return;
    if (whyOff === null) {
      if (!this.#isDone(name, line)) this.switchOff(name, whyCutOff(name, line.view.get().own[name]));
    } else if (whyOff.kind === 'none') this.switchOff(name, null);
    // What was dropped, and is wanted again by now, is taken anew.
    else if (whyOff.kind !== 'dropped') this.switchOff(name, whyOff);
  }

  #show(): void {
    this.view.set(this.#read());
  }

  #read(): OwnMediaView {
    return {
      microphone: this.#stateOf('microphone'),
      camera: this.#stateOf('camera'),
      screen: this.#stateOf('screen'),
    };
  }

  #stateOf(name: OwnMediumName): OwnMedium {
    const { isWanted, isAllowed, whyOff } = this.#wanted[name];
    const own = this.#line?.view.get().own[name];
    const isOn = own === 'on';
    const isStarting = isWanted && !isOn && (this.#line !== null || this.#isComing);
    return {
      state: isOn ? 'on' : isStarting ? 'starting' : 'off',
      isAllowed,
      whyOff: isWanted && own === 'heldBack' ? heldBack : whyOff,
    };
  }
}

const heldBack: WhyOff = { kind: 'heldBack' };

/** What is held back goes on by itself: until then it is wanted, and switched off like what is on. */
function isTaken(own: OwnLine): boolean {
  return own === 'on' || own === 'heldBack';
}

/** Who has muted it, the service tells. What it took away is not allowed any more, which the service tells. */
function whyCutOff(name: OwnMediumName, own: OwnLine): WhyOff | null {
  switch (own) {
    case 'muted':
      return { kind: 'cutOff' };
    case 'ended':
      // Most people end what they share in the browser's own bar, or close the window.
      return name === 'screen' ? null : { kind: 'ended' };
    case 'failed':
      return { kind: 'failed' };
    default:
      return null;
  }
}
