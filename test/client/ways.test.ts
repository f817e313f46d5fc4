import { beforeAll, describe, expect, test, vi } from 'vitest';
import { affinityOf } from '../../packages/client/src/affinity.ts';
import { type ClientOptions, createClient, createVisit, type Session } from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { follow } from './client-kit.ts';
import { startWebProxy } from './web-proxy.ts';

let server: ServerProcess;
let backend: Seed;

beforeAll(async () => {
  // A process of its own: where a test stands the timers still, those of the service go on.
  server = await spawnServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

type Blocked = 'nothing' | 'sockets' | 'sockets and streams';
const waysBy = { nothing: 'WEBSOCKET', sockets: 'SSE', 'sockets and streams': 'HEARTBEAT' } as const;

const blockedOf = (blocked: string): Blocked =>
  Object.keys(waysBy).find((name): name is Blocked => name === blocked) ?? 'nothing';

async function prepare(blocked: Blocked, options: Partial<ClientOptions> = {}) {
  const room = await backend.waitingRoom();
  const proxy = await startWebProxy(server.url);
  proxy.blockSockets(blocked !== 'nothing');
  proxy.blockStreams(blocked === 'sockets and streams');
  const client = createClient({ url: proxy.url, patienceMs: 3_000, ...options });
  return { room, proxy, client };
}

async function comeIn({ room, client }: Awaited<ReturnType<typeof prepare>>, claims = {}): Promise<Session> {
  const { jwt } = await room.token({ userName: 'Gustav', ...claims });
  const joining = await client.join({ roomName: room.name, token: jwt });
  if (joining.kind !== 'JOINED') throw new Error(joining.kind);
  return joining.session;
}

const names = (people: readonly { readonly userName: string }[]) => people.map(({ userName }) => userName);

async function connectionOf(room: RoomSeed, id: string): Promise<string | undefined> {
  type Answer = { room: { participants: { nodes: readonly { id: string; connection: string }[] } } };
  const { body } = await backend.ask<Answer>(
    'query ($name: String!) { room(name: $name) { participants { nodes { id connection } } } }',
    { name: room.name },
  );
  return body.data?.room.participants.nodes.find((one) => one.id === id)?.connection;
}

// They wait for one patience after another, each with a client and a proxy of its own.
describe.concurrent.each(Object.entries(waysBy))('where %s is blocked', (blocked, way) => {
  const blockedBy = blockedOf(blocked);

  test(`a session is followed by ${way}: it sees who comes, keeps its place, and hears its end`, async () => {
    const prepared = await prepare(blockedBy);
    const { room, client } = prepared;
    const session = await comeIn(prepared);
    const view = follow(session.view);
    await view.until(({ state }) => state === 'OPEN');
    expect(client.connection.get()).toEqual({ state: 'OPEN', way, error: null });
    // By asking alone the room is seen, and what is only told is not heard: that is said.
    expect(session.view.get().hearsEvents).toBe(way !== 'HEARTBEAT');
    const owner = await room.owner();
    await view.until(({ participants }) => names(participants).includes('Olga Owner'));
    expect(await connectionOf(room, session.participant.id)).toBe('CONNECTED');
    await owner.ask('mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }', {
      input: { roomName: room.name, participantIds: [session.participant.id] },
    });
    const { leaveReason, hearsEvents } = await view.until(({ state }) => state === 'CLOSED');
    expect([leaveReason, hearsEvents]).toEqual(['EJECTED', false]);
  });

  test(`a knock is followed by ${way} to its answer`, async () => {
    const { room, client } = await prepare(blockedBy);
    const knocked = await client.knock({ roomName: room.name, userName: 'Nora' });
    if (!knocked.isDone) throw new Error(knocked.refusal.code);
    const view = follow(knocked.value.view);
    await view.until(({ state }) => state === 'OPEN');
    await backend.ask('mutation ($input: DenyKnockInput!) { denyKnock(input: $input) { __typename } }', {
      input: { knockId: knocked.value.view.get().knockRequest.id, reply: 'Not today' },
    });
    const { knockRequest, error } = await view.until(({ state }) => state === 'CLOSED');
    expect([knockRequest.status, knockRequest.reply, error]).toEqual(['DENIED', 'Not today', null]);
  });

  test(`what happens while the network is away is seen afterwards, by ${way}`, async () => {
    const prepared = await prepare(blockedBy, { longestPauseMs: 500 });
    const { room, client, proxy } = prepared;
    const session = await comeIn(prepared, { isOwner: true });
    const view = follow(session.view);
    await view.until(({ state }) => state === 'OPEN');
    proxy.refuse();
    const { error } = await view.until(({ state }) => state === 'RECONNECTING');
    expect(error?.code).toBe('NETWORK');
    expect(client.connection.get()).toMatchObject({ state: 'RECONNECTING', error: { code: 'NETWORK' } });
    await room.knocker({ userName: 'Nora' });
    proxy.accept();
    await view.until(({ state, waiting }) => state === 'OPEN' && names(waiting).includes('Nora'));
    await vi.waitFor(() => expect(client.connection.get()).toMatchObject({ state: 'OPEN', way, error: null }), 10_000);
  });

  test(`every request, socket and stream says which room it is about, by ${way}`, async () => {
    const prepared = await prepare(blockedBy);
    const view = follow((await comeIn(prepared)).view);
    await view.until(({ state }) => state === 'OPEN');
    const about = `/graphql?a=${affinityOf('default', prepared.room.name)}`;
    const rest = prepared.proxy.asked.filter((path) => path.replace('WS ', '') !== about);
    // What asks whether the service is there at all is about no room.
    expect(new Set(rest)).toEqual(new Set(blockedBy === 'nothing' ? [] : ['/graphql']));
    expect(prepared.proxy.asked.filter((path) => path === `WS ${about}`).length).toBeGreaterThan(0);
  });
});

test.each(Object.entries(waysBy))(
  'where %s is blocked, a hook says whether requests to switch on are heard',
  async (blocked, way) => {
    const { room, client } = await prepare(blockedOf(blocked));
    const { jwt } = await room.token({ userName: 'Gustav' });
    const visit = createVisit(client, { roomName: room.name, token: jwt, storage: null });
    expect(visit.mediaRequests.view.get().isHeard).toBe(false);
    const requests = follow(visit.mediaRequests.view);
    closeAfterwards(visit.hold());
    await follow(visit.connection).until(({ state, way: now }) => state === 'OPEN' && now === way);
    const { session } = await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
    if (way === 'HEARTBEAT') {
      expect(visit.mediaRequests.view.get()).toEqual({ request: null, isHeard: false });
      return;
    }
    await requests.until(({ isHeard }) => isHeard);
    const owner = await room.owner();
    await owner.ask('mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }', {
      input: { participantId: session?.participant.id, setAudio: true },
    });
    await requests.until(({ request }) => request?.audio === true);
  },
);

test.each([60, -60])(
  'a clock that is %i minutes wrong is told right after a refresh, with the first answer',
  async (minutes) => {
    const room = await backend.waitingRoom();
    const guest = await room.knocker({ userName: 'Nora' });
    const owner = await room.owner();
    const trueNow = () => performance.timeOrigin + performance.now();
    const real = Date.now;
    // The device's clock alone: the service is another process.
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => real() + minutes * 60_000);
    try {
      for (const token of [owner.sessionToken, guest.knockToken]) {
        const client = createClient({ url: server.url });
        expect(await client.goOn(token)).not.toBeNull();
        // To the second in which the answer was signed, and as long as the answer took.
        expect(Math.abs(client.clock.now() - trueNow())).toBeLessThan(30_000);
      }
    } finally {
      spy.mockRestore();
    }
  },
);

test('letters of more than one byte are whole, in whatever pieces an event stream comes', async () => {
  const bytewise: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer;
    const split = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (piece, out) => {
        for (const byte of piece) out.enqueue(Uint8Array.of(byte));
      },
    });
    return new Response(answer.body?.pipeThrough(split), answer);
  };
  const prepared = await prepare('nothing', { webSocket: null, fetch: bytewise });
  const view = follow((await comeIn(prepared)).view);
  await view.until(({ state }) => state === 'OPEN');
  const userName = 'Zoë 日本 😀';
  await prepared.room.guest({ userName });
  const { participants } = await view.until((now) => now.participants.length === 2);
  expect(names(participants)).toContain(userName);
});

