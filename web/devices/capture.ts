// What the browser gives of its camera and microphone, and why it does not.

export type Kind = 'audio' | 'video';

/** Why there is none: not allowed, used by something else, or not there; or it was on, and has ended. */
export type Trouble = 'refused' | 'busy' | 'noMic' | 'noCamera' | 'ended';

export type Captured =
  | { readonly track: MediaStreamTrack; readonly trouble: null }
  | { readonly track: null; readonly trouble: Trouble };

/** Asks for one kind, and for the device that was chosen before if it is still there. Never throws. */
export async function capture(kind: Kind, deviceId: string | undefined): Promise<Captured> {
  try {
    const wanted = deviceId === undefined ? true : { deviceId: { ideal: deviceId } };
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
    const [track] = stream.getTracks();
    return track === undefined ? { track: null, trouble: missing(kind) } : { track, trouble: null };
  } catch (error) {
    return { track: null, trouble: troubleOf(error, kind) };
  }
}

/** Over http there is no `mediaDevices`, which is refused like the rest. */
export function troubleOf(error: unknown, kind: Kind): Trouble {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return missing(kind);
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'refused';
}

function missing(kind: Kind): Trouble {
  return kind === 'audio' ? 'noMic' : 'noCamera';
}

/** The devices that can be chosen among. Nameless ones are not, which they are until the browser shares one. */
export async function listDevices(): Promise<readonly MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  return (all ?? []).filter(({ label }) => label !== '');
}
