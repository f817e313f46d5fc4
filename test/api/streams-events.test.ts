import { beforeAll, describe, expect, it } from 'vitest';
import { openDomain } from '../support/domain.ts';
import type { ParticipantSeed, RoomSeed, Seed } from '../support/seed.ts';
import { change, cursorOf, type EventStream, followRoom, type Happened, read } from './room-kit.ts';

let backend: Seed;

beforeAll(async () => {
  ({ backend } = await openDomain());
});

const viewers = ['guest', 'owner', 'hidden owner', 'without presence', 'key ADMISSION', 'key READ'] as const;
type Viewer = (typeof viewers)[number];

/** Who is inside, and who follows the room from before they came. */
async function gather(room: RoomSeed) {
  const after = await cursorOf(backend, room.name);
  const owner = await room.owner();
  const hidden = await room.join({
    token: (await room.token({ isOwner: true, userName: 'Hedda Hidden' })).jwt,
    hidden: true,
  });
  const guest = await room.guest();
  const unseen = await room.guest({ userName: 'Uwe Unseen', permissions: { hasPresence: false } });
  const admission = await backend.key(['ADMISSION']);
  const reader = await backend.key(['READ']);
  const roomName = room.name;
  const streams: Readonly<Record<Viewer, EventStream>> = {
    guest: await followRoom(guest, { after }),
    owner: await followRoom(owner, { after }, 'SSE'),
    'hidden owner': await followRoom(hidden, { after }),
    'without presence': await followRoom(unseen, { after }, 'SSE'),
    'key ADMISSION': await followRoom(admission, { roomName, after }),
    'key READ': await followRoom(reader, { roomName, after }, 'SSE'),
  };
  return { owner, hidden, guest, unseen, streams };
}

/** Has something of every kind happen, and ends the room. */
async function live(
  room: RoomSeed,
  people: Readonly<Record<'owner' | 'hidden' | 'guest' | 'unseen', ParticipantSeed>>,
) {
  const { owner, hidden, guest, unseen } = people;
  const { knockId } = await room.knocker();
  await change(owner, 'replyToKnock', { knockId, reply: 'in a minute' });
  await change(hidden, 'admitKnock', { knockId });
  await change(owner, 'updateRoom', { roomName: room.name, settings: { lang: 'de' } });
  await change(unseen, 'updateMyMedia', { audio: false });
  await change(guest, 'updateMyMedia', { video: false });
  await change(owner, 'updateParticipant', { participantId: guest.id, setVideo: true });
  await change(owner, 'startLiveStream', { roomName: room.name, destinations: ['rtmps://media.example/live/key'] });
  await change(backend, 'deleteRoom', { roomName: room.name });
}

/** An event in a few words, with whom it speaks of. */
function told({ __typename, participant, knockRequest, status, liveStatus, leaveReason }: Happened): string {
  const whom = participant?.userName ?? knockRequest?.userName;
  return [__typename, whom, status ?? liveStatus ?? leaveReason].filter((word) => word !== undefined).join(' ');
}

const isKnock = (word: string) => word.startsWith('Knock');
const isOf = (name: string) => (word: string) => word.includes(name);

/** The whole, in its order. Presence alone, by opening and closing streams, tells nothing here: all are connected. */
const everything = [
  'ParticipantJoined Olga Owner',
  'ParticipantJoined Hedda Hidden',
  'ParticipantJoined Gustav Guest',
  'ParticipantJoined Uwe Unseen',
  'KnockRequested Nora Knocker',
  'KnockChanged Nora Knocker PENDING',
  'KnockChanged Nora Knocker ADMITTED',
  'RoomUpdated',
  'ParticipantUpdated Uwe Unseen',
  'ParticipantUpdated Gustav Guest',
  'MediaRequested',
  'LiveStreamChanged STARTING',
  'KnockChanged Nora Knocker EXPIRED',
  'LiveStreamChanged STOPPED',
  'ParticipantLeft Olga Owner ROOM_DELETED',
  'ParticipantLeft Hedda Hidden ROOM_DELETED',
  'ParticipantLeft Gustav Guest ROOM_DELETED',
  'ParticipantLeft Uwe Unseen ROOM_DELETED',
  'RoomClosed',
];

/** What each is not shown. Its own leaving is the last that a participant gets. */
const hiddenFrom: Readonly<Record<Viewer, readonly ((word: string) => boolean)[]>> = {
  guest: [isKnock, isOf('Hedda'), isOf('Uwe')],
  owner: [isOf('Hedda'), isOf('Uwe'), isOf('MediaRequested')],
  'hidden owner': [isOf('Uwe'), isOf('MediaRequested')],
  'without presence': [isKnock, isOf('Hedda'), isOf('MediaRequested')],
  'key ADMISSION': [],
  'key READ': [isKnock],
};
const lastOf: Partial<Record<Viewer, string>> = {
  guest: 'ParticipantLeft Gustav Guest ROOM_DELETED',
  owner: 'ParticipantLeft Olga Owner ROOM_DELETED',
  'hidden owner': 'ParticipantLeft Hedda Hidden ROOM_DELETED',
  'without presence': 'ParticipantLeft Uwe Unseen ROOM_DELETED',
};

