import { describe, expect, test } from 'vitest';
import {
  cancelKnock,
  type DecisionCommand,
  decideKnock,
  decideKnocks,
  replyToKnock,
} from '../../src/rules/admission.ts';
import type { KnockStatus } from '../../src/rules/knock-request.ts';
import {
  admin,
  adminOf,
  asBackend,
  asOwner,
  at,
  callerOf,
  claimsOf,
  factsAfter,
  factsOf,
  goneOf,
  idOf,
  knockIn,
  knockOf,
  now,
  owner,
  participantOf,
  waitingRoomOf,
} from './facts-kit.ts';

const streamer = { ...adminOf('STREAMING'), id: idOf<'Participant'>('streamer') };
const gone = goneOf('LEFT', participantOf({ id: idOf('gone'), isOwner: true }));
const guest = participantOf({ id: idOf('guest') });
const facts = factsOf({ knocks: [knockOf()], participants: [owner, admin, streamer, gone, guest] });

function commandOf(more: Partial<DecisionCommand> = {}): DecisionCommand {
  return { caller: asOwner, knockId: knockOf().id, verdict: 'ADMITTED', reply: null, ban: null, ...more };
}

function said(answer: object): string {
  if ('refusal' in answer && 'code' in answer) return String(answer.code);
  return 'status' in answer ? String(answer.status) : 'neither';
}

describe('who decides', () => {
  test.each([
    ['an owner in the room', 'ADMITTED', asOwner],
    ['an admin of participants in the room', 'ADMITTED', callerOf('admin')],
    ['the backend, whoever is in the room', 'ADMITTED', asBackend],
    ['an owner who has left', 'OWNER_NOT_IN_ROOM', callerOf('gone', true)],
    ['somebody who was never in this room', 'UNAUTHENTICATED', callerOf('stranger')],
    ['a guest', 'FORBIDDEN', callerOf('guest')],
    ['an admin of streaming alone', 'FORBIDDEN', callerOf('streamer')],
  ])('%s: %s', (_who, outcome, caller) => {
    const deny = outcome === 'ADMITTED' ? 'DENIED' : outcome;
    expect(said(decideKnock(facts, commandOf({ caller }), now).answer)).toBe(outcome);
    expect(said(decideKnock(facts, commandOf({ caller, verdict: 'DENIED' }), now).answer)).toBe(deny);
    expect(said(replyToKnock(facts, { caller, knockId: knockOf().id, reply: 'Soon' }).answer)).toBe(
      outcome === 'ADMITTED' ? 'PENDING' : outcome,
    );
    const many = decideKnocks(facts, { caller, which: { ids: [knockOf().id] }, verdict: 'ADMITTED', reply: null }, now);
    expect('refusal' in many.answer ? many.answer.code : 'ADMITTED').toBe(outcome);
  });
});

describe('a verdict', () => {
  test('admits for four hours, and keeps on record who decided', () => {
    const { answer, changes } = decideKnock(facts, commandOf({ reply: 'Come in' }), now);
    expect(answer).toMatchObject({
      status: 'ADMITTED',
      decided: { at: now, by: { kind: 'PARTICIPANT', name: 'Olga' }, reason: 'DECIDED' },
      letsInUntil: at(4 * 3600),
      reply: 'Come in',
    });
    expect(changes?.events.map(({ type }) => type)).toEqual(['KnockChanged']);
  });

  test("never admits past the room's exp", () => {
    const room = waitingRoomOf({ exp: at(90) });
    expect(decideKnock({ ...facts, room }, commandOf(), now).answer).toMatchObject({ letsInUntil: at(90) });
  });

  test('denies, and says when the person may knock again', () => {
    const room = waitingRoomOf({ knockCooldownSeconds: 30 });
    const { answer } = decideKnock({ ...facts, room }, commandOf({ verdict: 'DENIED' }), now);
    expect(answer).toMatchObject({ status: 'DENIED', knockAgainAt: at(30), decided: { at: now, reason: 'DECIDED' } });
  });

  test('keeps what was written back before, where it says nothing itself', () => {
    const written = factsOf({ knocks: [knockOf({ reply: 'Wait a moment' })], participants: [owner] });
    expect(decideKnock(written, commandOf(), now).answer).toMatchObject({ reply: 'Wait a moment' });
    expect(decideKnock(written, commandOf({ reply: 'Now' }), now).answer).toMatchObject({ reply: 'Now' });
  });

  test('with a ban keeps this person out: by userId, token and knock, and never to knock again', () => {
    const known = knockOf({ userId: 'u1', verified: true, token: claimsOf({ userId: 'u1' }) });
    const inside = participantOf({ id: idOf('inside'), userId: 'u1' });
    const before = factsOf({ knocks: [known], participants: [owner, inside] });
    const { answer, changes } = decideKnock(
      before,
      commandOf({ verdict: 'DENIED', ban: { id: idOf('ban-1'), network: false } }),
      now,
    );
    expect(answer).toMatchObject({ status: 'DENIED', knockAgainAt: null });
    expect(changes?.bans).toMatchObject([
      { userId: 'u1', jti: 'jti-1', knockId: known.id, addressHash: null, exp: null },
    ]);
    expect(changes?.participants).toMatchObject([{ id: 'inside', left: { reason: 'BANNED' } }]);
  });

  test.each([
    [true, 'address-1'],
    [false, null],
  ])(
    'a ban of somebody unverified holds for the network they knocked from only where that is asked for: %s',
    (network, addressHash) => {
      const { changes } = decideKnock(
        facts,
        commandOf({ verdict: 'DENIED', ban: { id: idOf('ban-1'), network } }),
        now,
      );
      expect(changes?.bans).toMatchObject([{ userId: null, addressHash }]);
    },
  );

  test('admitting lets a token that was sent to the lobby walk in again', () => {
    const { id, roomId, domainId } = knockOf();
    const sent = { id, roomId, domainId, userId: null, jti: 'jti-1', returnedAt: at(-60), admittedAt: null };
    const sentBack = factsOf({
      knocks: [knockOf({ isReturn: true, token: claimsOf() })],
      participants: [owner],
      returns: [sent],
    });
    expect(decideKnock(sentBack, commandOf(), now).changes?.returns).toEqual([{ ...sent, admittedAt: now }]);
    expect(decideKnock(sentBack, commandOf({ verdict: 'DENIED' }), now).changes?.returns).toBeUndefined();
  });

  test('is not given to a knock of another room', () => {
    expect(said(decideKnock(facts, commandOf({ knockId: idOf('other') }), now).answer)).toBe('NOT_FOUND');
    expect(said(replyToKnock(facts, { caller: asOwner, knockId: idOf('other'), reply: 'Hm' }).answer)).toBe(
      'NOT_FOUND',
    );
  });
});

