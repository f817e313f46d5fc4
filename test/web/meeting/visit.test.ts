import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Client, createStore, type KnockRequest, VestibuleError } from '../../../packages/client/src/index.ts';
import type { Kept } from '../../../web/kept.ts';
import type { Visit } from '../../../web/visit/visit.ts';
import { knockOf } from './scene.ts';

// One person's way to the room, where the service answers as the test says.

vi.mock('../../../web/inside.tsx', () => ({ openRoom: () => undefined }));

beforeEach(() => {
  const window = {};
  vi.stubGlobal('window', Object.assign(window, { parent: window }));
  vi.stubGlobal('location', { hash: '', search: '' });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('BroadcastChannel', undefined);
  // What the page is in is read as it begins.
  vi.resetModules();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function come(kept: Map<string, string>, client: object) {
  const { Visit } = await import('../../../web/visit/visit.ts');
  const { alerts } = await import('../../../web/alerts.ts');
  /** Of what the other copies of the tab are told. */
  const told: string[] = [];
  const tab = {
    get: (name: string) => kept.get(name) ?? null,
    set: (name: string, value: string | null) => {
      told.push(name);
      tab.take(name, value);
    },
    take: (name: string, value: string | null) => void (value === null ? kept.delete(name) : kept.set(name, value)),
    attempt: 'attempt',
    answered: () => undefined,
  };
  const visit = new Visit(client as Client, { domain: 'acme', roomName: 'review' }, tab as unknown as Kept);
  const calls = vi.spyOn(alerts, 'call').mockReturnValue();
  const rings = vi.spyOn(alerts, 'letIn').mockReturnValue();
  return { visit, told, heard: () => [calls.mock.calls.length, rings.mock.calls.length] };
}

test('who waits is called by each new reply, by nothing else that changes, and by the admission', async () => {
  const knockRequest = knockOf('Gus', 0);
  const view = createStore<{ knockRequest: KnockRequest; state: string }>({ knockRequest, state: 'OPEN' });
  const knock = { knockToken: 'k', view };
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock }),
    access: () => new Promise(() => undefined),
    join: () => new Promise(() => undefined),
  };
  const { visit, heard } = await come(new Map([['knock', 'k']]), client);
  await visit.arrive();
  const change = (more: Partial<KnockRequest>) => {
    const now = view.get();
    view.set({ ...now, knockRequest: { ...now.knockRequest, ...more } });
    return heard();
  };
  expect(change({ position: 2 })).toEqual([0, 0]);
  expect(change({ reply: 'In a minute.' })).toEqual([1, 0]);
  expect(change({ position: 1 })).toEqual([1, 0]);
  expect(change({ reply: 'Two more.' })).toEqual([2, 0]);
  expect(change({ status: 'ADMITTED' })).toEqual([2, 1]);
});

test('who was let in while the page was away hears nothing of it', async () => {
  const view = createStore({ knockRequest: { ...knockOf('Gus', 0), status: 'ADMITTED' }, state: 'OPEN' });
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view } }),
    join: () => new Promise(() => undefined),
  };
  const { visit, heard } = await come(new Map([['knock', 'k']]), client);
  await visit.arrive();
  expect(heard()).toEqual([0, 0]);
});

test('whose token was revoked behind their admission goes on without either', async () => {
  const view = createStore({ knockRequest: { ...knockOf('Gus', 0), status: 'ADMITTED' }, state: 'OPEN' });
  const refusal = { code: 'TOKEN_REVOKED', message: '', retryAfterSeconds: null, opensAt: null, issues: [] };
  const access = vi.fn(() => new Promise(() => undefined));
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view } }),
    join: async () => ({ kind: 'REFUSED', refusal }),
    access,
  };
  const kept = new Map(['token', 'knock'].map((name) => [name, 'k']));
  const { visit } = await come(kept, client);
  void visit.arrive();
  await vi.waitFor(() => expect(visit.phase.get()).toMatchObject({ at: 'shut', refusal: { code: 'TOKEN_REVOKED' } }));
  void visit.goWithout();
  await vi.waitFor(() => expect(access).toHaveBeenCalled());
  expect([kept.has('token'), kept.has('session'), kept.has('knock')]).toEqual([false, false, false]);
});

const refusedBy = (code: string) => ({
  isDone: false,
  refusal: { code, message: '', retryAfterSeconds: null, opensAt: null, issues: [], knockRequest: null },
});

