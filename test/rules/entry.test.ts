import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideEntry, type EntryDecision, entryValidUntil } from '../../src/rules/entry.ts';
import { tokenAt } from '../../src/rules/meeting-token-claims.ts';
import { badToken, entryCases } from './entry-cases.ts';
import {
  admittedOf,
  askOf,
  at,
  banOf,
  claimsOf,
  factsOf,
  goodToken,
  idOf,
  knockIn,
  noRoom,
  now,
  roomOf,
  waitingRoomOf,
} from './facts-kit.ts';

const ruleNames = ['meeting token', 'room', 'right', 'ban', 'opening hours', 'way in', 'uses and places'];

function spoken(decision: EntryDecision): string {
  if (decision.kind === 'REFUSED') return decision.refusal.code;
  return decision.kind === 'IN' ? `IN by ${decision.via}` : decision.kind;
}

describe('the first rule that speaks decides, and each rule that was looked at is told', () => {
  test.each(entryCases)('$title: $says', ({ facts, ask, speaks, says }) => {
    const { decision, steps } = decideEntry(facts ?? noRoom(), askOf(ask), now);
    expect(spoken(decision)).toBe(says);
    expect(steps.map(({ rule }) => rule)).toEqual(ruleNames.slice(0, ruleNames.indexOf(speaks) + 1));
    expect(steps.slice(0, -1).every(({ passed }) => passed)).toBe(true);
    expect(steps.at(-1)?.passed).toBe(decision.kind !== 'REFUSED');
    for (const { detail } of steps) expect(detail).toMatch(/^\S.{5,}/);
  });

  test('every rule has a case in which it speaks', () => {
    expect(new Set(entryCases.map(({ speaks }) => speaks))).toEqual(new Set(ruleNames));
  });

  test('a refusal that time will lift says when', () => {
    const { decision } = decideEntry(factsOf({ room: roomOf({ nbf: at(90) }) }), askOf(), now);
    expect(decision).toMatchObject({ kind: 'REFUSED', refusal: { code: 'ROOM_NOT_OPEN', opensAt: at(90) } });
  });
});

describe('a token is looked at again by the clock of the decision', () => {
  test.each([
    ['a millisecond before exp', { exp: at(0.001) }, null],
    ['at exp', { exp: now }, 'TOKEN_EXPIRED'],
    ['before nbf by more than clocks differ', { nbf: at(5.001) }, 'TOKEN_NOT_YET_VALID'],
    ['before nbf by no more than that', { nbf: at(5) }, null],
    ['before a self-signed iat by more', { iat: at(5.001), selfSigned: true }, 'TOKEN_NOT_YET_VALID'],
    ['before a self-signed iat by no more', { iat: at(5), selfSigned: true }, null],
    ["before this service's own iat", { iat: at(60) }, null],
    ['without either', { nbf: null, exp: null }, null],
    ['past both', { nbf: at(-10), exp: at(-5) }, 'TOKEN_EXPIRED'],
  ])('%s', (_when, claims, code) => {
    const verdict = tokenAt(goodToken(claims), now);
    expect(verdict.ok ? null : verdict.code).toBe(code);
  });

  test('one that was refused before stays refused, and none stays none', () => {
    expect(tokenAt(badToken, now)).toBe(badToken);
    expect(tokenAt(null, now)).toBeNull();
  });

  test.each([
    ['nbf', { nbf: at(60) }],
    ['iat', { iat: at(60), selfSigned: true }],
    ['the later of the two, nbf', { nbf: at(60), iat: at(7), selfSigned: true }],
    ['the later of the two, iat', { nbf: at(7), iat: at(60), selfSigned: true }],
  ])('a refusal says when the token opens: %s', (_which, claims) => {
    expect(tokenAt(goodToken(claims), now)).toMatchObject({ code: 'TOKEN_NOT_YET_VALID', opensAt: at(60) });
  });
});

test('an answer holds until the first instant that could change it by itself', () => {
  const room = waitingRoomOf({ nbf: at(-50), exp: at(300) });
  const token = goodToken({ exp: at(200) });
  const shown = askOf({ token, knock: admittedOf({ letsInUntil: at(100) }) });
  expect(entryValidUntil(factsOf({ room }), shown, now)).toEqual(at(100));
  expect(entryValidUntil(factsOf({ room }), askOf({ token }), now)).toEqual(at(200));
  expect(entryValidUntil(factsOf({ room }), askOf(), now)).toEqual(at(300));
  for (const ejectAtTokenExp of [true, false]) {
    const knock = admittedOf({ letsInUntil: at(250), token: claimsOf({ ejectAtTokenExp, exp: at(150) }) });
    expect(entryValidUntil(factsOf({ room }), askOf({ knock }), now)).toEqual(at(ejectAtTokenExp ? 150 : 250));
  }
  expect(entryValidUntil(factsOf({ room: waitingRoomOf({ nbf: at(7), exp: at(300) }) }), askOf(), now)).toEqual(at(7));
  expect(entryValidUntil(factsOf(), askOf(), now)).toBeNull();
});

