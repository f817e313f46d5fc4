import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type ParticipantSeed, type RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { act, read } from './admission-kit.ts';
import { change, cursorOf, type EventStream, followRoom, type Happened, promptly } from './room-kit.ts';

// Whom others do not see, hidden owners and people without presence, no guest learns of by what they do: only that somebody is there
// who can answer.

let house: DomainSeed;
let there: TestServer;

beforeAll(async () => {
  const opened = await openDomainAtTwo();
  house = opened;
  there = opened.elsewhere;
});

/** Who acts, and is seen by nobody. */
const unseen: Readonly<Record<string, (room: RoomSeed) => Promise<ParticipantSeed>>> = {
  'a hidden owner': async (room) => {
    const { jwt } = await room.token({ isOwner: true, userName: 'Wanda Unseen', userId: 'wanda' });
    return room.join({ token: jwt, hidden: true });
  },
  'an owner without presence': (room) =>
    room.owner({ userName: 'Wanda Unseen', userId: 'wanda', permissions: { hasPresence: false } }),
};

type Cast = {
  readonly room: RoomSeed;
  readonly actor: ParticipantSeed;
  readonly guest: ParticipantSeed;
  readonly after: string;
};

async function cast(who: string): Promise<Cast> {
  const room = await house.backend.waitingRoom();
  const guest = await room.guest();
  const after = await cursorOf(house.backend, room.name);
  const actor = await unseen[who]?.(room);
  if (actor === undefined) throw new Error(`nobody is ${who}`);
  return { room, actor, guest, after };
}

/** All that they may do that others are told of. The last one is what a reader waits for. */
async function actOut({ room, actor, guest }: Cast): Promise<void> {
  const other = await room.guest({ userName: 'Otto Other' });
  const knocker = await room.knocker();
  await act(actor, 'admitKnock', { knockId: knocker.knockId });
  await act(actor, 'recallAdmission', { knockId: knocker.knockId });
  await change(actor, 'updateParticipant', { participantId: guest.id, setAudio: false });
  await change(actor, 'updateParticipant', { participantId: guest.id, setAudio: true });
  const destinations = ['rtmp://media.example/live'];
  await change(actor, 'startLiveStream', { roomName: room.name, destinations });
  await act(actor, 'ejectParticipants', { roomName: room.name, participantIds: [other.id] });
  await act(actor, 'updateRoom', { roomName: room.name, settings: { lang: 'fr' } });
}

const isLast = ({ __typename }: Happened) => __typename === 'RoomUpdated';

async function readTo(stream: EventStream): Promise<readonly Happened[]> {
  const events: Happened[] = [];
  for (;;) {
    const event = await stream.next(promptly);
    events.push(event);
    if (isLast(event)) return events;
  }
}

describe.each(Object.keys(unseen))('%s acts', (who) => {
  test('and a guest is told what happened, and of nobody who did it: live, from the log, and at another process', async () => {
    const scene = await cast(who);
    const { guest, after, room } = scene;
    const elsewhere = callerOf(there, guest.sessionToken);
    const live = [await followRoom(guest, { after }), await followRoom(elsewhere, { after }, 'SSE')];
    await actOut(scene);
    const late = await followRoom(guest, { after });
    for (const stream of [...live, late]) {
      const events = await readTo(stream);
      expect(JSON.stringify(events)).not.toContain('Wanda');
      const told = new Map(events.map((event) => [event.__typename, event.by]));
      for (const type of [
        'RoomUpdated',
        'ParticipantUpdated',
        'MediaRequested',
        'LiveStreamChanged',
        'ParticipantLeft',
      ])
        expect(told.get(type), type).toBeNull();
    }
    const dump = `{ viewer { ... on Participant { id } } room(name: "${room.name}") { ownerPresent participantCount
      participants { totalCount nodes { id userName } } liveStream { startedBy { kind name userId } } } }`;
    const seen = await read<{ room: { participants: { totalCount: number }; liveStream: object } }>(guest, dump);
    expect(JSON.stringify(seen)).not.toMatch(/Wanda|wanda/);
    expect(seen.room).toMatchObject({ ownerPresent: true, participants: { totalCount: 1 } });
    expect(seen.room.liveStream).toEqual({ startedBy: { kind: 'SERVICE', name: null, userId: null } });
  });

  test.each(['owner', 'admin', 'backend'] as const)(
    'and an %s, who decides knocks, is told who it was',
    async (reader) => {
      const scene = await cast(who);
      const { room, after } = scene;
      const canAdmin = ['PARTICIPANTS'];
      const readers = {
        owner: () => room.owner({ userName: 'Olga' }),
        admin: () => room.guest({ userName: 'Ada', permissions: { canAdmin } }),
        backend: async () => callerOf(there, house.backend.apiKey),
      };
      const caller = await readers[reader]();
      const roomName = { roomName: room.name };
      const stream = await followRoom(caller, { after, ...(reader === 'backend' ? roomName : {}) });
      await actOut(scene);
      const updated = await stream.find(isLast, promptly);
      expect(updated.by).toMatchObject({ kind: 'PARTICIPANT', name: 'Wanda Unseen' });
      const query = `{ room(name: "${room.name}") { liveStream { startedBy { name } } events(first: 50) { nodes { __typename by { name } } } } }`;
      type Record = {
        room: { liveStream: { startedBy: object }; events: { nodes: { __typename: string; by: object }[] } };
      };
      const record = (await read<Record>(caller, query)).room;
      expect(record.liveStream.startedBy).toEqual({ name: 'Wanda Unseen' });
      const last = record.events.nodes.find(({ __typename }) => __typename === 'RoomUpdated');
      expect(last?.by).toEqual({ name: 'Wanda Unseen' });
    },
  );
});

test('somebody who only streams hears about the live stream, but not which hidden person started it', async () => {
  const scene = await cast('a hidden owner');
  const { room, actor } = scene;
  const streamer = await room.guest({ permissions: { canAdmin: ['STREAMING'] } });
  const input = { roomName: room.name, destinations: ['rtmp://media.example/live'] };
  const started = await change<{ id: string; startedBy: object }>(
    actor,
    'startLiveStream',
    input,
    '... on LiveStream { id startedBy { name } }',
  );
  expect(started.startedBy).toEqual({ name: 'Wanda Unseen' });
  const stop =
    'mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { ... on LiveStream { status startedBy { name } } } }';
  const { body } = await streamer.ask(stop, { id: started.id });
  expect(body.data).toEqual({ stopLiveStream: { status: 'STOPPING', startedBy: { name: null } } });
});
