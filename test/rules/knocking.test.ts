import { describe, expect, test } from 'vitest';
import type { Knock } from '../../src/rules/knock-request.ts';
import { type KnockCommand, knock } from '../../src/rules/knocking.ts';
import {
  at,
  banOf,
  claimsOf,
  deniedOf,
  factsAfter,
  factsOf,
  goodToken,
  idOf,
  knockIn,
  knockOf,
  now,
  roomOf,
  waitingRoomOf,
} from './facts-kit.ts';

const knockTwo = idOf<'KnockRequest'>('knock-2');

function commandOf(more: Partial<KnockCommand> = {}): KnockCommand {
  return {
    roomName: 'lobby',
    newId: knockTwo,
    userName: 'Nora',
    message: null,
    token: null,
    bearerKnockId: null,
    bearerSessionId: null,
    tokenHash: 'hash-of-knock-2',
    idempotencyHash: null,
    addressHash: 'address-1',
    ...more,
  };
}

const vouched = goodToken({ knocking: true, userId: 'u1', userName: 'Nora Verified' });
const claimsOfU1 = claimsOf({ userId: 'u1', userName: 'Nora Verified' });
const ofU1 = knockOf({ userId: 'u1', verified: true, userName: 'Nora Verified', token: claimsOfU1 });

function said({ answer }: ReturnType<typeof knock>): string {
  if ('refusal' in answer) return answer.code;
  return `${answer.credential} ${answer.knock.id}`;
}

describe('a first knock', () => {
  test('waits, and the owners are told once', () => {
    const { answer, changes } = knock(factsOf(), commandOf({ message: 'Hello' }), now);
    expect(answer).toMatchObject({
      kind: 'KNOCKED',
      credential: 'NEW',
      knock: { status: 'PENDING', userName: 'Nora', message: 'Hello', verified: false, userId: null, requestedAt: now },
    });
    expect(changes?.events.map(({ type }) => type)).toEqual(['KnockRequested']);
  });

  test.each([
    ['the timeout', {}, at(600)],
    ["the room's exp, where that comes first", { exp: at(60) }, at(60)],
  ])('expires at %s', (_what, room, exp) => {
    const { answer } = knock(factsOf({ room: waitingRoomOf(room) }), commandOf(), now);
    expect(answer).toMatchObject({ knock: { exp } });
  });

  test('a token with knocking vouches for name and userId, whatever was typed', () => {
    const { answer } = knock(factsOf(), commandOf({ token: vouched, userName: 'Somebody else' }), now);
    expect(answer).toMatchObject({ knock: { userName: 'Nora Verified', userId: 'u1', verified: true } });
  });

  test.each([
    ['a public room', factsOf({ room: roomOf({ enableKnocking: true }) }), {}, 'KNOCKING_DISABLED'],
    ['a room without knocking', factsOf({ room: roomOf({ privacy: 'PRIVATE' }) }), {}, 'ENTRY_NOT_ALLOWED'],
    ['an expired token', factsOf(), { token: goodToken({ exp: now }) }, 'TOKEN_EXPIRED'],
    ['a token that is not valid yet', factsOf(), { token: goodToken({ nbf: at(6) }) }, 'TOKEN_NOT_YET_VALID'],
    ['a banned userId', factsOf({ bans: [banOf({ userId: 'u1' })] }), { token: vouched }, 'BANNED'],
    ['a banned place', factsOf({ bans: [banOf({ addressHash: 'address-1' })] }), { userName: 'Another' }, 'BANNED'],
    [
      'the knock that was banned',
      factsOf({ knocks: [knockIn('DENIED')], bans: [banOf({ knockId: idOf('knock-1') })] }),
      { bearerKnockId: idOf<'KnockRequest'>('knock-1'), addressHash: 'x' },
      'BANNED',
    ],
  ])('%s: refused, and nothing changes', (_what, facts, command, code) => {
    const decision = knock(facts, commandOf(command), now);
    expect(said(decision)).toBe(code);
    expect(decision.changes).toBeUndefined();
  });

  test('a verified person does not answer for the place they knock from', () => {
    const facts = factsOf({ bans: [banOf({ addressHash: 'address-1' })] });
    expect(said(knock(facts, commandOf({ token: vouched }), now))).toBe('NEW knock-2');
  });
});

