// Who stands first in the strip beside a shared screen: the speaker, but not so often that it flickers.

/** The first place changes hands at most this often. Milliseconds. */
export const frontMs = 4_000;

export interface Front {
  /** Null: everybody is in the order of arrival. */
  readonly id: string | null;
  /** When they came to the front. Milliseconds; what never was is minus infinity. */
  readonly at: number;
}

export const nobodyInFront: Front = { id: null, at: Number.NEGATIVE_INFINITY };

/**
 * The speaker is brought into the first place, and stays there when they fall silent.
 * @param isPointed the pointer is on the strip: nothing moves under it
 */
export function bringToFront(front: Front, speaker: string | null, now: number, isPointed: boolean): Front {
  if (speaker === null || speaker === front.id || isPointed || now - front.at < frontMs) return front;
  return { id: speaker, at: now };
}

/** When it is worth looking again, after a speaker was not brought to the front. Null: the next change tells. */
export function lookAgainAt(front: Front, speaker: string | null): number | null {
  return speaker === null || speaker === front.id ? null : front.at + frontMs;
}

/** The one in front first; all others as they were. */
export function inStrip<One extends { readonly id: string }>(people: readonly One[], front: Front): readonly One[] {
  const first = people.find(({ id }) => id === front.id);
  return first === undefined ? people : [first, ...people.filter((one) => one !== first)];
}
