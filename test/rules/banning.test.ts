import { describe, expect, test } from 'vitest';
import { type BannedBy, findBan } from '../../src/rules/ban.ts';
import { turnAwayBanned } from '../../src/rules/banning.ts';
import { eject } from '../../src/rules/ejection.ts';
import type { Knock, KnockStatus } from '../../src/rules/knock-request.ts';
import {
  admin,
  admittedOf,
  asAdmin,
  asBackend,
  asOwner,
  at,
  banOf,
  claimsOf,
  factsOf,
  fateOf,
  goneOf,
  idOf,
  knockIn,
  knockOf,
  now,
  owner,
  participantOf,
} from './facts-kit.ts';

const actor = { kind: 'PARTICIPANT', name: 'Olga', userId: null } as const;

describe('a ban binds', () => {
  const everything = { userId: 'u1', jti: 'j1', knockId: idOf<'KnockRequest'>('k1'), addressHash: 'office' };
  const cases: readonly (readonly [string, Parameters<typeof banOf>[0], BannedBy, boolean])[] = [
    ['nobody who has none of it', everything, { userId: 'u2', jti: 'j2', addressHash: 'home' }, false],
    ['nobody who has nothing', everything, {}, false],
    ['nobody, where it names nobody', {}, { userId: null, jti: null, knockId: null, addressHash: null }, false],
    ['by userId', everything, { userId: 'u1' }, true],
    ['by token', everything, { jti: 'j1' }, true],
    ['by knock', everything, { knockId: idOf('k1') }, true],
    ['by network', everything, { addressHash: 'office' }, true],
    ['by network also who was admitted before', everything, { addressHash: 'office', admittedAt: at(-61) }, true],
    ['not by network who was admitted since', everything, { addressHash: 'office', admittedAt: at(-59) }, false],
    [
      'not by network who was admitted at its instant',
      everything,
      { addressHash: 'office', admittedAt: at(-60) },
      false,
    ],
    ['by userId also who was admitted since', everything, { userId: 'u1', admittedAt: at(-59) }, true],
    ['nobody once it is lifted', { ...everything, liftedAt: at(-1) }, everything, false],
    ['until its exp', { ...everything, exp: at(1) }, everything, true],
    ['nobody from its exp on', { ...everything, exp: now }, everything, false],
    ['an owner, where an owner made it', everything, { userId: 'u1', isOwner: true }, true],
    ['no owner, where an admin made it', { ...everything, madeByAdmin: true }, { userId: 'u1', isOwner: true }, false],
    ['others, where an admin made it', { ...everything, madeByAdmin: true }, { userId: 'u1', isOwner: false }, true],
  ];
  test.each(cases)('%s', (_what, ban, who, binds) => {
    expect(findBan([banOf(ban)], who, now) !== null).toBe(binds);
  });
});

describe('whom a new ban of a network turns away', () => {
  const ban = banOf({ addressHash: 'address-1' });
  const put = { putOut: [], actor, now };
  const turned = (knocks: readonly Knock[], people: Parameters<typeof factsOf>[0] = {}) =>
    turnAwayBanned(factsOf({ knocks, ...people }), [ban], put).map(fateOf);

  test.each([
    ['PENDING', ['DENIED DECIDED']],
    ['ADMITTED', ['EXPIRED RECALLED']],
    ['DENIED', []],
    ['CANCELLED', []],
    ['EXPIRED', []],
  ] as const)('%s from there', (status: KnockStatus, becomes) => {
    expect(turned([knockIn(status)])).toEqual(becomes);
  });

  test('whoever waited is not told when to knock again, since the ban keeps them out', () => {
    expect(turnAwayBanned(factsOf({ knocks: [knockOf()] }), [ban], put)).toMatchObject([{ knockAgainAt: null }]);
  });

  test('nobody from elsewhere, nobody who is vouched for, nobody inside', () => {
    expect(turned([knockOf({ addressHash: 'elsewhere' })])).toEqual([]);
    expect(turned([knockOf({ verified: true, userId: 'u9', token: claimsOf({ userId: 'u9', jti: 'j9' }) })])).toEqual(
      [],
    );
    const knock = admittedOf();
    expect(turned([knock], { participants: [participantOf({ knockId: knock.id })] })).toEqual([]);
    const left = goneOf('LEFT', participantOf({ knockId: knock.id }));
    expect(turned([knock], { participants: [left] })).toEqual(['EXPIRED RECALLED']);
  });
});

test.each([
  ['an admin', asAdmin, []],
  ['an owner', asOwner, ['DENIED DECIDED']],
  ['the backend', asBackend, ['DENIED DECIDED']],
] as const)('a ban by %s of somebody whose userId waits with an owner’s token', (_who, caller, becomes) => {
  const guest = participantOf({ id: idOf('guest'), userId: 'u1', token: claimsOf({ userId: 'u1' }) });
  const boss = knockOf({ userId: 'u1', verified: true, token: claimsOf({ jti: 'j2', userId: 'u1', isOwner: true }) });
  const facts = factsOf({ participants: [owner, admin, guest], knocks: [boss] });
  const ban = { ids: [idOf<'Ban'>('b1')], exp: null, network: false };
  const { changes } = eject(facts, { caller, ids: [guest.id], userIds: [], ban }, now);
  expect(changes?.bans).toHaveLength(1);
  expect((changes?.knocks ?? []).map(fateOf)).toEqual(becomes);
});

describe('ejecting with a ban', () => {
  const guest = participantOf({
    id: idOf('guest'),
    userId: 'u1',
    addressHash: 'address-7',
    token: claimsOf({ userId: 'u1' }),
  });
  const command = (more: object = {}) => ({
    ...{ caller: asBackend, ids: [guest.id], userIds: [] as string[] },
    ban: { ids: [idOf<'Ban'>('b1'), idOf<'Ban'>('b2')], exp: null, network: false },
    ...more,
  });

  test.each([
    ['the backend', asBackend, false],
    ['an owner', asOwner, false],
    ['an admin', asAdmin, true],
  ])('by %s: who made it is kept', (_who, caller, madeByAdmin) => {
    const facts = factsOf({ participants: [owner, admin, guest] });
    expect(eject(facts, command({ caller }), now).changes?.bans).toMatchObject([{ madeByAdmin, userId: 'u1' }]);
  });

  test('keeps the network that they came in from only where that is asked for', () => {
    const facts = factsOf({ participants: [guest] });
    const { ban } = command();
    const bansOf = (network: boolean) => eject(facts, command({ ban: { ...ban, network } }), now).changes?.bans;
    expect(bansOf(false)).toMatchObject([{ addressHash: null }]);
    expect(bansOf(true)).toMatchObject([{ addressHash: 'address-7' }]);
  });

  test.each(['u1', 'boss'])(
    'an admin names %s, who is an owner on record and not inside: refused, nothing changes',
    (userId) => {
      const facts = factsOf({ participants: [admin, guest], ownerIds: new Set([userId]) });
      const decision = eject(facts, command({ caller: asAdmin, userIds: ['boss'] }), now);
      expect(decision.answer).toMatchObject({ code: 'FORBIDDEN' });
      expect(decision.changes).toBeUndefined();
      expect(eject(facts, command({ userIds: ['boss'] }), now).changes?.bans).toHaveLength(2);
    },
  );
});
