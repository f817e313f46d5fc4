import { describe, expect, test } from 'vitest';
import { givenToken } from '../../src/rules/credentials.ts';
import type { JoinCommand } from '../../src/rules/join-command.ts';
import { join } from '../../src/rules/joining.ts';
import { isOpen, type Knock } from '../../src/rules/knock-request.ts';
import { knock } from '../../src/rules/knocking.ts';
import type { TokenClaims } from '../../src/rules/meeting-token-claims.ts';
import type { Participant } from '../../src/rules/participant.ts';
import {
  admittedOf,
  at,
  claimsOf,
  factsAfter,
  factsOf,
  fateOf,
  goneOf,
  idOf,
  knockIn,
  knockOf,
  now,
  participantOf,
} from './facts-kit.ts';

// Every pair of a bearer and a meeting token in one call. What is expected of a pair follows from what each is alone.

type Person = { readonly userId: string | null; readonly userName: string };
type Bearer = {
  readonly knock?: Knock;
  readonly session?: Participant;
  /** Whom it lets in by itself. */
  readonly letsIn?: Person;
  /** What `joinRoom` says to it alone, where it lets in nobody. */
  readonly alone: string;
};

const nora = { userId: null, userName: 'Nora' };
const ann = { userId: 'ann', userName: 'Ann' };
const annKnocks = claimsOf({ jti: 'ann-knocks', knocking: true, ...ann });
const unverified = knockOf(nora);
const verified = knockOf({ ...ann, verified: true, token: annKnocks });
const inside = (more: Parameters<typeof participantOf>[0]) =>
  participantOf({ id: idOf<'Participant'>('session'), ...more });
const annEntered = claimsOf({ jti: 'ann-entered', ...ann });

const bearers: Readonly<Record<string, Bearer>> = {
  nobody: { alone: 'MUST_KNOCK' },
  'a knock that waits': { knock: unverified, alone: 'KNOCK_PENDING' },
  "Ann's knock that waits": { knock: verified, alone: 'KNOCK_PENDING' },
  "Ann's knock with a full token": { knock: { ...verified, token: annEntered }, alone: 'KNOCK_PENDING' },
  'a denied knock': { knock: knockIn('DENIED', unverified), alone: 'KNOCK_DENIED' },
  "Ann's withdrawn knock": { knock: knockIn('CANCELLED', verified), alone: 'KNOCK_CLOSED' },
  'an admission that is over': {
    knock: admittedOf({ ...ann, verified: true, token: annKnocks, letsInUntil: at(-1) }),
    alone: 'KNOCK_CLOSED',
  },
  'an admitted knock': { knock: knockIn('ADMITTED', unverified), letsIn: nora, alone: 'JOINED' },
  "Ann's admitted knock": { knock: knockIn('ADMITTED', verified), letsIn: ann, alone: 'JOINED' },
  'a session of a guest': { session: inside(nora), letsIn: nora, alone: 'JOINED' },
  "Ann's session": { session: inside({ ...ann, token: annEntered }), letsIn: ann, alone: 'JOINED' },
  "Ann's lost session": {
    session: goneOf('CONNECTION_LOST', inside({ ...ann, token: annEntered })),
    letsIn: ann,
    alone: 'JOINED',
  },
  'a session that was left': { session: goneOf('LEFT', inside(ann)), alone: 'MUST_KNOCK' },
  'an ejected session': { session: goneOf('EJECTED', inside(ann)), alone: 'MUST_KNOCK' },
};

const tokens: Readonly<Record<string, TokenClaims | null>> = {
  none: null,
  'of Ann': claimsOf({ jti: 'ann-2', userId: 'ann', userName: 'Ann at work' }),
  'that Ann came with': annEntered,
  'of Mallory': claimsOf({ jti: 'mallory', userId: 'mallory', userName: 'Mallory', isOwner: true }),
  "of Mallory, under the jti of Ann's": claimsOf({ ...annEntered, userId: 'mallory', isOwner: true }),
  "for an owner, under the jti of Ann's, of nobody": claimsOf({ jti: 'ann-entered', isOwner: true, userName: 'Olga' }),
  'of nobody': claimsOf({ jti: 'blank' }),
  'of an owner without userId': claimsOf({ jti: 'owner', userName: 'Olga', isOwner: true }),
  'of a Nora without userId': claimsOf({ jti: 'nora', userName: 'Nora' }),
  'for knocking, of Ann': annKnocks,
  'for knocking, of Mallory': claimsOf({ jti: 'mallory-k', knocking: true, userId: 'mallory', userName: 'Mallory' }),
  'for knocking, of nobody': claimsOf({ jti: 'blank-k', knocking: true }),
};

