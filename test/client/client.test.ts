import { beforeAll, describe, expect, test } from 'vitest';
import { createClient, createEntry, VestibuleError } from '../../packages/client/src/index.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { createStorage, follow, joinAs } from './client-kit.ts';

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

const client = () => createClient({ url: server.url });

async function knockAt(roomName: string, url = server.url) {
  const knocked = await createClient({ url }).knock({ roomName, userName: 'Nora' });
  if (!knocked.isDone) throw new Error(`not knocked: ${knocked.refusal.code}`);
  return knocked.value;
}

/** A knock that is followed no more, until its proxy accepts again. */
async function knockThatLosesItsConnection() {
  const room = await backend.waitingRoom();
  const owner = await joinAs(server.url, room, { isOwner: true });
  const proxy = await startTcpProxy(server.url);
  const knock = await knockAt(room.name, proxy.url);
  const own = follow(knock.view);
  await own.until(({ state }) => state === 'OPEN');
  proxy.refuse();
  proxy.cut();
  await own.until(({ state }) => state === 'RECONNECTING');
  return { owner, own, id: knock.view.get().knockRequest.id, proxy };
}

/** How many wait, or have taken their knock back. */
const waitingAt = async (name: string, status = 'PENDING') => {
  const query = `query ($name: String!) { room(name: $name) { knockRequests(status: [${status}]) { totalCount } } }`;
  const { body } = await backend.ask<{ room: { knockRequests: { totalCount: number } } }>(query, { name });
  return body.data?.room.knockRequests.totalCount;
};

describe('a knock that has ended and is changed', () => {
  const ended = { isDone: true, value: { status: 'CANCELLED', reason: 'WITHDRAWN' } };

  test('stays as it ended, and nobody waits for it', async () => {
    const { name } = await backend.waitingRoom();
    const knock = await knockAt(name);
    await (await client().resumeKnock(knock.knockToken))?.cancel();
    expect(await knock.update({ message: 'It is me' })).toMatchObject(ended);
    expect(knock.view.get().knockRequest.status).toBe('CANCELLED');
    expect(await knock.update({ message: 'Me again' })).toMatchObject(ended);
    expect([await waitingAt(name), await waitingAt(name, 'CANCELLED')]).toEqual([0, 1]);
  });

  test('leaves nobody waiting where it ends in the very moment', async () => {
    const { name } = await backend.waitingRoom();
    let end = async () => {};
    const overtaken: typeof fetch = async (url, init) => {
      if (String(init?.body).includes('It is me')) await end();
      return fetch(url, init);
    };
    const knocked = await createClient({ url: server.url, fetch: overtaken }).knock({
      roomName: name,
      userName: 'Nora',
    });
    if (!knocked.isDone) throw new Error('not knocked');
    const { update, knockToken } = knocked.value;
    end = async () => void (await (await client().resumeKnock(knockToken))?.cancel());
    expect(await update({ message: 'It is me' })).toMatchObject(ended);
    expect(await waitingAt(name)).toBe(0);
  });
});

describe('entry', () => {
  test('access says which door to show', async () => {
    const room = await backend.waitingRoom();
    expect(await client().access({ roomName: room.name })).toMatchObject({ level: 'LOBBY' });
    expect(await client().access({ roomName: 'nowhere' })).toMatchObject({
      level: 'NONE',
      refusal: { code: 'ENTRY_NOT_ALLOWED' },
    });
  });

  test('joining ends in a session, in a knock to be made, or in a refusal with its code', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Gustav' });
    const joined = await client().join({ roomName: room.name, token: jwt });
    expect(joined).toMatchObject({ kind: 'JOINED', session: { participant: { userName: 'Gustav' } } });
    expect(await client().join({ roomName: room.name })).toMatchObject({ kind: 'MUST_KNOCK', ownerPresent: false });
    expect(await client().join({ roomName: room.name, token: `${jwt}x` })).toMatchObject({
      kind: 'REFUSED',
      refusal: { code: 'TOKEN_INVALID' },
    });
  });

  test('a refreshed page returns to its session as the same participant', async () => {
    const room = await backend.room();
    const first = await joinAs(server.url, room, { userName: 'Gustav' });
    const again = await client().resume(room.name, first.sessionToken);
    expect(again).toMatchObject({ kind: 'JOINED', session: { participant: { id: first.participant.id } } });
    expect((await first.freshMediaGrant()).split('.')).toHaveLength(3);
  });

  test('malformed input names its fields', async () => {
    const room = await backend.waitingRoom();
    const knocked = await client().knock({ roomName: room.name, userName: '' });
    expect(knocked).toMatchObject({
      isDone: false,
      refusal: { code: 'INVALID_INPUT', issues: [{ path: ['input', 'userName'] }] },
    });
  });

  test('a service that is not there is an error of its own, told after a few attempts', async () => {
    let attempts = 0;
    const away = () => {
      attempts += 1;
      return Promise.reject(new TypeError('refused'));
    };
    const nobody = createClient({ url: 'http://127.0.0.1:1', fetch: away, attempts: 2 });
    const knocked = nobody.access({ roomName: 'room' });
    await expect(knocked).rejects.toBeInstanceOf(VestibuleError);
    await expect(knocked).rejects.toMatchObject({ code: 'NETWORK', isPassing: true });
    expect(attempts).toBe(2);
  });

  test('an answer that got lost is asked for again, and makes no second knock', async () => {
    const room = await backend.waitingRoom();
    let calls = 0;
    const losesFirst: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      calls += 1;
      if (calls === 1) throw new TypeError('the connection broke');
      return answer;
    };
    await createClient({ url: server.url, fetch: losesFirst }).knock({ roomName: room.name, userName: 'Nora' });
    const { body } = await backend.ask(
      'query ($roomName: String) { knockRequests(roomName: $roomName) { totalCount } }',
      {
        roomName: room.name,
      },
    );
    expect([calls, body.data]).toEqual([2, { knockRequests: { totalCount: 1 } }]);
  });
});

