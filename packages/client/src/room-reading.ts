import { RoomAndParticipantsDocument, WaitingKnocksDocument } from './generated/graphql.ts';
import { sessionIsOver, VestibuleError } from './refusal.ts';
import { answersKnocks, type KnockRequest, type RoomView } from './room-view.ts';
import type { Transport } from './transport.ts';

/** The room as it was at one moment: what happens after `room.cursor` is not in it. */
export type Reading = Pick<RoomView, 'room' | 'me' | 'participants' | 'waiting' | 'liveStream'>;

/** @throws {VestibuleError} UNAUTHENTICATED, once this credential's session has ended */
export async function readRoom(transport: Transport, name: string): Promise<Reading> {
  const read = (after: string | null) => transport.ask(RoomAndParticipantsDocument, { name, after });
  const { room: found, viewer: me } = await read(null);
  if (found === null || me?.__typename !== 'Participant' || me.leaveReason !== null) {
    throw new VestibuleError('UNAUTHENTICATED', sessionIsOver);
  }
  const { participants: first, liveStream, ...room } = found;
  // Events since the first page are told by the stream, whichever page shows them already.
  const participants = await readPages(async (after) =>
    after === null ? first : (await read(after)).room?.participants,
  );
  return { room, me, participants, liveStream, waiting: answersKnocks(me) ? await readWaiting(transport) : [] };
}

/** Who waits now, oldest first; nobody, to a participant who was an admin a moment ago. */
export function readWaiting({ ask }: Transport): Promise<readonly KnockRequest[]> {
  const pages = readPages(async (after) => (await ask(WaitingKnocksDocument, { after })).knockRequests);
  return pages.catch((error: VestibuleError) => {
    if (error.code === 'FORBIDDEN') return [];
    throw error;
  });
}

interface ListPage<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** All items of a list; none where there is no list for this caller. */
export async function readPages<Item>(
  read: (after: string | null) => Promise<ListPage<Item> | null | undefined>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let page = await read(null);
  while (page) {
    items.push(...page.nodes);
    page = page.pageInfo.hasNextPage ? await read(page.pageInfo.endCursor) : null;
  }
  return items;
}