const pairs = Object.entries(bearers).flatMap(([bearer, shown]) =>
  Object.entries(tokens).map(([token, claims]) => [bearer, token, shown, claims] as const),
);

const newId = idOf<'Participant'>('newcomer');
const factsWith = ({ knock: own, session }: Bearer) =>
  factsOf({ knocks: own ? [own] : [], participants: session ? [session] : [] });

function joinWith(bearer: Bearer, claims: TokenClaims | null) {
  const command: JoinCommand = {
    roomName: 'lobby',
    newId,
    userName: null,
    token: claims && { ok: true, claims },
    knockId: bearer.knock?.id ?? null,
    bearerKnockId: bearer.knock?.id ?? null,
    resumes: bearer.session?.id ?? null,
    sessionHash: 'new-session',
    idempotencyHash: null,
    hashByKey: null,
    addressHash: 'address-1',
    hidden: false,
  };
  return join(factsWith(bearer), command, now);
}

function said(answer: ReturnType<typeof joinWith>['answer']): string {
  return 'refusal' in answer ? answer.code : answer.kind;
}

function isSame(person: Person, token: TokenClaims): boolean {
  if (person.userId !== null || token.userId !== null) return person.userId === token.userId;
  return token.userName === null || token.userName === person.userName;
}

function expected({ letsIn, alone }: Bearer, token: TokenClaims | null): string {
  if (token === null) return alone;
  if (letsIn) return token.knocking || !isSame(letsIn, token) ? 'INVALID_INPUT' : 'JOINED';
  return token.knocking ? alone : 'JOINED';
}

describe('joinRoom with two credentials', () => {
  test.each(pairs)('%s, and a token %s', (_bearer, _token, bearer, claims) => {
    const { answer, changes } = joinWith(bearer, claims);
    expect(said(answer)).toBe(expected(bearer, claims));
    if ('issues' in answer) expect(answer.issues[0]?.path).toEqual(['input', 'token']);
    if (!('participant' in answer)) {
      expect(changes).toBeUndefined();
      return;
    }
    const { userName, userId, isOwner } = answer.participant;
    const waits = bearer.knock?.status === 'PENDING' ? [`${bearer.knock.id} CANCELLED WITHDRAWN`] : [];
    expect((changes?.knocks ?? []).map((one) => `${one.id} ${fateOf(one)}`)).toEqual(waits);
    expect({ userName, userId }).toEqual(
      bearer.letsIn ?? { userName: claims?.userName ?? 'Guest', userId: claims?.userId ?? null },
    );
    expect(isOwner && !claims?.isOwner, 'more than either of them').toBe(false);
  });

  test('nobody is more than each credential would make them', () => {
    for (const [bearer, token, shown, claims] of pairs) {
      const { answer } = joinWith(shown, claims);
      if (!('participant' in answer)) continue;
      const alone = [joinWith(shown, null), joinWith({ alone: '' }, claims)].flatMap((one) =>
        'participant' in one.answer ? [one.answer.participant] : [],
      );
      const { userId, isOwner, verified: isVerified } = answer.participant;
      const what = `${bearer} + ${token}`;
      expect(
        alone.map((one) => one.userId),
        what,
      ).toContain(userId);
      expect(alone.some((one) => one.isOwner) || !isOwner, what).toBe(true);
      expect(alone.some((one) => one.verified) || !isVerified, what).toBe(true);
    }
  });
});

