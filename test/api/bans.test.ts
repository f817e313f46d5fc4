import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerFrom, startBehindProxy } from '../support/networks.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { accessOf, act, codeOf, type Knock, keyNamed, type Outcome, read } from './admission-kit.ts';

// A ban binds a network only where `banNetwork` asks for it. Each test bans at one process and looks at another, which had not loaded
// any of it.

let database: TestDatabase;
let here: TestServer;
let there: TestServer;
let backend: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  here = await startBehindProxy({ databaseUrl: database.url });
  there = await startBehindProxy({ databaseUrl: database.url, publicUrl: here.url });
  backend = seed(here);
});

const office = '198.51.100.7';
const home = '203.0.113.9';

type Knocked = { readonly id: string; readonly token: string };

async function knockFrom(address: string, roomName: string, input: object = {}): Promise<Knocked> {
  const knocked = await act(callerFrom(here, address), 'knock', { roomName, userName: 'Nora', ...input });
  if (!knocked.knockRequest || !knocked.knockToken) throw new Error(`no knock: ${JSON.stringify(knocked)}`);
  return { id: knocked.knockRequest.id, token: knocked.knockToken };
}

type BanRow = {
  readonly id: string;
  readonly userId: string | null;
  readonly userName: string;
  readonly network: boolean;
};

async function bansOf(roomName: string): Promise<readonly BanRow[]> {
  const query = `{ room(name: "${roomName}") { bans { nodes { id userId userName network } } } }`;
  return (await read<{ room: { bans: { nodes: BanRow[] } } }>(backend, query)).room.bans.nodes;
}

/** What the three doors say to somebody: `access`, `knock`, `joinRoom`. */
async function doorsOf(roomName: string, address: string, shown: { token?: string; bearer?: string } = {}) {
  const caller = callerFrom(there, address, shown.bearer);
  const token = shown.token === undefined ? {} : { token: shown.token };
  const access = await accessOf(caller, roomName, shown.token);
  const knocked = await act(caller, 'knock', { roomName, userName: 'Somebody', ...token });
  const joined = await act(caller, 'joinRoom', { roomName, ...token });
  return `${access.refusal?.code ?? access.level} ${codeOf(knocked)} ${codeOf(joined)}`;
}

async function statusOf(id: string): Promise<string> {
  const query = `query ($id: ID!) { node(id: $id) { ... on KnockRequest { status reason } } }`;
  const { node } = await read<{ node: Pick<Knock, 'status' | 'reason'> }>(backend, query, { id });
  return `${node.status} ${node.reason}`;
}

async function banFrom(address: string, room: RoomSeed, more: object): Promise<Outcome> {
  const { id } = await knockFrom(address, room.name);
  return act(callerOf(here, backend.apiKey), 'denyKnock', { knockId: id, ban: true, ...more });
}

test('without banNetwork only the one who knocked is kept out, and nobody else on the network', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const { id, token } = await knockFrom(office, room.name);
  await act(backend, 'denyKnock', { knockId: id, ban: true });
  expect(await bansOf(room.name)).toMatchObject([{ network: false, userId: null }]);
  expect(await doorsOf(room.name, office)).toBe('LOBBY Knocked MustKnock');
  expect(await doorsOf(room.name, home, { bearer: token })).toBe('BANNED BANNED BANNED');
});

describe('denied with a ban, others from there cool down as after any denial', () => {
  type Door = (address: string, input?: { token?: string; bearer?: string }) => Promise<string>;
  const doors: Readonly<Record<string, (room: RoomSeed, server: TestServer) => Door>> = {
    knock: (room, server) => async (address, input) => {
      const { bearer, ...given } = input ?? {};
      const more = { roomName: room.name, userName: 'Another', ...given };
      return codeOf(await act(callerFrom(server, address, bearer), 'knock', more));
    },
    access: (room, server) => async (address, input) => {
      const query =
        'query ($name: String!, $token: String) { access(roomName: $name, token: $token) { knockAgainAt } }';
      const asked = { name: room.name, token: input?.token };
      const { access } = await read<{ access: { knockAgainAt: string | null } }>(
        callerFrom(server, address, input?.bearer),
        query,
        asked,
      );
      return access.knockAgainAt === null ? 'Knocked' : 'RATE_LIMITED';
    },
  };

  test.each(Object.entries(doors))('%s, at each process', async (_door, open) => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 600 });
    const { id } = await knockFrom(office, room.name);
    const denied = await act(backend, 'denyKnock', { knockId: id, ban: true });
    expect(denied.knockAgainAt).toBeNull();
    const { jwt: token } = await room.token({ knocking: true, userId: 'colleague' });
    for (const server of [here, there]) {
      const ask = open(room, server);
      expect(await ask(office)).toBe('RATE_LIMITED');
      expect(await ask(home)).toBe('Knocked');
      expect(await ask(office, { token })).toBe('Knocked');
    }
    const [ban] = await bansOf(room.name);
    await backend.ask('mutation ($id: ID!) { liftBan(banId: $id) { __typename } }', { id: ban?.id });
    for (const server of [there, here]) expect(await open(room, server)(office)).toBe('Knocked');
  });
});

