/** By whose token one visit is there, as a hash (null: by nobody's), and what it goes on with. */
interface VisitHold {
  readonly as: string | null;
  readonly values: Map<string, string>;
}

/** Which visits of this page go on with a token, or with a join that is under way. */
const holders = new Map<string, Set<VisitHold>>();

/**
 * What one visit goes on with. A provider that is moved, or whose module was loaded anew, is another visit, which begins before the one
 * of before ends: so that one must know that what it has is not its own alone.
 */
export interface SharedHold {
  /** Under each name one value at a time; null: none. */
  readonly hold: (name: string, value: string | null) => void;
  /** Does another visit of this page go on with it? */
  readonly isShared: (value: string) => boolean;
  /** Does another visit go on with it that is there by another token? */
  readonly isOfOthers: (value: string) => boolean;
  readonly release: () => void;
  /** Nobody is there any more: whatever still comes, this visit goes on with none of it until somebody is there again. */
  readonly desert: (isDeserted: boolean) => void;
  readonly isDeserted: () => boolean;
}

export function createSharedHold(as: string | null): SharedHold {
  const mine: VisitHold = { as, values: new Map() };
  const { values } = mine;
  let isDeserted = false;
  const drop = (name: string) => {
    const value = values.get(name);
    values.delete(name);
    // A session that was sent back to the lobby is a knock by the same token.
    if (value === undefined || [...values.values()].includes(value)) return;
    const visits = holders.get(value);
    visits?.delete(mine);
    if (visits?.size === 0) holders.delete(value);
  };
  const release = () => {
    for (const name of [...values.keys()]) drop(name);
  };
  const othersWith = (value: string) => [...(holders.get(value) ?? [])].filter((visit) => visit !== mine);
  return {
    hold: (name, value) => {
      drop(name);
      if (value === null || isDeserted) return;
      values.set(name, value);
      holders.set(value, (holders.get(value) ?? new Set()).add(mine));
    },
    isShared: (value) => othersWith(value).length > 0,
    isOfOthers: (value) => othersWith(value).some((visit) => visit.as !== as),
    release,
    desert: (whether) => {
      isDeserted = whether;
      if (whether) release();
    },
    isDeserted: () => isDeserted,
  };
}
