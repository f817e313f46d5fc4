import type { Caller, Client } from '../src/services/caller.ts';
import type { Services } from '../src/services/services.ts';

/** What every resolver has at hand: who asks, how, and the use cases. Made anew for each operation. */
export interface Context {
  readonly caller: Caller;
  /** The credential as it came, for `knock`, which hands it back where it opens the knock already. */
  readonly bearer: string | null;
  readonly client: Client;
  readonly services: Services;
  /** The operation stands in a URL, and URLs stand in logs: no token may be in it. */
  readonly isGet: boolean;
  /** Aborted when the client has gone. */
  readonly signal?: AbortSignal;
}
