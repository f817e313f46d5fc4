import { type KnockView, showKnock } from '../room/views.ts';
import { refuseWithout } from '../rules/authority.ts';
import { type Caller, isNobody, needs, refuseCaller, requireRoomCaller } from '../rules/caller.ts';
import type { DomainId, RoomId } from '../rules/ids.ts';
import type { KnockStatus } from '../rules/knock-request.ts';
import { type Forbidden, forbidden, type InvalidInput, isRefusal, notFound } from '../rules/refusal.ts';
import type { KnockDeps } from './entry/look.ts';
import { type Page, type PageArgs, pageOf } from './page.ts';
import type { KnockService } from './services.ts';

type ListArgs = PageArgs & { readonly status?: readonly KnockStatus[] | null | undefined };

/** Knocks as they are read: by owners and admins of their room, by the backend, and by the knocker its own. */
export function createKnockLists(
  deps: KnockDeps,
): Pick<KnockService, 'list' | 'findById' | 'position' | 'sameNetwork'> {
  return {
    position: async (caller, { knock, isOwn, position }) => {
      const isKnocker = isOwn ?? (caller.kind === 'KNOCKER' && caller.id === knock.id);
      if (knock.status !== 'PENDING' || !isKnocker) return null;
      return position === undefined ? deps.queues.rankOf(knock) : position;
    },
    sameNetwork: async (caller, { knock, isOwn }) => {
      const mayKnow = caller.kind === 'BACKEND' || (caller.kind === 'PARTICIPANT' && caller.roomId === knock.roomId);
      if (isOwn || !mayKnow) return null;
      const from = await deps.knocks.waitingByNetwork(knock.domainId, knock.roomId);
      const isOneOfThem = knock.status === 'PENDING' && !knock.verified;
      return (from.get(knock.addressHash) ?? 0) - (isOneOfThem ? 1 : 0);
    },
    list: async (caller, roomName, args) => {
      const where = await whereMayRead(deps, caller, roomName);
      return isRefusal(where) ? where : listKnocks(deps, where.domainId, where.roomId, args);
    },
    findById: async (caller, id) => {
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
  { knocks }: Pick<KnockDeps, 'knocks'>,
  domainId: DomainId,
  roomId: RoomId | null,
  args: ListArgs,
): Promise<Page<KnockView> | InvalidInput> {
  const filter = { roomId, status: args.status ?? null };
  return pageOf(
    args,
    (request) => knocks.list(domainId, filter, request),
    () => knocks.count(domainId, filter),
    (record) => ({ item: showKnock(record), position: { at: record.knock.requestedAt, id: record.knock.id } }),
  );
}

async function whereMayRead(deps: KnockDeps, caller: Caller, roomName: string | null) {
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

/** May this caller see who waits in this room? Found out from the room, not from the credential. */
export async function mayDecideIn(
  deps: { readonly participants: Pick<KnockDeps['participants'], 'decidesKnocks'> },
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