describe('with banNetwork', () => {
  test.each([
    ['somebody unknown from there', office, {}, 'BANNED BANNED BANNED'],
    [
      'a person with a knocking token from there',
      office,
      { knocking: true, userId: 'colleague' },
      'LOBBY Knocked MustKnock',
    ],
    ['a person with a token that lets in', office, { userId: 'colleague' }, 'FULL Knocked Joined'],
    ['somebody unknown from elsewhere', home, {}, 'LOBBY Knocked MustKnock'],
  ])('%s: access, knock and joinRoom agree', async (_who, address, claims, said) => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await banFrom(office, room, { banNetwork: true });
    expect(await bansOf(room.name)).toMatchObject([{ network: true }]);
    const token = Object.keys(claims).length === 0 ? {} : { token: (await room.token(claims)).jwt };
    expect(await doorsOf(room.name, address, token)).toBe(said);
  });

  test('the network of an IPv6 address is its /64', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await banFrom('2001:db8:1:2::5', room, { banNetwork: true });
    expect(await doorsOf(room.name, '2001:db8:1:2:ffff::9')).toBe('BANNED BANNED BANNED');
    expect(await doorsOf(room.name, '2001:db8:1:3::5')).toBe('LOBBY Knocked MustKnock');
  });

  test('it holds in a public room too, until it is lifted', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await banFrom(office, room, { banNetwork: true });
    await act(backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' });
    expect(await doorsOf(room.name, office)).toBe('BANNED BANNED BANNED');
    expect(await doorsOf(room.name, home)).toBe('FULL KNOCKING_DISABLED Joined');
    const [ban] = await bansOf(room.name);
    await backend.ask('mutation ($id: ID!) { liftBan(banId: $id) { __typename } }', { id: ban?.id });
    expect(await doorsOf(room.name, office)).toBe('FULL KNOCKING_DISABLED Joined');
  });

  test('people from there who wait without a token are denied, admissions that nobody uses are taken back, and people inside stay', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    const { jwt } = await room.token({ knocking: true, userId: 'colleague' });
    const waiting = await knockFrom(office, room.name);
    const vouchedFor = await knockFrom(office, room.name, { token: jwt });
    const elsewhere = await knockFrom(home, room.name);
    const [unused, inside] = [await knockFrom(office, room.name), await knockFrom(office, room.name)];
    for (const { id } of [unused, inside]) await act(backend, 'admitKnock', { knockId: id });
    const joined = await act(callerFrom(here, office, inside.token), 'joinRoom', { roomName: room.name });
    await act(callerOf(there, backend.apiKey), 'denyKnock', { knockId: waiting.id, ban: true, banNetwork: true });
    const also = await knockFrom(office, room.name).catch(() => null);
    expect(also).toBeNull();
    expect(await Promise.all([waiting, vouchedFor, elsewhere, unused, inside].map(({ id }) => statusOf(id)))).toEqual([
      'DENIED DECIDED',
      'PENDING null',
      'PENDING null',
      'EXPIRED RECALLED',
      'ADMITTED DECIDED',
    ]);
    const me = callerFrom(there, office, joined.sessionToken);
    expect(codeOf(await act(me, 'heartbeat'))).toBe('Participant');
    expect(codeOf(await act(callerFrom(there, office, unused.token), 'joinRoom', { roomName: room.name }))).toBe(
      'BANNED',
    );
  });

  test('the others who wait from there are denied, and their streams tell them', async () => {
    const room = await backend.waitingRoom();
    const [first, second] = [await room.knocker(), await room.knocker()];
    const stream = await second.ws().subscribe<{ myKnock: Knock }>('subscription { myKnock { status } }');
    await stream.next();
    await act(await room.owner(), 'denyKnock', { knockId: first.knockId, ban: true, banNetwork: true });
    await stream.find(({ data }) => data?.myKnock.status === 'DENIED');
  });

  test('somebody who is admitted after the ban may come in', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await banFrom(office, room, { banNetwork: true });
    const { id, token } = await knockFrom(home, room.name);
    await act(backend, 'admitKnock', { knockId: id });
    // At home they knocked, and from the office they come.
    expect(await doorsOf(room.name, office, { bearer: token })).toBe('FULL Knocked Joined');
  });

  test('a ban that an earlier version kept with an address binds the network', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await banFrom(office, room, {});
    await database.sql`update bans b set address_hash = k.address_hash from knocks k where k.id = b.knock_id`;
    await database.sql`update rooms set version = version where id in (select room_id from bans)`;
    expect(await bansOf(room.name)).toMatchObject([{ network: true }]);
    expect(await accessOf(callerFrom(there, office), room.name)).toMatchObject({ refusal: { code: 'BANNED' } });
  });
});

