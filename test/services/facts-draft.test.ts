import { expect, test } from 'vitest';
import { FactsDraft } from '../../src/room/facts-draft.ts';
import { theService } from '../../src/rules/actor.ts';
import type { FactKeys } from '../../src/rules/fact-keys.ts';
import { FactsMissing } from '../../src/rules/fact-keys.ts';
import type { Changes } from '../../src/rules/facts.ts';
import { admit, type Knock } from '../../src/rules/knock-request.ts';
import type { Participant } from '../../src/rules/participant.ts';
import type { Room } from '../../src/rules/room.ts';
import type { FactsRead } from '../../src/storage/room-store.ts';
import {
  at,
  claimsOf,
  deniedOf,
  domain,
  goneOf,
  idOf,
  knockOf,
  now,
  participantOf,
  roomOf,
  waitingRoomOf,
} from '../rules/facts-kit.ts';

const id = idOf<'KnockRequest'>('knock-1');
const admitted = admit(knockOf({ id }), 'DECIDED', theService, waitingRoomOf(), now);
const guest = participantOf({ id: idOf<'Participant'>('guest'), knockId: id });

function draftOf(knocks: readonly Knock[] = []): FactsDraft {
  return new FactsDraft(readOf({ knocks }));
}

type Given = {
  readonly room?: Room;
  readonly knocks?: readonly Knock[];
  readonly participants?: readonly Participant[];
};

/** What was read of a room, and by which keys. */
function readOf({ room = waitingRoomOf(), knocks = [], participants = [] }: Given, keys: FactKeys = {}): FactsRead {
  return {
    rows: {
      room,
      domain,
      knocks: new Map(knocks.map((knock) => [knock.id, knock])),
      participants: new Map(participants.map((person) => [person.id, person])),
      bans: new Map(),
      returns: new Map(),
      tokens: (keys.tokens ?? []).map((token) => ({ token, fact: { uses: 1, ended: null } })),
      ownerIds: new Set(),
      liveStream: null,
    },
    keys,
    clock: now,
    hasWebhooks: false,
  };
}

/** One group after the other, each of them written. */
function write(draft: FactsDraft, ...groups: readonly Omit<Changes, 'events'>[]): void {
  for (const changes of groups) {
    draft.take({ ...changes, events: [] });
    draft.settleDown(draft.room.version + 1, now);
  }
}

test('a knock that waits is held, and somebody else’s is not', () => {
  const draft = draftOf([knockOf({ id })]);
  expect(draft.holds({ knockIds: [id] })).toBe(true);
  expect(draft.holds({ knockIds: [id, idOf<'KnockRequest'>('another')] })).toBe(false);
  expect(draft.holds({})).toBe(true);
});

test('rows that are known only by key are never held', () => {
  const draft = draftOf([knockOf({ id })]);
  for (const keys of [{ knockKeys: ['k'] }, { participantKeys: ['k'] }, { admissions: true }]) {
    expect(draft.holds({ knockIds: [id], ...keys })).toBe(false);
  }
});

test('the sessions of a knock that was made here are held until one of them is over', () => {
  const draft = draftOf();
  write(draft, { knocks: [knockOf({ id })] }, { knocks: [admitted] });
  expect(draft.holds({ knockIds: [id], sessionsOf: [id] })).toBe(true);
  write(draft, { participants: [guest] });
  expect(draft.holds({ sessionsOf: [id] })).toBe(true);
  write(draft, { participants: [goneOf('LEFT', guest)] });
  expect(draft.holds({ knockIds: [id] })).toBe(true);
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});

test('the sessions of a knock that was read are not: somebody may have come and gone with it', () => {
  const draft = draftOf([knockOf({ id })]);
  write(draft, { knocks: [admitted] });
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});

test('rows that were not written after all are no longer held', () => {
  const draft = draftOf();
  draft.take({ knocks: [knockOf({ id })], events: [] });
  draft.rollBack();
  expect(draft.holds({ knockIds: [id] })).toBe(false);
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});

test('the next deadline is told, so that a timer can wake somebody', () => {
  const dueAt = (given: Given) => new FactsDraft(readOf(given)).dueAt;
  const room = waitingRoomOf({ exp: at(900) });
  const knocks = [knockOf({ exp: at(600), attachedTo: [idOf('process-1')] })];
  const token = claimsOf({ ejectAtTokenExp: true, exp: at(300) });
  const participants = [participantOf({ attachedTo: [idOf('process-1')], token })];
  expect(dueAt({ room, knocks, participants })).toEqual(at(300));
  expect(dueAt({ room, knocks })).toEqual(at(600));
  expect(dueAt({ room })).toEqual(at(900));
  expect(dueAt({ knocks: [knockOf({ seenUntil: at(25) })] })).toEqual(at(25));
  expect(dueAt({ knocks: [knockOf({ seenUntil: at(25), connection: 'RECONNECTING' })] })).toEqual(at(295));
  expect(dueAt({})).toBeNull();
});

