import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ClientOptions,
  createClient,
  createVisit,
  type Visit,
  type VisitOptions,
} from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { createStorage, follow, followLeaving } from './client-kit.ts';
import { startWebProxy } from './web-proxy.ts';

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

function open(room: RoomSeed, options: Partial<VisitOptions> = {}, client: Partial<ClientOptions> = {}): Visit {
  const made = createClient({ url: server.url, longestPauseMs: 500, ...client });
  return createVisit(made, { roomName: room.name, storage: null, ...options });
}

/** Is inside, until the file's tests are over. */
async function enter(visit: Visit): Promise<void> {
  closeAfterwards(visit.hold({ userName: 'Gustav' }));
  await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
}

const names = (people: readonly { readonly userName: string }[]) => people.map(({ userName }) => userName);

async function countJoined({ name }: RoomSeed): Promise<number> {
  type Answer = { room: { events: { nodes: readonly { __typename: string }[] } } };
  const { body } = await backend.ask<Answer>(
    'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { __typename } } } }',
    { name },
  );
  return body.data?.room.events.nodes.filter(({ __typename }) => __typename === 'ParticipantJoined').length ?? 0;
}

describe('a stay', () => {
  test('whose first answer got lost, with the page that asked, is one stay and one use of the token', async () => {
    const room = await backend.room();
    const { jwt } = await room.token({ maxUses: 1 });
    const storage = createStorage();
    const lost = Promise.withResolvers<void>();
    const losing: typeof fetch = async (url, request) => {
      const answer = await fetch(url, request);
      if (!String(request?.body).includes('joinRoom')) return answer;
      lost.resolve();
      return new Promise(() => {});
    };
    open(room, { token: jwt, storage }, { fetch: losing }).hold();
    await lost.promise;
    await enter(open(room, { token: jwt, storage }));
    expect(await countJoined(room)).toBe(1);
  });

  test('that ended by being put out is not begun again by a refresh, only by joining', async () => {
    const room = await backend.room();
    const owner = await room.owner();
    const storage = createStorage();
    const visit = open(room, { storage });
    await enter(visit);
    const participantIds = [visit.session.get()?.participant.id];
    await owner.ask('mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }', {
      input: { roomName: room.name, participantIds },
    });
    await follow(visit.join.view).until(({ phase }) => phase === 'LEFT');
    const again = open(room, { storage });
    closeAfterwards(again.hold());
    const view = follow(again.join.view);
    expect((await view.until(({ phase }) => phase !== 'JOINING' && phase !== 'IDLE')).leaveReason).toBe('EJECTED');
    await again.join.actions.join();
    await view.until(({ phase }) => phase === 'JOINED');
  });

  test('whose connection was lost for longer than its place was kept comes back as the same person', async () => {
    const database = await createTestDatabase();
    const own = await startServer({ databaseUrl: database.url });
    const room = await seed(own).room();
    const proxy = await startTcpProxy(own.url);
    const client = createClient({ url: proxy.url, longestPauseMs: 500 });
    const visit = createVisit(client, { roomName: room.name, storage: null });
    await enter(visit);
    const id = visit.session.get()?.participant.id;
    const owner = await room.owner();
    const left = await followLeaving(owner, room);
    // Places are kept from the moment in which a connection is known to be lost, and the owner's is not lost at all.
    const attached = () => database.sql`select id from participants where jsonb_array_length(attached_to) > 0`;
    await until(attached, ({ length }) => length === 2);
    proxy.refuse();
    proxy.cut();
    await follow(client.connection).until(({ state }) => state === 'RECONNECTING');
    await until(attached, ({ length }) => length === 1);
    await moveClock(database, { seconds: 60, areAlive: true });
    await left.find(({ data }) => data?.roomEvents.leaveReason === 'CONNECTION_LOST', 15_000);
    proxy.accept();
    await follow(client.connection).until(({ state }) => state === 'OPEN');
    await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
    await follow(visit.participants.view).until(({ participants }) => participants.some((one) => one.id === id));
  });

  test('by another token is another one, whatever the tab has kept', async () => {
    const room = await backend.room();
    const storage = createStorage();
    for (const userName of ['First', 'Second']) {
      const { jwt } = await room.token({ userName });
      const visit = open(room, { token: jwt, storage });
      // The page goes, and the session stays kept, as at a refresh.
      const letGo = visit.hold({ leaves: false });
      const join = follow(visit.join.view);
      const { session } = await join.until(({ phase }) => phase === 'JOINED');
      expect(session?.participant.userName).toBe(userName);
      letGo();
      await join.until(({ phase }) => phase === 'IDLE');
    }
  });

  test('of a guest is not gone on with by whoever signs in again', async () => {
    const room = await backend.room();
    const [storage, { jwt: token }] = [createStorage(), await room.token({ userName: 'Olga' })];
    const names: (string | undefined)[] = [];
    const come = async (options: Partial<VisitOptions>) => {
      const visit = open(room, { storage, ...options });
      const letGo = visit.hold({ userName: 'Gustav' });
      const join = follow(visit.join.view);
      const { session } = await join.until(({ phase }) => phase === 'JOINED');
      names.push(session?.participant.userName);
      return async () => {
        letGo();
        await join.until(({ phase }) => phase === 'IDLE');
      };
    };
    await (await come({ token }))();
    const goAsGuest = await come({});
    const goAsOlga = await come({ token });
    await goAsGuest();
    await goAsOlga();
    expect(names).toEqual(['Olga', 'Gustav', 'Olga']);
  });

  test('goes on where somebody was sent back to the lobby, and is let in again', async () => {
    const room = await backend.waitingRoom();
    const owner = open(room, { token: (await room.token({ isOwner: true })).jwt });
    await enter(owner);
    const guest = open(room, { token: (await room.token({ userName: 'Gustav' })).jwt });
    await enter(guest);
    await follow(owner.participants.view).until(({ participants }) => participants.length === 2);
    const id = guest.session.get()?.participant.id ?? '';
    await owner.participants.actions.returnToLobby(id, 'One moment');
    const knock = follow(guest.knock.view);
    await knock.until(({ phase, knockRequest }) => phase === 'WAITING' && knockRequest?.reply === 'One moment');
    const { waiting } = await follow(owner.waitingList.view).until((view) => view.waiting.length === 1);
    await owner.waitingList.actions.admit(waiting[0]?.id ?? '');
    await knock.until(({ phase }) => phase === 'JOINED');
    await follow(guest.join.view).until(({ phase }) => phase === 'JOINED');
  });
});

