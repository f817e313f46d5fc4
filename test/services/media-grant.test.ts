import { afterEach, expect, test, vi } from 'vitest';
import type { ParticipantView } from '../../src/room/views.ts';
import { createEarlyGrant, mediaGrantOf } from '../../src/services/media-grant.ts';
import { domain, participantOf, roomOf } from '../rules/facts-kit.ts';

// A grant is signed while the write that it rests on is on its way. What is handed out says what holds when that is done.

const view: ParticipantView = { participant: participantOf(), room: roomOf(), domain };

/** Signs by saying what was to be signed, and how many were signed before. */
function signer() {
  const signed: ParticipantView[] = [];
  return {
    signed,
    sign: async (asked: ParticipantView) => JSON.stringify([mediaGrantOf(asked), signed.push(asked)]),
  };
}

const saysOf = (grant: string): unknown => JSON.parse(grant)[0];

afterEach(() => {
  vi.useRealTimers();
});

test('it is signed once where the room is as it was', async () => {
  const { signed, sign } = signer();
  const early = createEarlyGrant(sign);
  early.begin(view);
  early.begin({ ...view, room: { ...view.room, version: view.room.version + 1 } });
  const taken = await early.take({ ...view, room: { ...view.room, version: view.room.version + 2 } });
  expect(saysOf(taken)).toEqual(saysOf(JSON.stringify([mediaGrantOf(view)])));
  expect(signed).toHaveLength(1);
});

const noPatch = { hasPresence: null, canSend: null, canReceive: null, canAdmin: null };
const movedOn: Readonly<Record<string, Partial<ParticipantView>>> = {
  'the permissions of the room': { room: roomOf({ ownerOnlyBroadcast: true }) },
  'the permissions of the domain': { domain: { ...domain, permissions: { ...noPatch, canSend: [] } } },
  'the name of the person': { participant: participantOf({ userName: 'Another' }) },
  'what the person may do': { participant: participantOf({ permissions: { ...noPatch, canSend: [] } }) },
};

test.each(Object.entries(movedOn))('it is signed again where %s changed meanwhile', async (_what, different) => {
  const { signed, sign } = signer();
  const early = createEarlyGrant(sign);
  early.begin(view);
  const after = { ...view, ...different };
  expect(JSON.parse(await early.take(after))).toEqual([JSON.parse(JSON.stringify(mediaGrantOf(after))), 2]);
  expect(signed).toHaveLength(2);
});

test('it is signed again where the write took so long that its time has begun to run', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { signed, sign } = signer();
  const early = createEarlyGrant(sign);
  early.begin(view);
  vi.advanceTimersByTime(1_001);
  await early.take(view);
  expect(signed).toHaveLength(2);
});

test('it is signed where nothing was begun', async () => {
  const { signed, sign } = signer();
  await createEarlyGrant(sign).take(view);
  expect(signed).toEqual([view]);
});

test('a failure is told to who takes it, and to nobody else', async () => {
  const early = createEarlyGrant(() => Promise.reject(new Error('no key')));
  early.begin(view);
  await expect(early.take(view)).rejects.toThrow('no key');
});

test('what could not be signed early is signed once more when the join is written', async () => {
  const { signed, sign } = signer();
  let fails = 1;
  const early = createEarlyGrant((asked) =>
    fails-- > 0 ? Promise.reject(new Error('the key could not be read')) : sign(asked),
  );
  early.begin(view);
  expect(saysOf(await early.take(view))).toEqual(saysOf(JSON.stringify([mediaGrantOf(view)])));
  expect(signed).toHaveLength(1);
});
