import type { Devices } from '../devices/devices.ts';
import type { CallState, DeviceChoice } from './call-state.ts';
import type { Line } from './line.ts';

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

/** The devices that the person has chosen, on whatever line is there. */
export class ChosenDevices {
  readonly #devices: Pick<Devices, 'view' | 'choose'>;
  /** What the line was told of before it was there. */
  #given: Chosen = {};

  constructor(devices: Pick<Devices, 'view' | 'choose'>) {
    this.#devices = devices;
  }

  /** For a line that is being opened. */
  give(): Chosen {
    this.#given = this.#devices.view.get().chosen;
    return this.#given;
  }

  /** The line is there: it hears what was chosen meanwhile. */
  catchUp(line: Line): void {
    const { chosen } = this.#devices.view.get();
    for (const kind of ['audioinput', 'videoinput', 'audiooutput'] as const) {
      const id = chosen[kind];
      if (id !== undefined && id !== this.#given[kind]) void this.choose(line, kind, id);
    }
  }

  /** What cannot be used is chosen no more. */
  async choose(line: Line | null, kind: MediaDeviceKind, deviceId: string): Promise<void> {
    this.#devices.choose(kind, deviceId);
    if (line === null) return;
    const isUsed = await line.choose(kind, deviceId);
    // Read now: the one that was used at the press may have given way to another.
    const used = line.view.get().chosen[kind];
    if (isUsed || used === undefined || this.#devices.view.get().chosen[kind] !== deviceId) return;
    this.#devices.choose(kind, used);
  }
}
