import type { MediaAccess, Store } from '../../packages/client/src/index.ts';
import type { OwnMediumName } from './call.ts';
import type { CallLoss, CallPerson, PictureKey, WhyOff } from './call-state.ts';
import type { Pictures } from './pictures.ts';

// One connection to the media server, as the call needs it. It says nothing of the library, so that a test can play it.

export interface Line {
  readonly view: Store<LineView>;
  /** When nothing comes by it any more, and why: it does not come back. Never, where it was closed here. */
  readonly lost: Promise<CallLoss>;
  /**
   * Takes the device or the screen, and sends it. Answers why it is not sent: `none` where the person has thought better of it in what
   * the browser asked, `dropped` where it was let go of again because it was not wanted for a moment. Null: it is sent.
   * @param isWanted is asked once more before anything is sent: a browser may have asked its user for minutes
   */
  readonly switchOn: (medium: OwnMediumName, isWanted: () => boolean) => Promise<NotSent | null>;
  /** Lets go at once of what is only on its way: `switchOn` then answers `dropped`. */
  readonly drop: (medium: OwnMediumName) => void;
  /** Sends nothing more, and lets go of the device. */
  readonly switchOff: (medium: OwnMediumName) => Promise<void>;
  /** Answers whether it is used from now on. */
  readonly choose: (kind: MediaDeviceKind, deviceId: string) => Promise<boolean>;
  readonly startSound: () => void;
  /** Receives these pictures and no others. */
  readonly show: (keys: ReadonlySet<PictureKey>) => void;
  /** Receives from these people and from nobody else, whoever is connected. Before it is called, from nobody. */
  readonly admit: (ids: ReadonlySet<string>) => void;
  /** Who may receive what of one's own. Null: everybody everything. */
  readonly restrict: (receivers: readonly Receiver[] | null) => void;
  /** Lets go of all devices, and leaves. */
  readonly close: () => void;
}

/** Somebody who may receive these kinds of one's own media. */
export interface Receiver {
  readonly id: string;
  readonly mayHear: boolean;
  readonly maySee: boolean;
  readonly maySeeScreen: boolean;
  readonly mayHearScreen: boolean;
}

export type NotSent =
  | { readonly kind: Exclude<WhyOff['kind'], 'byHost' | 'cutOff' | 'heldBack'> }
  | { readonly kind: 'none' }
  | { readonly kind: 'dropped' };

/** What the media server says. */
export interface LineView {
  /** It is lost for now, or just was for good: what is missing meanwhile was not taken away. */
  readonly isReconnecting: boolean;
  readonly people: Readonly<Record<string, LinePerson>>;
  readonly speaking: readonly string[];
  readonly isSoundBlocked: boolean;
  readonly own: Readonly<Record<OwnMediumName, OwnLine>>;
  /** The devices in use. */
  readonly chosen: Readonly<Partial<Record<MediaDeviceKind, string>>>;
}

export type LinePerson = Pick<CallPerson, 'quality' | 'isHeard' | 'camera' | 'screen'>;

/**
 * `heldBack`: the system or the browser gives nothing just now, as during a telephone call, and gives it again by itself. `ended`: the
 * device has gone, or was taken back. `failed`: the media server did not take it again.
 */
export type OwnLine = 'on' | 'heldBack' | 'off' | 'muted' | 'ended' | 'failed';

/** @throws {LineFailure} */
export type OpenLine = (access: MediaAccess, options: LineOptions) => Promise<Line>;

export interface LineOptions {
  readonly pictures: Pictures;
  /** What was chosen before. */
  readonly chosen: Readonly<Partial<Record<MediaDeviceKind, string>>>;
  /** Whoever gives up before it is open. */
  readonly signal: AbortSignal;
}

/** There is no connection. */
export class LineFailure extends Error {
  readonly why: CallLoss;

  constructor(why: CallLoss, options?: ErrorOptions) {
    super(`The media server is not reached: ${why}.`, options);
    this.why = why;
  }
}
