import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { change, cursorOf, followFromJoining, followRoom, type Happened, read, type StreamDoor } from './room-kit.ts';

// After a room's exp those inside stay. The domain's backend finds them there by the room's name as before, and puts them out.

type Scene = {
  readonly room: RoomSeed;
  readonly goes: ParticipantSeed;
  readonly stays: ParticipantSeed;
  /** A place in the room from before anybody came. */
  readonly before: string;
  readonly departure: () => Promise<string | undefined>;
};

let database: TestDatabase;
let backend: Seed;

/** Two are inside whom nobody vouches for, and no owner. What each of them follows keeps them inside. */
async function openScene(exp: string): Promise<Scene> {
  const room = await backend.room({ exp });
  const after = await cursorOf(backend, room.name);
  const [goes, stays] = [await room.guest({ userId: 'u-1' }), await room.join({ userName: 'Someone' })];
  const events = await followFromJoining(goes, after);
  await followFromJoining(stays, after);
  const departure = async () =>
    (
      await events.find(
        ({ __typename: type, participant }) => type === 'ParticipantLeft' && participant?.id === goes.id,
      )
    ).leaveReason;
  return { room, goes, stays, before: after, departure };
}

const isSharing =
  ({ id }: ParticipantSeed, screenShare: boolean) =>
  ({ participant }: Happened) =>
    participant?.id === id && participant.screenShare === screenShare;

/** What the backend does, by the reason for which the first of the two then leaves. */
const acts: Readonly<Record<string, readonly [reason: string, act: (scene: Scene) => ReturnType<typeof change>]>> = {
  'ejects them by their ids': [
    'EJECTED',
    ({ room, goes, stays }) =>
      change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [goes.id, stays.id] }),
  ],
  'bans them': [
    'BANNED',
    ({ room, goes }) =>
      change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [goes.id], ban: true }),
  ],
  'revokes the tokens of the room, and ejects with them': [
    'EJECTED',
    ({ room }) => change(backend, 'revokeMeetingTokens', { roomName: room.name, eject: true }),
  ],
};
/** What names nobody, and so means the latest room of the name. */
const actsByNameAlone: typeof acts = {
  'ejects them by their userIds': [
    'EJECTED',
    ({ room }) => change(backend, 'ejectParticipants', { roomName: room.name, userIds: ['u-1'] }),
  ],
  'deletes the room': ['ROOM_DELETED', ({ room }) => change(backend, 'deleteRoom', { roomName: room.name })],
};

const scenes: Record<string, Scene> = {};
const nameOf = (what: string, isTaken: boolean) => `${what}, ${isTaken ? 'taken' : 'free'}`;
const cases = [
  ...Object.entries(acts).flatMap(([what, [reason, act]]) =>
    [false, true].map((isTaken) => ({ what, reason, act, isTaken })),
  ),
  ...Object.entries(actsByNameAlone).map(([what, [reason, act]]) => ({ what, reason, act, isTaken: false })),
];
let left: RoomSeed;
let muted: Scene;
let free: Scene;
let followed: Readonly<Record<StreamDoor, Scene>>;
let guest: ParticipantSeed;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  const exp = new Date(Date.now() + 60_000).toISOString();
  for (const { what, isTaken } of cases) scenes[nameOf(what, isTaken)] = await openScene(exp);
  [muted, free] = [await openScene(exp), await openScene(exp)];
  followed = { WebSocket: await openScene(exp), SSE: await openScene(exp) };
  left = await backend.room({ exp });
  const room = await backend.waitingRoom({ exp });
  const after = await cursorOf(backend, room.name);
  guest = await room.guest();
  await followFromJoining(guest, after);
  await (await left.guest()).ask('mutation { leaveRoom { __typename } }');
  await moveClock(database, { seconds: 61, areAlive: true });
});

