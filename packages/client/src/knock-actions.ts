import {
  AdmitKnockDocument,
  AdmitKnocksDocument,
  DenyKnockDocument,
  DenyKnocksDocument,
  RecallAdmissionDocument,
  ReplyToKnockDocument,
  SameNetworkDocument,
} from './generated/graphql.ts';
import { type Outcome, outcome } from './refusal.ts';
import { type KnockRequest, type RoomView, withKnock } from './room-view.ts';
import type { Source } from './store.ts';
import type { Transport } from './transport.ts';

/** What may be done with those who wait. The view shows at once what came of a decision or reply about one. */
export interface KnockActions {
  readonly admit: (knockId: string, reply?: string) => Promise<Outcome<KnockRequest>>;
  readonly deny: (knockId: string, options?: DenyOptions) => Promise<Outcome<KnockRequest>>;
  /** Exactly these: the ones that the owner has seen. */
  readonly admitAll: (knockIds: readonly string[], reply?: string) => Promise<Outcome<readonly KnockRequest[]>>;
  readonly denyAll: (
    knockIds: readonly string[],
    reply?: string,
    options?: LastOptions,
  ) => Promise<Outcome<readonly KnockRequest[]>>;
  /** Writes back to somebody who waits, without deciding. */
  readonly reply: (knockId: string, reply: string) => Promise<Outcome<KnockRequest>>;
  /** Takes an admission back, used or not, unless its holder is inside: `eject` them then. The undo of `admit`. */
  readonly recall: (knockId: string, reply?: string) => Promise<Outcome<KnockRequest>>;
  /** How many others wait who came from this guest's network: a ban of the network meets them too. Null: unknown. */
  readonly countSameNetwork: (knockId: string) => Promise<number | null>;
}

/** How a request goes out. */
export interface LastOptions {
  /** Sent to its end also where the page is closed, or leads on, before the answer comes. Browsers send at most 64 KiB so. */
  readonly atLast?: boolean;
}

/** How one says no. */
export interface DenyOptions extends LastOptions {
  readonly reply?: string;
  /** Also keep this person from knocking and joining again. */
  readonly ban?: boolean;
  /** With ban: also guests from the same network. */
  readonly banNetwork?: boolean;
}

/** How many the service decides at once. */
const mostAtOnce = 1_000;

type Decided = { readonly knockRequests: readonly KnockRequest[] };

/** One part after the other. Where one is refused, those before it are decided. */
async function inParts(
  ids: readonly string[],
  decide: (knockIds: string[]) => Promise<Outcome<Decided>>,
): Promise<Outcome<readonly KnockRequest[]>> {
  const decided: KnockRequest[] = [];
  let from = 0;
  do {
    const done = await decide(ids.slice(from, from + mostAtOnce));
    if (!done.isDone) return done;
    decided.push(...done.value.knockRequests);
    from += mostAtOnce;
  } while (from < ids.length);
  return { isDone: true, value: decided };
}

export function createKnockActions(transport: Transport, roomName: string, view: Source<RoomView>): KnockActions {
  const { ask } = transport;
  const askBy = (atLast: boolean | undefined) => (atLast === true ? transport.askAtLast : ask);
  const shown = (done: Outcome<KnockRequest>) => {
    // Somebody else may have been faster: then the refusal tells how it stands.
    const knock = done.isDone ? done.value : done.refusal.knockRequest;
    if (knock !== null) view.set(withKnock(view.get(), knock));
    return done;
  };
  return {
    admit: async (knockId, reply) => {
      const input = { knockId, reply: reply ?? null };
      return shown(outcome((await ask(AdmitKnockDocument, { input })).admitKnock, 'KnockRequest'));
    },
    deny: async (knockId, { reply, ban, atLast, ...others } = {}) => {
      const input = { knockId, reply: reply ?? null, ban: ban ?? null, ...others };
      return shown(outcome((await askBy(atLast)(DenyKnockDocument, { input })).denyKnock, 'KnockRequest'));
    },
    admitAll: (ids, reply) =>
      inParts(ids, async (knockIds) => {
        const input = { roomName, knockIds, reply: reply ?? null };
        const { admitKnocks } = await ask(AdmitKnocksDocument, { input });
        return outcome(admitKnocks, 'KnocksDecided');
      }),
    denyAll: (ids, reply, { atLast } = {}) =>
      inParts(ids, async (knockIds) => {
        const input = { roomName, knockIds, reply: reply ?? null };
        const { denyKnocks } = await askBy(atLast)(DenyKnocksDocument, { input });
        return outcome(denyKnocks, 'KnocksDecided');
      }),
    reply: async (knockId, reply) =>
      shown(outcome((await ask(ReplyToKnockDocument, { input: { knockId, reply } })).replyToKnock, 'KnockRequest')),
    recall: async (knockId, reply) => {
      const input = { knockId, reply: reply ?? null };
      return shown(outcome((await ask(RecallAdmissionDocument, { input })).recallAdmission, 'KnockRequest'));
    },
    countSameNetwork: async (knockId) => {
      const { node } = await ask(SameNetworkDocument, { knockId });
      return node !== null && 'sameNetwork' in node ? node.sameNetwork : null;
    },
  };
}
