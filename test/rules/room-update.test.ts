import { describe, expect, test, vi } from 'vitest';
import { theService } from '../../src/rules/actor.ts';
import type { RoomCaller } from '../../src/rules/authority.ts';
import type { RoomFacts } from '../../src/rules/facts.ts';
import { admit, earlier } from '../../src/rules/knock-request.ts';
import { isInside } from '../../src/rules/participant.ts';
import type { RoomSettingsInput } from '../../src/rules/room.ts';
import { updateRoom } from '../../src/rules/room-changes.ts';
import {
  admin,
  asBackend,
  at,
  callerOf,
  claimsOf,
  deniedOf,
  factsAfter,
  factsOf,
  fateOf,
  idOf,
  knockOf,
  now,
  owner,
  participantOf,
  waitingRoomOf,
} from './facts-kit.ts';

const change = (facts: RoomFacts, input: RoomSettingsInput, caller: RoomCaller = asBackend) =>
  updateRoom(facts, { caller, input, path: ['input', 'settings'] }, now);

describe('who changes a room', () => {
  const facts = factsOf({ participants: [owner, admin] });
  test.each([
    ['the backend', 'changes it', asBackend],
    ['an owner in the room', 'changes it', callerOf('owner', true)],
    ['an admin', 'FORBIDDEN', callerOf('admin')],
    ['an owner who has left', 'OWNER_NOT_IN_ROOM', callerOf('gone', true)],
    ['a stranger', 'UNAUTHENTICATED', callerOf('gone')],
  ])('%s: %s', (_who, outcome, caller) => {
    const { answer, changes } = change(facts, { lobbyMessage: 'Welcome' }, caller);
    expect('code' in answer ? answer.code : 'changes it').toBe(outcome);
    expect(changes === undefined).toBe(outcome !== 'changes it');
  });
});

describe('what becomes of those who wait', () => {
  const facts = factsOf({
    knocks: [knockOf({ requestedAt: at(-20) }), knockOf({ id: idOf('knock-2') }), deniedOf({ id: idOf('old') })],
  });
  const fates = (input: RoomSettingsInput) =>
    (change(facts, input).changes?.knocks ?? []).map((one) => `${one.id} ${fateOf(one)}`);

  test.each<[string, RoomSettingsInput, string | null]>([
    ['the room goes public: in', { privacy: 'PUBLIC' }, 'ADMITTED ROOM_OPENED'],
    ['public without knocking: in as well', { privacy: 'PUBLIC', enableKnocking: false }, 'ADMITTED ROOM_OPENED'],
    ['knocking is switched off: sent away', { enableKnocking: false }, 'EXPIRED KNOCKING_DISABLED'],
    ['an exp that comes before theirs: they wait on', { exp: at(60) }, 'PENDING null'],
    ['a message: they wait on', { lobbyMessage: 'Soon' }, null],
    ['a shorter timeout counts for those to come', { knockTimeoutSeconds: 5 }, null],
  ])('%s', (_what, input, fate) => {
    expect(fates(input)).toEqual(fate === null ? [] : [`knock-1 ${fate}`, `knock-2 ${fate}`]);
  });

  test("a wait ends no later than the room's new exp", () => {
    expect(change(facts, { exp: at(60) }).changes?.knocks).toMatchObject([{ exp: at(60) }, { exp: at(60) }]);
  });

  test.each([
    ['made later', at(60), { exp: at(120) }, [at(120)]],
    ['made later than they would wait', at(60), { exp: at(3600) }, [at(300)]],
    ['taken away', at(60), { exp: null }, [at(300)]],
    ['made later, when it did not cut the wait', at(600), { exp: at(3600) }, []],
    ['left as it is', at(60), { title: 'Standup' }, []],
  ] as const)("a wait that ended with the room's exp, which was %s, goes on", (_what, exp, input, ends) => {
    const before = waitingRoomOf({ exp, knockTimeoutSeconds: 300 });
    const knock = knockOf({ requestedAt: at(0), exp: earlier(at(300), exp) });
    const { changes } = change(factsOf({ room: before, knocks: [knock] }), input);
    expect(changes?.knocks ?? []).toMatchObject(ends.map((until) => ({ status: 'PENDING', exp: until })));
  });

  test('a wait that ended with the room goes on no longer than the token lasts that puts its holder out', () => {
    const token = claimsOf({ exp: at(120), ejectAtTokenExp: true });
    const knock = knockOf({ requestedAt: at(0), exp: at(60), token, verified: true });
    const before = waitingRoomOf({ exp: at(60), knockTimeoutSeconds: 300 });
    const { changes } = change(factsOf({ room: before, knocks: [knock] }), { exp: null });
    expect(changes?.knocks).toMatchObject([{ status: 'PENDING', exp: at(120) }]);
  });

  test.each([
    ['set', null, at(60), [at(60)]],
    ['shortened', at(3600), at(60), [at(60)]],
    ['set to later than four hours', null, at(5 * 3600), []],
    ['made later', at(60), at(120), [at(120)]],
    ['taken away', at(60), null, [at(4 * 3600 - 5)]],
    ['left as it is', at(60), at(60), []],
  ] as const)("an admission ends no later than the room's exp, which was %s", (_what, before, exp, ends) => {
    const admitted = admit(knockOf(), 'DECIDED', theService, waitingRoomOf({ exp: before }), at(-5));
    const { changes } = change(factsOf({ room: waitingRoomOf({ exp: before }), knocks: [admitted] }), { exp });
    expect(changes?.knocks ?? []).toMatchObject(ends.map((letsInUntil) => ({ status: 'ADMITTED', letsInUntil })));
    const told = changes === undefined ? [] : ['RoomUpdated', ...ends.map(() => 'KnockChanged')];
    expect((changes?.events ?? []).map(({ type }) => type)).toEqual(told);
  });

  test('an admission of the same instant whose end moves with exp is no new decision', () => {
    const admitted = admit(knockOf(), 'DECIDED', theService, waitingRoomOf(), now);
    const { changes } = change(factsOf({ room: waitingRoomOf(), knocks: [admitted] }), { exp: at(60) });
    expect(changes?.events.at(-1)).toMatchObject({ type: 'KnockChanged', wasDecided: true });
    const opened = change(factsOf({ room: waitingRoomOf(), knocks: [knockOf()] }), { privacy: 'PUBLIC', exp: at(60) });
    expect(opened.changes?.events.at(-1)).not.toHaveProperty('wasDecided');
  });

  test('an admission that ends with the opening is told once, whatever exp was set with it', () => {
    const opened = admit(knockOf(), 'ROOM_OPENED', theService, waitingRoomOf(), at(-5));
    const open = factsOf({ room: waitingRoomOf({ privacy: 'PUBLIC' }), knocks: [opened] });
    const { changes } = change(open, { privacy: 'PRIVATE', exp: at(60) });
    expect(changes?.knocks).toMatchObject([{ status: 'EXPIRED' }]);
  });
});

