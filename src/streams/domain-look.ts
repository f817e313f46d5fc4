import type { DomainId } from '../rules/ids.ts';
import type { KnockRecord, KnockStorage } from '../storage/knock-request.ts';

/** Changes that come close together are read together. Milliseconds. */
const gatherMs = 4;
/** However busy a domain is, it is looked at no more often than this, which nobody who looks at a list notices. Milliseconds. */
const pauseMs = 20;

type ChangedKnocks = Promise<readonly KnockRecord[]>;

/** The looks at one domain, which all who follow its waiting lists in this process share. */
class DomainLook {
  readonly #read: (since: Date) => ChangedKnocks;
  #next: ChangedKnocks | null = null;
  #since: Date | null = null;
  #begunAt = Number.NEGATIVE_INFINITY;
  followers = 0;

  constructor(read: (since: Date) => ChangedKnocks) {
    this.#read = read;
  }

  /** What has changed since an instant, or since an earlier one for which somebody else asks, as it is read after this call. */
  changedSince(since: Date): ChangedKnocks {
    if (this.#since === null || since < this.#since) this.#since = since;
    this.#next ??= this.#look(since);
    return this.#next;
  }

  async #look(asked: Date): ChangedKnocks {
    const waitMs = Math.max(gatherMs, this.#begunAt + pauseMs - performance.now());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const since = this.#since ?? asked;
    this.#since = null;
    this.#next = null;
    this.#begunAt = performance.now();
    return this.#read(since);
  }
}

export interface DomainLooks {
  /** The looks at a domain. `release` lets go of them. */
  readonly watch: (id: DomainId) => { readonly look: Pick<DomainLook, 'changedSince'>; readonly release: () => void };
}

export function createDomainLooks(knocks: Pick<KnockStorage, 'changedSince'>): DomainLooks {
  const looks = new Map<DomainId, DomainLook>();
  return {
    watch: (id) => {
      const look = looks.get(id) ?? new DomainLook((since) => knocks.changedSince(id, since));
      looks.set(id, look);
      look.followers += 1;
      const release = () => {
        look.followers -= 1;
        if (look.followers === 0) looks.delete(id);
      };
      return { look, release };
    },
  };
}