test('whoever would knock where the room was opened to all meanwhile comes in', async () => {
  const room = await backend.waitingRoom();
  const visit = open(room);
  closeAfterwards(visit.hold());
  const join = follow(visit.join.view);
  await join.until(({ phase }) => phase === 'MUST_KNOCK');
  const set = 'mutation ($input: SetRoomPrivacyInput!) { setRoomPrivacy(input: $input) { __typename } }';
  await backend.ask(set, { input: { roomName: room.name, privacy: 'PUBLIC' } });
  await visit.knock.actions.knock({ userName: 'Nora' });
  const { session } = await join.until(({ phase }) => phase === 'JOINED');
  expect(session?.participant.userName).toBe('Nora');
});

describe('a stay that began with a knock', () => {
  const isInside = ({ phase }: { readonly phase: string }) => phase === 'JOINED';

  /** Somebody whom the owner has let in, on a page that shows how the knock stands as well. */
  async function letIn() {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const guest = open(room, { storage: createStorage() });
    const letGo = guest.hold();
    closeAfterwards(letGo);
    const knockIn = async () => {
      const [join, knock] = [follow(guest.join.view), follow(guest.knock.view)];
      await join.until(({ phase }) => phase === 'MUST_KNOCK');
      await knock.until(({ phase, canKnock, session }) => phase === 'IDLE' && canKnock && session === null);
      await guest.knock.actions.knock({ userName: 'Gustav' });
      const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
      const { body } = await owner.ask(
        'mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }',
        { input: { knockId: knockRequest?.id } },
      );
      expect(body.data).toEqual({ admitKnock: { __typename: 'KnockRequest' } });
      await knock.until(isInside);
      await join.until(isInside);
      return { join, knock };
    };
    return { room, owner, guest, knockIn, letGo, ...(await knockIn()) };
  }

  test('and that they left begins again without a knock, as long as the admission is good', async () => {
    const { room, guest, join, knock } = await letIn();
    await guest.join.actions.leave();
    await join.until(({ phase }) => phase === 'LEFT');
    expect(knock.shown()).toMatchObject({ phase: 'IDLE', canKnock: true, session: null, knockRequest: null });
    await guest.join.actions.join();
    await knock.until(isInside);
    const { session } = await join.until(isInside);
    expect(knock.shown().session).toBe(session);
    expect(await countJoined(room)).toBe(3);
  });

  test('and that goes on after the waiting room needs no more than another join', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const { jwt: token } = await room.token({ userName: 'Gustav' });
    const guest = open(room, { token, storage: createStorage() });
    const join = follow(guest.join.view);
    await guest.join.actions.join();
    const { session } = await join.until(isInside);
    const back =
      'mutation ($input: ReturnToLobbyInput!) { returnToLobby(input: $input) { ... on KnockRequest { id } } }';
    const returned = await owner.ask<{ returnToLobby: { id: string } }>(back, {
      input: { participantId: session?.participant.id },
    });
    await join.until(({ phase }) => phase === 'MUST_KNOCK');
    await owner.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: returned.body.data?.returnToLobby.id },
    });
    await guest.join.actions.join();
    await join.until(isInside);
  });

  test('and that ended with the admission begins again with another knock', async () => {
    const { room, owner, guest, join, knock, knockIn } = await letIn();
    const participantIds = [guest.session.get()?.participant.id];
    await owner.ask('mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }', {
      input: { roomName: room.name, participantIds },
    });
    await join.until(({ phase, leaveReason }) => phase === 'LEFT' && leaveReason === 'EJECTED');
    expect(knock.shown()).toMatchObject({ phase: 'IDLE', canKnock: true, session: null });
    await guest.join.actions.join();
    await knockIn();
  });

  test('goes on where only the part of the page goes that showed how the knock stands', async () => {
    const asked: string[] = [];
    const noting: typeof fetch = (url, request) => {
      asked.push(String(request?.body));
      return fetch(url, request);
    };
    const room = await backend.waitingRoom();
    const guest = open(room, {}, { fetch: noting });
    const knock = follow(guest.knock.view);
    await guest.knock.actions.knock({ userName: 'Gustav' });
    const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
    await backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: knockRequest?.id },
    });
    const { session } = await knock.until(isInside);
    if (session === null) throw new Error('inside without a session');
    const view = follow(session.view);
    await view.until(({ state }) => state === 'OPEN');
    knock.stop();
    // Whoever lets go and takes hold again at once has let go of nothing: it counts a turn later.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(asked.filter((body) => body.includes('leaveRoom'))).toEqual([]);
    expect(await session.updateMyMedia({ video: true })).toMatchObject({ isDone: true });
  });

  test('and of which the service knows nothing any more when somebody looks again may be begun anew', async () => {
    const storage = createStorage();
    let isForgotten = false;
    const getItem = (key: string) => {
      const kept = storage.getItem(key);
      return isForgotten && /^v[qs]_/.test(kept ?? '') ? `${kept?.slice(0, 3)}${'A'.repeat(43)}` : kept;
    };
    const room = await backend.waitingRoom();
    const guest = open(room, { storage: { ...storage, getItem } });
    const knock = follow(guest.knock.view);
    await guest.knock.actions.knock({ userName: 'Gustav' });
    const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
    await backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: knockRequest?.id },
    });
    await knock.until(isInside);
    knock.stop();
    await follow(guest.join.view).until(({ phase }) => phase === 'IDLE');
    isForgotten = true;
    await follow(guest.knock.view).until(({ canKnock, session }) => canKnock && session === null);
    await guest.knock.actions.knock({ userName: 'Gustav' });
    expect(guest.knock.view.get().phase).toBe('WAITING');
  });

  test('and whose page was gone begins again with another knock', async () => {
    const { guest, join, knock, knockIn, letGo } = await letIn();
    knock.stop();
    letGo();
    await join.until(({ phase }) => phase === 'IDLE');
    expect(guest.knock.view.get()).toMatchObject({ phase: 'IDLE', canKnock: true, session: null });
    closeAfterwards(guest.hold());
    await knockIn();
  });
});