test('an admission by an opening that somebody is inside by stays when the room closes, and is told of its new end', () => {
  const opened = admit(knockOf(), 'ROOM_OPENED', theService, waitingRoomOf(), at(-5));
  const participants = [participantOf({ knockId: opened.id })];
  const open = factsOf({ room: waitingRoomOf({ privacy: 'PUBLIC' }), knocks: [opened], participants });
  const { changes } = change(open, { privacy: 'PRIVATE', exp: at(60) });
  expect(changes?.knocks).toMatchObject([{ status: 'ADMITTED', letsInUntil: at(60) }]);
});

describe('what becomes of those inside', () => {
  const guest = participantOf({ audio: true, video: true, screenShare: true });
  const vouched = participantOf({
    id: idOf('vouched'),
    token: claimsOf({ permissions: { hasPresence: null, canSend: ['AUDIO'], canReceive: null, canAdmin: null } }),
    video: false,
  });
  const facts = factsOf({ participants: [owner, guest, vouched] });
  const told = (input: RoomSettingsInput) =>
    (change(facts, input).changes?.participants ?? []).filter(isInside).map(({ id, audio, video, screenShare }) => ({
      id,
      sends: [audio, video, screenShare],
    }));

  test('only owners broadcast: everybody else falls silent', () => {
    expect(told({ ownerOnlyBroadcast: true })).toEqual([
      { id: 'participant-1', sends: [false, false, false] },
      { id: 'vouched', sends: [false, false, false] },
    ]);
  });

  test('screens are switched off where they may not be shared any more', () => {
    expect(told({ enableScreenshare: false })).toMatchObject([
      { id: 'owner', sends: [true, true, false] },
      { id: 'participant-1', sends: [true, true, false] },
    ]);
  });

  test('permissions of the room do not touch whose token says otherwise', () => {
    expect(told({ permissions: { canSend: ['VIDEO'] } })).toMatchObject([
      { id: 'owner' },
      { id: 'participant-1', sends: [false, true, false] },
    ]);
  });

  test('nobody is looked at where nothing changes that permissions rest on', () => {
    const values = vi.fn(() => [owner].values());
    const facts = factsOf({ participants: [owner] });
    change({ ...facts, participants: { ...facts.participants, values } }, { lobbyMessage: 'Soon' });
    expect(values).not.toHaveBeenCalled();
    change({ ...facts, participants: { ...facts.participants, values } }, { ownerOnlyBroadcast: true });
    expect(values).toHaveBeenCalled();
  });

  test('going private puts nobody out', () => {
    const open = { ...facts, room: waitingRoomOf({ privacy: 'PUBLIC' }) };
    expect(change(open, { privacy: 'PRIVATE' }).changes?.participants).toEqual([]);
  });
});

test('a change that changes nothing makes no event', () => {
  const input = { privacy: 'PRIVATE', lobbyMessage: 'Soon' } as const;
  const once = change(factsOf(), input);
  expect(once.changes?.events.map(({ type }) => type)).toEqual(['RoomUpdated']);
  expect(change(factsAfter(factsOf(), once.changes), input).changes).toBeUndefined();
});

test('a room that has expired is not changed any more, and not brought back to life', () => {
  const facts = factsOf({ room: waitingRoomOf({ exp: at(-1) }) });
  expect(change(facts, { exp: at(600) }).answer).toMatchObject({ code: 'NOT_FOUND' });
});
