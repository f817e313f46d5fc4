import type { Clock } from '../room/clock.ts';
import type { BackendCaller } from '../rules/caller.ts';
import { isLive } from '../rules/domain.ts';
import type { ApiKeyId } from '../rules/ids.ts';
import type { EventSource } from './feed.ts';
import type { StreamScope } from './stream.ts';

export interface KeyDeps {
  readonly hub: Pick<EventSource, 'watchDomain'> & {
    /** Milliseconds since the look at domains began that was finished last. */
    readonly lagMs: () => number;
  };
  /** Is this caller's credential still valid? It is asked while the caller's streams are open. */
  readonly isStillGood: (caller: BackendCaller) => Promise<boolean>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Streams hand nothing over on a check that is older than this. Domains are checked twice as often. Milliseconds. */
const trustMs = 1_000;

/**
 * One key's right, for all streams that rest on it: no event of a room tells of it. It is looked at whenever the domain has changed
 * and when its exp comes. Where a process was asleep, or had lost its database, streams wait until it has been looked at again.
 */
class KeyWatch {
  readonly #streams = new Set<StreamScope>();
  readonly #deps: KeyDeps;
  readonly #caller: BackendCaller;
  readonly #waiting = new Set<StreamScope>();
  readonly #release: () => void;
  /** The domain's version at which the key was found good. */
  #version: number | null = null;
  #goodAt = Number.NEGATIVE_INFINITY;
  #looksUnderWay = 0;

  constructor(deps: KeyDeps, caller: BackendCaller) {
    this.#deps = deps;
    this.#caller = caller;
    this.#release = deps.hub.watchDomain(caller.domainId, (change) => {
      if (change.kind === 'POLL') this.#onPoll(change.version);
    });
  }

  add(stream: StreamScope): void {
    this.#streams.add(stream);
  }

  /** Was it the last? */
  remove(stream: StreamScope): boolean {
    this.#streams.delete(stream);
    this.#waiting.delete(stream);
    if (this.#streams.size > 0) return false;
    this.#release();
    return true;
  }

  /** May this stream hand over, by the last check? If not, it is woken after the next check, or ended. */
  isSure(stream: StreamScope): boolean {
    if (performance.now() - this.#goodAt < trustMs) return true;
    this.#waiting.add(stream);
    // After a check that failed, the next poll checks again.
    if (this.#looksUnderWay === 0) void this.#look(null);
    return false;
  }

  #onPoll(version: number): void {
    const polledAt = performance.now() - this.#deps.hub.lagMs();
    // The statement that revokes a key also changes its domain's version.
    if (version === this.#version && this.#isLive()) this.#learn(polledAt);
    else void this.#look(version);
  }

  async #look(version: number | null): Promise<void> {
    const begunAt = performance.now();
    this.#looksUnderWay += 1;
    const isGood = await this.#isGood();
    this.#looksUnderWay -= 1;
    if (isGood === false) this.#end();
    if (isGood !== true) return;
    if (version !== null) this.#version = Math.max(version, this.#version ?? version);
    this.#learn(begunAt);
  }

  /** Null: the database does not say. */
  async #isGood(): Promise<boolean | null> {
    if (!this.#isLive()) return false;
    try {
      return await this.#deps.isStillGood(this.#caller);
    } catch (error) {
      this.#deps.onError(error);
      return null;
    }
  }

  #isLive(): boolean {
    return isLive(this.#caller.apiKey, this.#deps.clock.now());
  }

  #learn(goodAt: number): void {
    this.#goodAt = Math.max(goodAt, this.#goodAt);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const stream of waiting) stream.wake();
  }

  #end(): void {
    this.#goodAt = Number.NEGATIVE_INFINITY;
    for (const stream of this.#streams) stream.end();
  }
}

const watches = new WeakMap<KeyDeps, Map<ApiKeyId, KeyWatch>>();

/** Ends a backend's stream together with its key. The stream hands nothing over while the key is not known to be valid. */
export function followKey(deps: KeyDeps, caller: BackendCaller, scope: StreamScope): void {
  const ofDeps = watches.get(deps) ?? new Map<ApiKeyId, KeyWatch>();
  watches.set(deps, ofDeps);
  const { id } = caller.apiKey;
  const watch = ofDeps.get(id) ?? new KeyWatch(deps, caller);
  ofDeps.set(id, watch);
  watch.add(scope);
  scope.guard(() => watch.isSure(scope));
  scope.onEnd(() => {
    if (watch.remove(scope)) ofDeps.delete(id);
  });
}