test.each([
  ['in time', { isDone: true }, null],
  ['in the moment of a decision', refusedBy('KNOCK_ALREADY_DECIDED'), null],
  ['too often', refusedBy('RATE_LIMITED'), 'RATE_LIMITED'],
  ['while nobody can be reached', null, 'NETWORK'],
])('a knock that is withdrawn %s says what stood against that, and nothing else', async (_when, answer, code) => {
  const view = createStore({ knockRequest: knockOf('Gus', 0), state: 'OPEN' });
  const { VestibuleError: Failed } = await import('../../../packages/client/src/index.ts');
  const cancel = async () => answer ?? Promise.reject(new Failed('NETWORK', ''));
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view, cancel } }),
    access: () => new Promise(() => undefined),
  };
  const { visit } = await come(new Map([['knock', 'k']]), client);
  await visit.arrive();
  expect((await visit.withdraw())?.code ?? null).toBe(code);
  // The knock itself says how it ended: nothing is shut.
  expect(visit.phase.get().at).toBe('waiting');
});

test('an owner comes in unseen only as long as they say so', async () => {
  const kept = new Map<string, string>();
  const refuses = () => Promise.reject(new VestibuleError('UNAVAILABLE', ''));
  const { visit } = await come(kept, { join: refuses });
  await visit.join({ name: 'Olga', isHidden: true });
  expect(kept.has('hidden')).toBe(true);
  await visit.join({ name: 'Olga', isHidden: false });
  expect(kept.has('hidden')).toBe(false);
});

test.each<[string, (visit: Visit) => unknown]>([
  ['asks to come in', (visit) => visit.knock({ name: 'Olga', message: '' })],
  ['goes on without their invitation', (visit) => visit.goWithout()],
])('an owner who came in unseen is as visible as everybody once they %s', async (_what, goOn) => {
  const knock = { knockToken: 'k', view: createStore({ knockRequest: knockOf('Olga', 0), state: 'OPEN' }) };
  const access = () => new Promise(() => undefined);
  const kept = new Map([['hidden', 'yes']]);
  const { visit } = await come(kept, { knock: async () => ({ isDone: true, value: knock }), access });
  void goOn(visit);
  await vi.waitFor(() => expect(kept.has('hidden')).toBe(false));
});

const lost = { kind: 'LEFT', leaveReason: 'CONNECTION_LOST' };
const refusalOf = (code: string) => ({ code, message: '', retryAfterSeconds: null, opensAt: null, issues: [] });

test('whoever has lost the line with the page open comes back to the same session, and keeps it', async () => {
  const session = {
    sessionToken: 'new',
    meeting: createStore({ media: null, meetingUrl: null }),
    load: () => new Promise(() => undefined),
  };
  const resume = vi.fn(async () => ({ kind: 'JOINED', session }));
  const kept = new Map(['token', 'session'].map((name) => [name, name]));
  const { visit } = await come(kept, { goOn: async () => lost, resume });
  visit.onStayOver('CONNECTION_LOST', null);
  await vi.waitFor(() => expect(visit.phase.get().at).toBe('entering'));
  expect(resume.mock.calls).toEqual([['review', 'session']]);
  expect(kept.get('session')).toBe('new');
});

test('whoever cannot come back to the session that they lost reads why it ended', async () => {
  const resume = async () => ({ kind: 'REFUSED', refusal: refusalOf('ROOM_NOT_OPEN') });
  const { visit } = await come(new Map([['session', 's']]), { goOn: async () => lost, resume });
  visit.onStayOver('CONNECTION_LOST', null);
  await vi.waitFor(() => expect(visit.phase.get()).toMatchObject({ at: 'gone', reason: 'CONNECTION_LOST' }));
});

