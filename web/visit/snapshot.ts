import { ask } from '../api/ask.ts';
import * as documents from '../api/documents.ts';
import type { Knock, LiveStream, Page, Participant, Room } from '../api/shapes.ts';
import type { StayState } from './stay-state.ts';
import { decidesKnocks } from './stay-state.ts';

interface RoomNow {
  readonly room:
    | (Room & {
        readonly cursor: string;
        readonly participants: Page<Participant>;
        readonly liveStream: LiveStream | null;
      })
    | null;
  readonly viewer: Participant | null;
}

/** More are there, but nobody reads so long a list; events bring news of them all the same. */
const mostPages = 50;

/** The room as it is; null where the session has ended. What happens after `cursor` is not in it. */
export async function readRoom(token: string, roomName: string): Promise<StayState | null> {
  const { room, viewer } = await ask<RoomNow>(documents.roomNow, { roomName }, token);
  if (room === null || viewer?.__typename !== 'Participant' || viewer.leaveReason !== null) return null;
  const { cursor, participants, liveStream, ...rest } = room;
  const people = await readOn(participants, async (after) => {
    const more = await ask<RoomNow>(documents.moreParticipants, { roomName, after }, token);
    return more.room?.participants;
  });
  const state: StayState = {
    room: rest,
    me: viewer,
    people: new Map(people.map((person) => [person.id, person])),
    knocks: new Map(),
    liveStream,
    wish: null,
    banCount: 0,
    cursor,
  };
  return decidesKnocks(state) ? { ...state, knocks: await readWaiting(token, roomName) } : state;
}

/** Who waits now, oldest first. */
export async function readWaiting(token: string, roomName: string): Promise<ReadonlyMap<string, Knock>> {
  const read = async (after: string | null) => {
    const { room } = await ask<{ room: { knockRequests: Page<Knock> | null } | null }>(
      documents.waiting,
      { roomName, after },
      token,
    );
    return room?.knockRequests ?? undefined;
  };
  const first = await read(null);
  const knocks = first === undefined ? [] : await readOn(first, read);
  return new Map(knocks.map((knock) => [knock.id, knock]));
}

async function readOn<Item>(
  first: Page<Item>,
  readAfter: (cursor: string | null) => Promise<Page<Item> | undefined>,
): Promise<readonly Item[]> {
  const items = [...first.nodes];
  let page: Page<Item> | undefined = first;
  for (let pages = 1; page?.pageInfo.hasNextPage && pages < mostPages; pages += 1) {
    page = await readAfter(page.pageInfo.endCursor);
    items.push(...(page?.nodes ?? []));
  }
  return items;
}