describe('ejectParticipants', () => {
  test('bans each of several, inside, absent and gone, at a process that had not loaded them', async () => {
    const room = await backend.waitingRoom();
    const [inside, gone] = [await room.guest({ userId: 'inside' }), await room.guest({ userId: 'gone' })];
    const named = await room.guest({ userId: 'named' });
    await act(gone, 'leaveRoom');
    const vouchedFor = await room.token({ userId: 'away', knocking: true });
    const admitted = await knockFrom(home, room.name, { token: vouchedFor.jwt });
    await act(backend, 'admitKnock', { knockId: admitted.id });
    const input = {
      ...{ roomName: room.name, ban: true },
      ...{ participantIds: [named.id, gone.id], userIds: ['inside', 'absent', 'away'] },
    };
    const ejected = await act(callerOf(there, backend.apiKey), 'ejectParticipants', input);
    expect(ejected.participants?.map(({ id }) => id).sort()).toEqual([inside.id, named.id].sort());
    expect(await statusOf(admitted.id)).toBe('EXPIRED RECALLED');
    const userIds = ['absent', 'away', 'gone', 'inside', 'named'];
    expect((await bansOf(room.name)).map(({ userId }) => userId).sort()).toEqual(userIds);
    for (const userId of userIds) {
      const { jwt } = await room.token({ userId });
      expect(await doorsOf(room.name, home, { token: jwt })).toBe('BANNED BANNED BANNED');
    }
  });

  test('a ban means the person: other sessions of the same userId are put out too', async () => {
    const room = await backend.room();
    const phone = await room.guest({ userId: 'twice' });
    const laptop = await room.guest({ userId: 'twice' });
    const participantIds = [phone.id];
    await act(callerOf(there, backend.apiKey), 'ejectParticipants', { roomName: room.name, participantIds });
    expect(codeOf(await act(laptop, 'heartbeat'))).toBe('Participant');
    await act(callerOf(there, backend.apiKey), 'ejectParticipants', { roomName: room.name, participantIds, ban: true });
    expect(codeOf(await act(laptop, 'heartbeat'))).toBe('UNAUTHENTICATED');
    expect(await bansOf(room.name)).toMatchObject([{ userId: 'twice' }]);
  });

  test('whoever bans another session of their own stays inside themselves', async () => {
    const room = await backend.room();
    const [phone, laptop] = [await room.owner({ userId: 'chair' }), await room.owner({ userId: 'chair' })];
    const input = { roomName: room.name, participantIds: [phone.id], ban: true };
    const ejected = await act(callerOf(there, laptop.sessionToken), 'ejectParticipants', input);
    expect(ejected.participants).toMatchObject([{ id: phone.id, leaveReason: 'BANNED' }]);
    expect(codeOf(await act(laptop, 'heartbeat'))).toBe('Participant');
  });

  test('a user who is inside from two networks is banned with both', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    for (const address of [office, home]) {
      const { jwt: token } = await room.token({ userId: 'roams' });
      expect(codeOf(await act(callerFrom(here, address), 'joinRoom', { roomName: room.name, token }))).toBe('Joined');
    }
    const input = { roomName: room.name, userIds: ['roams'], ban: true, banNetwork: true };
    await act(callerOf(there, backend.apiKey), 'ejectParticipants', input);
    const both = { userId: 'roams', network: true };
    expect(await bansOf(room.name)).toMatchObject([both, both]);
    for (const address of [office, home]) expect(await doorsOf(room.name, address)).toBe('BANNED BANNED BANNED');
    expect(await doorsOf(room.name, '192.0.2.5')).toBe('LOBBY Knocked MustKnock');
  });

  test('asked again, by id or by userId, it makes no second ban; one that lasts longer, or names more, is made', async () => {
    const { name, guest } = await backend.room();
    const { id } = await guest({ userId: 'again' });
    const banAt = (who: object, more: object = {}) =>
      act(callerOf(there, backend.apiKey), 'ejectParticipants', { roomName: name, ban: true, ...who, ...more });
    const [byId, byUser] = [{ participantIds: [id] }, { userIds: ['again'] }];
    const banExp = new Date(Date.now() + 3_600_000).toISOString();
    for (const who of [byId, byId, byUser]) await banAt(who, { banExp });
    expect(await bansOf(name)).toHaveLength(1);
    await banAt(byUser);
    expect(await bansOf(name)).toHaveLength(2);
    await banAt(byId, { banNetwork: true });
    expect(await bansOf(name)).toHaveLength(3);
    for (const who of [byId, byUser]) await banAt(who, { banExp });
    expect(await bansOf(name)).toHaveLength(3);
  });

  test('two people without a userId on one network are two bans, each under its own name', async () => {
    const { name } = await backend.room();
    const join = (userName: string) => act(callerFrom(here, office), 'joinRoom', { roomName: name, userName });
    const people = [await join('Mallory'), await join('Gus')];
    const input = { roomName: name, ban: true, banNetwork: true };
    for (const { participant } of people)
      await act(callerOf(there, backend.apiKey), 'ejectParticipants', { ...input, participantIds: [participant?.id] });
    expect((await bansOf(name)).map(({ userName }) => userName).toSorted()).toEqual(['Gus', 'Mallory']);
  });

  test.each([
    [false, 'KNOCK_CLOSED'],
    [true, 'BANNED'],
  ])('of somebody who has left ends their way back (ban: %s)', async (ban, said) => {
    const room = await backend.waitingRoom();
    const { id, token } = await knockFrom(home, room.name);
    await act(backend, 'admitKnock', { knockId: id });
    const key = { idempotencyKey: keyNamed('left') };
    const joined = await act(callerFrom(here, home, token), 'joinRoom', { roomName: room.name, ...key });
    await act(callerOf(here, joined.sessionToken), 'leaveRoom');
    const input = { roomName: room.name, participantIds: [joined.participant?.id], ban };
    expect(codeOf(await act(callerOf(there, backend.apiKey), 'ejectParticipants', input))).toBe('ParticipantsEjected');
    expect(await statusOf(id)).toBe('EXPIRED RECALLED');
    const back = await act(callerFrom(here, home, token), 'joinRoom', { roomName: room.name });
    expect(codeOf(back)).toBe(said);
  });

  test('a ban that would name nobody is refused and puts nobody out; with banNetwork it is kept', async () => {
    const room = await backend.room();
    const guest = await act(callerFrom(here, office), 'joinRoom', { roomName: room.name, userName: 'Nameless' });
    const input = { roomName: room.name, participantIds: [guest.participant?.id], ban: true };
    expect(await act(backend, 'ejectParticipants', input)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['input', 'ban'] }],
    });
    expect(await bansOf(room.name)).toEqual([]);
    const me = callerOf(here, guest.sessionToken);
    expect(codeOf(await act(me, 'heartbeat'))).toBe('Participant');
    expect(codeOf(await act(backend, 'ejectParticipants', { ...input, banNetwork: true }))).toBe('ParticipantsEjected');
    expect(await bansOf(room.name)).toMatchObject([{ network: true, userId: null }]);
    expect(await doorsOf(room.name, office)).toBe('BANNED BANNED BANNED');
    expect(await doorsOf(room.name, home)).toBe('FULL KNOCKING_DISABLED Joined');
  });

  test('a ban of a network ends with banExp', async () => {
    const own = await createTestDatabase();
    const server = await startBehindProxy({ databaseUrl: own.url });
    const room = await seed(server).room();
    const join = (address: string) => act(callerFrom(server, address), 'joinRoom', { roomName: room.name });
    const guest = await join(office);
    const banExp = new Date(Date.now() + 60_000).toISOString();
    const participantIds = [guest.participant?.id];
    await act(seed(server), 'ejectParticipants', {
      roomName: room.name,
      participantIds,
      ban: true,
      banNetwork: true,
      banExp,
    });
    expect(codeOf(await join(office))).toBe('BANNED');
    await moveClock(own, { seconds: 61 });
    expect(codeOf(await join(office))).toBe('Joined');
  });
});

