import { createHash } from 'node:crypto';
import { createDecoder, createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { accessOf, act, codeOf, type House, openHouse, openOtherDomain, read } from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const day = 86_400;
const create = (input: Variables) => act(house.backend, 'createMeetingToken', input);
const join = (roomName: string, token: string | undefined) => act(house.anybody, 'joinRoom', { roomName, token });
const issuesOf = ({ issues }: Awaited<ReturnType<typeof create>>) => issues?.map(({ path }) => path.join('.'));
const decode = createDecoder({ complete: true });

describe('a meeting token', () => {
  test('says what was asked, signed for this domain, and is never stored', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const claims = { isOwner: true, userName: 'Olga', userId: 'olga-1', maxUses: 2 };
    const { jwt = '', meetingToken } = await create({
      roomName: room.name,
      permissions: { canSend: ['AUDIO'] },
      ...claims,
    });
    const { header, payload } = decode(jwt);
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'meeting-token+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      aud: 'default',
      jti: meetingToken?.jti,
      room_name: room.name,
      is_owner: true,
      user_name: 'Olga',
    });
    const keys = await fetch(`${house.server.url}/.well-known/jwks.json`).then((response) => response.json());
    expect(JSON.stringify(keys)).toContain(header.kid);
    const query = `{ node(id: "${meetingToken?.id}") { ... on MeetingToken { roomName isOwner userName userId maxUses uses status selfSigned ejectAtTokenExp permissions { canSend } } } }`;
    const recorded = { ...claims, roomName: room.name, uses: 0, status: 'ACTIVE', selfSigned: false };
    const said = { ejectAtTokenExp: false, permissions: { canSend: ['AUDIO'] } };
    expect(await read(house.backend, query)).toEqual({ node: { ...recorded, ...said } });
    const dump = await house.database.sql`select m::text as row from meeting_tokens m`;
    expect(JSON.stringify(dump)).not.toContain(jwt.split('.')[2]);
  });

  test('lives as long as the domain says, where it names no exp', async () => {
    const { backend } = await openHouse();
    const room = await backend.room();
    const lives = async () => {
      const { meetingToken } = await act(backend, 'createMeetingToken', { roomName: room.name });
      return meetingToken?.exp ? Math.round((Date.parse(meetingToken.exp) - Date.now()) / 1000) : null;
    };
    expect(Math.abs(((await lives()) ?? 0) - day)).toBeLessThan(5);
    await act(backend, 'updateDomain', { meetingTokenLifetimeSeconds: 600 });
    expect(Math.abs(((await lives()) ?? 0) - 600)).toBeLessThan(5);
    await act(backend, 'updateDomain', { meetingTokenLifetimeSeconds: null });
    expect(await lives()).toBeNull();
  });

  test('opens every room only where that was said on purpose', async () => {
    const [room, other] = [
      await house.backend.room({ privacy: 'PRIVATE' }),
      await house.backend.room({ privacy: 'PRIVATE' }),
    ];
    const refused = await create({ isOwner: true });
    expect(issuesOf(refused)).toEqual(['input.roomName']);
    expect(refused.problem).toContain('anyRoom');
    expect(issuesOf(await create({ anyRoom: false }))).toEqual(['input.roomName']);
    expect(issuesOf(await create({ anyRoom: true, roomName: room.name }))).toEqual(['input.anyRoom']);
    expect(issuesOf(await create({ anyRoom: true, maxUses: 1 }))).toEqual(['input.maxUses']);
    const any = await create({ anyRoom: true });
    expect(any).toMatchObject({ joinUrl: null });
    for (const { name } of [room, other]) expect(codeOf(await join(name, any.jwt))).toBe('Joined');
    const later = await house.backend.room({ privacy: 'PRIVATE' });
    expect(codeOf(await join(later.name, any.jwt))).toBe('Joined');
    expect(codeOf(await join(later.name, any.jwt))).toBe('Joined');
    const uses = `{ node(id: "${any.meetingToken?.id}") { ... on MeetingToken { uses } } }`;
    expect(await read(house.backend, uses), 'in all rooms together').toEqual({ node: { uses: 4 } });
  });

  test('for one room does not open another, nor a room of that name in another domain', async () => {
    const [room, other] = [await house.backend.room(), await house.backend.room()];
    const { jwt } = await room.token({ isOwner: true });
    expect(codeOf(await join(other.name, jwt))).toBe('TOKEN_FOR_OTHER_ROOM');
    expect((await accessOf(house.anybody, other.name, jwt)).refusal?.code).toBe('TOKEN_FOR_OTHER_ROOM');
    const elsewhere = await openOtherDomain(house);
    await act(elsewhere, 'createRoom', { name: room.name });
    const input = { roomName: room.name, domain: 'elsewhere' };
    expect(codeOf(await act(house.anybody, 'joinRoom', { ...input, token: jwt }))).toBe('TOKEN_INVALID');
    expect(codeOf(await act(house.anybody, 'joinRoom', input))).toBe('Joined');
    const any = await act(elsewhere, 'createMeetingToken', { anyRoom: true });
    expect(codeOf(await join(room.name, any.jwt))).toBe('TOKEN_INVALID');
  });

  test.each<[string, Variables]>([
    ['userName', { userName: 'x'.repeat(129) }],
    ['userId', { userId: 'x'.repeat(37) }],
    ['userId', { userId: '' }],
    ['exp', { exp: '2001-01-01T00:00:00Z' }],
    ['nbf', { nbf: '2099-01-01T00:00:00Z' }],
    ['maxUses', { maxUses: 0 }],
    ['ejectAfterElapsedSeconds', { ejectAfterElapsedSeconds: 0 }],
    ['lang', { lang: 'x' }],
    ['knocking', { knocking: true, isOwner: true }],
  ])('is refused by name: %s (case %$)', async (field, input) => {
    const room = await house.backend.room();
    expect(issuesOf(await create({ roomName: room.name, ...input }))).toEqual([`input.${field}`]);
  });

  test('is not made for a room that is not there', async () => {
    expect(codeOf(await create({ roomName: 'there-is-none' }))).toBe('NOT_FOUND');
    expect(issuesOf(await create({ roomName: 'not a name' }))).toEqual(['input.roomName']);
  });

  test.each(['isAdmin', '__proto__', 'constructor', 'room_name'])(
    'is not made with a field that does not exist: %s',
    async (field) => {
      const room = await house.backend.room();
      const input: unknown = JSON.parse(`{"roomName":"${room.name}","${field}":true}`);
      const query = 'mutation ($input: CreateMeetingTokenInput!) { createMeetingToken(input: $input) { __typename } }';
      const { body } = await house.backend.ask(query, { input });
      expect(body.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_REQUEST']);
      expect(body.data ?? null).toBeNull();
    },
  );

  test('is made by keys with TOKENS alone', async () => {
    const room = await house.backend.room();
    const input = { roomName: room.name };
    const [tokens, others] = [
      await house.backend.key(['TOKENS']),
      await house.backend.key(['ROOMS', 'ADMISSION', 'READ']),
    ];
    expect(codeOf(await act(tokens, 'createMeetingToken', input))).toBe('IssuedMeetingToken');
    for (const caller of [others, await room.owner(), await room.guest()]) {
      expect(codeOf(await act(caller, 'createMeetingToken', input))).toBe('FORBIDDEN');
      expect(codeOf(await act(caller, 'revokeMeetingTokens', input))).toBe('FORBIDDEN');
    }
    expect(codeOf(await act(house.anybody, 'createMeetingToken', input))).toBe('UNAUTHENTICATED');
  });

  test('is not a credential: it opens something only in joinRoom and knock', async () => {
    const room = await house.backend.room();
    const { jwt } = await room.token({ isOwner: true });
    const { body } = await house.anybody.ask('{ __typename }');
    expect(body.data).toEqual({ __typename: 'Query' });
    const response = await fetch(`${house.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt}` },
      body: JSON.stringify({ query: '{ viewer { __typename } }' }),
    });
    expect(await response.text()).toContain('UNAUTHENTICATED');
  });

  test('is told apart from what it is not: validateMeetingToken and joinRoom say the same', async () => {
    const room = await house.backend.room();
    const guest = await room.guest();
    const { jwt } = await room.token();
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const publicKeys = await fetch(`${house.server.url}/.well-known/jwks.json`).then((response) => response.text());
    const payload = { ...decode(jwt).payload, is_owner: true };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = {
      'without signature': `${encode({ alg: 'none', typ: 'meeting-token+jwt' })}.${encode(payload)}.`,
      'with other claims under the same signature': `${head}.${encode(payload)}.${signature}`,
      'signed with the public key as a secret': createSigner({ key: publicKeys, algorithm: 'HS256' })(payload),
      'signed by a stranger': createSigner({ key: createHash('sha512').update('x').digest('hex'), algorithm: 'HS256' })(
        payload,
      ),
      'a media grant': guest.mediaGrant,
      'an API key': house.server.apiKey,
      'a session token': guest.sessionToken,
      'cut off': `${head}.${body}`,
      'nothing of the kind': 'rubbish',
    };
    const query =
      'query ($jwt: String!) { validateMeetingToken(jwt: $jwt) { __typename ... on EntryRefused { code } } }';
    for (const [what, token] of Object.entries(forged)) {
      expect(codeOf(await join(room.name, token)), what).toBe('TOKEN_INVALID');
      const validated = { validateMeetingToken: { __typename: 'EntryRefused', code: 'TOKEN_INVALID' } };
      expect(await read(house.backend, query, { jwt: token }), what).toEqual(validated);
    }
    expect(await read(house.backend, query, { jwt })).toEqual({ validateMeetingToken: { __typename: 'MeetingToken' } });
  });
});

