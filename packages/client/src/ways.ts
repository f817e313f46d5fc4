/** How news comes: over a WebSocket; as server-sent events, where those are blocked; or by asking, where neither lives. */
export type Way = 'WEBSOCKET' | 'SSE' | 'HEARTBEAT';

const next: Readonly<Record<Way, Way>> = { WEBSOCKET: 'SSE', SSE: 'HEARTBEAT', HEARTBEAT: 'WEBSOCKET' };

/**
 * The way that works from here, one for all that a page follows. A way is given up where it does not open although the
 * service answers requests: at the first failure, or at the second where it has opened before, since a service that starts
 * again looks the same for a moment. Where the service cannot be reached at all, the network may be another one
 * afterwards: then the best way is tried again.
 */
export class Ways {
  readonly #best: Way;
  #way: Way;
  #failures = 0;
  readonly #opened = new Set<Way>();

  /** @param hasWebSocket false: this platform has none */
  constructor(hasWebSocket: boolean) {
    this.#best = hasWebSocket ? 'WEBSOCKET' : 'SSE';
    this.#way = this.#best;
  }

  get way(): Way {
    return this.#way;
  }

  onOpened(way: Way): void {
    this.#opened.add(way);
    if (way === this.#way) this.#failures = 0;
  }

  /** It did not open, and the service answers. Several that follow notice it together: the first moves all of them on. */
  onBlocked(way: Way): void {
    if (way !== this.#way) return;
    this.#failures += 1;
    if (this.#failures < (this.#opened.has(way) ? 2 : 1)) return;
    this.#failures = 0;
    this.#way = way === 'HEARTBEAT' ? this.#best : next[way];
  }

  onUnreachable(): void {
    this.#failures = 0;
    this.#way = this.#best;
  }
}
