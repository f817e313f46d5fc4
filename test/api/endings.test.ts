import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import {
  change,
  cursorOf,
  type EventStream,
  followFromJoining,
  followRoom,
  read,
  streamDoors,
  subscribe,
} from './room-kit.ts';

// How it looks when somebody's time in a room is over, for each way in which it ends.

let database: TestDatabase;
let backend: Seed;
let elsewhere: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { databaseUrl: database.url, rateLimits: false, publicUrl: 'http://vestibule.test' };
  backend = seed(await startServer(options));
  elsewhere = seed(await startServer(options));
});

const inSeconds = (seconds: number) => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toISOString();

type Scene = { readonly room: RoomSeed; readonly person: ParticipantSeed };

/** Settings of the room, claims of the token, and what ends it: null, time does. */
type Ending = {
  readonly settings?: Variables;
  readonly claims?: Variables;
  readonly end?: (scene: Scene) => Promise<unknown>;
};

const put = ({ room, person }: Scene, ban: boolean) =>
  change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [person.id], ban });

/** By the reason that is told; each reason of the schema but those of media servers. */
const endings: Readonly<Record<string, Ending>> = {
  LEFT: { end: ({ person }) => person.ask('mutation { leaveRoom { __typename } }') },
  EJECTED: { end: (scene) => put(scene, false) },
  BANNED: { end: (scene) => put(scene, true) },
  RETURNED_TO_LOBBY: { end: ({ person }) => change(backend, 'returnToLobby', { participantId: person.id }) },
  ROOM_DELETED: { end: ({ room }) => change(backend, 'deleteRoom', { roomName: room.name }) },
  REPLACED: { settings: { enforceUniqueUserIds: true }, end: ({ room }) => room.guest({ userId: 'u-1' }) },
  CONNECTION_LOST: {},
  TIME_ELAPSED: { claims: { ejectAfterElapsedSeconds: 20 } },
  TOKEN_EXPIRED: { claims: { exp: inSeconds(60), ejectAtTokenExp: true } },
  ROOM_EXPIRED: { settings: { exp: inSeconds(60), ejectAtRoomExp: true } },
};

type Shown = {
  readonly connection: string;
  readonly leaveReason: string | null;
  readonly leftAt: string | null;
  readonly willEjectAt: string | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
};
const fields = 'connection leaveReason leftAt willEjectAt audio video screenShare';
type Left = {
  readonly __typename: string;
  readonly reason?: string;
  readonly participant?: Shown & { readonly id: string };
};

const document = `subscription ($after: String, $roomName: String) { roomEvents(after: $after, roomName: $roomName) {
  __typename ... on ParticipantLeft { reason participant { id ${fields} } } } }`;

/** Nothing of what is over goes on. */
const over = (leaveReason: string) => ({
  connection: 'LEFT',
  leaveReason,
  leftAt: expect.any(String),
  willEjectAt: null,
  audio: false,
  video: false,
  screenShare: false,
});

const schemaReasons = async () => {
  const query = '{ __type(name: "LeaveReason") { enumValues { name } } }';
  const { __type } = await read<{ __type: { enumValues: { name: string }[] } }>(backend, query);
  return __type.enumValues.map(({ name }) => name).toSorted();
};

it('every reason of the schema has its ending here', async () => {
  expect(Object.keys(endings).toSorted()).toEqual(await schemaReasons());
});

describe('when somebody’s time in the room is over', () => {
  const scenes = new Map<string, Scene & { readonly before: Shown; readonly streams: readonly EventStream<Left>[] }>();
  const shownOf = async (caller: Pick<Seed, 'ask'>, id: string) =>
    (
      await read<{ node: Shown }>(caller, `query ($id: ID!) { node(id: $id) { ... on Participant { ${fields} } } }`, {
        id,
      })
    ).node;

  beforeAll(async () => {
    const made = Object.entries(endings).map(async ([reason, { settings = {}, claims = {} }]) => {
      const room = await backend.waitingRoom({ ejectAfterElapsedSeconds: 3_600, ...settings });
      const after = await cursorOf(backend, room.name);
      const person = await room.guest({ userId: 'u-1', ...claims });
      await person.ask(
        'mutation { updateMyMedia(input: { audio: true, video: true, screenShare: true }) { __typename } }',
      );
      const streams = await Promise.all(
        [backend, elsewhere].map((caller) =>
          subscribe<Left>(caller, 'WebSocket', 'roomEvents', document, { after, roomName: room.name }),
        ),
      );
      const before = await shownOf(backend, person.id);
      scenes.set(reason, { room, person, before, streams });
    });
    await Promise.all(made);
    for (const [reason, { end }] of Object.entries(endings)) {
      const scene = scenes.get(reason);
      if (scene) await end?.(scene);
    }
    // Time ends the others, all at once; nobody is held by a process.
    await moveClock(database, { seconds: 120, areAlive: true });
  });

  it.each(Object.keys(endings))('%s is told, and nothing of it goes on', async (reason) => {
    const scene = scenes.get(reason);
    if (scene === undefined) throw new Error('it was not begun');
    const { person, before, streams } = scene;
    expect(before).toMatchObject({
      connection: 'CONNECTED',
      leaveReason: null,
      leftAt: null,
      audio: true,
      video: true,
    });
    expect(before.willEjectAt).not.toBeNull();
    for (const events of streams) {
      const left = await events.find(
        ({ __typename, participant }) => __typename === 'ParticipantLeft' && participant?.id === person.id,
      );
      expect(left).toMatchObject({ reason, participant: over(reason) });
    }
    for (const caller of [backend, elsewhere]) expect(await shownOf(caller, person.id)).toEqual(over(reason));
    // Who it was about finds it out from its own session for a day; who was sent back has a knock in its place.
    const { viewer } = await read<{ viewer: Partial<Shown> }>(
      person,
      `{ viewer { ... on Participant { ${fields} } } }`,
    );
    expect(viewer).toEqual(reason === 'RETURNED_TO_LOBBY' ? {} : over(reason));
  });
});