describe('revocation', () => {
  test('by jti, room or user, together as all that is given; from the next attempt on', async () => {
    const [room, other] = [await house.backend.room(), await house.backend.room()];
    const userId = 'revoked-user';
    const tokens = {
      byJti: await room.token(),
      ofUserHere: await room.token({ userId }),
      ofUserThere: await other.token({ userId }),
      ofRoom: await room.token(),
      other: await other.token(),
    };
    const works = async () => {
      const outcomes = Object.entries(tokens).map(async ([name, { jwt, joinUrl }]) => {
        const roomName = new URL(joinUrl ?? '').pathname.split('/').at(-1) ?? '';
        return (await accessOf(house.anybody, roomName, jwt)).level === 'FULL' ? [name] : [];
      });
      return (await Promise.all(outcomes)).flat();
    };
    const revoke = (input: Variables) => act(house.backend, 'revokeMeetingTokens', input);
    expect(await works()).toHaveLength(5);
    expect(await revoke({ jtis: [tokens.byJti.meetingToken.jti, 'unknown'] })).toMatchObject({ count: 1 });
    expect(await works()).toEqual(['ofUserHere', 'ofUserThere', 'ofRoom', 'other']);
    expect(await revoke({ roomName: room.name, userId })).toMatchObject({ count: 1 });
    expect(await works()).toEqual(['ofUserThere', 'ofRoom', 'other']);
    expect(await revoke({ roomName: room.name })).toMatchObject({ count: 1 });
    expect(await works()).toEqual(['ofUserThere', 'other']);
    expect(await revoke({ userId })).toMatchObject({ count: 1 });
    expect(await works()).toEqual(['other']);
    expect(await revoke({ userId })).toMatchObject({ count: 0 });
  });

  test('counts a jti once, however often it is named', async () => {
    const { meetingToken } = await (await house.backend.room()).token();
    const jtis = Array.from({ length: 1_001 }, () => meetingToken.jti);
    expect(await act(house.backend, 'revokeMeetingTokens', { jtis })).toMatchObject({ count: 1 });
  });

  test('needs to be told what', async () => {
    for (const input of [{}, { jtis: [] }, { eject: true }, { jtis: [''] }]) {
      expect(codeOf(await act(house.backend, 'revokeMeetingTokens', input)), JSON.stringify(input)).toBe(
        'INVALID_INPUT',
      );
    }
    expect(codeOf(await act(house.backend, 'revokeMeetingTokens', { roomName: 'there-is-none' }))).toBe('NOT_FOUND');
  });

  test('leaves people inside alone, and puts them out with eject', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt, meetingToken } = await room.token();
    const inside = await room.join({ token: jwt });
    const bystander = await room.guest();
    await act(house.backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti] });
    expect(codeOf(await act(inside, 'heartbeat'))).toBe('Participant');
    expect(codeOf(await join(room.name, jwt))).toBe('TOKEN_REVOKED');
    await act(house.backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti], eject: true });
    expect(await read(inside, '{ viewer { ... on Participant { leaveReason } } }')).toEqual({
      viewer: { leaveReason: 'EJECTED' },
    });
    expect(codeOf(await act(inside, 'heartbeat'))).toBe('UNAUTHENTICATED');
    expect(codeOf(await act(inside, 'joinRoom', { roomName: room.name }))).toBe('ENTRY_NOT_ALLOWED');
    expect(codeOf(await act(bystander, 'heartbeat'))).toBe('Participant');
  });
});