describe('a knock', () => {
  test('is followed to its answer, which ends it', async () => {
    const room = await backend.waitingRoom();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const knock = await knockAt(room.name);
    const own = follow(knock.view);
    await own.until(({ state }) => state === 'OPEN');
    await owner.reply(knock.view.get().knockRequest.id, 'One moment');
    await own.until(({ knockRequest }) => knockRequest.reply === 'One moment');
    expect(await owner.deny(knock.view.get().knockRequest.id)).toMatchObject({ isDone: true });
    const { knockRequest } = await own.until(({ state }) => state === 'CLOSED');
    expect(knockRequest.status).toBe('DENIED');
  });

  test('hears an answer that was given while the connection was lost', async () => {
    const { owner, own, id, proxy } = await knockThatLosesItsConnection();
    await owner.admit(id, 'Come in');
    proxy.accept();
    const { knockRequest } = await own.until((view) => view.knockRequest.status === 'ADMITTED');
    expect(knockRequest.reply).toBe('Come in');
  });

  test('hears that it was denied while the connection was lost', async () => {
    const { owner, own, id, proxy } = await knockThatLosesItsConnection();
    await owner.deny(id, { reply: 'Not today' });
    proxy.accept();
    const { knockRequest, error } = await own.until((view) => view.knockRequest.status === 'DENIED');
    expect([knockRequest.reply, error]).toEqual(['Not today', null]);
  });

  test('that ended before it was followed says so', async () => {
    const room = await backend.waitingRoom();
    const knock = await knockAt(room.name);
    expect(await knock.cancel()).toMatchObject({ isDone: true });
    const own = follow(knock.view);
    const { knockRequest, error } = await own.until((view) => view.knockRequest.status === 'CANCELLED');
    expect([knockRequest.reason, error]).toEqual(['WITHDRAWN', null]);
  });

  test('that ended more than a day ago is told by nobody', async () => {
    const database = await createTestDatabase();
    const { url } = await startServer({ databaseUrl: database.url });
    const room = await seed({ url, apiKey: server.apiKey }).waitingRoom();
    const knock = await knockAt(room.name, url);
    await knock.cancel();
    await moveClock(database, { seconds: 25 * 3_600 });
    const { error } = await follow(knock.view).until((view) => view.error !== null);
    expect(error?.code).toBe('UNAUTHENTICATED');
  });

  test('goes on after a refresh, and joins by itself once somebody said yes', async () => {
    const room = await backend.waitingRoom();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const storage = createStorage();
    const before = createEntry(client(), { roomName: room.name, storage });
    await before.knock({ userName: 'Nora' });
    expect(before.view.get().phase).toBe('WAITING');
    const after = createEntry(client(), { roomName: room.name, storage });
    const page = follow(after.view);
    const { knockRequest } = await page.until(({ phase }) => phase === 'WAITING');
    expect(knockRequest?.id).toBe(before.view.get().knockRequest?.id);
    await owner.admit(knockRequest?.id ?? '');
    const { session } = await page.until(({ phase }) => phase === 'JOINED');
    expect(session?.participant.userName).toBe('Nora');
  });

  test('that was denied or taken back is forgotten, so that one may knock again', async () => {
    const room = await backend.waitingRoom();
    const storage = createStorage();
    const entry = createEntry(client(), { roomName: room.name, storage });
    const page = follow(entry.view);
    await entry.knock({ userName: 'Nora' });
    expect(storage.size()).toBe(1);
    await entry.cancel();
    const { knockRequest } = await page.until(({ phase }) => phase === 'ENDED');
    expect([knockRequest?.status, storage.size()]).toEqual(['CANCELLED', 0]);
    await entry.knock({ userName: 'Nora' });
    expect(entry.view.get().phase).toBe('WAITING');
  });

  describe('whoever looks away before they are in, and looks again, comes in', () => {
    test('where the room was full meanwhile', async () => {
      const room = await backend.waitingRoom({ maxParticipants: 1 });
      const inside = await room.guest();
      const entry = createEntry(client(), { roomName: room.name, storage: null });
      const page = follow(entry.view);
      await entry.knock({ userName: 'Nora' });
      await admit(entry.view.get().knockRequest?.id);
      await page.until(({ refusal }) => refusal?.code === 'ROOM_FULL');
      page.stop();
      await inside.ask('mutation { leaveRoom { __typename } }');
      await follow(entry.view).until(({ phase }) => phase === 'JOINED');
    });

    test.each(['ROOM_FULL', 'RATE_LIMITED'])('where the first attempt was refused %s', async (code) => {
      const room = await backend.waitingRoom();
      const refused = [
        { __typename: code === 'RATE_LIMITED' ? 'RateLimited' : 'EntryRefused', code, message: 'Later.' },
      ];
      const refusing: typeof fetch = async (url, request) => {
        const joinRoom = String(request?.body).includes('joinRoom') ? refused.shift() : undefined;
        if (joinRoom === undefined) return fetch(url, request);
        return Response.json({ data: { joinRoom: { ...joinRoom, retryAfterSeconds: 1, opensAt: null } } });
      };
      const storage = createStorage();
      const slowed = createClient({ url: server.url, fetch: refusing });
      const entry = createEntry(slowed, { roomName: room.name, storage });
      const page = follow(entry.view);
      await entry.knock({ userName: 'Nora' });
      await admit(entry.view.get().knockRequest?.id);
      await page.until(({ phase, refusal }) => phase === 'JOINING' && refusal?.code === code);
      expect(storage.size()).toBe(1);
      page.stop();
      await follow(entry.view).until(({ phase }) => phase === 'JOINED');
    });

    test('where the answer to the attempt was lost meanwhile', async () => {
      const room = await backend.waitingRoom();
      let isLost = true;
      const losing: typeof fetch = async (url, request) => {
        if (!isLost || !String(request?.body).includes('joinRoom')) return fetch(url, request);
        throw new TypeError('lost');
      };
      const lossy = createClient({ url: server.url, fetch: losing, attempts: 1 });
      const entry = createEntry(lossy, { roomName: room.name, storage: null });
      const page = follow(entry.view);
      await entry.knock({ userName: 'Nora' });
      await admit(entry.view.get().knockRequest?.id);
      await page.until(({ error }) => error !== null);
      page.stop();
      // Nobody looks any more: it is given up.
      const seen = entry.view.get();
      await until(
        async () => entry.view.get(),
        (view) => view !== seen,
      );
      isLost = false;
      await follow(entry.view).until(({ phase }) => phase === 'JOINED');
    });
  });

  const admit = (knockId = '') =>
    backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId },
    });

  test('of a token that nobody knows any more is not resumed', async () => {
    expect(await client().resumeKnock(`vq_${'A'.repeat(43)}`)).toBeNull();
  });
});

