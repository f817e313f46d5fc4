import type { DomainId } from '../rules/ids.ts';

/** In which domains there may be something to claim. */
export interface Places<Claimed> {
  readonly ask: (domainId: DomainId) => void;
  /** Somebody else may have written something, or something has fallen due: looked for everywhere, at the next claim. */
  readonly askAll: () => void;
  readonly claim: (limit: number) => Promise<readonly Claimed[]>;
}

/**
 * Remembers where to claim, so that whoever knows the domain asks that one alone: all of them are looked through only now and then.
 * @param claim claims in these domains; undefined: wherever something is due
 */
export function createPlaces<Claimed>(
  claim: (limit: number, domains: readonly DomainId[] | undefined) => Promise<readonly Claimed[]>,
): Places<Claimed> {
  const asked = new Set<DomainId>();
  let isEverywhere = false;
  return {
    ask: (domainId) => {
      asked.add(domainId);
    },
    askAll: () => {
      isEverywhere = true;
    },
    claim: async (limit) => {
      const domains = isEverywhere ? undefined : [...asked];
      if (domains?.length === 0) return [];
      asked.clear();
      isEverywhere = false;
      const claimed = await claim(limit, domains);
      // All that there was room for: there may be more.
      if (claimed.length === limit) isEverywhere = true;
      return claimed;
    },
  };
}