test('banNetwork without ban says nothing that can be done', async () => {
  const room = await backend.waitingRoom();
  const { id } = await knockFrom(home, room.name);
  const guest = await room.guest();
  const bad = { code: 'INVALID_INPUT', issues: [{ path: ['input', 'banNetwork'] }] };
  expect(await act(backend, 'denyKnock', { knockId: id, banNetwork: true })).toMatchObject(bad);
  const input = { roomName: room.name, participantIds: [guest.id], banNetwork: true };
  expect(await act(backend, 'ejectParticipants', input)).toMatchObject(bad);
  expect(await statusOf(id)).toBe('PENDING null');
});

test('sameNetwork tells those who decide, and nobody else, whom a ban of the network would meet', async () => {
  const room = await backend.waitingRoom();
  const { jwt } = await room.token({ knocking: true, userId: 'colleague' });
  const nora = await knockFrom(office, room.name);
  await knockFrom(office, room.name);
  const third = await knockFrom(office, room.name);
  await knockFrom(office, room.name, { token: jwt });
  await knockFrom(home, room.name);
  const owner = await room.owner();
  const list = '{ knockRequests(status: [PENDING], roomName: "ROOM") { nodes { sameNetwork } } }'.replace(
    'ROOM',
    room.name,
  );
  for (const caller of [owner, callerOf(there, backend.apiKey)]) {
    const { knockRequests } = await read<{ knockRequests: { nodes: { sameNetwork: number }[] } }>(caller, list);
    expect(knockRequests.nodes.map(({ sameNetwork }) => sameNetwork)).toEqual([2, 2, 2, 3, 0]);
  }
  await act(owner, 'admitKnock', { knockId: third.id });
  const { node } = await read<{ node: object }>(
    owner,
    'query ($id: ID!) { node(id: $id) { ... on KnockRequest { sameNetwork } } }',
    {
      id: nora.id,
    },
  );
  expect(node).toEqual({ sameNetwork: 1 });
  const own = '{ viewer { ... on KnockRequest { sameNetwork } } }';
  expect(await read(callerFrom(here, office, nora.token), own)).toEqual({ viewer: { sameNetwork: null } });
});