describe('the same person is', () => {
  test.each([
    ['the bearer of the knock token', [knockOf()], { bearerKnockId: knockOf().id }, 'BEARER knock-1'],
    ['the bearer of an admission in force', [knockIn('ADMITTED')], { bearerKnockId: knockOf().id }, 'BEARER knock-1'],
    ['the same verified userId', [ofU1], { token: vouched }, 'NEW knock-1'],
    ['the same idempotency key', [knockOf({ idempotencyHash: 'key' })], { idempotencyHash: 'key' }, 'REPEATED knock-1'],
    ['not the same address', [knockOf()], {}, 'NEW knock-2'],
    ['not the same name', [knockOf({ addressHash: 'elsewhere' })], {}, 'NEW knock-2'],
    ['not a userId that nobody vouches for', [knockOf({ userId: 'u1' })], { token: vouched }, 'NEW knock-2'],
    ['not the bearer of a closed knock', [knockIn('CANCELLED')], { bearerKnockId: knockOf().id }, 'NEW knock-2'],
    ['not another key', [knockOf({ idempotencyHash: 'key' })], { idempotencyHash: 'other' }, 'NEW knock-2'],
  ] as const)('%s', (_what, knocks, command, outcome) => {
    expect(said(knock(factsOf({ knocks }), commandOf(command), now))).toBe(outcome);
  });

  test('a retry with its key finds how the knock was decided meanwhile', () => {
    const denied = deniedOf({ idempotencyHash: 'key', knockAgainAt: at(60) });
    const decision = knock(factsOf({ knocks: [denied] }), commandOf({ idempotencyHash: 'key' }), now);
    expect(decision.answer).toMatchObject({ kind: 'KNOCKED', knock: { status: 'DENIED' } });
    expect(decision.changes).toBeUndefined();
  });
});

describe('knocking again while waiting', () => {
  const again = (more: Partial<KnockCommand>) =>
    knock(
      factsOf({ knocks: [knockOf({ message: 'Hello' })] }),
      commandOf({ bearerKnockId: knockOf().id, ...more }),
      now,
    );

  test('keeps the place and what it does not say anew', () => {
    expect(again({ userName: 'Nora N.' }).answer).toMatchObject({
      knock: { userName: 'Nora N.', message: 'Hello', requestedAt: knockOf().requestedAt, exp: knockOf().exp },
    });
  });

  test.each([
    ['a new name', { userName: 'Nora N.' }, 'KnockChanged'],
    ['a new message', { message: 'Still here' }, 'KnockChanged'],
    ['nothing new', {}, 'Internal'],
  ])('%s is told as %s', (_what, command, type) => {
    expect(again(command).changes?.events.map((event) => event.type)).toEqual([type]);
  });

  const keyed = knockOf({ idempotencyHash: 'key', message: 'Hello' });
  const byKey = (before: Knock, more: Partial<KnockCommand>) =>
    knock(factsOf({ knocks: [before] }), commandOf({ idempotencyHash: 'key', ...more }), now);

  test.each([
    ['a new name', { userName: 'Nora N.' }, ['KnockChanged']],
    ['a new message', { message: 'Still here' }, ['KnockChanged']],
    ['the same name and message', { message: 'Hello' }, undefined],
    ['the same name alone', {}, undefined],
  ] as const)('with its key and %s keeps the place and the token', (_what, command, told) => {
    const { answer, changes } = byKey(keyed, command);
    const { requestedAt, exp, tokenHash, previousTokenHash } = keyed;
    const kept = { requestedAt, exp, tokenHash, previousTokenHash, idempotencyHash: 'key' };
    expect(answer).toMatchObject({
      credential: 'REPEATED',
      knock: { userName: 'Nora', message: 'Hello', ...command, ...kept },
    });
    expect(changes?.events.map(({ type }) => type)).toEqual(told);
  });

  test('with its key and another name changes nothing of a knock that was decided', () => {
    for (const status of ['ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'] as const) {
      const before = knockIn(status, keyed);
      const decision = byKey(before, { userName: 'Nora N.' });
      expect(decision.answer).toMatchObject({ knock: before });
      expect(decision.changes).toBeUndefined();
    }
  });

  test('with its key keeps the name that a token vouches for', () => {
    const { answer } = byKey({ ...keyed, ...ofU1, idempotencyHash: 'key' }, { token: vouched, userName: 'Boss' });
    expect(answer).toMatchObject({ knock: { userName: 'Nora Verified', userId: 'u1', verified: true } });
  });

  test('waits until the exp of the token that is shown, where that puts its holder out, and else as long as anybody', () => {
    const puttingOut = (exp: Date) => ({ userId: 'u1', ejectAtTokenExp: true, exp });
    const before = { ...ofU1, token: claimsOf(puttingOut(at(60))), exp: at(60) };
    for (const [shown, exp] of [
      [goodToken(puttingOut(at(90))), at(90)],
      [goodToken({ userId: 'u1', exp: at(90) }), at(590)],
      [null, at(60)],
    ] as const) {
      const { answer } = knock(
        factsOf({ knocks: [before] }),
        commandOf({ bearerKnockId: before.id, token: shown }),
        now,
      );
      expect(answer).toMatchObject({ knock: { id: before.id, exp } });
    }
  });

  test('brings back who was away', () => {
    const away = knockOf({ connection: 'RECONNECTING', seenUntil: at(-100) });
    const { changes } = knock(factsOf({ knocks: [away] }), commandOf({ bearerKnockId: away.id }), now);
    expect(changes?.knocks).toMatchObject([{ connection: 'CONNECTED' }]);
    expect(changes?.events[0]?.type).toBe('KnockChanged');
  });

  test('a verified person keeps the identity that was vouched for', () => {
    const { answer } = knock(factsOf({ knocks: [ofU1] }), commandOf({ bearerKnockId: ofU1.id, userName: 'Boss' }), now);
    expect(answer).toMatchObject({ knock: { userName: 'Nora Verified', userId: 'u1', verified: true } });
  });

  test('from another device, the older token still follows the knock', () => {
    const { answer } = knock(factsOf({ knocks: [ofU1] }), commandOf({ token: vouched }), now);
    expect(answer).toMatchObject({ knock: { tokenHash: 'hash-of-knock-2', previousTokenHash: 'hash-of-knock-1' } });
  });
});

