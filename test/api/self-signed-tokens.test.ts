import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import { act, codeOf, read } from './admission-kit.ts';

// The tokens here are made by another JWT library than the service's own, as a domain's backend would.

let house: DomainSeed;
let secret: string;

beforeAll(async () => {
  house = await openDomain();
  secret = (await addKey({ algorithm: 'HS256' })).secret ?? '';
});

const addKey = (input: Variables) => act(house.backend, 'addSelfSigningKey', input);
const join = (roomName: string, token: string, more: Variables = {}) =>
  act(house.anybody, 'joinRoom', { roomName, token, ...more });
/** As a backend signs for Daily: short names, a secret, no kid; iat is written by the library. */
const sign = (claims: object, key = secret) =>
  createSigner({ key, algorithm: 'HS256' })({ d: house.server.domain, exp: inAnHour(), ...claims });
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

describe.each(['joinRoom', 'knock'] as const)('a token that is first seen in %s', (door) => {
  const query = '{ room(name: "ROOM") { meetingTokens { nodes { id jti } } } }';

  test.each([
    ['names the room', (name: string) => ({ r: name }), true],
    ['names no room', () => ({}), false],
  ] as const)('and %s is on record, with that room if it names it', async (_what, claimsFor, isListed) => {
    const room = await house.backend.waitingRoom();
    const owner = await room.owner();
    const userId = `first-seen-${room.name}`;
    const token = sign({ ...claimsFor(room.name), ud: userId, o: true });
    const shown = await act(house.anybody, door, {
      roomName: room.name,
      token,
      ...(door === 'knock' && { userName: 'x' }),
    });
    expect(codeOf(shown)).toBe(door === 'knock' ? 'Knocked' : 'Joined');
    type Tokens = { readonly meetingTokens: { readonly nodes: readonly { id: string; jti: string }[] } };
    const all = `{ domain { meetingTokens(userId: "${userId}") { nodes { id jti } } } }`;
    const [recorded] = (await read<{ domain: Tokens }>(house.backend, all)).domain.meetingTokens.nodes;
    expect(recorded).toBeDefined();
    const { nodes } = (await read<{ room: Tokens }>(house.backend, query.replace('ROOM', room.name))).room
      .meetingTokens;
    expect(nodes.some(({ jti }) => jti === recorded?.jti)).toBe(isListed);
    const node = 'query ($id: ID!) { node(id: $id) { ... on MeetingToken { jti } } }';
    const seen = await read<{ node: object | null }>(owner, node, { id: recorded?.id });
    expect(seen.node).toEqual(isListed ? { jti: recorded?.jti } : null);
  });
});

test('an admin bans nobody who waits with an owner’s token, whether or not it was seen before', async () => {
  const room = await house.backend.waitingRoom();
  const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
  const guest = await room.guest({ userId: 'boss' });
  const token = sign({ r: room.name, ud: 'boss', o: true });
  const { knockToken } = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Boss', token });
  const input = { roomName: room.name, participantIds: [guest.id], ban: true };
  expect(codeOf(await act(admin, 'ejectParticipants', input))).toBe('FORBIDDEN');
  const { viewer } = await read<{ viewer: object }>(
    callerOf(house.server, knockToken),
    '{ viewer { ... on KnockRequest { status } } }',
  );
  expect(viewer).toEqual({ status: 'PENDING' });
});

