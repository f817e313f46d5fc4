import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Actor,
  type KnockRequest,
  type Outcome,
  type Room,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import { settleMs, toldMs, undoTimes } from '../../web/console/queue/queue.ts';
import { decided, done, host, knockRoom, open, refused, start } from './desk-kit.ts';
import { knockOf } from './queue-play.ts';

const [undoMs] = undoTimes;

/** What a browser has, for the page to be closed in. */
let page: EventTarget;
/** Its document: what happens to it alone does not reach the page. */
let paper: EventTarget & { visibilityState: string };

/** Somebody looks at something else. */
function lookAway({ isByFinger }: { readonly isByFinger: boolean }): void {
  paper.visibilityState = 'hidden';
  vi.stubGlobal('matchMedia', () => ({ matches: isByFinger }));
  page.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  page = new EventTarget();
  paper = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', paper);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Lets answers arrive. */
const settle = () => vi.advanceTimersByTimeAsync(0);

const other: Actor = { kind: 'PARTICIPANT', name: 'Mara' };
const own: Actor = { kind: 'PARTICIPANT', name: host.userName };

describe('what the service answers is shown in the row', () => {
  test.each([
    { said: 'another host was first', status: 'DENIED', by: other, is: { is: 'OVER', outcome: 'DENIED', by: 'Mara' } },
    { said: 'they withdrew', status: 'CANCELLED', by: null, is: { is: 'OVER', outcome: 'WITHDREW', by: null } },
    { said: 'the knock expired', status: 'EXPIRED', by: null, is: { is: 'OVER', outcome: 'GONE', by: null } },
  ] as const)('$said', async ({ status, by, is }) => {
    const { desk, session, standing, knockOfName } = open(['ada']);
    desk.take({ is: 'HELD' });
    session.admit.mockResolvedValueOnce(refused('KNOCK_ALREADY_DECIDED', decided(knockOfName('ada'), status, by)));
    desk.admit(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toEqual(is);
  });

  test('asked a second time, after an answer that was lost, it is done and can be taken back', async () => {
    const { desk, session, standing, knockOfName } = open(['ada']);
    session.admit.mockRejectedValueOnce(new VestibuleError('NETWORK', 'no answer'));
    desk.admit(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toEqual({ is: 'WAITING', trouble: 'UNSURE' });
    session.admit.mockResolvedValueOnce(refused('KNOCK_ALREADY_DECIDED', decided(knockOfName('ada'), 'ADMITTED', own)));
    desk.admit(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toMatchObject({ is: 'ADMITTED', trouble: null });
  });

  test.each([
    ['NETWORK', 'UNSURE'],
    ['UNAVAILABLE', 'UNSURE'],
    ['RATE_LIMITED', 'REFUSED'],
    ['FORBIDDEN', 'REFUSED'],
  ] as const)('%s: they wait still, and the row says it (%s)', async (code, trouble) => {
    const { desk, session, standing } = open(['ada', 'ben']);
    session.admitAll.mockRejectedValueOnce(new VestibuleError(code, ''));
    desk.admit(['ada', 'ben'], 'KEY');
    await settle();
    const waits = { is: 'WAITING', trouble };
    expect([standing('ada'), standing('ben')]).toEqual([waits, waits]);
  });

  test.each([
    ['refused', () => Promise.resolve(refused('NOT_FOUND'))],
    ['answered by an error', () => Promise.reject(new VestibuleError('NOT_FOUND', ''))],
  ] as const)('of whom nobody knows any more is gone from the list, however that is %s', async (_how, answer) => {
    for (const decision of ['admit', 'deny'] as const) {
      const { desk, session, standing } = open(['ada']);
      desk.take({ is: 'HELD' });
      session[decision].mockImplementationOnce(answer);
      desk[decision](['ada'], 'KEY');
      if (decision === 'deny') await desk.leave();
      await settle();
      expect(standing('ada'), decision).toEqual({ is: 'OVER', outcome: 'GONE', by: null });
    }
  });

  test('of several, those that are in the answer are done; the others were decided by somebody else', async () => {
    const { desk, session, standing, knockOfName } = open(['ada', 'ben']);
    desk.take({ is: 'HELD' });
    session.admitAll.mockResolvedValueOnce(done([knockOfName('ben')]));
    desk.admit(['ada', 'ben'], 'KEY');
    await settle();
    expect(session.admitAll.mock.calls).toEqual([[['ada', 'ben']]]);
    expect([standing('ada'), standing('ben')]).toMatchObject([{ is: 'OVER', outcome: 'GONE' }, { is: 'ADMITTED' }]);
  });
});

test.each([
  ['by the host who reads it: nobody was faster', host.userId, host, null],
  ['by another of that name', 'other', host, host.userName],
  ['by whoever has that name, and no userId', null, { ...host, userId: null }, host.userName],
])('who was decided elsewhere is told with the name of whoever did it: %s', async (_who, userId, me, by) => {
  const { desk, view, standing, hear, knockOfName } = open(['ada']);
  view.set({ ...view.get(), me });
  desk.take({ is: 'HELD' });
  hear(decided(knockOfName('ada'), 'DENIED', own), { ...own, userId } as Actor);
  expect(standing('ada')).toEqual({ is: 'OVER', outcome: 'DENIED', by });
});

test.each([
  ['by a ban', null, { ban: true }],
  ['for a while', '2030-01-01T00:00:00Z', null],
])(
  'who was denied %s, on another page of this host, is shown so, and not as it was about to be here',
  async (_how, knockAgainAt, denial) => {
    const { desk, view, hear, knockOfName } = open(['ada']);
    view.set({ ...view.get(), me: host });
    desk.take({ is: 'HELD' });
    desk.deny(['ada'], 'KEY', { ban: true });
    hear({ ...decided(knockOfName('ada'), 'DENIED', own), knockAgainAt }, { ...own, userId: host.userId } as Actor);
    expect(desk.queue.get().rows[0]).toMatchObject({ standing: { is: 'OVER', outcome: 'DENIED', by: null }, denial });
  },
);

describe('an admission is taken back', () => {
  async function admitted(room?: Room) {
    const at = open(['ada'], room);
    at.desk.admit(['ada'], 'KEY');
    await settle();
    // Until the row is over, it can be looked at.
    at.desk.take({ is: 'HELD' });
    const comeIn = () =>
      at.view.set({ ...at.view.get(), participants: [host, { ...host, id: 'ada in', knockId: 'ada' }] });
    return { ...at, comeIn };
  }

  test('before it was used', async () => {
    const { desk, session, standing } = await admitted();
    desk.undo(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toMatchObject({ is: 'OVER', outcome: 'TAKEN_BACK' });
    expect([session.returnToLobby.mock.calls, session.eject.mock.calls]).toEqual([[], []]);
  });

  test('where guests may knock, whoever is inside waits again', async () => {
    const { desk, session, standing, comeIn } = await admitted();
    comeIn();
    session.recall.mockResolvedValueOnce(refused('CONFLICT'));
    desk.undo(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toMatchObject({ is: 'OVER', outcome: 'TAKEN_BACK' });
    expect([session.returnToLobby.mock.calls, session.eject.mock.calls]).toEqual([
      [['ada in', 'One more moment.']],
      [],
    ]);
  });

  test.each([{ privacy: 'PUBLIC' as const }, { enableKnocking: false }])(
    'where nobody may ($privacy), they are put out, and the row does not say that they can ask again',
    async (change) => {
      const { desk, session, standing, comeIn, hear } = await admitted({ ...knockRoom, ...change });
      comeIn();
      session.recall.mockResolvedValueOnce(refused('CONFLICT'));
      session.eject.mockImplementationOnce(async () => {
        // The event may come before the answer.
        hear(decided(knockOf('ada', 0), 'EXPIRED', own));
        return done([]);
      });
      desk.undo(['ada'], 'KEY');
      await settle();
      expect(standing('ada')).toMatchObject({ is: 'OVER', outcome: 'PUT_OUT' });
      expect([session.returnToLobby.mock.calls, session.eject.mock.calls]).toEqual([
        [],
        [[{ participantIds: ['ada in'] }]],
      ]);
    },
  );

  test('of many, a few are asked for at a time, and all in the end', async () => {
    const names = Array.from({ length: 20 }, (_, place) => `guest ${place}`);
    const { desk, session } = open(names);
    session.admitAll.mockResolvedValueOnce(done(names.map((name) => knockOf(name, 0))));
    desk.admit(names, 'KEY');
    await settle();
    let [underway, most] = [0, 0];
    session.recall.mockImplementation(async (id) => {
      underway += 1;
      most = Math.max(most, underway);
      await new Promise((resolve) => setTimeout(resolve, 10));
      underway -= 1;
      return done(knockOf(id, 0));
    });
    desk.undo(names, 'KEY');
    await vi.advanceTimersByTimeAsync(1_000);
    expect([session.recall.mock.calls.length, most]).toEqual([20, 4]);
  });

  const recalled = (by: Actor | null): KnockRequest => ({
    ...decided(knockOf('ada', 0), 'EXPIRED', by),
    reason: 'RECALLED',
  });
  const bySelf = { ...own, userId: host.userId } as Actor;

  test.each([
    ['by another host', other, other.name],
    ['by the backend', { kind: 'BACKEND', name: 'The organiser' } as const, 'The organiser'],
    ['on another page of this host', bySelf, null],
    ['by somebody of the same name', { ...own, userId: 'other' } as Actor, own.name],
  ])('what is taken back elsewhere says who did it, and takes no second press: %s', async (_who, actor, by) => {
    const { desk, standing, hear } = await admitted();
    hear(recalled(actor), actor);
    expect(standing('ada')).toEqual({ is: 'OVER', outcome: 'TAKEN_BACK', by });
    expect(desk.undo(['ada'], 'KEY')).toBe(false);
  });

  test('another host who was faster to take it back is named, whatever this one is answered', async () => {
    const { desk, session, standing, hear } = await admitted();
    session.recall.mockImplementationOnce(async () => {
      hear(recalled(other), other);
      return done(knockOf('ada', 0));
    });
    desk.undo(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toEqual({ is: 'OVER', outcome: 'TAKEN_BACK', by: other.name });
  });

  test('a host whom only a name tells apart reads nothing of herself where she took it back here', async () => {
    const { desk, session, view, standing, hear } = await admitted();
    view.set({ ...view.get(), me: { ...host, userId: null } });
    session.recall.mockRejectedValueOnce(new VestibuleError('NETWORK', 'no answer'));
    desk.undo(['ada'], 'KEY');
    await settle();
    hear(recalled(own), { ...own, userId: null } as Actor);
    expect(standing('ada')).toEqual({ is: 'OVER', outcome: 'TAKEN_BACK', by: null });
  });

  test('what cannot be taken back says so, and nobody else is touched', async () => {
    const { desk, session, standing } = await admitted();
    session.recall.mockResolvedValueOnce(refused('CONFLICT'));
    desk.undo(['ada'], 'KEY');
    await settle();
    expect(standing('ada')).toMatchObject({ is: 'ADMITTED', trouble: 'REFUSED' });
    expect([session.returnToLobby.mock.calls, session.eject.mock.calls]).toEqual([[], []]);
  });
});

describe('a denial is sent once it cannot be taken back any more', () => {
  test('by time', async () => {
    const { desk, session } = open(['ada']);
    desk.deny(['ada'], 'KEY', { ban: true, banNetwork: false });
    await vi.advanceTimersByTimeAsync(undoMs - 1);
    expect(session.deny.mock.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.deny.mock.calls).toEqual([['ada', { ban: true, banNetwork: false }]]);
  });

  test('by time also where somebody with a mouse looks at another tab', async () => {
    const { desk, session } = open(['ada']);
    desk.deny(['ada'], 'KEY');
    lookAway({ isByFinger: false });
    await settle();
    expect(session.deny).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(session.deny).toHaveBeenCalledOnce();
  });

  const ways = {
    'the host leaves': ({ desk }) => desk.leave(),
    'the tab is closed': () => page.dispatchEvent(new Event('pagehide')),
    'the browser puts the page to sleep': () => paper.dispatchEvent(new Event('freeze')),
    'a phone is locked': () => lookAway({ isByFinger: true }),
    'another copy of the tab goes on': ({ stop }) => stop(),
  } satisfies Record<string, (at: ReturnType<typeof open>) => unknown>;

  test.each(Object.entries(ways))('%s', async (_way, go) => {
    const at = open(['ada', 'ben', 'cyd']);
    at.desk.deny(['ada'], 'KEY');
    at.desk.deny(['ben'], 'KEY');
    at.desk.undo(['ben'], 'KEY');
    await go(at);
    await settle();
    // The page may be gone before the answer comes.
    expect(at.session.deny.mock.calls).toEqual([['ada', { atLast: true }]]);
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(at.session.deny).toHaveBeenCalledOnce();
  });

  test('nothing goes on after that, though an answer arrives', async () => {
    const { desk, stop, session } = open(['ada']);
    let answer: (outcome: Outcome<KnockRequest>) => void = () => undefined;
    session.admit.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    desk.admit(['ada'], 'KEY');
    stop();
    answer(done(knockOf('ada', 0)));
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what has moved on screen', () => {
  const waitFor = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  test('is judged by at the next press by a pointer, for a while, and draws nothing', async () => {
    const { desk, session } = open(['ada', 'ben']);
    await waitFor(settleMs);
    const before = desk.queue.get();
    // As a list that is scrolled: again and again.
    for (let time = 0; time < 20; time += 1) desk.note({ is: 'SHIFTED', ids: ['ben'] });
    expect(desk.queue.get()).toBe(before);
    desk.take({ is: 'SEEN', ids: ['ada'] });
    expect([desk.mayTick('ada', 'POINTER'), desk.mayTick('ben', 'POINTER')]).toEqual([true, false]);
    expect(desk.admit(['ben'], 'POINTER')).toBe(false);
    expect(desk.admit(['ada'], 'POINTER')).toBe(true);
    await waitFor(settleMs);
    expect(desk.mayTick('ben', 'POINTER')).toBe(true);
    expect(desk.admit(['ben'], 'POINTER')).toBe(true);
    await settle();
    expect(session.admit.mock.calls.map(([id]) => id)).toEqual(['ada', 'ben']);
  });

  test('decisions whose answer was lost are asked for a few at a time', async () => {
    const names = Array.from({ length: 9 }, (_, place) => `guest ${place}`);
    const { desk, session, view } = open(names);
    session.admitAll.mockRejectedValueOnce(new VestibuleError('NETWORK', 'no answer'));
    const answers: (() => void)[] = [];
    session.admit.mockImplementation(
      (id) => new Promise((resolve) => answers.push(() => resolve(done(knockOf(id, 0))))),
    );
    desk.admit(names, 'KEY');
    await settle();
    view.set({ ...view.get(), waiting: [] });
    await waitFor(toldMs);
    expect(answers).toHaveLength(4);
    for (const answer of answers.slice(0, 4)) answer();
    await settle();
    expect(answers).toHaveLength(8);
  });

  test('whoever goes from the list while the answer is on its way is asked for once it is lost', async () => {
    const { desk, session, view } = open(['ada']);
    const lost = Promise.withResolvers<never>();
    session.admit.mockReturnValueOnce(lost.promise);
    desk.admit(['ada'], 'KEY');
    view.set({ ...view.get(), waiting: [] });
    lost.reject(new VestibuleError('NETWORK', 'no answer'));
    await waitFor(toldMs);
    expect(session.admit.mock.calls).toEqual([['ada'], ['ada']]);
  });

  test('taking somebody back waits for nothing that is asked for again', async () => {
    const names = Array.from({ length: 9 }, (_, place) => `guest ${place}`);
    const { desk, session, view } = open(names);
    session.admitAll.mockRejectedValueOnce(new VestibuleError('NETWORK', 'no answer'));
    session.admit.mockReturnValue(new Promise(() => undefined));
    session.admit.mockReturnValueOnce(Promise.resolve(done(knockOf('guest 0', 0))));
    desk.admit(names, 'KEY');
    await settle();
    view.set({ ...view.get(), waiting: [] });
    await waitFor(toldMs);
    desk.undo(['guest 0'], 'KEY');
    await settle();
    expect(session.recall.mock.calls).toEqual([['guest 0']]);
  });

  test('the buttons for several take no press just after they have', async () => {
    const { desk } = open(['ada', 'ben']);
    await waitFor(settleMs);
    desk.note({ is: 'TOOLS_MOVED' });
    expect(desk.deny(['ada', 'ben'], 'TOGETHER')).toBe(false);
    expect(desk.deny(['ada', 'ben'], 'KEY_TOGETHER')).toBe(true);
  });
});
