import { expect, test } from 'vitest';
import { createClock } from '../../src/room/clock.ts';
import type { RoomCommand, RoomWriterDeps } from '../../src/room/command.ts';
import { createRoomWriter } from '../../src/room/writer.ts';
import type { FactKeys } from '../../src/rules/fact-keys.ts';
import type { RoomRef, RoomStore } from '../../src/storage/room-store.ts';
import { domain, idOf, waitingRoomOf } from '../rules/facts-kit.ts';

/** Something that changes nothing. */
const look: RoomCommand<null> = { by: null, decide: () => ({ answer: null }) };
const kept = 5_000;

/** A process at a store of quiet rooms, and which of them it has read from the ground up. */
function open() {
  const wholly: string[] = [];
  /** What comes between a read and its answer. */
  const meanwhile: (() => void)[] = [];
  const rows = {
    ...{ room: waitingRoomOf(), domain, liveStream: null, ownerIds: new Set<string>(), tokens: [] },
    ...{ knocks: new Map(), participants: new Map(), bans: new Map(), returns: new Map() },
  };
  const readOf = (keys: FactKeys) => ({ rows, keys, clock: new Date(), hasWebhooks: false, isWhole: true });
  const store: Pick<RoomStore, 'readAll' | 'readSince'> = {
    readAll: async ({ roomId }, keys) => {
      wholly.push(roomId);
      return readOf(keys);
    },
    readSince: async (_ref, _seq, keys) => {
      meanwhile.shift()?.();
      return readOf(keys);
    },
  };
  const deps: Partial<RoomWriterDeps> = {
    store: store as RoomStore,
    clock: createClock(),
    uptime: { since: () => new Date(0) } as RoomWriterDeps['uptime'],
    findEndedKeys: async () => new Set(),
    webhookOf: () => null,
    onError: (error) => expect.unreachable(String(error)),
  };
  const writer = createRoomWriter(deps as RoomWriterDeps);
  const ref = (name: string): RoomRef => ({ domainId: domain.id, roomId: idOf<'Room'>(name) });
  return {
    wholly,
    use: (name: string, keys: FactKeys = {}) => writer.submit(ref(name), { ...look, keys }),
    forget: writer.forget,
    meanwhile,
  };
}

test('a process remembers the rooms that were used last, and lets go of those that are idle longest', async () => {
  const { wholly, use } = open();
  await use('idle');
  await use('used');
  for (let count = 0; count < kept - 2; count += 1) await use(`room ${count}`);
  await use('used');
  for (const name of ['one more', 'another']) await use(name);
  wholly.length = 0;
  await use('used');
  await use('idle');
  expect(wholly).toEqual(['idle']);
});

test('nothing that it remembers counts where the database has become another one', async () => {
  const { wholly, use, forget } = open();
  await use('one');
  await use('two');
  forget();
  await use('one');
  await use('one');
  await use('two');
  expect(wholly).toEqual(['one', 'two', 'one', 'two']);
});

test('what is forgotten while it is read is read anew, and the room is there', async () => {
  const { wholly, use, forget, meanwhile } = open();
  await use('one');
  meanwhile.push(forget);
  // Nobody has read this knock yet.
  expect(await use('one', { knockIds: [idOf<'KnockRequest'>('another')] })).toMatchObject({ answer: null });
  expect(wholly).toEqual(['one', 'one']);
});
