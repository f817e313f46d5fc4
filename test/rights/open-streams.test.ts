import { beforeAll, describe, expect, test } from 'vitest';
import { change, cursorOf } from '../api/room-kit.ts';
import type { Subscription } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import { endingsOf } from './endings.ts';
import { openPair, type Pair, type Person, type Scene, type Standing, setScene, standings } from './people.ts';
import type { State } from './state.ts';
import { placesOf } from './table.ts';

// A stream that is held open ends with the right to it, whichever process ended it, and not before.

type Stream = {
  readonly isOpenTo: (state: State) => boolean;
  readonly credential: (person: Person) => string | null;
  readonly document: string;
};

/** All subscriptions, and whose right each rests on. */
const streams: Readonly<Record<string, Stream>> = {
  roomEvents: {
    isOpenTo: ({ session }) => session === 'INSIDE',
    credential: ({ session }) => session,
    document: 'subscription ($after: String) { roomEvents(after: $after) { __typename } }',
  },
  knockRequested: {
    isOpenTo: ({ session, decides }) => session === 'INSIDE' && decides !== null,
    credential: ({ session }) => session,
    document: 'subscription { knockRequested { status } }',
  },
  myKnock: {
    isOpenTo: ({ knock }) => knock === 'PENDING' || knock === 'ADMITTED',
    credential: ({ knockToken }) => knockToken,
    document: 'subscription { myKnock { status } }',
  },
};

const doors = ['ws', 'sse'] as const;
type Held = { readonly name: string; readonly stream: Stream; readonly inbox: Subscription<unknown> };

let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
});

/** The second that the contract promises, and some for a machine that is busy. Milliseconds. */
const promptly = 4_000;

/** Opens each stream that this person may hold, at each door of one process, and waits until each is known to be open. */
async function holdStreams({ room }: Scene, state: State, person: Person, after: string): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const [field, stream] of Object.entries(streams).filter(([, one]) => one.isOpenTo(state))) {
    for (const door of doors) {
      const client = callerOf(pair.here, stream.credential(person) ?? '')[door]();
      const asked = field === 'roomEvents' ? { after } : {};
      held.push({
        name: `${field} by ${door}`,
        stream,
        inbox: await client.subscribe<unknown>(stream.document, asked),
      });
    }
  }
  // Each begins with something: that its holder came in, how the own knock stands, or that somebody waits.
  if (held.some(({ name }) => name.startsWith('knockRequested'))) await room.knocker({ userName: 'Herald' });
  for (const { inbox } of held) await inbox.next();
  return held;
}

/** Everybody has one end in common: when the room is deleted, what was still open says so and completes. */
async function whichWereOpen({ room }: Scene, held: readonly Held[], isDeleted: boolean): Promise<readonly string[]> {
  for (const { inbox } of held) while (inbox.unread > 0) await inbox.next();
  if (!isDeleted) await change(room.backend, 'deleteRoom', { roomName: room.name });
  const open: string[] = [];
  for (const { name, inbox } of held) if ((await inbox.ended(promptly)).length > 0) open.push(name);
  return open;
}

const able = Object.entries<Standing>(standings);

describe.each(able)('%s', (_name, standing) => {
  describe.each(endingsOf(standing))('when $name', (ending) => {
    test.each(placesOf({}))('keeps the streams that are left, and no other: $name', async (place) => {
      const scene = await setScene(pair, standing);
      const before = await cursorOf(pair.backend, scene.room.name);
      const person = await standing.prepare(scene);
      const held = await holdStreams(scene, standing.state, person, before);
      await ending.bring(pair[place.ends], [person], scene);
      const after = ending.leaves(standing.state);
      const isLeft = ({ stream }: Held) => stream.isOpenTo(after) && after.room !== 'DELETED';
      for (const one of held.filter((stream) => !isLeft(stream))) await one.inbox.ended(promptly);
      const open = await whichWereOpen(scene, held, after.room === 'DELETED');
      expect(open).toEqual(held.filter(isLeft).map(({ name }) => name));
    });
  });
});