describe('the owner’s list', () => {
  test('shows who waits, oldest first, and nobody who was decided', async () => {
    const room = await backend.waitingRoom();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const first = await room.knocker({ userName: 'First' });
    const list = follow(owner.waitingList);
    await list.until((view) => view.waiting.length === 1);
    await room.knocker({ userName: 'Second' });
    const { waiting } = await list.until((view) => view.waiting.length === 2);
    expect(waiting.map(({ userName }) => userName)).toEqual(['First', 'Second']);
    await owner.admit(first.knockId);
    await list.until((view) => view.waiting.length === 1);
    expect(await owner.admit(first.knockId)).toMatchObject({
      isDone: false,
      refusal: { code: 'KNOCK_ALREADY_DECIDED' },
    });
    expect(await owner.admitAll(owner.waitingList.get().waiting.map(({ id }) => id))).toMatchObject({ isDone: true });
    await list.until((view) => view.waiting.length === 0);
  });

  test('is right again after a lost connection', async () => {
    const room = await backend.waitingRoom();
    const proxy = await startTcpProxy(server.url);
    const owner = await joinAs(proxy.url, room, { isOwner: true });
    const gone = await room.knocker({ userName: 'Gone' });
    const list = follow(owner.waitingList);
    await list.until(({ waiting }) => waiting.length === 1);
    proxy.refuse();
    proxy.cut();
    await list.until(({ state }) => state === 'RECONNECTING');
    await gone.ask('mutation { cancelKnock { __typename } }');
    await room.knocker({ userName: 'New' });
    proxy.accept();
    const { waiting } = await list.until((view) => view.state === 'OPEN' && view.waiting[0]?.userName === 'New');
    expect(waiting).toHaveLength(1);
  });

  test('ends, and is empty, for an owner who was put out', async () => {
    const room = await backend.waitingRoom();
    const owner = await joinAs(server.url, room, { isOwner: true });
    await room.knocker();
    const list = follow(owner.waitingList);
    await list.until(({ waiting }) => waiting.length === 1);
    await backend.ask(
      'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }',
      {
        input: { roomName: room.name, participantIds: [owner.participant.id] },
      },
    );
    expect((await list.until(({ state }) => state === 'CLOSED')).waiting).toEqual([]);
  });
});