describe('roomEvents', () => {
  it('shows each viewer every event that it may see, in the one order of the room, and nothing else', async () => {
    const room = await backend.waitingRoom();
    const { streams, ...people } = await gather(room);
    await live(room, people);
    const places = new Map<string, string>();
    for (const viewer of viewers) {
      const events = await streams[viewer].ended();
      const last = everything.indexOf(lastOf[viewer] ?? 'RoomClosed');
      const expected = everything
        .slice(0, last + 1)
        .filter((word) => !hiddenFrom[viewer].some((isHidden) => isHidden(word)));
      expect([viewer, ...events.map(told)]).toEqual([viewer, ...expected]);
      for (const event of events) {
        const known = places.get(event.cursor);
        expect(known ?? told(event)).toBe(told(event));
        places.set(event.cursor, told(event));
      }
    }
    expect(places.size).toBe(everything.length);
  });

  it('shows exactly what Room.events keeps on record, which stays readable when the room is closed', async () => {
    const room = await backend.waitingRoom();
    const { streams, ...people } = await gather(room);
    await live(room, people);
    for (const viewer of ['key ADMISSION', 'key READ'] as const) {
      const shown = (await streams[viewer].ended()).map((event) => `${event.cursor} ${told(event)}`);
      const record = await recordOf(viewer === 'key READ' ? await backend.key(['READ']) : backend, room.id);
      expect(record[0]).toMatch(/ RoomCreated$/);
      expect(record.slice(1)).toEqual(shown);
    }
  });

  it('has on record what comes after more knocks than are read at once, for a key that sees none of them', async () => {
    const room = await backend.waitingRoom();
    await Promise.all(Array.from({ length: 201 }, () => room.knocker()));
    await room.guest();
    const record = await recordOf(await backend.key(['READ']), room.id);
    expect(record).toEqual([expect.stringMatching(/ RoomCreated$/), expect.stringMatching(/ParticipantJoined Gustav/)]);
  });

  it('says of each knock why it ended as it did', async () => {
    const room = await backend.waitingRoom();
    const [admitted, denied, withdrawn] = [await room.knocker(), await room.knocker(), await room.knocker()];
    await change(backend, 'replyToKnock', { knockId: admitted.knockId, reply: 'in a minute' });
    await change(backend, 'admitKnock', { knockId: admitted.knockId });
    await change(backend, 'denyKnock', { knockId: denied.knockId });
    await read(withdrawn, 'mutation { cancelKnock { __typename } }');
    const query = `query ($id: ID!) { node(id: $id) { ... on Room { events(first: 50) {
      nodes { ... on KnockChanged { knockStatus knockReason status reason } } } } } }`;
    type Ended = { knockStatus?: string; knockReason?: string | null; status?: string; reason?: string | null };
    const { node } = await read<{ node: { events: { nodes: readonly Ended[] } } }>(backend, query, { id: room.id });
    const ends = node.events.nodes.filter(({ status }) => status !== undefined);
    expect(ends.map(({ status, reason }) => [status, reason])).toEqual([
      ['PENDING', null],
      ['ADMITTED', 'DECIDED'],
      ['DENIED', 'DECIDED'],
      ['CANCELLED', 'WITHDRAWN'],
    ]);
    for (const { knockStatus, knockReason, status, reason } of ends)
      expect([knockStatus, knockReason]).toEqual([status, reason]);
  });

  it('tells who did it, and nothing where nobody in particular did', async () => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    const owner = await room.owner();
    const knocker = await room.knocker();
    await change(owner, 'denyKnock', { knockId: knocker.knockId });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lang: 'fr' } });
    const stream = await followRoom(backend, { roomName: room.name, after });
    expect((await stream.next()).by).toEqual({ kind: 'PARTICIPANT', name: 'Olga Owner' });
    expect((await stream.next()).by).toEqual({ kind: 'KNOCKER', name: 'Nora Knocker' });
    expect((await stream.next()).by).toEqual({ kind: 'PARTICIPANT', name: 'Olga Owner' });
    expect((await stream.next()).by).toMatchObject({ kind: 'BACKEND' });
  });

  it('tells people who saw somebody that they no longer see them, and nothing that happens later', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const guest = await room.guest();
    const other = await room.guest({ userName: 'Otto Other' });
    const stream = await followRoom(other, { after });
    await stream.find(({ participant }) => participant?.id === other.id);
    await change(backend, 'updateParticipant', { participantId: guest.id, permissions: { hasPresence: false } });
    const gone = await stream.find(({ participant }) => participant?.id === guest.id);
    expect(gone).toMatchObject({
      __typename: 'ParticipantUpdated',
      participant: { permissions: { hasPresence: false } },
    });
    await change(guest, 'updateMyMedia', { audio: false });
    await change(backend, 'updateParticipant', { participantId: guest.id, permissions: { hasPresence: true } });
    const back = await stream.next();
    expect(back).toMatchObject({ participant: { id: guest.id, audio: false, permissions: { hasPresence: true } } });
  });
});

const recordDocument = `query ($id: ID!, $after: String) { node(id: $id) { ... on Room { events(first: 7, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { __typename cursor ... on KnockRequested { knockRequest { userName } } ... on KnockChanged { knockRequest { userName } status }
    ... on ParticipantJoined { participant { userName } } ... on ParticipantUpdated { participant { userName } }
    ... on ParticipantLeft { participant { userName } leaveReason: reason } ... on LiveStreamChanged { liveStatus: status } } } } } }`;

/** The whole record, page by page. */
async function recordOf(caller: Seed, id: string): Promise<readonly string[]> {
  const words: string[] = [];
  for (let after: string | null = null, hasNext = true; hasNext; ) {
    type Page = { nodes: Happened[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    const { node }: { node: { events: Page } } = await read(caller, recordDocument, { id, after });
    words.push(...node.events.nodes.map((event) => `${event.cursor} ${told(event)}`));
    ({ hasNextPage: hasNext, endCursor: after } = node.events.pageInfo);
  }
  return words;
}