describe('HS256 with the short claim names of Daily', () => {
  test('opens the room it names, and says who comes', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const joined = await join(room.name, sign({ r: room.name, o: true, u: 'Olga', ud: 'olga-1', vo: true, eje: 600 }));
    expect(joined).toMatchObject({
      __typename: 'Joined',
      participant: {
        userName: 'Olga',
        userId: 'olga-1',
        isOwner: true,
        verified: true,
        willEjectAt: expect.any(String),
      },
    });
  });

  test('says permissions in Daily’s p form', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const joined = await join(room.name, sign({ r: room.name, p: { hp: false, cs: 'a,v', cr: { b: 'a' }, ca: 'p' } }));
    expect(joined).toMatchObject({
      participant: {
        permissions: {
          hasPresence: false,
          canSend: ['AUDIO', 'VIDEO'],
          canReceive: { base: ['AUDIO'], overrides: [] },
          canAdmin: ['PARTICIPANTS'],
        },
      },
    });
    expect(codeOf(await join(room.name, sign({ r: room.name, p: { cs: 'a,x' } })))).toBe('TOKEN_INVALID');
  });

  test('with k it vouches for somebody who knocks, and does not let them in', async () => {
    const room = await house.backend.waitingRoom();
    const token = sign({ r: room.name, k: true, ud: 'nora-1', u: 'Nora' });
    expect(codeOf(await join(room.name, token))).toBe('MustKnock');
    const knocked = await act(house.anybody, 'knock', { roomName: room.name, userName: 'x', token });
    expect(knocked.knockRequest).toMatchObject({ userName: 'Nora', userId: 'nora-1', verified: true });
  });

  test('without r it opens every room, as at Daily; an r of nothing is a slip, and opens none', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    expect(codeOf(await join(room.name, sign({})))).toBe('Joined');
    for (const r of ['', null]) expect(codeOf(await join(room.name, sign({ r })))).toBe('TOKEN_INVALID');
  });

  test('goes by the name of the room, but must have been issued after the room was created', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const iat = Math.floor(Date.now() / 1000) - 3600;
    expect(codeOf(await join(room.name, sign({ r: room.name, iat })))).toBe('TOKEN_FOR_OTHER_ROOM');
    expect(codeOf(await join(room.name, sign({ r: room.name })))).toBe('Joined');
  });

  test.each<[string, (roomName: string) => string, string]>([
    ['of another room', () => sign({ r: 'another' }), 'TOKEN_FOR_OTHER_ROOM'],
    ['that has expired', (r) => sign({ r, exp: Math.floor(Date.now() / 1000) - 1 }), 'TOKEN_EXPIRED'],
    ['that is not valid yet', (r) => sign({ r, nbf: inAnHour() - 60 }), 'TOKEN_NOT_YET_VALID'],
    ['of an owner who must be let in', (r) => sign({ r, o: true, k: true }), 'TOKEN_INVALID'],
    ['of another domain', (r) => sign({ r, d: 'elsewhere' }), 'TOKEN_INVALID'],
    ['of no domain', (r) => sign({ r, d: undefined }), 'TOKEN_INVALID'],
    ['signed with another secret', (r) => sign({ r }, 'another secret, long enough to be taken'), 'TOKEN_INVALID'],
    [
      'signed with what the secret decodes to',
      (r) =>
        createSigner({ key: Buffer.from(secret, 'base64url'), algorithm: 'HS256' })({
          r,
          d: house.server.domain,
          exp: inAnHour(),
        }),
      'TOKEN_INVALID',
    ],
    [
      'of another algorithm than its key',
      (r) => createSigner({ key: secret, algorithm: 'HS512' })({ r, d: house.server.domain, exp: inAnHour() }),
      'TOKEN_INVALID',
    ],
    ['with dates in milliseconds', (r) => sign({ r, exp: Date.now() + 3_600_000 }), 'TOKEN_INVALID'],
    ['with two names that contradict each other', (r) => sign({ r, room_name: 'another' }), 'TOKEN_INVALID'],
    ['with a claim of the wrong type', (r) => sign({ r, o: 'yes' }), 'TOKEN_INVALID'],
  ])('refuses one %s', async (_what, make, code) => {
    const room = await house.backend.room();
    expect(codeOf(await join(room.name, make(room.name)))).toBe(code);
  });

  test('one that knows no jti is listed and revoked by the one that it gets', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const token = sign({ r: room.name, ud: 'self-signed-1' });
    const inside = await room.join({ token });
    const query = '{ domain { meetingTokens(userId: "self-signed-1") { nodes { jti selfSigned uses status } } } }';
    type Listed = { domain: { meetingTokens: { nodes: readonly { jti: string; status: string }[] } } };
    const list = async () => (await read<Listed>(house.backend, query)).domain.meetingTokens.nodes;
    const [listed] = await list();
    expect(listed).toMatchObject({ jti: expect.stringMatching(/^h_/), selfSigned: true, uses: 1, status: 'ACTIVE' });
    const revoked = await act(house.backend, 'revokeMeetingTokens', { jtis: [listed?.jti], eject: true });
    expect(revoked).toMatchObject({ count: 1 });
    expect(codeOf(await join(room.name, token))).toBe('TOKEN_REVOKED');
    expect(codeOf(await act(inside, 'heartbeat'))).toBe('UNAUTHENTICATED');
  });

  test('one that nobody has shown yet is revoked as well: by its jti, its room, its user', async () => {
    const room = await house.backend.room();
    const ofJti = sign({ r: room.name, jti: 'never-seen-1' });
    const ofUser = sign({ r: room.name, ud: 'never-seen-user' });
    await act(house.backend, 'revokeMeetingTokens', { jtis: ['never-seen-1'] });
    await act(house.backend, 'revokeMeetingTokens', { userId: 'never-seen-user' });
    for (const token of [ofJti, ofUser]) expect(codeOf(await join(room.name, token))).toBe('TOKEN_REVOKED');
    expect(codeOf(await join(room.name, sign({ r: room.name, ud: 'another' })))).toBe('Joined');
  });

  test('one that has its jti from another room or person is revoked by jti and its own room or user, and no other', async () => {
    const [one, other] = [await house.backend.room(), await house.backend.room()];
    const jti = 'shared-by-a-meeting';
    const ofFirst = { r: one.name, ud: 'the-first', jti };
    for (const { claims, match } of [
      { claims: { ...ofFirst, r: other.name }, match: { roomName: other.name } },
      { claims: { ...ofFirst, ud: 'the-second' }, match: { userId: 'the-second' } },
    ]) {
      for (const shown of [ofFirst, claims]) expect(codeOf(await join(shown.r, sign(shown)))).toBe('Joined');
      // The record of the jti is of the first, which stays good.
      expect(await act(house.backend, 'revokeMeetingTokens', { jtis: [jti], ...match })).toMatchObject({ count: 0 });
      expect(codeOf(await join(claims.r, sign(claims)))).toBe('TOKEN_REVOKED');
      expect(codeOf(await join(ofFirst.r, sign(ofFirst)))).toBe('Joined');
    }
  });

  test('of one domain opens nothing in another', async () => {
    const { backend: elsewhere, server } = await openDomain();
    const room = await act(elsewhere, 'createRoom', { name: 'theirs' });
    const token = sign({ r: room.name, d: server.domain });
    expect(codeOf(await join('theirs', token, { domain: server.domain }))).toBe('TOKEN_INVALID');
  });

  test('counts as used where it was used, though another domain has a token of the same jti', async () => {
    const { backend: elsewhere, server } = await openDomain();
    const theirs = (await act(elsewhere, 'addSelfSigningKey', { algorithm: 'HS256' })).secret ?? '';
    const [jti, name] = [crypto.randomUUID(), 'namesake'];
    const claims = { r: name, jti };
    await act(house.backend, 'createRoom', { name });
    await act(elsewhere, 'createRoom', { name });
    for (const _use of [1, 2]) expect(codeOf(await join(name, sign(claims)))).toBe('Joined');
    const there = sign({ ...claims, d: server.domain }, theirs);
    expect(codeOf(await join(name, there, { domain: server.domain }))).toBe('Joined');
    const query = `{ domain { meetingTokens(roomName: "${name}") { nodes { jti uses } } } }`;
    const listed = await Promise.all([house.backend, elsewhere].map((caller) => read(caller, query)));
    expect(listed).toEqual([2, 1].map((uses) => ({ domain: { meetingTokens: { nodes: [{ jti, uses }] } } })));
  });
});

