import type { CallState, DeviceChoice } from './call-state.ts';

type Chosen = Readonly<Partial<Record<MediaDeviceKind, string>>>;

/** What can be chosen among, and what is in use: by the line where there is one, or else by choice. */
export function choicesOf(found: readonly MediaDeviceInfo[], used: Chosen, chosen: Chosen): CallState['devices'] {
  const choiceOf = (kind: MediaDeviceKind): DeviceChoice => {
    const devices = found.filter((one) => one.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
    const wanted = [used[kind], chosen[kind], 'default'];
    return { found: devices, chosen: wanted.find((id) => devices.some((one) => one.id === id)) ?? null };
  };
  return {
    audioinput: choiceOf('audioinput'),
    audiooutput: choiceOf('audiooutput'),
    videoinput: choiceOf('videoinput'),
  };
}