test('access tells before a form is filled in how long a cool-down lasts, and what time it is', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 300 });
  const { id, token } = await knockFrom(office, room.name);
  const denied = await act(backend, 'denyKnock', { knockId: id });
  const { jwt } = await room.token({ knocking: true, userId: 'colleague' });
  type Access = { readonly level: string; readonly knockAgainAt: string | null; readonly now: string };
  const query = `query ($token: String) { access(roomName: "${room.name}", token: $token) { level knockAgainAt now } }`;
  const ask = async (address: string, shown?: string) =>
    (await read<{ access: Access }>(callerFrom(there, address), query, { token: shown })).access;
  expect(await ask(office)).toMatchObject({ level: 'LOBBY', knockAgainAt: denied.knockAgainAt });
  expect(await ask(office, jwt)).toMatchObject({ level: 'LOBBY', knockAgainAt: null });
  const { now, ...others } = await ask(home);
  expect(others).toEqual({ level: 'LOBBY', knockAgainAt: null });
  expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(5_000);
  const own = (await read<{ access: Access }>(callerFrom(there, home, token), query)).access;
  expect(own).toMatchObject({ level: 'NONE', knockAgainAt: null });
  // Whom a token names is told wherever they are by then.
  const named = await knockFrom(office, room.name, { token: jwt });
  const { knockAgainAt } = await act(backend, 'denyKnock', { knockId: named.id });
  for (const address of [office, home]) {
    expect(await ask(address, jwt)).toMatchObject({ level: 'LOBBY', knockAgainAt });
    const again = { roomName: room.name, userName: 'Colleague', token: jwt };
    expect(codeOf(await act(callerFrom(there, address), 'knock', again))).toBe('RATE_LIMITED');
  }
});