const anyRoom = fc.record({
  privacy: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const),
  enableKnocking: fc.boolean(),
  nbf: fc.constantFrom(null, at(-1), at(1)),
  exp: fc.constantFrom(null, at(-1), at(1)),
  maxParticipants: fc.constantFrom(null, 1, 2),
});
const anyToken = fc.option(
  fc.oneof(
    fc.constant(badToken),
    fc
      .record({ knocking: fc.boolean(), isOwner: fc.boolean(), roomName: fc.constantFrom('lobby', 'elsewhere', null) })
      .map((claims) => goodToken({ ...claims, roomId: claims.roomName === null ? null : 'room' })),
  ),
  { nil: null },
);
const anyKnock = fc.option(
  fc.constantFrom(
    ...(['PENDING', 'ADMITTED', 'DENIED', 'EXPIRED'] as const).map((status) => knockIn(status)),
    ...[at(-1), at(1)].map((letsInUntil) => admittedOf({ letsInUntil })),
  ),
  { nil: null },
);

describe('whatever the facts', () => {
  const anything = fc.record({ room: anyRoom, token: anyToken, knock: anyKnock, placesTaken: fc.nat(2) });

  test('nobody is in a private room without a good token that need not knock, or an admission in force', () => {
    fc.assert(
      fc.property(anything, ({ room, token, knock, placesTaken }) => {
        const { decision } = decideEntry(factsOf({ room: roomOf(room), placesTaken }), askOf({ token, knock }), now);
        if (decision.kind !== 'IN' || room.privacy === 'PUBLIC') return;
        const byToken = token?.ok === true && !token.claims.knocking;
        const byKnock = knock?.status === 'ADMITTED' && knock.letsInUntil > now;
        expect(byToken || byKnock).toBe(true);
      }),
    );
  });

  test('nobody is in a room outside its hours, or beyond its places', () => {
    fc.assert(
      fc.property(anything, ({ room, token, knock, placesTaken }) => {
        const { decision } = decideEntry(factsOf({ room: roomOf(room), placesTaken }), askOf({ token, knock }), now);
        if (decision.kind !== 'IN') return;
        expect(room.nbf === null || room.nbf <= now).toBe(true);
        expect(room.exp === null || room.exp > now).toBe(true);
        expect(placesTaken).toBeLessThan(room.maxParticipants ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  test('a bad token never helps, and never learns of the room', () => {
    fc.assert(
      fc.property(fc.option(anyRoom, { nil: null }), anyKnock, (room, knock) => {
        const facts = room === null ? noRoom() : factsOf({ room: roomOf(room) });
        const { decision, steps } = decideEntry(facts, askOf({ token: badToken, knock }), now);
        expect(spoken(decision)).toBe('TOKEN_INVALID');
        expect(steps).toHaveLength(1);
      }),
    );
  });

  test('to whom nothing is shown, a missing room and a closed one are the same', () => {
    fc.assert(
      fc.property(anyRoom, fc.constantFrom('JOIN' as const, 'KNOCK' as const), (room, purpose) => {
        const closed = factsOf({ room: roomOf({ ...room, privacy: 'PRIVATE', enableKnocking: false }) });
        const ask = askOf({ purpose });
        expect(decideEntry(closed, ask, now).decision).toEqual(decideEntry(noRoom(), ask, now).decision);
      }),
    );
  });
});

test('a ban names one person and nobody else', () => {
  const facts = factsOf({
    room: roomOf(),
    bans: [banOf({ userId: 'u1', jti: 'jti-9', knockId: idOf<'KnockRequest'>('k9') })],
  });
  const someoneElse = askOf({ token: { ok: true, claims: claimsOf({ userId: 'u2' }) } });
  expect(spoken(decideEntry(facts, someoneElse, now).decision)).toBe('IN by TOKEN');
  // A userId of null is nobody's: two people without one are not the same person.
  expect(spoken(decideEntry(facts, askOf(), now).decision)).toBe('IN by PUBLIC');
});