describe('revoked with eject, those alone are put out whose tokens are meant', () => {
  test.each<[string, (here: { roomName: string; jti: string }) => Variables, readonly string[]]>([
    ['jti', ({ jti }) => ({ jtis: [jti] }), ['other']],
    ['user', () => ({ userId: 'out' }), ['out', 'anyRoom of out']],
    ['room', ({ roomName }) => ({ roomName }), ['out', 'other', 'nobody']],
    ['room and user', ({ roomName }) => ({ roomName, userId: 'out' }), ['out']],
  ])('by %s', async (_by, match, isOut) => {
    const room = await house.backend.room();
    const anyRoom = async (claims: Variables) => (await create({ anyRoom: true, ...claims })).jwt;
    const other = await room.token({ userId: 'other' });
    const people = {
      out: await room.guest({ userId: 'out' }),
      other: await room.join({ token: other.jwt }),
      nobody: await room.guest(),
      'anyRoom of out': await room.join({ token: await anyRoom({ userId: 'out' }) }),
      'anyRoom of nobody': await room.join({ token: await anyRoom({}) }),
      'without a token': await room.join(),
    };
    const input = { ...match({ roomName: room.name, jti: other.meetingToken.jti }), eject: true };
    expect(codeOf(await act(house.backend, 'revokeMeetingTokens', input))).toBe('MeetingTokensRevoked');
    const stands = Object.entries(people).map(async ([name, person]) =>
      codeOf(await act(person, 'heartbeat')) === 'UNAUTHENTICATED' ? [name] : [],
    );
    expect((await Promise.all(stands)).flat()).toEqual(isOut);
  });
});

