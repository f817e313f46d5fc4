import {
  type KnockFieldsFragment,
  KnockRequestedDocument,
  WaitingKnocksDocument,
  type WaitingKnocksQuery,
} from './generated/graphql.ts';
import type { VestibuleError } from './refusal.ts';
import { createStore, type Store } from './store.ts';
import { followStream, type StreamState } from './stream.ts';
import type { Transport } from './transport.ts';

export type KnockRequest = KnockFieldsFragment;

export interface WaitingList {
  /** Who waits, oldest first. */
  readonly waiting: readonly KnockRequest[];
  readonly state: StreamState;
  /** Why the list ended: no longer an owner, or no longer in the room. */
  readonly error: VestibuleError | null;
}

const empty: WaitingList = { waiting: [], state: 'CONNECTING', error: null };

/** The owner's list of who waits, kept up to date across lost connections. Followed while somebody looks at it. */
export function createWaitingList(transport: Transport): Store<WaitingList> {
  return createStore<WaitingList>(empty, (set) => {
    const known = new Map<string, { readonly knock: KnockRequest; readonly seen: number }>();
    let list = empty;
    let connection = 0;
    const show = (change: Partial<WaitingList>) => {
      const waiting = [...known.values()].map(({ knock }) => knock).toSorted(byArrival);
      list = { ...list, waiting, ...change };
      set(list);
    };
    const put = (knock: KnockRequest) => {
      if (knock.status === 'PENDING') known.set(knock.id, { knock, seen: connection });
      else known.delete(knock.id);
    };
    // The stream repeats who waits, but not who left long ago: those that are neither repeated nor listed are gone.
    const dropGone = async (since: number) => {
      const listed = await listWaiting(transport);
      for (const [id, { seen }] of known) if (seen < since && !listed.has(id)) known.delete(id);
      show({});
    };
    return followStream(transport, {
      document: KnockRequestedDocument,
      variables: () => ({}),
      onData: ({ knockRequested }) => {
        put(knockRequested);
        show({});
      },
      onReconnect: () => {
        connection += 1;
        dropGone(connection).catch((error: VestibuleError) => show({ error }));
      },
      onState: (state) => show({ state }),
      onEnd: (error) => {
        known.clear();
        show({ error });
      },
    });
  });
}

function byArrival(one: KnockRequest, other: KnockRequest): number {
  return Date.parse(one.requestedAt) - Date.parse(other.requestedAt) || (one.id < other.id ? -1 : 1);
}

async function listWaiting(transport: Transport): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let after: string | null = null; ; ) {
    const { knockRequests }: WaitingKnocksQuery = await transport.persist(WaitingKnocksDocument, { after });
    for (const { id } of knockRequests?.nodes ?? []) ids.add(id);
    if (!knockRequests?.pageInfo.hasNextPage) return ids;
    after = knockRequests.pageInfo.endCursor;
  }
}
