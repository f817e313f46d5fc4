import { beforeAll, describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, type Seed, withDomain } from '../support/seed.ts';

// Two credentials in one call open what one of them opens alone, and never more. What each opens alone is asked of the service itself, in
// a room of its own: only the pairs that may not be meant together are named here.

let server: DomainSeed['server'];
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
});

const ann = { userId: 'ann', userName: 'Ann' };
const bob = { userId: 'bob', userName: 'Bob', isOwner: true };

type Maker = (room: RoomSeed) => Promise<string | undefined>;
const tokenOf = (claims: Variables) => async (room: RoomSeed) => (await room.token(claims)).jwt;

/** Whose the credential is, and whether its holder was let in: that is what decides which pairs contradict each other. */
type Bearer = { readonly make: Maker; readonly letIn?: 'Ann' | 'somebody unverified' };
type Token = {
  readonly make: Maker;
  readonly of?: 'Ann' | 'Bob';
  readonly isKnocking?: true;
  readonly isBad?: true;
  readonly isElsewhere?: true;
};

const admitted = async (room: RoomSeed, input: Variables) => {
  const { knockId, knockToken } = await room.knocker(input);
  await change(room.backend, 'admitKnock', { knockId });
  return knockToken;
};
const vouched = async (room: RoomSeed) => ({ token: await tokenOf({ ...ann, knocking: true })(room) });

const bearers: Readonly<Record<string, Bearer>> = {
  'no bearer': { make: async () => undefined },
  'a bearer that nobody knows': { make: async () => `vs_${'x'.repeat(43)}` },
  'the session of a guest inside': { make: async (room) => (await room.guest(ann)).sessionToken, letIn: 'Ann' },
  'the session of who left': {
    make: async (room) => {
      const guest = await room.guest(ann);
      await guest.ask('mutation { leaveRoom { __typename } }');
      return guest.sessionToken;
    },
  },
  'a session of another room': { make: async () => (await (await backend.waitingRoom()).guest(ann)).sessionToken },
  'a knock that waits': { make: async (room) => (await room.knocker()).knockToken },
  'a knock that waits with a token': { make: async (room) => (await room.knocker(await vouched(room))).knockToken },
  'an admitted knock': { make: (room) => admitted(room, {}), letIn: 'somebody unverified' },
  'an admitted knock with a token': { make: async (room) => admitted(room, await vouched(room)), letIn: 'Ann' },
  'a knock of another room': { make: async () => (await (await backend.waitingRoom()).knocker()).knockToken },
};

const tokens: Readonly<Record<string, Token>> = {
  'no token': { make: async () => undefined },
  'an empty token': { make: async () => '' },
  'a token of Ann': { make: tokenOf(ann), of: 'Ann' },
  'a token of Bob, an owner': { make: tokenOf(bob), of: 'Bob' },
  'a knocking token of Ann': { make: tokenOf({ ...ann, knocking: true }), of: 'Ann', isKnocking: true },
  'a knocking token of Bob': {
    make: tokenOf({ userId: 'bob', userName: 'Bob', knocking: true }),
    of: 'Bob',
    isKnocking: true,
  },
  'a revoked token of Ann': {
    make: async (room) => {
      const { jwt, meetingToken } = await room.token(ann);
      await change(room.backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti] });
      return jwt;
    },
    of: 'Ann',
    isBad: true,
  },
  'a token of Ann for another room': {
    make: async () => tokenOf(ann)(await backend.waitingRoom()),
    of: 'Ann',
    isElsewhere: true,
  },
  'no token at all': { make: async () => 'no.token.atall', isBad: true },
};

type Person = {
  readonly userName: string;
  readonly userId: string | null;
  readonly isOwner?: boolean;
  readonly verified: boolean;
};
type Answer = {
  readonly __typename: string;
  readonly code?: string;
  readonly participant?: Person;
  readonly knockRequest?: Person;
};

const said = ({ __typename, code, participant, knockRequest }: Answer) =>
  code ?? [__typename, JSON.stringify(participant ?? knockRequest ?? null)].join(' ');