test('a page without WebSocket goes by event streams at once', async () => {
  const prepared = await prepare('nothing', { webSocket: null });
  const view = follow((await comeIn(prepared)).view);
  await view.until(({ state }) => state === 'OPEN');
  expect(prepared.client.connection.get().way).toBe('SSE');
  expect(prepared.proxy.asked.some((path) => path.startsWith('WS'))).toBe(false);
});

test('a WebSocket that a page’s policy forbids is one that is blocked', async () => {
  class Forbidden {
    constructor() {
      throw new DOMException('the policy forbids it', 'SecurityError');
    }
  }
  const prepared = await prepare('nothing', { webSocket: Forbidden });
  const view = follow((await comeIn(prepared)).view);
  await view.until(({ state }) => state === 'OPEN');
  expect(prepared.client.connection.get().way).toBe('SSE');
});

test('an event stream that is held and silent is noticed within 15 seconds, and goes on where it stood', async () => {
  const room = await backend.room();
  const proxy = await startTcpProxy(server.url);
  const client = createClient({ url: proxy.url, webSocket: null });
  const { jwt } = await room.token();
  const joining = await client.join({ roomName: room.name, token: jwt });
  if (joining.kind !== 'JOINED') throw new Error(joining.kind);
  const view = follow(joining.session.view);
  await view.until(({ state }) => state === 'OPEN');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const events: string[] = [];
    joining.session.onEvent(({ cursor }) => events.push(cursor));
    await room.guest({ userName: 'Before' });
    await expect.poll(() => events.length, { timeout: 5_000 }).toBeGreaterThan(0);
    proxy.freeze();
    const states: string[] = [];
    joining.session.view.subscribe(() => states.push(joining.session.view.get().state));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(states).toContain('RECONNECTING');
    await room.guest({ userName: 'Meanwhile' });
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await view.until(({ participants }) => names(participants).includes('Meanwhile'));
    expect(new Set(events).size).toBe(events.length);
  } finally {
    vi.useRealTimers();
  }
});

test('a token that expires in the middle ends a session with its reason, by whichever way', async () => {
  const play = async (blocked: Blocked) => {
    const prepared = await prepare(blocked);
    const exp = new Date(Date.now() + 4_000).toISOString();
    const view = follow((await comeIn(prepared, { exp, ejectAtTokenExp: true })).view);
    const { leaveReason } = await view.until(({ state }) => state === 'CLOSED', 20_000);
    return leaveReason;
  };
  const reasons = await Promise.all([play('nothing'), play('sockets'), play('sockets and streams')]);
  expect(reasons).toEqual(['TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'TOKEN_EXPIRED']);
});