it('exp passes with people inside: they are told and stay, and nobody else comes in', async () => {
  const room = await backend.room({ exp: inSeconds(300) });
  const { jwt } = await room.token();
  const before = await cursorOf(backend, room.name);
  const owner = await room.owner();
  // Whose stream is open is not lost as the time passes.
  const streams = await Promise.all([
    followFromJoining(owner, before),
    ...[backend, elsewhere].map((caller) => followRoom(caller, { roomName: room.name })),
  ]);
  const cursor = await cursorOf(backend, room.name);
  await moveClock(database, { seconds: 301, areAlive: true });
  for (const stream of streams) {
    const told = await stream.find(({ __typename }) => __typename === 'RoomUpdated');
    expect(told).toMatchObject({ roomName: room.name, by: { kind: 'SERVICE' } });
    expect(told.cursor).not.toBe(cursor);
  }
  const { viewer } = await read<{ viewer: object }>(
    owner,
    '{ viewer { ... on Participant { connection leaveReason isOwner } } }',
  );
  expect(viewer).toEqual({ connection: 'CONNECTED', leaveReason: null, isOwner: true });
  expect(await change(backend, 'joinRoom', { roomName: room.name, token: jwt })).toMatchObject({
    code: 'ROOM_EXPIRED',
  });
});

it('a room that was made with an exp is missing as soon as it comes, and closes, though nobody was ever there', async () => {
  const room = await backend.room({ exp: inSeconds(900) });
  await moveClock(database, { seconds: 901, areAlive: true });
  for (const caller of [backend, elsewhere]) {
    const found = await read(caller, 'query ($name: String!) { room(name: $name) { id } }', { name: room.name });
    expect(found).toEqual({ room: null });
  }
  // Nobody has a place in it from which to follow it, so the row tells.
  const closed = () => database.sql`select closed_at is not null as closed from rooms where name = ${room.name}`;
  await expect.poll(closed).toEqual([{ closed: true }]);
});

describe('a backend whose line was lost while a room ended', () => {
  /** Somebody is banned; what is returned lifts the ban: it changes the room, and nobody sees that. */
  const ban = async ({ name }: RoomSeed) => {
    await change(backend, 'ejectParticipants', { roomName: name, userIds: ['somebody'], ban: true });
    const query = 'query ($name: String!) { room(name: $name) { bans { nodes { id } } } }';
    const { room } = await read<{ room: { bans: { nodes: { id: string }[] } } }>(backend, query, { name });
    return () => backend.ask('mutation ($id: ID!) { liftBan(banId: $id) { __typename } }', room.bans.nodes[0]);
  };

  it.each([
    ['and its name is free', false, false],
    ['and another room has its name', true, false],
    ['and something was written behind its end, unseen', false, true],
    ['and something was written behind its end, unseen, and another room has its name', true, true],
  ])('is told how it ended, %s; behind that there is nothing to follow', async (_what, isTaken, isWritten) => {
    const room = await backend.room();
    const lift = await ban(room);
    const after = await cursorOf(backend, room.name);
    await room.guest();
    await change(backend, 'deleteRoom', { roomName: room.name });
    if (isWritten) expect((await lift()).body.data).toEqual({ liftBan: { __typename: 'Ban' } });
    if (isTaken) await change(backend, 'createRoom', { name: room.name });
    for (const caller of [backend, elsewhere])
      for (const door of streamDoors) {
        const events = await followRoom(caller, { roomName: room.name, after }, door);
        const told = await events.ended();
        expect(told.map(({ __typename }) => __typename)).toEqual(
          expect.arrayContaining(['ParticipantJoined', 'ParticipantLeft', 'RoomClosed']),
        );
        expect(told.at(-1)?.__typename).toBe('RoomClosed');
        const end = told.at(-1)?.cursor ?? '';
        const further = await followRoom(caller, { roomName: room.name, after: end }, door);
        if (isTaken) expect((await further.next()).__typename).toBe('Resync');
        else expect(await further.refused()).toBe('NOT_FOUND');
      }
  });

  it('and goes on where people stay in a room whose exp has passed', async () => {
    const room = await backend.room({ exp: inSeconds(6_000) });
    const person = await room.guest();
    const after = await cursorOf(backend, room.name);
    await moveClock(database, { seconds: 6_001, areAlive: true });
    for (const caller of [backend, elsewhere]) {
      const events = await followRoom(caller, { roomName: room.name, after });
      await change(person, 'updateMyMedia', { audio: caller === backend });
      await events.find(({ participant }) => participant?.id === person.id);
      await events.stop();
    }
  });
});
