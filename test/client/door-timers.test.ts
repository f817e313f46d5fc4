import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { beat, beatMs } from '../../packages/client/src/beat.ts';
import {
  createClient,
  createEntry,
  createVisit,
  type Visit,
  type VisitOptions,
} from '../../packages/client/src/index.ts';
import { createStorage } from './client-kit.ts';

// When a page asks at the door by itself, and when it asks no more: by what reaches the service.

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = () => object | Promise<object>;

/** A visit whose service answers each field so, and how often each was asked for. */
function visiting(
  answers: Readonly<Record<string, Answer>>,
  options: Partial<VisitOptions> = {},
  onAsked: (field: string, bearer: string | null) => void = () => {},
) {
  const counts: Record<string, number> = {};
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const { query } = JSON.parse(String(init?.body));
    const field = Object.keys(answers).find((name) => new RegExp(`\\b${name}\\b`).test(query)) ?? '';
    counts[field] = (counts[field] ?? 0) + 1;
    onAsked(field, new Headers(init?.headers).get('authorization'));
    const answer = await answers[field]?.();
    return Response.json(answer !== undefined && 'errors' in answer ? answer : { data: { [field]: answer } });
  };
  const client = createClient({ url: 'https://meet.example.com', fetch, attempts: 1 });
  const visit: Visit = createVisit(client, { roomName: 'weekly', storage: null, ...options });
  return { visit, asked: (field: string) => counts[field] ?? 0 };
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const door = (more: object = {}) => ({
  ...{ level: 'LOBBY', refusal: null, ownerPresent: true, lobbyMessage: null, roomTitle: null, knockAgainAt: null },
  ...{ now: inSeconds(0), ...more },
});
const refused = (code: string, opensAt: string | null = null) => ({
  ...{ __typename: 'EntryRefused', code, text: 'Not now.', opensAt },
});
const broken = { errors: [{ message: 'No.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };
const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a door that is followed', () => {
  test('is asked no more once nobody follows it, though an answer was still on its way', async () => {
    const answer = Promise.withResolvers<object>();
    const { visit, asked } = visiting({ access: () => answer.promise });
    const stop = visit.access.view.subscribe(() => {});
    await passes(0);
    stop();
    answer.resolve(door());
    await passes(60_000);
    expect(asked('access')).toBe(1);
  });

  test('is asked again when the service said, and not before', async () => {
    const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 30 };
    const { visit, asked } = visiting({ access: () => ({ errors: [{ message: 'Wait.', extensions }] }) });
    const stop = visit.access.view.subscribe(() => {});
    await passes(29_900);
    expect(asked('access')).toBe(1);
    await passes(200);
    expect(asked('access')).toBe(2);
    stop();
  });

  test('tells of what has changed, and of nothing where the same is answered again', async () => {
    const closed = { level: 'NONE', refusal: refused('ROOM_NOT_OPEN', inSeconds(3_600)) };
    let answer = door(closed);
    const { visit, asked } = visiting({ access: () => answer });
    let changes = 0;
    const stop = visit.access.view.subscribe(() => {
      changes += 1;
    });
    await passes(20_000);
    expect([asked('access') > 3, changes]).toEqual([true, 1]);
    answer = door({ ...closed, refusal: refused('ROOM_NOT_OPEN', inSeconds(7_200)) });
    await passes(20_000);
    expect(changes).toBe(2);
    stop();
  });

  test('is asked as soon as one may knock again', async () => {
    const knockAgainAt = inSeconds(1);
    const { visit, asked } = visiting({ access: () => door({ knockAgainAt }) });
    const stop = visit.access.view.subscribe(() => {});
    await passes(900);
    expect(asked('access')).toBe(1);
    await passes(600);
    expect(asked('access')).toBe(2);
    stop();
  });
});

