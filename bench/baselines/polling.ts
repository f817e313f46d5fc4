import type { ServiceClient } from '../service-client.ts';

const query =
  'query Waiting { knockRequests(status: [PENDING], first: 50) { nodes { id userName userId verified message status connection requestedAt exp } } }';

/** An owner console without a subscription: it asks for who waits, again and again, starting at an instant of its own. */
export class PollingConsole {
  readonly #client: ServiceClient;
  readonly #session: string;
  readonly #seenAt: Map<string, number>;
  readonly #first: NodeJS.Timeout;
  #timer: NodeJS.Timeout | null = null;

  /** @param seenAt by name, when a knock was first seen */
  constructor(client: ServiceClient, session: string, everyMs: number, seenAt: Map<string, number>) {
    this.#client = client;
    this.#session = session;
    this.#seenAt = seenAt;
    this.#first = setTimeout(() => {
      this.#timer = setInterval(() => void this.#ask().catch(() => undefined), everyMs);
    }, Math.random() * everyMs);
  }

  stop(): void {
    clearTimeout(this.#first);
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const { body } = await this.#client.post(query, {}, this.#session);
    const now = performance.now();
    for (const [, userName] of body.matchAll(/"userName":"([^"]+)"/g)) {
      if (userName !== undefined && !this.#seenAt.has(userName)) this.#seenAt.set(userName, now);
    }
  }
}
