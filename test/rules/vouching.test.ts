import { describe, expect, test } from 'vitest';
import { theService } from '../../src/rules/actor.ts';
import { refuseToActOn } from '../../src/rules/authority.ts';
import { closeKnock } from '../../src/rules/knock-request.ts';
import { needsPlace } from '../../src/rules/leaving.ts';
import { reopenReturns } from '../../src/rules/taking-back.ts';
import { endVouching, type VouchingKey } from '../../src/rules/vouching.ts';
import {
  admin,
  admittedOf,
  asAdmin,
  at,
  claimsOf,
  factsOf,
  fateOf,
  goneOf,
  idOf,
  knockOf,
  now,
  owner,
  participantOf,
} from './facts-kit.ts';

describe('a key that is revoked', () => {
  const key: VouchingKey = { id: 'key-1', kid: 'kid-1', selfSigned: false };
  test.each<[string, Parameters<typeof claimsOf>[0], Partial<VouchingKey>, boolean]>([
    ['it signed', {}, {}, true],
    ['another one with the same kid signed', {}, { id: 'key-2' }, false],
    ['one of that kid signed, of which no more is on record', { signerId: null }, { id: 'key-2' }, true],
    ['one of another kid signed, of which no more is on record', { signerId: null }, { kid: 'kid-2' }, false],
    ['the service signed, and the key is the backend’s', {}, { selfSigned: true }, false],
    ['the backend signed, and the key is the service’s', { selfSigned: true }, {}, false],
    ['the backend signed, and the key is the backend’s', { selfSigned: true }, { selfSigned: true }, true],
  ])('ends what it vouched for, and nothing else: %s', (_what, claims, signer, ends) => {
    const brought = { verified: true, userId: 'u1', token: claimsOf({ userId: 'u1', ...claims }) };
    const knocks = [knockOf({ ...brought, id: idOf('waits') }), admittedOf({ ...brought, id: idOf('admitted') })];
    const { changes } = endVouching(factsOf({ knocks }), { ...key, ...signer }, theService, now);
    expect((changes?.knocks ?? []).map((one) => [fateOf(one), one.verified])).toEqual(
      ends
        ? [
            ['PENDING null', false],
            ['EXPIRED RECALLED', true],
          ]
        : [],
    );
  });
});

describe('a return to the lobby that an admission ended', () => {
  const admitted = admittedOf();
  const { roomId, domainId } = admitted;
  const back = { id: admitted.id, roomId, domainId, userId: null, jti: 'jti-1', returnedAt: at(-30) };
  const left = goneOf('LEFT', participantOf({ knockId: admitted.id }));
  test.each([
    ['nobody is inside by it: holds again', -5, [], true],
    ['whoever was inside has left: holds again', -5, [left], true],
    ['somebody is inside by it: stays ended', -5, [participantOf({ knockId: admitted.id })], false],
    ['an earlier admission ended it: stays ended', -20, [], false],
  ])('and that is taken back while %s', (_what, endedAt, participants, holds) => {
    const returns = [{ ...back, admittedAt: at(endedAt) }];
    const facts = factsOf({ knocks: [admitted], participants, returns });
    const recalled = [closeKnock(admitted, 'RECALLED', theService, now)];
    expect(reopenReturns(facts, recalled)).toEqual(holds ? [{ ...back, admittedAt: null }] : []);
  });
});

test('an admin may not act on the userId of an owner who is inside, though no record names them as one', () => {
  const boss = participantOf({ ...owner, userId: 'boss' });
  const act = (userId: string) => refuseToActOn(factsOf({ participants: [admin, boss] }), asAdmin, [{ userId }]);
  expect(act('boss')).toMatchObject({ code: 'FORBIDDEN' });
  expect(act('guest')).toBeNull();
});

test.each([
  ['a newcomer', false, [], true],
  ['a newcomer who is hidden', true, [], false],
  ['whoever replaces a session', false, [{ hidden: false }], false],
  ['whoever replaces a hidden session', false, [{ hidden: true }], true],
  ['whoever replaces a hidden session and another', false, [{ hidden: true }, { hidden: false }], false],
])('%s takes a place, or that of before', (_who, hidden, replaced, needs) => {
  expect(
    needsPlace(
      hidden,
      replaced.map((one) => participantOf(one)),
    ),
  ).toBe(needs);
});