describe('a join', () => {
  test('to a room that opens in 40 days is not asked for all the time', async () => {
    const opensAt = inSeconds(40 * 86_400);
    const { visit, asked } = visiting({ joinRoom: () => refused('ROOM_NOT_OPEN', opensAt), access: () => door() });
    const letGo = visit.hold();
    await passes(3_600_000);
    expect(asked('joinRoom')).toBe(1);
    letGo();
    await passes(0);
  });

  test('that is answered when nobody waits for it any more leaves nobody in the room', async () => {
    const answer = Promise.withResolvers<object>();
    const { visit, asked } = visiting({
      joinRoom: () => answer.promise,
      leaveRoom: () => ({ __typename: 'Participant', id: 'me' }),
    });
    const letGo = visit.hold();
    await passes(0);
    letGo();
    await passes(1);
    answer.resolve(joined);
    await passes(1);
    expect([asked('joinRoom'), asked('leaveRoom'), visit.join.view.get().phase]).toEqual([1, 1, 'IDLE']);
  });

  test('to a full room is tried again for whoever holds on, and for nobody else', async () => {
    const { visit, asked } = visiting({ joinRoom: () => refused('ROOM_FULL') });
    await visit.join.actions.join();
    await passes(60_000);
    expect(asked('joinRoom')).toBe(1);
    const letGo = visit.hold();
    await visit.join.actions.join();
    await passes(60_000);
    expect(asked('joinRoom')).toBeGreaterThan(2);
    letGo();
    await passes(0);
  });
});

const joined = {
  ...{
    __typename: 'Joined',
    sessionToken: 'session',
    mediaGrant: 'grant',
    participant: { id: 'me', roomName: 'weekly' },
  },
  ...{ room: { name: 'weekly' } },
};

/** Of somebody who is in, and reads the room for as long as the test goes. */
const inside = {
  leaveRoom: () => ({ __typename: 'Participant', id: 'me' }),
  liveStream: () => new Promise<object>(() => {}),
};

describe('somebody who asks to join', () => {
  test('while it is looked for what the tab has kept joins, and waits until it is so', async () => {
    const { visit, asked } = visiting({ joinRoom: () => joined, ...inside });
    const letGo = visit.hold({ auto: false });
    expect(visit.join.view.get().phase).toBe('JOINING');
    await visit.join.actions.join({ userName: 'Nora' });
    expect([visit.join.view.get().phase, asked('joinRoom')]).toEqual(['JOINED', 1]);
    letGo();
    await passes(0);
  });

  test('after everybody has gone from the page does not come in, and does so once somebody is there', async () => {
    const { visit, asked } = visiting({ joinRoom: () => joined, ...inside });
    visit.hold({ auto: false })();
    await passes(1);
    await visit.join.actions.join();
    expect([visit.join.view.get().phase, asked('joinRoom')]).toEqual(['IDLE', 0]);
    const letGo = visit.hold({ auto: false });
    await visit.join.actions.join();
    expect(visit.join.view.get().phase).toBe('JOINED');
    letGo();
    await passes(0);
  });

  test('at a full room, or after an error, goes on with the session that is kept', async () => {
    const viewer = { __typename: 'Participant', id: 'me', roomName: 'weekly', leaveReason: 'CONNECTION_LOST' };
    const answers: object[] = [broken, refused('ROOM_FULL'), joined];
    const bearers: (string | null)[] = [];
    const { visit } = visiting(
      { joinRoom: () => answers.shift() ?? joined, ...inside, viewer: () => viewer },
      { storage: createStorage(), sessionToken: 'kept' },
      (field, bearer) => field === 'joinRoom' && bearers.push(bearer),
    );
    const letGo = visit.hold();
    await passes(0);
    const phases = [visit.join.view.get().phase];
    for (const _time of [1, 2]) {
      await visit.join.actions.join();
      phases.push(visit.join.view.get().phase);
    }
    expect(phases).toEqual(['IDLE', 'REFUSED', 'JOINED']);
    expect(bearers).toEqual(Array(3).fill('Bearer kept'));
    letGo();
    await passes(0);
  });

  test('again after leaving is not put out by the late answer to it', async () => {
    const late = Promise.withResolvers<object>();
    const me = { __typename: 'Participant', id: 'me' };
    const answers = [me, late.promise];
    const { visit } = visiting({
      joinRoom: () => joined,
      ...inside,
      leaveRoom: () => answers.shift() ?? me,
    });
    const letGo = visit.hold();
    await passes(0);
    const { leave, join } = visit.join.actions;
    const [first, second] = [leave(), leave()];
    await first;
    expect(visit.join.view.get().phase).toBe('LEFT');
    await join();
    late.resolve(me);
    await second;
    expect([visit.join.view.get().phase, answers.length]).toEqual(['JOINED', 0]);
    letGo();
    await passes(0);
  });
});

const slowed = { __typename: 'RateLimited', code: 'RATE_LIMITED', text: 'Slowly.', retryAfterSeconds: 30 };