describe('the room', () => {
  test('shows the people inside, across a lost connection, with none missing and none twice', async () => {
    const room = await backend.room();
    const proxy = await startTcpProxy(server.url);
    const session = await joinAs(proxy.url, room, { userName: 'Olga', isOwner: true });
    const events: string[] = [];
    session.onEvent((event) => events.push(event.cursor));
    const early: string[] = [];
    const stopListening = session.onEvent((event) => early.push(event.cursor));
    const view = follow(session.view);
    await view.until(({ participants, state }) => participants.length === 1 && state === 'OPEN');
    const stays = await room.guest({ userName: 'Stays' });
    await view.until(({ participants }) => participants.length === 2);
    stopListening();
    const heard = [...early];
    proxy.refuse();
    proxy.cut();
    await view.until(({ state }) => state === 'RECONNECTING');
    await stays.ask('mutation { leaveRoom { __typename } }');
    await room.guest({ userName: 'Comes' });
    proxy.accept();
    const { participants } = await view.until((now) => now.participants.some(({ userName }) => userName === 'Comes'));
    expect(participants.map(({ userName }) => userName)).toEqual(['Olga', 'Comes']);
    expect(new Set(events).size).toBe(events.length);
    // Whoever stops listening hears nothing more.
    expect([heard.length > 0, early]).toEqual([true, heard]);
    expect(events.length).toBeGreaterThan(early.length);
  });

  test('tells the end of one’s own session with its reason', async () => {
    const room = await backend.room();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const guest = await joinAs(server.url, room, { userName: 'Gustav' });
    const reasons: unknown[] = [];
    guest.onEvent(() => reasons.push(guest.view.get().leaveReason));
    const view = follow(guest.view);
    await view.until(({ state }) => state === 'OPEN');
    // The socket is; the stream is when the first event has come through it.
    await room.guest({ userName: 'Witness' });
    await view.until(({ participants }) => participants.some(({ userName }) => userName === 'Witness'));
    expect(await owner.eject({ participantIds: [guest.participant.id] })).toMatchObject({ isDone: true });
    const { leaveReason, error } = await view.until(({ state }) => state === 'CLOSED');
    expect([reasons.at(-1), leaveReason, error]).toEqual(['EJECTED', 'EJECTED', null]);
    expect(await guest.leave()).toMatchObject({ isDone: false, refusal: { code: 'UNAUTHENTICATED' } });
  });

  test('tells the reason to somebody who was put out before anybody followed', async () => {
    const room = await backend.room();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const guest = await joinAs(server.url, room, { userName: 'Gustav' });
    expect(await owner.eject({ participantIds: [guest.participant.id] })).toMatchObject({ isDone: true });
    const { leaveReason, error } = await follow(guest.view).until(({ state }) => state === 'CLOSED');
    expect([leaveReason, error]).toEqual(['EJECTED', null]);
  });

  test('tells the reason to somebody who was put out while the connection was lost', async () => {
    const room = await backend.room();
    const proxy = await startTcpProxy(server.url);
    const owner = await joinAs(server.url, room, { isOwner: true });
    const guest = await joinAs(proxy.url, room, { userName: 'Gustav' });
    const view = follow(guest.view);
    await view.until(({ state }) => state === 'OPEN');
    proxy.refuse();
    proxy.cut();
    await view.until(({ state }) => state === 'RECONNECTING');
    expect(await owner.eject({ participantIds: [guest.participant.id] })).toMatchObject({ isDone: true });
    proxy.accept();
    const { error } = await view.until(({ leaveReason }) => leaveReason === 'EJECTED');
    expect(error).toBeNull();
  });

  test('tells that nobody knows a session which ended more than a day ago', async () => {
    const database = await createTestDatabase();
    const { url } = await startServer({ databaseUrl: database.url });
    const guest = await joinAs(url, await seed({ url, apiKey: server.apiKey }).room(), { userName: 'Gustav' });
    expect(await guest.leave()).toMatchObject({ isDone: true });
    await moveClock(database, { seconds: 25 * 3_600 });
    const { leaveReason, error } = await follow(guest.view).until((view) => view.error !== null);
    expect([leaveReason, error?.code]).toEqual([null, 'UNAUTHENTICATED']);
  });
});