describe('whoever comes back into a room that has filled up', () => {
  const full = { kind: 'REFUSED', refusal: refusalOf('ROOM_FULL') };

  /** Brings them so far that they wait. */
  async function waitForPlace(answers: readonly object[]) {
    vi.useFakeTimers();
    const left = [...answers];
    const resume = vi.fn(async () => (left.length > 1 ? left.shift() : left[0]));
    const access = vi.fn();
    const kept = new Map(['token', 'session', 'knock'].map((name) => [name, name]));
    const { visit } = await come(kept, { goOn: async () => lost, resume, access });
    await visit.arrive();
    return { visit, kept, resume, access };
  }
  const waits = { at: 'entering', isLetIn: false, isFull: true, goesTo: null };

  test('waits for a place, with all that they keep and without a look at the door', async () => {
    const { visit, kept, resume, access } = await waitForPlace([full]);
    const shown = new Set([visit.phase.get()]);
    visit.phase.subscribe(() => shown.add(visit.phase.get()));
    await vi.advanceTimersByTimeAsync(12_500);
    expect(resume.mock.calls.length).toBeGreaterThanOrEqual(3);
    // It reads the same all the time.
    for (const phase of shown) expect(phase).toEqual(waits);
    expect(access).not.toHaveBeenCalled();
    expect([...kept.keys()]).toEqual(['token', 'session', 'knock']);
  });

  test('is not sent away by too many attempts', async () => {
    const often = { kind: 'REFUSED', refusal: { ...refusalOf('RATE_LIMITED'), retryAfterSeconds: 2 } };
    const { visit, resume } = await waitForPlace([full, often, full]);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(resume.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(visit.phase.get()).toEqual(waits);
  });
});

test.each([
  ['is refused', refusalOf('BANNED'), 'shut'],
  ['has to ask', null, 'door'],
])('whoever is let in and then %s keeps the place inside from no other copy of the tab', async (_what, refusal, at) => {
  const held: Promise<unknown>[] = [];
  const request = async (_name: string, _how: object, work: () => Promise<unknown>) => void held.push(work());
  vi.stubGlobal('navigator', { languages: ['en'], locks: { request } });
  const view = createStore({ knockRequest: { ...knockOf('Gus', 0), status: 'ADMITTED' }, state: 'OPEN' });
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view } }),
    join: async () => (refusal === null ? { kind: 'MUST_KNOCK' } : { kind: 'REFUSED', refusal }),
    access: async () => ({ level: 'LOBBY', lang: null, roomTitle: null, knockAgainAt: null }),
    clock: { until: () => 0 },
  };
  const { visit } = await come(new Map([['knock', 'k']]), client);
  await visit.arrive();
  await vi.waitFor(() => expect(visit.phase.get().at).toBe(at));
  expect(held.length).toBe(1);
  await Promise.all(held);
});

describe('whoever comes back after they have left', () => {
  async function leaveAndComeBack(client: object) {
    const kept = new Map([['knock', 'k']]);
    const { visit } = await come(kept, client);
    visit.phase.set({ at: 'gone', reason: 'LEFT', by: null });
    void visit.again();
    return { visit, kept };
  }
  const knockedAs = (status: KnockRequest['status']) => ({
    kind: 'KNOCKED',
    knock: { knockToken: 'k', view: createStore({ knockRequest: { ...knockOf('Gus', 0), status }, state: 'OPEN' }) },
  });

  test('keeps the admission where the service cannot be reached, and sees that they have pressed', async () => {
    vi.useFakeTimers();
    const { VestibuleError: Failed } = await import('../../../packages/client/src/index.ts');
    const goOn = vi.fn().mockRejectedValueOnce(new Failed('NETWORK', '')).mockResolvedValue(knockedAs('ADMITTED'));
    const join = vi.fn(() => new Promise(() => undefined));
    const { visit, kept } = await leaveAndComeBack({ goOn, join });
    expect(visit.phase.get().at).toBe('arriving');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(join).toHaveBeenCalledWith({ domain: 'acme', roomName: 'review', knockToken: 'k' });
    expect(kept.get('knock')).toBe('k');
  });

  test('asks anew where the admission was taken back', async () => {
    const access = vi.fn(() => new Promise(() => undefined));
    const { kept } = await leaveAndComeBack({ goOn: async () => knockedAs('EXPIRED'), access });
    await vi.waitFor(() => expect(access).toHaveBeenCalled());
    expect(kept.has('knock')).toBe(false);
  });
});

test.each(['KNOCK_CLOSED', 'KNOCK_DENIED'])(
  'whose admission is taken back on the way in reads so, with the host’s words: %s',
  async (code) => {
    vi.useFakeTimers();
    const knockRequest: KnockRequest = { ...knockOf('Gus', 0), status: 'ADMITTED' };
    const knockedAs = (more: Partial<KnockRequest>) => ({
      kind: 'KNOCKED',
      knock: { knockToken: 'k', view: createStore({ knockRequest: { ...knockRequest, ...more }, state: 'OPEN' }) },
    });
    const recalled: Partial<KnockRequest> = { status: 'EXPIRED', reason: 'RECALLED', reply: 'Sorry, wrong row.' };
    const goOn = vi.fn().mockResolvedValueOnce(knockedAs({})).mockResolvedValue(knockedAs(recalled));
    const join = async () => ({ kind: 'REFUSED', refusal: refusalOf(code) });
    const { visit } = await come(new Map([['knock', 'k']]), { goOn, join });
    const shown = new Set<string>();
    visit.phase.subscribe(() => shown.add(visit.phase.get().at));
    await visit.arrive();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(visit.phase.get()).toMatchObject({ at: 'turnedAway', knock: recalled });
    expect([...shown]).toEqual(['arriving', 'entering', 'turnedAway']);
  },
);

