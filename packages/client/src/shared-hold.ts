/** Which visits of this page go on with a token, or with a join that is under way. */
const holders = new Map<string, Set<object>>();

/**
 * What one visit goes on with. A provider that is moved, or whose module was loaded anew, is another visit, which begins before the one
 * of before ends: so that one must know that what it has is not its own alone.
 */
export interface SharedHold {
  /** Under each name one value at a time; null: none. */
  readonly hold: (name: string, value: string | null) => void;
  /** Does another visit of this page go on with it? */
  readonly isShared: (value: string) => boolean;
  readonly release: () => void;
  /** Nobody is there any more: whatever still comes, this visit goes on with none of it until somebody is there again. */
  readonly desert: (isDeserted: boolean) => void;
  readonly isDeserted: () => boolean;
}

export function createSharedHold(): SharedHold {
  const mine = new Map<string, string>();
  let isDeserted = false;
  const drop = (name: string) => {
    const value = mine.get(name);
    mine.delete(name);
    // A session that was sent back to the lobby is a knock by the same token.
    if (value === undefined || [...mine.values()].includes(value)) return;
    const visits = holders.get(value);
    visits?.delete(mine);
    if (visits?.size === 0) holders.delete(value);
  };
  const release = () => {
    for (const name of [...mine.keys()]) drop(name);
  };
  return {
    hold: (name, value) => {
      drop(name);
      if (value === null || isDeserted) return;
      mine.set(name, value);
      holders.set(value, (holders.get(value) ?? new Set()).add(mine));
    },
    isShared: (value) => [...(holders.get(value) ?? [])].some((visit) => visit !== mine),
    release,
    desert: (whether) => {
      isDeserted = whether;
      if (whether) release();
    },
    isDeserted: () => isDeserted,
  };
}