describe('a room whose exp has passed, with people inside', () => {
  test.each(cases)('the backend $what (the name is taken: $isTaken)', async ({ what, reason, act, isTaken }) => {
    const scene = scenes[nameOf(what, isTaken)];
    if (scene === undefined) throw new Error('each case has a scene');
    if (isTaken) expect((await change(backend, 'createRoom', { name: scene.room.name })).__typename).toBe('Room');
    expect(await act(scene)).not.toMatchObject({ code: expect.any(String) });
    expect(await scene.departure()).toBe(reason);
  });

  test('the backend changes what people in it may do, also by a name that is another room’s by now', async () => {
    const { room, goes } = muted;
    const update = (canSend: readonly string[]) =>
      change(
        backend,
        'updateParticipants',
        { roomName: room.name, participantIds: [goes.id], permissions: { canSend } },
        '... on ParticipantsUpdated { participants { permissions { canSend } } }',
      );
    expect(await update([])).toMatchObject({ participants: [{ permissions: { canSend: [] } }] });
    await change(backend, 'createRoom', { name: room.name });
    expect(await update(['AUDIO'])).toMatchObject({ participants: [{ permissions: { canSend: ['AUDIO'] } }] });
  });

  test.each([
    ['WebSocket', false],
    ['SSE', true],
  ] as const)(
    'is followed anew by %s as before, from any place in it (the name is taken: %s)',
    async (door, isTaken) => {
      const { room, stays, before } = followed[door];
      const closed = () => database.sql`select closed_at is not null as closed from rooms where name = ${room.name}`;
      await expect.poll(closed).toEqual([{ closed: true }]);
      const now = await cursorOf(stays, room.name);
      if (isTaken) await change(backend, 'createRoom', { name: room.name });
      const streams = await Promise.all(
        [before, now].flatMap((after) => [
          followRoom(stays, { after }, door),
          followRoom(backend, { roomName: room.name, after }, door),
        ]),
      );
      for (const screenShare of [true, false]) {
        await change(stays, 'updateMyMedia', { screenShare });
        for (const stream of streams) await stream.find(isSharing(stays, screenShare));
      }
      const { viewer } = await read<{ viewer: object }>(stays, '{ viewer { ... on Participant { connection } } }');
      expect(viewer).toEqual({ connection: 'CONNECTED' });
    },
  );

  test('nobody is sent to its lobby, from which nobody could be let in', async () => {
    const sent = await change(backend, 'returnToLobby', { participantId: guest.id });
    expect(sent).toMatchObject({ code: 'INVALID_INPUT' });
    const selection = '... on Participant { leaveReason }';
    expect(await change(guest, 'updateMyMedia', { audio: false }, selection)).toMatchObject({ leaveReason: null });
  });

  test('its name counts as free, and no token is made for it', async () => {
    const { name } = free.room;
    expect(await read(backend, 'query ($name: String!) { room(name: $name) { id } }', { name })).toEqual({
      room: null,
    });
    expect(await change(backend, 'createMeetingToken', { roomName: name })).toMatchObject({ code: 'NOT_FOUND' });
    expect((await change(backend, 'createRoom', { name })).__typename).toBe('Room');
  });
});

describe('once the last one has left', () => {
  const refused: readonly [string, object][] = [
    ['ejectParticipants', { userIds: ['u-1'] }],
    ['updateParticipants', { setAudio: false }],
    ['deleteRoom', {}],
    ['revokeMeetingTokens', {}],
  ];

  test.each(refused)('%s finds it no more', async (field, input) => {
    expect(await change(backend, field, { roomName: left.name, ...input })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a room that was deleted is found by nobody who was in it', async () => {
  const room = await backend.room();
  const guest = await room.guest();
  await change(backend, 'deleteRoom', { roomName: room.name });
  await change(backend, 'createRoom', { name: room.name });
  const ejected = await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] });
  expect(ejected).toMatchObject({ code: 'NOT_FOUND' });
  expect(
    await read(backend, 'query ($name: String!) { room(name: $name) { participantCount } }', { name: room.name }),
  ).toEqual({
    room: { participantCount: 0 },
  });
});