describe('after a denial', () => {
  const denied = deniedOf({ knockAgainAt: at(50) });
  const deniedToken = { ...denied, verified: true, token: claimsOf() };
  const deniedU1 = { ...denied, userId: 'u1', verified: true };

  test.each([
    ['another name from there', 'RATE_LIMITED', denied, { userName: 'Someone' }],
    ['the same token from elsewhere', 'RATE_LIMITED', denied, { bearerKnockId: denied.id, addressHash: 'address-2' }],
    ['somebody else from elsewhere', 'NEW knock-2', denied, { addressHash: 'address-2' }],
    ['somebody who is vouched for, from there', 'NEW knock-2', denied, { token: vouched }],
    ['the denied userId, from elsewhere', 'RATE_LIMITED', deniedU1, { token: vouched, addressHash: 'address-2' }],
    ['another userId, from there', 'NEW knock-2', deniedU1, { token: goodToken({ userId: 'u2' }) }],
    ['nobody in particular, from there', 'RATE_LIMITED', deniedU1, {}],
    ['a token without userId, from where a stranger was denied', 'NEW knock-2', denied, { token: goodToken() }],
    ['the denied token without userId, from there', 'RATE_LIMITED', deniedToken, { token: goodToken() }],
    ['that token from elsewhere', 'NEW knock-2', deniedToken, { token: goodToken(), addressHash: 'address-2' }],
  ] as const)('%s: %s', (_who, outcome, before, command) => {
    expect(said(knock(factsOf({ knocks: [before] }), commandOf(command), now))).toBe(outcome);
  });

  describe('by a ban', () => {
    const banned = deniedOf({ knockAgainAt: null, coolsDownUntil: at(50) });
    const ban = banOf({ knockId: banned.id });
    const lifted = { ...ban, liftedAt: at(-1) };

    test.each([
      ['another name from there', 'RATE_LIMITED', [ban], {}],
      ['somebody from elsewhere', 'NEW knock-2', [ban], { addressHash: 'address-2' }],
      ['somebody who is vouched for, from there', 'NEW knock-2', [ban], { token: vouched }],
      ['the knock itself', 'BANNED', [ban], { bearerKnockId: banned.id, addressHash: 'address-2' }],
      ['another name from there, once it is lifted', 'NEW knock-2', [lifted], {}],
      ['another name from there, once it has ended', 'NEW knock-2', [{ ...ban, exp: now }], {}],
      ['another name from there, under a ban of somebody else', 'NEW knock-2', [banOf({ userId: 'u2' })], {}],
    ] as const)('%s: %s', (_who, outcome, bans, command) => {
      expect(said(knock(factsOf({ knocks: [banned], bans }), commandOf(command), now))).toBe(outcome);
    });

    test('it lasts no longer than without one', () => {
      const facts = factsOf({ knocks: [banned], bans: [ban] });
      expect(said(knock(facts, commandOf(), at(49.9)))).toBe('RATE_LIMITED');
      expect(said(knock(facts, commandOf(), at(50)))).toBe('NEW knock-2');
    });
  });

  test('of several the longest counts, whichever came first', () => {
    const short = deniedOf({ id: idOf('knock-9'), knockAgainAt: at(10) });
    for (const knocks of [
      [denied, short],
      [short, denied],
    ])
      expect(knock(factsOf({ knocks }), commandOf(), now).answer).toMatchObject({ retryAfterSeconds: 50 });
  });

  test('the cool-down says how long it still lasts, and ends', () => {
    const facts = factsOf({ knocks: [denied] });
    expect(knock(facts, commandOf(), now).answer).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 50 });
    expect(said(knock(facts, commandOf(), at(49.9)))).toBe('RATE_LIMITED');
    expect(said(knock(facts, commandOf(), at(50)))).toBe('NEW knock-2');
  });
});

test('knocking twice with one key is knocking once', () => {
  const command = commandOf({ idempotencyHash: 'key' });
  const first = knock(factsOf(), command, now);
  const second = knock(factsAfter(factsOf(), first.changes), { ...command, newId: idOf('knock-3') }, at(1));
  expect(said(second)).toBe('REPEATED knock-2');
  expect(second.changes).toBeUndefined();
});
