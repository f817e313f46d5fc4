import { LRUCache } from 'lru-cache';
import type { Caller } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import type { DomainId } from '../rules/ids.ts';
import type { DomainStorage } from '../storage/domain.ts';

/** Finds the domain that somebody means. The domains used last are kept as long as they are known not to have changed. */
export interface DomainDirectory {
  readonly byId: (id: DomainId) => Promise<Domain | null>;
  /** The domain that an address names. */
  readonly byName: (name: string) => Promise<Domain | null>;
  /** The same, where the database need not be asked. Null: it must be. */
  readonly atHand: (name: string) => Domain | null;
  /** The domain as the database has it now: for callers that show its settings, or write by them. */
  readonly readNow: (id: DomainId) => Promise<Domain | null>;
  /**
   * The domain of this name; without one, and an empty one counts as none, the caller's own. Without a credential: the one called
   * `default`, or else the only one.
   */
  readonly forCaller: (caller: Caller, name: string | null | undefined) => Promise<Domain | null>;
  /** This process has changed something about the domain. */
  readonly forget: (id: DomainId) => void;
}

const defaultName = 'default';
/** How many domains are kept and watched at most. If there are more, the ones used last are. */
const maxDomains = 1_000;

export function createDomainDirectory(
  storage: Pick<DomainStorage, 'findByName' | 'findById' | 'findOnly'>,
  watch: DomainWatch,
): DomainDirectory {
  const byId = new LRUCache<DomainId, Domain>({ max: maxDomains });
  const idsByName = new LRUCache<string, DomainId>({ max: maxDomains });
  const keep = (domain: Domain | null): Domain | null => {
    if (domain === null) return null;
    watch.observe(domain.id, domain.version);
    byId.set(domain.id, domain);
    idsByName.set(domain.name, domain.id);
    return domain;
  };
  const fresh = (id: DomainId | undefined): Domain | null => {
    const known = id === undefined ? undefined : byId.get(id);
    return known && watch.isAt(known.id, known.version) ? known : null;
  };
  const atHand = (name: string) => fresh(idsByName.get(name));
  const findByName = async (name: string) => atHand(name) ?? keep(await storage.findByName(name));
  const findById = async (id: DomainId) => fresh(id) ?? keep(await storage.findById(id));
  return {
    byId: findById,
    byName: findByName,
    atHand,
    readNow: async (id) => keep(await storage.findById(id)),
    forCaller: async (caller, name) => {
      const own = caller.kind === 'ANYBODY' || caller.kind === 'UNKNOWN' ? null : caller.domainId;
      if (name !== null && name !== undefined && name.trim() !== '') {
        const named = await findByName(name);
        return caller.kind === 'BACKEND' && named?.id !== own ? null : named;
      }
      if (own !== null) return findById(own);
      return (await findByName(defaultName)) ?? keep(await storage.findOnly());
    },
    forget: (id) => {
      watch.forget(id);
      byId.delete(id);
    },
  };
}

/**
 * What this process knows about the versions of domains, and how fresh it is: a change made elsewhere is known here within a second. It
 * serves what is shown and what is filled in. No right rests on it: each decision is guarded in the write itself.
 */
export interface DomainWatch {
  /** Is it known that the domain still has this version? */
  readonly isAt: (id: DomainId, version: number) => boolean;
  /** Notes a version that was just read. */
  readonly observe: (id: DomainId, version: number) => void;
  /** This process has changed the domain itself: nothing counts as known until it is read again. */
  readonly forget: (id: DomainId) => void;
  readonly forgetAll: () => void;
  readonly start: () => void;
  readonly stop: () => void;
}

const pollMs = 400;
/** A version that was confirmed longer ago than this does not count as known. Milliseconds. */
const trustMs = 900;
/** A domain that nobody has asked about for this time is no longer watched. Milliseconds. */
const idleMs = 60_000;

interface WatchedDomain {
  version: number;
  seenAt: number;
  askedAt: number;
}

export interface DomainWatchDeps {
  readonly readVersions: (
    ids: readonly DomainId[],
  ) => Promise<readonly { readonly id: DomainId; readonly version: number }[]>;
  readonly onError: (error: unknown) => void;
}

export function createDomainWatch({ readVersions, onError }: DomainWatchDeps): DomainWatch {
  const domains = new LRUCache<DomainId, WatchedDomain>({ max: maxDomains });
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const poll = async () => {
    const started = performance.now();
    const idle = [...domains].filter(([, { askedAt }]) => started - askedAt > idleMs);
    for (const [id] of idle) domains.delete(id);
    if (domains.size === 0) return;
    for (const { id, version } of await readVersions([...domains.keys()])) {
      const watched = domains.peek(id);
      if (watched && watched.version <= version) Object.assign(watched, { version, seenAt: started });
    }
  };
  const pollOn = () => {
    timer = setTimeout(async () => {
      await poll().catch(onError);
      if (!isStopped) pollOn();
    }, pollMs);
  };
  return {
    isAt: (id, version) => {
      const watched = domains.get(id);
      if (!watched) return false;
      const now = performance.now();
      watched.askedAt = now;
      return watched.version === version && now - watched.seenAt < trustMs;
    },
    observe: (id, version) => {
      const now = performance.now();
      const watched = domains.get(id);
      if (!watched) domains.set(id, { version, seenAt: now, askedAt: now });
      else if (watched.version <= version) Object.assign(watched, { version, seenAt: now });
    },
    forget: (id) => {
      domains.delete(id);
    },
    forgetAll: () => domains.clear(),
    start: pollOn,
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