describe('a registered public key', () => {
  const pairs = {
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    EdDSA: generateKeyPairSync('ed25519'),
  } as const;

  test.each(['ES256', 'EdDSA'] as const)(
    '%s: what its private half signs opens the room, until the key is revoked',
    async (algorithm) => {
      const { publicKey, privateKey } = pairs[algorithm];
      const publicJwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
      const added = await addKey({ algorithm, publicJwk });
      expect(added).toMatchObject({ secret: null, selfSigningKey: { kid: expect.any(String) } });
      const room = await house.backend.room({ privacy: 'PRIVATE' });
      const kid = added.selfSigningKey?.kid ?? '';
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const token = () =>
        createSigner({ key, algorithm, kid })({
          aud: house.server.domain,
          exp: inAnHour(),
          room_name: room.name,
          user_id: 'x',
        });
      expect(codeOf(await join(room.name, token()))).toBe('Joined');
      // Its public half is no secret: nothing is opened by signing with it.
      const byPublic = createSigner({ key: publicJwk, algorithm: 'HS256', kid })({
        aud: house.server.domain,
        exp: inAnHour(),
        room_name: room.name,
      });
      expect(codeOf(await join(room.name, byPublic))).toBe('TOKEN_INVALID');
      const revoke =
        'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { ... on SelfSigningKey { id revokedAt } } }';
      const { id } = added.selfSigningKey ?? {};
      const revoked = await read(house.backend, revoke, { id });
      expect(revoked).toEqual({ revokeSelfSigningKey: { id, revokedAt: expect.any(String) } });
      expect(await read(house.backend, revoke, { id }), 'a second time').toEqual(revoked);
      expect(codeOf(await join(room.name, token()))).toBe('TOKEN_INVALID');
    },
  );

  test('is refused where it is none', async () => {
    const privateJwk = JSON.stringify(pairs.ES256.privateKey.export({ format: 'jwk' }));
    const edJwk = JSON.stringify(pairs.EdDSA.publicKey.export({ format: 'jwk' }));
    for (const input of [
      { algorithm: 'ES256' },
      { algorithm: 'ES256', publicJwk: 'rubbish' },
      { algorithm: 'ES256', publicJwk: edJwk },
      { algorithm: 'ES256', publicJwk: privateJwk },
      { algorithm: 'HS256', publicJwk: edJwk },
    ]) {
      const refused = await addKey(input);
      expect(
        refused.issues?.map(({ path }) => path.join('.')),
        JSON.stringify(input),
      ).toEqual(['input.publicJwk']);
    }
  });
});

test('a token is on record from when it was first seen, and not from when it was signed', async () => {
  const room = await house.backend.room({ privacy: 'PRIVATE' });
  const [iat, jti] = [Math.floor(Date.now() / 1000) - 3_000, crypto.randomUUID()];
  expect(codeOf(await join(room.name, sign({ iat, jti })))).toBe('Joined');
  const query = '{ domain { meetingTokens(first: 100) { nodes { jti createdAt } } } }';
  type Tokens = { domain: { meetingTokens: { nodes: readonly { jti: string; createdAt: string }[] } } };
  const { nodes } = (await read<Tokens>(house.backend, query)).domain.meetingTokens;
  const createdAt = Date.parse(nodes.find((token) => token.jti === jti)?.createdAt ?? '');
  expect(createdAt).toBeGreaterThan((iat + 1_000) * 1000);
});
