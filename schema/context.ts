import type { Caller, Client } from '../src/rules/caller.ts';
import type { Forbidden, Unavailable } from '../src/rules/refusal.ts';
import type { Services } from '../src/services/services.ts';

/** What every resolver has at hand: who asks, how, and the use cases. Made anew for each operation. */
export interface Context {
  readonly caller: Caller;
  /** Whose credential it is could not be found out: nothing is answered, and nobody is taken for somebody else. */
  readonly unresolved?: Unavailable | Forbidden;
  /** The caller was kept from an earlier request: nothing is answered before that was confirmed on the way, or by a look at the database. */
  readonly kept?: {
    readonly isConfirmed: () => boolean;
    readonly lookUp: () => Promise<Pick<Context, 'caller' | 'unresolved'>>;
  };
  /** The credential as it came, for `knock`, which hands it back where it opens the knock already. */
  readonly bearer: string | null;
  readonly client: Client;
  readonly services: Services;
  /** The operation came in a URL, and logs contain URLs: it must not contain a token. */
  readonly isGet: boolean;
  /** The root field, where what it answers is a decision: operators are told of it. */
  readonly deciding?: string;
  /** Aborted when the client has gone. */
  readonly signal?: AbortSignal;
}