test('whoever is let in at a moment of too many attempts comes in after it', async () => {
  vi.useFakeTimers();
  const view = createStore({ knockRequest: { ...knockOf('Gus', 0), status: 'ADMITTED' }, state: 'OPEN' });
  const often = { kind: 'REFUSED', refusal: { ...refusalOf('RATE_LIMITED'), retryAfterSeconds: 7 } };
  const join = vi
    .fn()
    .mockResolvedValueOnce(often)
    .mockReturnValue(new Promise(() => undefined));
  const access = vi.fn();
  const client = { goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view } }), join, access };
  const { visit } = await come(new Map([['knock', 'k']]), client);
  await visit.arrive();
  await vi.advanceTimersByTimeAsync(8_000);
  expect([join.mock.calls.length, access.mock.calls.length]).toEqual([2, 0]);
});

test('whoever is sent back to the waiting room is told so, and called', async () => {
  const view = createStore({ knockRequest: knockOf('Gus', 0), state: 'OPEN' });
  const client = {
    goOn: async () => ({ kind: 'KNOCKED', knock: { knockToken: 's', view } }),
    access: () => new Promise(() => undefined),
  };
  const kept = new Map([['session', 's']]);
  const { visit, heard } = await come(kept, client);
  const { notices } = await import('../../../web/notices.ts');
  visit.onStayOver('RETURNED_TO_LOBBY', null);
  await vi.waitFor(() => expect(visit.phase.get().at).toBe('waiting'));
  const { en } = await import('../../../web/texts/en.ts');
  expect(notices.get().map(({ text }) => text)).toEqual([en.gone.RETURNED_TO_LOBBY.text]);
  expect(heard()).toEqual([1, 0]);
  expect([...kept]).toEqual([['knock', 's']]);
});

test('a copy of the tab that keeps a session of before forgets it, and tells no other to', async () => {
  const kept = new Map([['session', 'old']]);
  const { visit, told } = await come(kept, { goOn: async () => null, access: () => new Promise(() => undefined) });
  void visit.arrive();
  await vi.waitFor(() => expect(kept.has('session')).toBe(false));
  expect(told).toEqual([]);
});

describe('whoever waits for a place no more', () => {
  const view = createStore({ knockRequest: { ...knockOf('Gus', 0), status: 'ADMITTED' }, state: 'OPEN' });
  const goOn = async () => ({ kind: 'KNOCKED', knock: { knockToken: 'k', view } });
  const full = { kind: 'REFUSED', refusal: refusalOf('ROOM_FULL') };

  test('is asked for no more, and comes in by nobody’s press', async () => {
    vi.useFakeTimers();
    const join = vi.fn(async () => full);
    const kept = new Map([['knock', 'k']]);
    const { visit } = await come(kept, { goOn, join });
    await visit.arrive();
    await vi.waitFor(() => expect(visit.phase.get()).toMatchObject({ at: 'entering', isFull: true }));
    const { length: times } = join.mock.calls;
    visit.giveUp();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(visit.phase.get()).toEqual({ at: 'gone', reason: 'LEFT', by: null });
    expect([join.mock.calls.length - times, [...kept.keys()]]).toEqual([0, []]);
  });

  test('gives back the place that they are just being given', async () => {
    vi.useFakeTimers();
    const answer = Promise.withResolvers<object>();
    const join = vi.fn().mockResolvedValueOnce(full).mockReturnValue(answer.promise);
    const kept = new Map([['knock', 'k']]);
    const { visit } = await come(kept, { goOn, join });
    await visit.arrive();
    await vi.advanceTimersByTimeAsync(6_100);
    expect(join).toHaveBeenCalledTimes(2);
    visit.giveUp();
    const leave = vi.fn(async () => undefined);
    answer.resolve({ kind: 'JOINED', session: { sessionToken: 's', leave } });
    await vi.waitFor(() => expect(leave).toHaveBeenCalledTimes(1));
    expect([visit.phase.get().at, [...kept.keys()]]).toEqual(['gone', []]);
  });
});
