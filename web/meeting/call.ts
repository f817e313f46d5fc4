import type { Store } from '../../packages/client/src/index.ts';
import type { CallState, PictureKey } from './call-state.ts';

export type OwnMediumName = 'microphone' | 'camera' | 'screen';

/**
 * The call in the room: what is so, and what one can do. It begins and ends with the stay, and leaving is the stay's (`stay.own.leave`),
 * which frees the devices at once, before the service has answered. No action throws or answers: what comes of it is in `state`, and what
 * cannot be done has its reason there. Sound is played by the call itself; whoever shows it attaches pictures alone.
 *
 * For trying out how it looks, a plain object with `state: createStore(…)` and functions that do nothing is a complete call.
 */
export interface Call {
  readonly state: Store<CallState>;
  /** Switches one's own microphone, camera or screen on or off. While it is `starting` this takes the wish back. */
  readonly toggle: (medium: OwnMediumName) => void;
  /** Uses this device from now on, and the next time it is switched on. */
  readonly choose: (kind: MediaDeviceKind, deviceId: string) => void;
  /** Plays the sound that the browser holds back. Call it in a click. */
  readonly startSound: () => void;
  /**
   * Plays a picture in this element until the answer is called, also when the picture begins or comes back later. The element's
   * size decides how much of it is sent: give it its size by its place, not by its picture.
   */
  readonly attach: (key: PictureKey, element: HTMLVideoElement) => () => void;
  /** Which pictures are on screen: these and no others are received. Call it again whenever that changes, with all of them. */
  readonly show: (keys: readonly PictureKey[]) => void;
  /** Switches on what a host asks for. With microphone or camera a screen is asked for only then, as after declining. */
  readonly acceptRequest: () => void;
  readonly declineRequest: () => void;
  /** Connects again now; takes the call here from where it was taken over ("Use here"). */
  readonly rejoin: () => void;
}
