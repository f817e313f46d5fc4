import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  change,
  cursorOf,
  type EventStream,
  followKnocks,
  followRoom,
  type StreamDoor,
  streamDoors,
} from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Caller, callerOf, seed } from '../support/seed.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { patience, spawnOne } from './fault-kit.ts';

const database = await createTestDatabase();
const proxy = await startTcpProxy(database.url);
const [awake, frozen] = await Promise.all([spawnOne(database.url), spawnOne(proxy.url)]);
const backend = seed(awake);

/** What was learned of a key before is too old to go by after so long. Milliseconds. */
const tooLongMs = 1_100;

type Shown = { readonly roomName: string };
type Follow = (caller: Caller, roomName: string, after: string, door: StreamDoor) => Promise<EventStream<Shown>>;
const follows: readonly Follow[] = [
  (caller, roomName, after, door) => followRoom(caller, { roomName, after }, door),
  (caller, roomName, _after, door) => followKnocks(caller, roomName, door),
  (caller, _roomName, _after, door) => followKnocks(caller, undefined, door),
];

/** A backend with a key of its own that follows a room in every way it can, through the process that will be frozen. */
async function followAll(door: StreamDoor) {
  const selection = '... on CreatedApiKey { apiKey { id } secret }';
  const made = await change<{ apiKey: { id: string }; secret: string }>(
    backend,
    'createApiKey',
    { name: 'to be revoked', scopes: ['ADMISSION'] },
    selection,
  );
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const after = await cursorOf(backend, room.name);
  await room.knocker();
  const caller = callerOf(frozen, made.secret);
  const streams = await Promise.all(follows.map((follow) => follow(caller, room.name, after, door)));
  // The first that comes says that it is open.
  await Promise.all(streams.map((stream) => stream.find(({ roomName }) => roomName === room.name)));
  const revoke = () =>
    backend.ask('mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { __typename } }', { id: made.apiKey.id });
  return { room, streams, revoke };
}

async function whileFrozen(work: () => Promise<unknown>): Promise<void> {
  await frozen.kill('SIGSTOP');
  await work();
  await pause(tooLongMs);
  await frozen.kill('SIGCONT');
}

/** The process goes on, but hears nothing of its database. */
async function whileCutOff(work: () => Promise<unknown>): Promise<void> {
  proxy.hold('requests', 'answers');
  await work();
  await pause(tooLongMs);
  proxy.release();
}

const absences = [
  ['was frozen', whileFrozen],
  ['had lost its database', whileCutOff],
] as const;

describe.each(streamDoors)('through %s', (door) => {
  test.each(absences)(
    'a process that %s shows a backend nothing from after its key was revoked',
    patience,
    async (_what, meanwhile) => {
      const { room, streams, revoke } = await followAll(door);
      await meanwhile(async () => {
        await revoke();
        for (const userName of ['First', 'Second', 'Third']) await room.knocker({ userName });
      });
      for (const stream of streams) {
        const shown = await stream.ended();
        expect(shown.filter(({ roomName }) => roomName === room.name)).toEqual([]);
      }
    },
  );

  test.each(absences)(
    'a process that %s shows a backend whose key is good all that it missed',
    patience,
    async (_what, meanwhile) => {
      const { room, streams } = await followAll(door);
      await meanwhile(() => room.knocker({ userName: 'Meanwhile' }));
      for (const stream of streams) await stream.find((event) => JSON.stringify(event).includes('Meanwhile'));
    },
  );
});
