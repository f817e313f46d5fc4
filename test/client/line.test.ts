import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MyKnockDocument } from '../../packages/client/src/generated/graphql.ts';
import { Line } from '../../packages/client/src/line.ts';

type Message = { readonly type: string; readonly id?: string; readonly payload?: unknown };

/** A socket on which the test says what the service says. */
class Socket {
  static made: Socket[] = [];
  readonly heard: Message[] = [];
  closedBy: number | null = null;
  onopen = () => {};
  onclose = () => {};
  onerror = () => {};
  onmessage = (_event: { readonly data: string }) => {};

  constructor() {
    Socket.made.push(this);
  }

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closedBy = code;
  }

  say(message: Message): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  open(): void {
    this.onopen();
    this.say({ type: 'connection_ack' });
  }

  get types(): readonly string[] {
    return this.heard.map(({ type }) => type);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.made = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function createLine() {
  const { subscribe } = new Line({
    url: 'wss://meet.example.com/graphql',
    credential: { authorization: 'Bearer token' },
    webSocket: Socket,
    patienceMs: 12_000,
  });
  return () => {
    const told: unknown[] = [];
    const stop = subscribe(
      MyKnockDocument,
      {},
      {
        onOpen: () => told.push('OPEN'),
        onData: (data) => told.push(data),
        onFailure: ({ code }) => told.push(code),
        onComplete: () => told.push('COMPLETE'),
      },
    );
    return { told, stop };
  };
}

const socketAt = (index: number) => Socket.made[index] ?? expect.unreachable(`no socket ${index}`);

test('one socket carries all, begins when it was acknowledged, and closes after the last', () => {
  const subscribe = createLine();
  const [first, second] = [subscribe(), subscribe()];
  const socket = socketAt(0);
  socket.onopen();
  expect(socket.heard).toEqual([{ type: 'connection_init', payload: { authorization: 'Bearer token' } }]);
  socket.say({ type: 'connection_ack' });
  const third = subscribe();
  expect([first, second, third].map(({ told }) => told)).toEqual([['OPEN'], ['OPEN'], ['OPEN']]);
  expect(socket.heard.slice(1).map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(socket.heard[1]?.payload).toEqual({ query: MyKnockDocument, variables: {} });
  for (const { stop } of [first, second, first]) stop();
  expect(socket.closedBy).toBeNull();
  third.stop();
  expect(socket.heard.slice(4)).toEqual(['1', '2', '3'].map((id) => ({ id, type: 'complete' })));
  expect([socket.closedBy, Socket.made.length, vi.getTimerCount()]).toEqual([1000, 1, 0]);
  subscribe();
  expect(Socket.made.length).toBe(2);
});

test('one that still opens when nobody wants it any more closes once it is open', () => {
  const { stop } = createLine()();
  stop();
  expect(socketAt(0).closedBy).toBeNull();
  socketAt(0).open();
  expect([socketAt(0).types, socketAt(0).closedBy]).toEqual([['connection_init'], 1000]);
});

test('each answer goes to whoever asked, and ends what it says is over', () => {
  const subscribe = createLine();
  const [first, second, third] = [subscribe(), subscribe(), subscribe()];
  const socket = socketAt(0);
  socket.open();
  socket.say({ id: '2', type: 'next', payload: { data: { myKnock: 'waiting' } } });
  socket.say({ id: '1', type: 'error', payload: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] });
  socket.say({ id: '2', type: 'complete' });
  socket.say({ id: '1', type: 'next', payload: { data: { myKnock: 'late' } } });
  const busy = [{ message: 'Later.', extensions: { code: 'UNAVAILABLE' } }];
  socket.say({ id: '3', type: 'next', payload: { data: null, errors: busy } });
  expect(first.told).toEqual(['OPEN', 'FORBIDDEN']);
  expect(second.told).toEqual(['OPEN', { myKnock: 'waiting' }, 'COMPLETE']);
  expect(third.told).toEqual(['OPEN', 'UNAVAILABLE']);
  third.stop();
  expect(socket.closedBy).toBe(1000);
});

test('a sign of life is given when the service asks for one, and asked for all the time', () => {
  createLine()();
  const socket = socketAt(0);
  socket.open();
  socket.say({ type: 'ping' });
  expect(socket.types.at(-1)).toBe('pong');
  for (let time = 1; time <= 3; time += 1) {
    vi.advanceTimersByTime(6_000);
    expect(socket.types.filter((type) => type === 'ping')).toHaveLength(time);
    // What the service asks for is no answer; nor is it a reason to ask no more.
    socket.say({ type: 'ping' });
    vi.advanceTimersByTime(3_000);
    socket.say({ type: 'pong' });
  }
  expect(socket.closedBy).toBeNull();
});

describe('every subscription fails, and the next one opens another socket, after', () => {
  const endings: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['a close', (socket) => socket.onclose()],
    ['an error', (socket) => socket.onerror()],
    ['what cannot be understood', (socket) => socket.onmessage({ data: 'hello' })],
    ['what is not of the protocol', (socket) => socket.say({ type: 'welcome' })],
    ['silence when it opens', () => vi.advanceTimersByTime(8_000)],
    [
      'silence later, while the service asks for signs of life itself',
      (socket) => {
        socket.open();
        vi.advanceTimersByTime(6_000);
        socket.say({ type: 'ping' });
        vi.advanceTimersByTime(4_000);
      },
    ],
  ];

  test.each(endings)('%s', (_what, end) => {
    const subscribe = createLine();
    const [first, second] = [subscribe(), subscribe()];
    const socket = socketAt(0);
    end(socket);
    expect([first.told.at(-1), second.told.at(-1)]).toEqual(['NETWORK', 'NETWORK']);
    expect([socket.closedBy, vi.getTimerCount()]).toEqual([1000, 0]);
    const third = subscribe();
    // One that was given up may still speak.
    socket.open();
    socket.say({ id: '3', type: 'next', payload: { data: {} } });
    socket.onclose();
    expect([third.told, socketAt(1).types]).toEqual([[], []]);
    socketAt(1).open();
    expect([third.told, first.told.filter((one) => one === 'NETWORK').length]).toEqual([['OPEN'], 1]);
  });

  test('a browser says that its network went', () => {
    const window = new EventTarget();
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
    const { told } = createLine()();
    socketAt(0).open();
    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new Event('offline'));
    expect(told).toEqual(['OPEN', 'NETWORK']);
  });
});