describe('a person', () => {
  test('who has asked too often asks again when the service said, and not before', async () => {
    const { visit, asked } = visiting({ joinRoom: () => slowed });
    const letGo = visit.hold();
    await passes(29_900);
    expect([asked('joinRoom'), visit.join.view.get().refusal?.code]).toEqual([1, 'RATE_LIMITED']);
    await passes(200);
    expect(asked('joinRoom')).toBe(2);
    letGo();
    await passes(0);
  });

  test.each([refused('ROOM_FULL'), slowed])(
    'who comes back to a full room waits for a place there: %o',
    async (refusal) => {
      const viewer = { __typename: 'Participant', id: 'me', roomName: 'weekly', leaveReason: 'CONNECTION_LOST' };
      const storage = createStorage();
      const kept = { sessionToken: 'session', storage };
      const { visit, asked } = visiting({ viewer: () => viewer, joinRoom: () => refusal }, kept);
      const letGo = visit.hold();
      await passes(0);
      expect(visit.join.view.get()).toMatchObject({ phase: 'REFUSED', refusal: { code: refusal.code } });
      await passes(60_100);
      expect(asked('joinRoom')).toBeGreaterThan(2);
      expect([visit.join.view.get().phase, storage.size()]).toEqual(['REFUSED', 2]);
      letGo();
      await passes(0);
      // Whoever goes does not come in by the session that was kept.
      expect(storage.size()).toBe(1);
    },
  );

  test('who goes while their knock of before is looked at does not join', async () => {
    const answer = Promise.withResolvers<object>();
    const storage = { ...createStorage(), getItem: (key: string) => (key.includes('knock') ? 'a knock' : null) };
    const { visit, asked } = visiting({ viewer: () => answer.promise }, { storage });
    const joining = visit.join.actions.join();
    visit.hold({ auto: false })();
    await passes(0);
    answer.resolve({ __typename: 'ApiKey' });
    await joining;
    expect([asked('viewer'), asked('joinRoom')]).toEqual([1, 0]);
  });
});

test('somebody whose knock of before has ended is told of no trouble that is over', async () => {
  const away = { errors: [{ message: 'Wait.', extensions: { code: 'UNAVAILABLE' } }] };
  const answers: object[] = [away, { __typename: 'ApiKey' }];
  const { visit, asked } = visiting({ viewer: () => answers.shift() ?? away });
  const storage = { ...createStorage(), getItem: () => 'a knock' };
  const { view } = createEntry(visit.client, { roomName: 'weekly', storage });
  const stop = view.subscribe(() => {});
  await passes(0);
  expect(view.get().error?.code).toBe('UNAVAILABLE');
  await passes(10_000);
  expect([view.get().phase, view.get().error, asked('viewer')]).toEqual(['IDLE', null, 2]);
  stop();
});

describe('a knock that is refused', () => {
  const knocking = async (refusal: object) => {
    const { visit, asked } = visiting({ knock: () => ({ message: 'No.', ...refusal }) });
    const stop = visit.knock.view.subscribe(() => {});
    const knock = () => visit.knock.actions.knock({ userName: 'Nora' });
    await knock();
    return { view: () => visit.knock.view.get(), asked: () => asked('knock'), knock, stop };
  };

  test('with a time to wait is not made again before', async () => {
    const { view, asked, knock, stop } = await knocking(slowed);
    expect(view()).toMatchObject({ phase: 'IDLE', canKnock: false, refusal: { code: 'RATE_LIMITED' } });
    expect(view().knockAgainAt?.getTime()).toBe(Date.now() + 30_000);
    await passes(29_900);
    await knock();
    expect([view().canKnock, asked()]).toEqual([false, 1]);
    await passes(200);
    expect(view()).toMatchObject({ canKnock: true, knockAgainAt: null });
    await knock();
    expect(asked()).toBe(2);
    stop();
    await passes(1);
  });

  test('for another reason may be made again at once', async () => {
    const { view, asked, knock, stop } = await knocking(refused('ENTRY_NOT_ALLOWED'));
    expect(view()).toMatchObject({ phase: 'IDLE', canKnock: true, knockAgainAt: null });
    await knock();
    expect(asked()).toBe(2);
    stop();
    await passes(1);
  });
});

test('where no stream lives, a reading that ends after nobody follows is told to nobody, and is the last', async () => {
  const answer = Promise.withResolvers<void>();
  const told: string[] = [];
  const sink = { onOpen: () => told.push('open'), onFailure: () => told.push('failure') };
  const poll = vi.fn(() => answer.promise);
  const stop = beat({ ...sink, onData: () => {}, onComplete: () => {} } as Parameters<typeof beat>[0], poll);
  stop();
  answer.resolve();
  await passes(beatMs * 3);
  expect([told, poll.mock.calls.length]).toEqual([[], 1]);
});
