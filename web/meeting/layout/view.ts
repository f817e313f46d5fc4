import type { CallPerson, PictureKey } from '../call-state.ts';

// Who of a meeting is shown at all, and whose screen comes first.

export interface StageView {
  /** Who has a tile, in order of arrival, oneself last. */
  readonly people: readonly CallPerson[];
  /** Whose screen is in front. Null: nobody else's. One's own would show itself in itself. */
  readonly front: CallPerson | null;
  /** Others who share one as well, and are a press away. */
  readonly otherScreens: readonly CallPerson[];
}

/** Who shares a screen, and whose is wanted. */
export interface Sharing {
  /** Ids of those who share, whoever began last at the end: see `afterSharers`. */
  readonly sharers: readonly string[];
  /** Whose screen somebody has asked for. Null: of whoever began last. */
  readonly chosen: string | null;
}

interface Showing extends Sharing {
  /** Only hosts are seen and heard: nobody else has a tile. */
  readonly isBroadcast: boolean;
}

export function viewOf(people: readonly CallPerson[], { isBroadcast, ...sharing }: Showing): StageView {
  // Oneself as a listener is said below, in words; there is no picture to show.
  const hasTile = ({ isListener, isMe }: CallPerson) => !isListener || !(isMe || isBroadcast);
  return { people: people.filter(hasTile), ...screensOf(people, sharing) };
}

/** Whose screen is in front, wherever it is shown or named. */
export function screensOf(
  people: readonly CallPerson[],
  { sharers, chosen }: Sharing,
): Pick<StageView, 'front' | 'otherScreens'> {
  const screens = afterSharers(sharers, people).flatMap((id) => people.filter((one) => one.id === id && !one.isMe));
  const front = screens.find(({ id }) => id === chosen) ?? screens.at(-1) ?? null;
  return { front, otherScreens: screens.filter((one) => one !== front) };
}

/** How many watch and listen, who have no tiles where only hosts are seen. */
export function countListening(people: readonly CallPerson[], isBroadcast: boolean): number {
  return isBroadcast ? people.filter(({ isListener }) => isListener).length : 0;
}

/** Ids of those who share a screen: whoever went on sharing in their order, and new ones after them. */
export function afterSharers(before: readonly string[], people: readonly CallPerson[]): readonly string[] {
  const sharing = people.filter(({ screen }) => screen !== null).map(({ id }) => id);
  const stayed = before.filter((id) => sharing.includes(id));
  const after = [...stayed, ...sharing.filter((id) => !before.includes(id))];
  return after.length === before.length && after.every((id, index) => id === before[index]) ? before : after;
}

/** The pictures that are on screen: of each tile the camera, and the screen in front. */
export function picturesOf(shown: readonly CallPerson[], front: CallPerson | null): readonly PictureKey[] {
  const pictures = [front?.screen ?? null, ...shown.map(({ camera }) => camera)];
  return pictures.flatMap((picture) => (picture === null ? [] : [picture.key]));
}

/** The loudest of these who is somebody else. Null: nobody speaks. */
export function speakerAmong(speaking: readonly string[], people: readonly CallPerson[]): CallPerson | null {
  for (const id of speaking) {
    const found = people.find((one) => one.id === id && !one.isMe);
    if (found !== undefined) return found;
  }
  return null;
}

/**
 * The same people in the same places while something of theirs is being chosen: who came since has no tile yet, and who went keeps theirs.
 * @param held as it was when that began. Null: nothing is being chosen.
 */
export function heldStill(people: readonly CallPerson[], held: readonly CallPerson[] | null): readonly CallPerson[] {
  if (held === null) return people;
  return held.map((one) => people.find(({ id }) => id === one.id) ?? { ...one, camera: null, isSpeaking: false });
}