describe('the waiting list', () => {
  test('is answered as a whole, with words for those who are turned away', async () => {
    const room = await backend.waitingRoom();
    const owner = open(room, { token: (await room.token({ isOwner: true })).jwt });
    await enter(owner);
    const guests = await Promise.all(['First', 'Second'].map((userName) => room.knocker({ userName })));
    const list = follow(owner.waitingList.view);
    await list.until(({ waiting }) => waiting.length === 2);
    expect(await owner.waitingList.actions.denyAll('Not today')).toMatchObject({ isDone: true });
    await list.until(({ waiting }) => waiting.length === 0);
    for (const guest of guests) {
      const { body } = await guest.ask('{ viewer { ... on KnockRequest { status reply } } }');
      expect(body.data).toEqual({ viewer: { status: 'DENIED', reply: 'Not today' } });
    }
  });

  test('of a thousand is whole and in order, follows what comes, and costs little for each', async () => {
    const crowded = await startServer({ databaseUrl: (await createTestDatabase()).url, rateLimits: false });
    const room = await seed(crowded).waitingRoom();
    const visit = createVisit(createClient({ url: crowded.url }), {
      roomName: room.name,
      token: (await room.token({ isOwner: true })).jwt,
      storage: null,
    });
    const knockAs = (from: number) =>
      Promise.all(Array.from({ length: 50 }, (_, index) => room.knocker({ userName: `Guest ${from + index}` })));
    for (let from = 0; from < 950; from += 50) await knockAs(from);
    await enter(visit);
    const list = follow(visit.waitingList.view);
    await list.until(({ waiting }) => waiting.length === 950);
    let changes = 0;
    closeAfterwards(
      visit.waitingList.view.subscribe(() => {
        changes += 1;
      }),
    );
    await knockAs(950);
    const { waiting } = await list.until((view) => view.waiting.length === 1000);
    expect(waiting.map(({ id }) => id)).toEqual(waiting.toSorted(byArrival).map(({ id }) => id));
    expect(new Set(names(waiting)).size).toBe(1000);
    // Each as it comes and as its knocker comes and goes: not again for the others.
    expect(changes).toBeLessThan(200);
    // Those too who are more than the service decides at once.
    await knockAs(1000);
    await list.until((view) => view.waiting.length === 1050);
    expect(await visit.waitingList.actions.denyAll()).toMatchObject({ isDone: true });
    await list.until((view) => view.waiting.length === 0, 20_000);
  }, 120_000);
});