describe('tokens are listed with what became of them', () => {
  test('those of a room, and of the domain with those for any room, newest first', async () => {
    const { backend, database, anybody } = await openHouse();
    const [room, other] = [await backend.room(), await backend.room()];
    const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
    const made = [
      await room.token({ userId: 'active' }),
      await room.token({ userId: 'revoked' }),
      await room.token({ userId: 'used-up', maxUses: 1 }),
      await room.token({ userId: 'expired', exp: inSeconds(60) }),
      await room.token({ userId: 'later', nbf: inSeconds(7200) }),
    ];
    await other.token({ userId: 'of-the-other' });
    await act(backend, 'createMeetingToken', { anyRoom: true, userId: 'any' });
    await act(backend, 'revokeMeetingTokens', { jtis: [made[1]?.meetingToken.jti] });
    await act(anybody, 'joinRoom', { roomName: room.name, token: made[2]?.jwt });
    await moveClock(database, { seconds: 120 });
    const list = 'nodes { userId status roomName }';
    const query = `query ($name: String!) { room(name: $name) { meetingTokens { ${list} } }
      domain { meetingTokens(first: 3) { ${list} } one: meetingTokens(userId: "used-up") { ${list} } here: meetingTokens(roomName: $name) { ${list} } } }`;
    type List = { readonly nodes: readonly { readonly userId: string; readonly status: string }[] };
    type Lists = { room: { meetingTokens: List }; domain: { meetingTokens: List; one: List; here: List } };
    const inAMoment = async () => {
      const { room: ofRoom, domain } = await read<Lists>(backend, query, { name: room.name });
      return [ofRoom.meetingTokens, domain.meetingTokens, domain.one, domain.here].map(({ nodes }) =>
        nodes.map(({ userId, status }) => `${userId}: ${status}`),
      );
    };
    const ofRoom = [
      'later: NOT_YET_VALID',
      'expired: EXPIRED',
      'used-up: USED_UP',
      'revoked: REVOKED',
      'active: ACTIVE',
    ];
    await expect
      .poll(inAMoment)
      .toEqual([ofRoom, ['any: ACTIVE', 'of-the-other: ACTIVE', 'later: NOT_YET_VALID'], ['used-up: USED_UP'], ofRoom]);
  });
});