/** What came of it: a code, or who somebody is now. */
const operations = {
  joinRoom: async (roomName: string, bearer: string | undefined, input: Variables) => {
    const selection = '... on Joined { participant { userName userId isOwner verified } }';
    return said(
      await change<Answer>(callerOf(server, bearer), 'joinRoom', { roomName, userName: 'Guest', ...input }, selection),
    );
  },
  knock: async (roomName: string, bearer: string | undefined, input: Variables) => {
    const selection = '... on Knocked { knockRequest { userName userId verified } }';
    return said(
      await change<Answer>(callerOf(server, bearer), 'knock', { roomName, userName: 'Guest', ...input }, selection),
    );
  },
  access: async (roomName: string, bearer: string | undefined, { token }: Variables) => {
    const query =
      'query ($domain: String, $roomName: String!, $token: String) { access(domain: $domain, roomName: $roomName, token: $token) { level refusal { code } } }';
    type Access = { access: { level: string; refusal: { code: string } | null } };
    const { body } = await callerOf(server, bearer).ask<Access>(query, withDomain(server, { roomName, token }));
    return String(body.errors?.[0]?.extensions?.code ?? body.data?.access.refusal?.code ?? body.data?.access.level);
  },
} as const;

type OperationName = keyof typeof operations;
const given = (token: string | undefined) => (token === undefined ? {} : { token });

/** One call in a room of its own. */
async function answerTo(operation: OperationName, bearer: Bearer | null, token: Token | null): Promise<string> {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const [shown, jwt] = [await bearer?.make(room), await token?.make(room)];
  return operations[operation](room.name, shown, given(jwt));
}

const isNone = ({ of, isBad }: Token) => of === undefined && !isBad;
const contradicts = ({ letIn }: Bearer, { of, isKnocking, isBad }: Token) =>
  letIn !== undefined && of !== undefined && !isBad && (isKnocking === true || of !== letIn);

const pairs = Object.entries(bearers).flatMap(([bearerName, bearer]) =>
  Object.entries(tokens).map(([tokenName, token]) => ({ bearerName, bearer, tokenName, token })),
);

describe.each(Object.keys(operations) as readonly OperationName[])('%s', (operation) => {
  let alone: { readonly bearers: ReadonlyMap<Bearer, string>; readonly tokens: ReadonlyMap<Token, string> };

  beforeAll(async () => {
    const ofBearers = Object.values(bearers).map(async (one) => [one, await answerTo(operation, one, null)] as const);
    const ofTokens = Object.values(tokens).map(async (one) => [one, await answerTo(operation, null, one)] as const);
    alone = { bearers: new Map(await Promise.all(ofBearers)), tokens: new Map(await Promise.all(ofTokens)) };
  });

  test.each(pairs)('$bearerName with $tokenName', async ({ bearer, token }) => {
    const answer = await answerTo(operation, bearer, token);
    const [byBearer, byToken] = [alone.bearers.get(bearer) ?? '', alone.tokens.get(token) ?? ''];
    if (token.isBad) expect(answer).toBe(byToken);
    else if (contradicts(bearer, token))
      expect([...(token.isElsewhere ? [byToken] : []), 'INVALID_INPUT']).toContain(answer);
    else if (isNone(token)) expect(answer).toBe(byBearer);
    else expect([byToken, byBearer]).toContain(answer);
    // Whoever is let in by a token comes as its holder, whatever waits beside it.
    if (!bearer.letIn && byToken.startsWith('Joined')) expect(answer).toBe(byToken);
  });
});

describe('joinRoom with knockToken in the input', () => {
  const knockTokens: Readonly<Record<string, Maker>> = {
    'a knock that waits': async (room) => (await room.knocker()).knockToken,
    'an admitted knock': (room) => admitted(room, {}),
    'a knock of another room': async () => (await (await backend.waitingRoom()).knocker()).knockToken,
    'a knock that nobody knows': async () => `vn_${'x'.repeat(43)}`,
  };
  const shown = Object.entries(knockTokens);

  test.each(shown)('%s is never combined with a meeting token', async (_name, make) => {
    const room = await backend.waitingRoom();
    const input = { knockToken: await make(room), token: await tokenOf(ann)(room) };
    expect(await operations.joinRoom(room.name, undefined, input)).toBe('INVALID_INPUT');
  });

  test.each(
    shown.flatMap(([name, make]) =>
      Object.entries(bearers).map(([bearer, { make: make2 }]) => [name, bearer, make, make2] as const),
    ),
  )('%s with %s as bearer opens what one of them opens', async (_name, _bearer, makeKnock, makeBearer) => {
    const together = async (isShown: { knock: boolean; bearer: boolean }) => {
      const room = await backend.waitingRoom();
      const [bearer, knockToken] = [await makeBearer(room), await makeKnock(room)];
      return operations.joinRoom(room.name, isShown.bearer ? bearer : undefined, isShown.knock ? { knockToken } : {});
    };
    const alone = [await together({ knock: true, bearer: false }), await together({ knock: false, bearer: true })];
    expect([...alone, 'INVALID_INPUT']).toContain(await together({ knock: true, bearer: true }));
  });
});
