import { expect, test } from 'vitest';
import { change, cursorOf, followRoom, type StreamDoor, streamDoors, until } from '../api/room-kit.ts';
import { countLockWaits, lockRoom } from '../faults/room-lock.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Caller, callerOf, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// What comes while a room is being written is decided together afterwards, one after the other, and written at once. A stream that was
// opened there must hear of what ended its right in the same group.

const database = await createTestDatabase();
const server = await startServer({ databaseUrl: database.url, rateLimits: false });
const backend = seed(server);

type Scene = {
  readonly room: RoomSeed;
  readonly person: ParticipantSeed;
  readonly before: string;
  /** The same person with a newer token, which nobody has used yet. */
  readonly renewed: Caller;
};
type Asked = readonly [document: string, variables: Readonly<Record<string, unknown>>];

const events = 'subscription ($after: String) { roomEvents(after: $after) { __typename } }';

/** The streams that rest on a session, from each place. */
const streams: Readonly<Record<string, (before: string) => Asked>> = {
  'roomEvents from now on': () => [events, {}],
  'roomEvents from before': (after) => [events, { after }],
  'roomEvents from a place that is not there yet': (before) => [
    events,
    { after: before.replace(/\.\d+$/, `.${Number.MAX_SAFE_INTEGER}`) },
  ],
  knockRequested: () => ['subscription { knockRequested { status } }', {}],
};

function follow({ person, before }: Scene, stream: string, door: StreamDoor) {
  const [document, variables] = streams[stream]?.(before) ?? expect.unreachable('it is in the table');
  return (door === 'WebSocket' ? person.ws() : person.sse()).subscribe(document, variables);
}

/** What ends the right to them. */
const endings: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'is ejected': ({ room, person }) =>
    change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [person.id] }),
  'is sent back': ({ person }) => change(backend, 'returnToLobby', { participantId: person.id }),
  leaves: ({ person }) => person.ask('mutation { leaveRoom { __typename } }'),
  'is in a room that is deleted': ({ room }) => change(backend, 'deleteRoom', { roomName: room.name }),
  'uses a newer token': ({ renewed }) => renewed.ask('mutation { heartbeat { __typename } }'),
};
const demotion = 'decides no more';

const cases = streamDoors.flatMap((door) => [
  ...Object.keys(streams).flatMap((stream) => Object.keys(endings).map((ending) => [stream, door, ending] as const)),
  ['knockRequested', door, demotion] as const,
]);

function bring(ending: string, scene: Scene): Promise<unknown> {
  const { id: participantId } = scene.person;
  if (ending === demotion)
    return change(backend, 'updateParticipant', { participantId, permissions: { canAdmin: [] } });
  return endings[ending]?.(scene) ?? expect.unreachable('it is in the table');
}

/** Waits until the service has taken in what was sent to it before. */
const takenIn = async (scene: Scene) => {
  for (let time = 0; time < 3; time += 1) {
    await scene.person.ask('{ viewer { __typename } }');
    await backend.ask('{ viewer { __typename } }');
  }
};

test.each(cases)('%s by %s ends where its holder %s in the same group', async (stream, door, ending) => {
  const room = await backend.waitingRoom();
  // An owner cannot be sent back.
  const person = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
  const { sessionToken } = await change<{ sessionToken: string }>(
    person,
    'joinRoom',
    { roomName: room.name },
    '... on Joined { sessionToken }',
  );
  const scene = { room, person, before: await cursorOf(backend, room.name), renewed: callerOf(server, sessionToken) };
  const unlock = await lockRoom(database, room.name);
  const written = change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Soon' } });
  await until(
    () => countLockWaits(database),
    (waiting) => waiting > 0,
  );
  const following = follow(scene, stream, door);
  await takenIn(scene);
  const ended = bring(ending, scene);
  await takenIn(scene);
  await unlock();
  await Promise.all([written, ended]);
  const open = await following;
  await expect(open.ended()).resolves.toBeDefined();
});

test('what was decided later in the same group comes after the cursor of an answer', async () => {
  const room = await backend.room();
  const other = await room.guest();
  const unlock = await lockRoom(database, room.name);
  const written = change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Soon' } });
  await until(
    () => countLockWaits(database),
    (waiting) => waiting > 0,
  );
  const joining = change<{ participant: { id: string; audio: boolean }; room: { cursor: string } }>(
    callerOf(server),
    'joinRoom',
    { roomName: room.name, userName: 'Nora' },
    '... on Joined { participant { id audio } room { cursor } }',
  );
  const scene = { room, person: other, before: '', renewed: other };
  await takenIn(scene);
  const muting = change(backend, 'updateParticipants', { roomName: room.name, setAudio: false });
  await takenIn(scene);
  await unlock();
  const [{ participant, room: joined }] = await Promise.all([joining, muting, written]);
  expect(participant.audio).toBe(true);
  const stream = await followRoom(backend, { roomName: room.name, after: joined.cursor });
  const told = await stream.find((event) => event.participant?.id === participant.id);
  expect(told).toMatchObject({ __typename: 'ParticipantUpdated', participant: { audio: false } });
});
