import type { RoomFinder } from '../room/finder.ts';
import { type KnockView, showKnock } from '../room/views.ts';
import { refuseWithout } from '../rules/authority.ts';
import { type Caller, isNobody, needs, refuseCaller, requireRoomCaller } from '../rules/caller.ts';
import type { DomainId, KnockId, RoomId } from '../rules/ids.ts';
import type { KnockStatus } from '../rules/knock-request.ts';
import { type Forbidden, forbidden, type InvalidInput, isRefusal, notFound } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { KnockQueues } from '../streams/knock-queue.ts';
import type { Maybe } from './input.ts';
import { type Page, type PageArgs, pageOf } from './page.ts';

export type KnockListArgs = PageArgs & { readonly status?: Maybe<readonly KnockStatus[]> };

export interface KnockListDeps {
  readonly rooms: RoomFinder;
  readonly knocks: Pick<KnockStorage, 'list' | 'count' | 'findById' | 'waitingByNetwork'>;
  readonly participants: Pick<ParticipantStorage, 'decidesKnocks'>;
  readonly queues: KnockQueues;
}

/** Reads knocks: for owners and admins of the room, for the backend, and for each knocker its own. */
export function createKnockLists(deps: KnockListDeps) {
  return {
    /** The knocker's place in the queue, counted from 1. Only the knocker itself gets it, while it waits; all others get null. */
    position: async (caller: Caller, { knock, isOwn, position }: KnockView) => {
      const isKnocker = isOwn ?? (caller.kind === 'KNOCKER' && caller.id === knock.id);
      if (knock.status !== 'PENDING' || !isKnocker) return null;
      return position === undefined ? deps.queues.rankOf(knock) : position;
    },
    /** How many others from the same network wait without a meeting token. Only people who decide knocks get it; all others get null. */
    sameNetwork: async (caller: Caller, { knock, isOwn }: KnockView) => {
      const mayKnow = caller.kind === 'BACKEND' || (caller.kind === 'PARTICIPANT' && caller.roomId === knock.roomId);
      if (isOwn || !mayKnow) return null;
      const from = await deps.knocks.waitingByNetwork(knock.domainId, knock.roomId);
      const isOneOfThem = knock.status === 'PENDING' && !knock.verified;
      return (from.get(knock.addressHash) ?? 0) - (isOneOfThem ? 1 : 0);
    },
    list: async (caller: Caller, roomName: string | null, args: KnockListArgs) => {
      const where = await whereMayRead(deps, caller, roomName);
      return isRefusal(where) ? where : listKnocks(deps, where.domainId, where.roomId, args);
    },
    findById: async (caller: Caller, id: KnockId) => {
      if (isNobody(caller)) return refuseCaller(caller, needs.apiKeyOrSession);
      const found = await deps.knocks.findById(caller.domainId, id);
      if (found === null) return null;
      if (caller.kind === 'KNOCKER') return caller.id === found.knock.id ? showKnock(found) : null;
      const may = await mayDecideIn(deps, caller, found.knock.roomId);
      return isRefusal(may) ? null : showKnock(found);
    },
  };
}

export function listKnocks(
  { knocks }: { readonly knocks: Pick<KnockStorage, 'list' | 'count'> },
  domainId: DomainId,
  roomId: RoomId | null,
  args: KnockListArgs,
): Promise<Page<KnockView> | InvalidInput> {
  const filter = { roomId, status: args.status ?? null };
  return pageOf(
    args,
    (request) => knocks.list(domainId, filter, request),
    () => knocks.count(domainId, filter),
    (record) => ({ item: showKnock(record), position: { at: record.knock.requestedAt, id: record.knock.id } }),
  );
}

async function whereMayRead(deps: KnockListDeps, caller: Caller, roomName: string | null) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  if (acting.roomId === null && roomName === null) return { domainId: acting.domainId, roomId: null };
  if (acting.roomId !== null) {
    const may = await mayDecideIn(deps, caller, acting.roomId);
    if (isRefusal(may)) return may;
    if (roomName === null) return { domainId: acting.domainId, roomId: acting.roomId };
  }
  const ref = await deps.rooms.refFor(acting, roomName ?? '');
  return ref ?? notFound();
}

/** May this caller see who waits in this room? The room says so, and not the credential. */
export async function mayDecideIn(
  deps: { readonly participants: Pick<ParticipantStorage, 'decidesKnocks'> },
  caller: Caller,
  roomId: RoomId,
): Promise<true | Forbidden> {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  if (acting.who.kind === 'BACKEND') return true;
  if (acting.roomId !== roomId) return refuseWithout('PARTICIPANTS');
  const may = await deps.participants.decidesKnocks(acting.domainId, acting.who.id);
  if (may === null) return forbidden(acting.who.wasOwner ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED');
  return may ? true : refuseWithout('PARTICIPANTS');
}