const byArrival = (one: { requestedAt: string; id: string }, other: { requestedAt: string; id: string }) =>
  one.requestedAt.localeCompare(other.requestedAt) || (one.id < other.id ? -1 : 1);

describe('the service', () => {
  test('starts again, and a page goes on as the same person, having missed nothing', async () => {
    const { url: databaseUrl } = await createTestDatabase();
    const env = { PUBLIC_URL: 'https://meet.example.com' };
    const [first, second] = [await spawnServer({ databaseUrl, env }), await spawnServer({ databaseUrl, env })];
    const room = await seed(second).waitingRoom();
    const proxy = await startWebProxy(first.url);
    const client = createClient({ url: proxy.url, longestPauseMs: 500, patienceMs: 3_000 });
    const token = (await room.token({ isOwner: true })).jwt;
    const visit = createVisit(client, { roomName: room.name, token, storage: null });
    await enter(visit);
    const id = visit.session.get()?.participant.id;
    const list = follow(visit.waitingList.view);
    await room.knocker({ userName: 'Before' });
    await list.until(({ waiting }) => names(waiting).includes('Before'));
    await first.kill('SIGKILL');
    await follow(client.connection).until(({ state }) => state === 'RECONNECTING');
    await room.knocker({ userName: 'Meanwhile' });
    // Another process of the same service takes over.
    proxy.goTo(second.url);
    await list.until(({ waiting }) => names(waiting).join() === 'Before,Meanwhile', 20_000);
    await follow(client.connection).until(({ state, way }) => state === 'OPEN' && way === 'WEBSOCKET');
    expect(visit.session.get()?.participant.id).toBe(id);
    expect(await visit.waitingList.actions.admitAll()).toMatchObject({ isDone: true });
  }, 90_000);
});