describe('knock with two credentials', () => {
  function knockWith(bearer: Bearer, claims: TokenClaims | null, more: readonly Knock[] = []) {
    const facts = factsOf({
      knocks: [...factsWith(bearer).knocks.values(), ...more],
      participants: bearer.session ? [bearer.session] : [],
    });
    const command = {
      roomName: 'lobby',
      newId: idOf<'KnockRequest'>('new-knock'),
      userName: 'Typed',
      message: null,
      token: claims && ({ ok: true, claims } as const),
      bearerKnockId: bearer.knock?.id ?? null,
      bearerSessionId: bearer.session?.id ?? null,
      tokenHash: 'new-hash',
      idempotencyHash: null,
      hashByKey: null,
      addressHash: 'address-9',
    };
    return { decision: knock(facts, command, now), facts };
  }

  /** Which knock is answered: the one that came as bearer, or a new one. */
  function expectedKnock({ knock: own, letsIn }: Bearer, token: TokenClaims | null): string {
    if (letsIn && token && (token.knocking || !isSame(letsIn, token))) return 'INVALID_INPUT';
    if (!own || !isOpen(own, now)) return 'NEW';
    const isOther = own.status === 'PENDING' && own.verified && token && !isSame(own, token);
    return isOther ? 'NEW' : 'BEARER';
  }

  test.each(pairs)('%s, and a token %s', (_bearer, _token, bearer, claims) => {
    const { decision, facts } = knockWith(bearer, claims);
    const { answer, changes } = decision;
    expect('refusal' in answer ? answer.code : answer.credential).toBe(expectedKnock(bearer, claims));
    if ('refusal' in answer) {
      expect(changes).toBeUndefined();
      return;
    }
    // Whoever stands in the list stands there by what one of the two says, or, unverified, by what was typed.
    const vouchers = [claims?.userId ?? null, bearer.knock?.verified ? bearer.knock.userId : null];
    if (answer.knock.verified) expect(vouchers).toContain(answer.knock.userId);
    const after = [...factsAfter(facts, changes).knocks.values()].filter(({ status }) => status === 'PENDING');
    expect(new Set(after.map(({ userId }) => userId)).size, 'one open knock a person').toBe(after.length);
  });

  test('an unnamed knock beside the token of somebody who waits already: theirs goes on, and it ends', () => {
    const mallory = claimsOf({ jti: 'm', knocking: true, userId: 'mallory' });
    const waits = knockOf({ id: idOf<'KnockRequest'>('theirs'), userId: 'mallory', verified: true, token: mallory });
    const { decision } = knockWith({ knock: unverified, alone: '' }, mallory, [waits]);
    expect(decision.answer).toMatchObject({ credential: 'NEW', knock: { id: 'theirs' } });
    expect(decision.changes?.knocks).toMatchObject([
      { id: 'knock-1', status: 'CANCELLED', decided: { reason: 'WITHDRAWN' } },
      { id: 'theirs', status: 'PENDING' },
    ]);
  });
});

describe('somebody who joins no longer waits', () => {
  const mallory = claimsOf({ jti: 'm', userId: 'mallory' });
  const other = (more: Parameters<typeof knockOf>[0]) => knockOf({ id: idOf<'KnockRequest'>('other'), ...more });
  const joinBeside = (waits: Knock, claims: TokenClaims) => {
    const facts = factsOf({ knocks: [waits] });
    const token = { ok: true, claims } as const;
    const command = {
      roomName: 'lobby',
      newId,
      userName: null,
      token,
      knockId: null,
      bearerKnockId: null,
      resumes: null,
    };
    return join(
      facts,
      { ...command, sessionHash: 's', idempotencyHash: null, hashByKey: null, addressHash: 'a', hidden: false },
      now,
    );
  };

  test.each<[string, Knock, TokenClaims, boolean]>([
    ['with the same verified userId', other({ userId: 'mallory', verified: true, token: null }), mallory, true],
    [
      'with the token that they knocked with, which lets in one person',
      other({ token: claimsOf({ jti: 'blank', maxUses: 1 }) }),
      claimsOf({ jti: 'blank', maxUses: 1 }),
      true,
    ],
    ['another with the same token', other({ token: claimsOf({ jti: 'blank' }) }), claimsOf({ jti: 'blank' }), false],
    [
      'another with the same token, which lets in two',
      other({ token: claimsOf({ jti: 'blank', maxUses: 2 }) }),
      claimsOf({ jti: 'blank', maxUses: 2 }),
      false,
    ],
    ['another who typed the same name', other({ userName: 'Mallory' }), mallory, false],
    ['another userId', other({ userId: 'ann', verified: true }), mallory, false],
    [
      'one of two who share a token, the other sent back',
      other({ isReturn: true, token: claimsOf({ jti: 'blank', maxUses: 1 }) }),
      claimsOf({ jti: 'blank', maxUses: 1 }),
      false,
    ],
  ])('%s', (_who, waits, claims, ends) => {
    const { answer, changes } = joinBeside(waits, claims);
    expect(said(answer)).toBe('JOINED');
    expect(changes?.knocks ?? []).toHaveLength(ends ? 1 : 0);
    expect(changes?.events.map(({ type }) => type)).toEqual([...(ends ? ['KnockChanged'] : []), 'ParticipantJoined']);
  });
});

test.each([
  [undefined, null],
  [null, null],
  ['', null],
  [' \t', null],
  ['a.b.c', 'a.b.c'],
])('a token given as %j is %j', (given, token) => {
  expect(givenToken(given)).toBe(token);
});