describe('decided twice is decided once', () => {
  const verdicts = ['ADMITTED', 'DENIED'] as const;
  test.each(verdicts.flatMap((first) => verdicts.map((second) => [first, second] as const)))(
    '%s, then %s',
    (first, second) => {
      const after = factsAfter(facts, decideKnock(facts, commandOf({ verdict: first }), now).changes);
      const decision = decideKnock(after, commandOf({ verdict: second, caller: asBackend }), at(1));
      expect(decision.changes).toBeUndefined();
      expect(decision.answer).toMatchObject({
        code: 'KNOCK_ALREADY_DECIDED',
        knock: { status: first, decided: { at: now, by: { name: 'Olga' } } },
      });
    },
  );

  const closed: readonly KnockStatus[] = ['ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'];
  test.each(closed)('%s: neither decided, nor written back to, nor taken back', (status) => {
    const before = factsOf({ knocks: [knockIn(status)], participants: [owner] });
    expect(said(decideKnock(before, commandOf(), now).answer)).toBe('KNOCK_ALREADY_DECIDED');
    const reply = replyToKnock(before, { caller: asOwner, knockId: knockOf().id, reply: 'Late' });
    expect(said(reply.answer)).toBe('KNOCK_ALREADY_DECIDED');
    const cancel = cancelKnock(before, knockOf().id, now);
    expect(said(cancel.answer)).toBe(status === 'CANCELLED' ? 'CANCELLED' : 'KNOCK_ALREADY_DECIDED');
    expect([reply.changes, cancel.changes]).toEqual([undefined, undefined]);
  });
});

test('taking a knock back twice is the same as once', () => {
  const first = cancelKnock(facts, knockOf().id, now);
  expect(first.answer).toMatchObject({
    status: 'CANCELLED',
    decided: { by: { kind: 'KNOCKER' }, reason: 'WITHDRAWN' },
  });
  const second = cancelKnock(factsAfter(facts, first.changes), knockOf().id, at(1));
  expect(second.answer).toEqual(first.answer);
  expect(second.changes).toBeUndefined();
});

test('after a reply, the knock still waits, and the owners are told', () => {
  const { answer, changes } = replyToKnock(facts, { caller: asOwner, knockId: knockOf().id, reply: 'Five minutes' });
  expect(answer).toMatchObject({ status: 'PENDING', reply: 'Five minutes' });
  expect(changes?.events.map(({ type }) => type)).toEqual(['KnockChanged']);
});

describe('deciding many', () => {
  const [early, late, done] = [
    knockOf({ id: idOf('early'), requestedAt: at(-60) }),
    knockOf({ id: idOf('late'), requestedAt: at(-1) }),
    knockIn('CANCELLED', knockOf({ id: idOf('done'), requestedAt: at(-60) })),
  ];
  const crowd = factsOf({ knocks: [early, late, done], participants: [owner] });
  const many = (which: Parameters<typeof decideKnocks>[1]['which'], verdict: 'ADMITTED' | 'DENIED' = 'ADMITTED') => {
    const { answer, changes } = decideKnocks(crowd, { caller: asOwner, which, verdict, reply: null }, now);
    return { ids: 'refusal' in answer ? answer.code : answer.map(({ id }) => String(id)), changes };
  };

  test('decides exactly those that were named and still wait, each once', () => {
    expect(many({ ids: [late.id, late.id, done.id, idOf('unknown')] }).ids).toEqual(['late']);
  });

  test('answers and tells the oldest first, in whichever order they were named or are kept', () => {
    for (const knocks of [
      [early, late],
      [late, early],
    ]) {
      const facts = factsOf({ knocks, participants: [owner] });
      for (const which of [{ ids: [early.id, late.id] }, { ids: [late.id, early.id] }, { requestedBefore: now }]) {
        for (const verdict of ['ADMITTED', 'DENIED'] as const) {
          const { answer, changes } = decideKnocks(facts, { caller: asOwner, which, verdict, reply: null }, now);
          expect(answer).toMatchObject([{ id: 'early' }, { id: 'late' }]);
          expect(changes?.events).toMatchObject([{ knock: { id: 'early' } }, { knock: { id: 'late' } }]);
        }
      }
    }
  });

  test('decides those that had knocked by an instant: what the owner had seen', () => {
    expect(many({ requestedBefore: at(-30) }).ids).toEqual(['early']);
    expect(many({ requestedBefore: late.requestedAt }, 'DENIED').ids).toEqual(['early', 'late']);
    expect(many({ requestedBefore: at(-61) }).ids).toEqual([]);
  });

  test('nothing to decide changes nothing', () => {
    expect(many({ ids: [done.id] }).changes).toBeUndefined();
  });
});