test('deadlines follow what is decided, what is taken back, and the room’s settings', () => {
  const room = roomOf({ ejectAfterElapsedSeconds: 500 });
  const inside = participantOf({ id: guest.id, joinedAt: now, attachedTo: [idOf('process-1')] });
  const draft = new FactsDraft(readOf({ room, knocks: [knockOf({ id, seenUntil: at(25) })], participants: [inside] }));
  expect([draft.dueAt, draft.isQuietAt(at(24)), draft.isQuietAt(at(25))]).toEqual([at(25), true, false]);
  draft.take({ knocks: [admitted], events: [] });
  expect(draft.dueAt).toEqual(at(500));
  draft.take({ room: { ...room, ejectAfterElapsedSeconds: 100 }, events: [] });
  expect(draft.dueAt).toEqual(at(100));
  draft.rollBack();
  expect(draft.dueAt).toEqual(at(25));
  write(draft, { knocks: [admitted] }, { participants: [goneOf('LEFT', inside)] });
  expect(draft.dueAt).toBeNull();
});

test('denials are kept apart from waiting knocks, for as long as they count', () => {
  const denied = deniedOf({ id, knockAgainAt: at(60) });
  const draft = draftOf([knockOf({ id }), knockOf({ id: idOf<'KnockRequest'>('another') })]);
  expect(draft.decided).toEqual([]);
  write(draft, { knocks: [denied] });
  expect(draft.decided).toEqual([denied]);
  draft.settleDown(draft.room.version, at(60));
  expect([draft.decided, draft.knocks.size]).toEqual([[], 1]);
});

test('places are counted as people come, go, hide and were not written after all', () => {
  const draft = draftOf();
  const hidden = participantOf({ id: idOf<'Participant'>('hidden'), hidden: true });
  write(draft, { participants: [guest, hidden] });
  expect(draft.placesTaken).toBe(1);
  draft.take({
    participants: [goneOf('LEFT', guest), { ...hidden, hidden: false }],
    events: [],
  });
  expect(draft.placesTaken).toBe(1);
  draft.take({ participants: [participantOf({ id: idOf<'Participant'>('another') })], events: [] });
  expect(draft.placesTaken).toBe(2);
  draft.rollBack();
  expect(draft.placesTaken).toBe(1);
  write(draft, { participants: [goneOf('LEFT', guest)] });
  expect([draft.placesTaken, draft.participants.size]).toEqual([0, 1]);
});

const nobody = idOf<'Participant'>('nobody');
const somewhere = idOf<'KnockRequest'>('somewhere');
const token = claimsOf();

/** Every fact that is not always loaded: by which key it is loaded, and how a rule asks for it. */
const loadedByKey: readonly (readonly [string, FactKeys, (draft: FactsDraft) => unknown])[] = [
  ['a knock', { knockIds: [somewhere] }, ({ knocks }) => knocks.get(somewhere)],
  ['a participant', { participantIds: [nobody] }, ({ participants }) => participants.get(nobody)],
  ['the knocks of a key', { knockKeys: ['k'] }, ({ keyed }) => keyed.knocksOfKey('k')],
  ['the sessions of a key', { participantKeys: ['k'] }, ({ keyed }) => keyed.sessionsOfKey('k')],
  ['the sessions of an admission', { sessionsOf: [somewhere] }, ({ keyed }) => keyed.sessionsOf(somewhere)],
  ['the admissions', { admissions: true }, ({ keyed }) => keyed.admissions()],
  ['an owner on record', { owners: ['u'] }, ({ keyed }) => keyed.ownersAmong(['u'])],
  ['a token', { tokens: [token] }, ({ tokens }) => tokens.get(token)],
];

test.each(loadedByKey)(
  '%s that was not loaded is asked for by its key, and is never taken for one that is not there',
  (_what, keys, ask) => {
    const draft = draftOf();
    const missing = () => {
      try {
        ask(draft);
      } catch (error) {
        return error instanceof FactsMissing ? error.needs : error;
      }
      return null;
    };
    expect(missing()).toEqual(keys);
    draft.absorb(readOf({}, keys));
    expect(missing()).toBeNull();
    // What was looked up holds for one group: the next one may come after somebody else has written.
    draft.settleDown(draft.room.version, now);
    expect(missing()).toEqual(keys);
  },
);

test('a token is known by all that revoking may name, and not by its jti alone', () => {
  const draft = draftOf();
  draft.absorb(readOf({}, { tokens: [token] }));
  expect(draft.tokens.get(token)).toEqual({ uses: 1, ended: null });
  for (const other of [{ userId: 'u2' }, { roomName: 'other' }, { iat: at(-30) }, { selfSigned: true }]) {
    expect(() => draft.tokens.get({ ...token, ...other })).toThrow(FactsMissing);
  }
});
