// What the page shows of the call: plain values, which say nothing of the library that carries it.

/** The meeting's sound and picture, as they are at this moment. Whatever did not change since is the same object. */
export interface CallState {
  readonly line: CallLine;
  readonly microphone: OwnMedium;
  readonly camera: OwnMedium;
  readonly screen: OwnMedium;
  /** What the browser lets one choose among. Empty until it shares a device of that kind, and where it cannot choose. */
  readonly devices: Readonly<Record<MediaDeviceKind, DeviceChoice>>;
  /** Who is in the room by the service's word, in order of arrival, oneself last. Whoever is not connected has no tracks. */
  readonly people: readonly CallPerson[];
  /** Ids of those who speak now, the loudest first. It changes some times a second: order nothing by it alone. */
  readonly speaking: readonly string[];
  /** The browser plays no sound before somebody has clicked: "Tap to hear the meeting" leads to `Call.startSound`. */
  readonly isSoundBlocked: boolean;
  /** What a host asks one to switch on, until it is answered, or on, or not allowed any more. */
  readonly request: CallRequest | null;
  /** The room lets this person send nothing: they watch and listen. */
  readonly isAudience: boolean;
}

/** How the call stands with the media server. It says nothing of the service: that is `isConnected` of the screens. */
export type CallLine =
  /** On the way in, for the first time or after `Call.rejoin`. */
  | { readonly at: 'connecting' }
  | { readonly at: 'connected' }
  /** It was there, is lost, and comes back by itself. Pictures stand still meanwhile; tracks stay in `people` as they were. */
  | { readonly at: 'reconnecting' }
  | LostLine;

/** Nobody is seen or heard. */
export interface LostLine {
  readonly at: 'lost';
  readonly why: CallLoss;
  /** It tries again by itself all the time; `Call.rejoin` tries now. */
  readonly isTrying: boolean;
  /** When it tries next, in milliseconds of the service's time. Null: it is at it, or waits until it is asked. */
  readonly nextAt: number | null;
}

/**
 * Why nothing is seen or heard:
 * - `away`: the media server does not answer.
 * - `refused`: it, or the gate before it, does not let this person in, with fresh access too.
 * - `blocked`: it answers, but sound and picture do not get through this network.
 * - `removed`, `closed`: it has put this person out, or has closed the room. If the decision came from the service, the page shows its
 *   own screen within a second; if not, the call is made again, and from the second time on it is `away`.
 * - `takenOver`: the same person is connected somewhere else. Never tries by itself, or the two would throw each other out for ever:
 *   "Use here" is `Call.rejoin`.
 * - `unsupported`: this browser has no WebRTC. There is no way on but another browser.
 * - `notLoaded`: the part of the page that carries the call did not come.
 * - `left`: the person leaves, and the service has not said yes to it yet. There is no way back: the next page comes with its answer.
 */
export const callLosses = [
  'away',
  'refused',
  'blocked',
  'removed',
  'closed',
  'takenOver',
  'unsupported',
  'notLoaded',
  'left',
] as const;

export type CallLoss = (typeof callLosses)[number];

/** One's own microphone, camera or screen. A control shows `state`, and `off` with a reason says why. */
export interface OwnMedium {
  /**
   * `on`: others get it. `starting`: asked for, and not so yet ("Starting…", `aria-busy`). `off`: nothing is taken and nothing is sent,
   * no light is on.
   */
  readonly state: 'off' | 'starting' | 'on';
  /** May this person send it? Otherwise the control is not there, or cannot be pressed. */
  readonly isAllowed: boolean;
  /** With `off`: why, where it was not the person's own wish. Forgotten with the next press. With `starting`: what it waits for. */
  readonly whyOff: WhyOff | null;
}

/**
 * - `byHost`: somebody with the right to do so has switched it off. One may switch it on again. `by` is their name; null for the organiser's
 *   backend.
 * - `cutOff`: the media server has muted it, and the service has not told who did: it does so in a moment, or never.
 * - `refused`: the browser does not share it with this page.
 * - `missing`: there is none.
 * - `busy`: another program has it.
 * - `ended`: it was on, and was pulled out, or taken back in the browser's settings.
 * - `failed`: the media server did not take it.
 * - `heldBack`: the system or the browser gives nothing just now, and gives it again by itself.
 */
export type WhyOff =
  | { readonly kind: 'byHost'; readonly by: string | null }
  | { readonly kind: 'cutOff' | 'refused' | 'missing' | 'busy' | 'ended' | 'failed' | 'heldBack' };

/** It is wanted, and comes back by itself. */
export function isHeldBack({ whyOff }: OwnMedium): boolean {
  return whyOff?.kind === 'heldBack';
}

export interface DeviceChoice {
  readonly found: readonly { readonly id: string; readonly label: string }[];
  /** The id of the one in use. Null: the system's choice, and it is not known which that is. */
  readonly chosen: string | null;
}

/** Somebody in the room, and what they send. */
export interface CallPerson {
  /** `Participant.id`, which is also their identity on the media server. */
  readonly id: string;
  readonly name: string;
  readonly isMe: boolean;
  readonly isHost: boolean;
  /** Lets people in, mutes and removes, without being an owner. */
  readonly isCoHost: boolean;
  readonly isVerified: boolean;
  /** May send nothing: of an audience, only hosts get tiles. */
  readonly isListener: boolean;
  /** The service or the media server has lost them, and waits for them to come back. */
  readonly isAway: boolean;
  /** They are in the room by the service's word, and the media server does not have them: nobody sees or hears them, nor they anybody here. */
  readonly isOffMedia: boolean;
  readonly isSpeaking: boolean;
  /** `unknown`: not measured yet, or not connected. */
  readonly quality: 'unknown' | 'good' | 'fair' | 'poor' | 'lost';
  /** Is their microphone on? Sound is played by the call itself: nothing is attached for it. */
  readonly isHeard: boolean;
  /** Null: the camera is off. */
  readonly camera: CallPicture | null;
  /** Null: they share no screen. */
  readonly screen: (CallPicture & { readonly hasSound: boolean }) | null;
}

/** A picture that somebody sends. */
export interface CallPicture {
  /** For `Call.attach` and `Call.show`: the same as long as it is the same camera or screen of the same person. */
  readonly key: PictureKey;
  /** Is it on its way here? False until `Call.show` asks for it, and for a moment after; one's own always is. */
  readonly isShown: boolean;
  /** Higher than wide: a picture that stands upright is not cropped. False while its size is not known. */
  readonly isUpright: boolean;
}

export type PictureKey = `${string}/${'camera' | 'screen'}`;

export interface CallRequest {
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
  /** The name of who asks. Null: the organiser's backend. */
  readonly by: string | null;
}