describe('a line that ends while what came together is still being read', () => {
  function bringTogether(...ids: readonly string[]) {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5));
    const { told } = createLine()();
    const socket = socketAt(0);
    socket.open();
    for (const id of ids) socket.say({ type: 'next', id: '1', payload: { data: { id } } });
    return { told, socket };
  }

  test('tells what came before its end, and then of the end', () => {
    const { told, socket } = bringTogether('a', 'b', 'c', 'd');
    expect(told.length).toBeLessThan(5);
    socket.onclose();
    expect(told).toEqual(['OPEN', ...['a', 'b', 'c', 'd'].map((id) => ({ id })), 'NETWORK']);
  });

  test('has lost nothing where what came before its end completes all', () => {
    const { told, socket } = bringTogether('a', 'b', 'c');
    socket.say({ type: 'complete', id: '1' });
    socket.onclose();
    expect(told).toEqual(['OPEN', { id: 'a' }, { id: 'b' }, { id: 'c' }, 'COMPLETE']);
  });
});

test('where there is no WebSocket, the error says what to do', () => {
  vi.stubGlobal('WebSocket', undefined);
  const { subscribe } = new Line({ url: 'wss://a.example', credential: {}, webSocket: undefined, patienceMs: 1_000 });
  const sink = { onOpen: vi.fn(), onData: vi.fn(), onFailure: vi.fn(), onComplete: vi.fn() };
  expect(() => subscribe(MyKnockDocument, {}, sink)).toThrow('webSocket');
});
