import type { DomainId } from '../rules/ids.ts';

/** What a process knows of domains' versions, and how fresh that is: a right that ended has ended here within a second. */
export interface DomainWatch {
  /** Is what was true at this version still known to be true? */
  readonly isAt: (id: DomainId, version: number) => boolean;
  /** A version that was just read. */
  readonly observe: (id: DomainId, version: number) => void;
  /** This process has changed the domain itself: nothing counts as known before it is read again. */
  readonly forget: (id: DomainId) => void;
  readonly start: () => void;
  readonly stop: () => void;
}

const pollMs = 400;
/** Without news for so long nothing is taken for known. Milliseconds. */
const trustMs = 900;
/** A domain nobody asked for so long is not watched any more. Milliseconds. */
const idleMs = 60_000;

interface Watched {
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
  const domains = new Map<DomainId, Watched>();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const poll = async () => {
    const started = performance.now();
    for (const [id, { askedAt }] of domains) if (started - askedAt > idleMs) domains.delete(id);
    if (domains.size === 0) return;
    for (const { id, version } of await readVersions([...domains.keys()])) {
      const watched = domains.get(id);
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
    start: pollOn,
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
