import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createStore, type RoomView, type Session, VestibuleError } from '../../../packages/client/src/index.ts';
import { emptyQueue } from '../../../web/console/queue/queue.ts';
import { notices } from '../../../web/notices.ts';
import { OwnActions } from '../../../web/visit/actions/own-actions.ts';
import type { StayState } from '../../../web/visit/stay-state.ts';

// What happens in which order when somebody leaves, and what they are told.

beforeEach(() => notices.set([]));

/** Somebody inside, whose service answers as the test says. */
function inside(answer: () => Promise<unknown>, hasCall = true) {
  const done: string[] = [];
  let followers = 0;
  const store = createStore({ state: 'OPEN' } as RoomView);
  const subscribe = (onChange: () => void) => {
    const unfollow = store.subscribe(onChange);
    followers += 1;
    return () => {
      followers -= 1;
      unfollow();
    };
  };
  const view = { ...store, subscribe };
  const note = <Answer>(what: string, answered: () => Answer) => {
    done.push(what);
    return answered();
  };
  const own = new OwnActions({
    session: { view, leave: () => note('the service is asked', answer) } as unknown as Session,
    state: createStore({} as StayState),
    desk: { queue: createStore(emptyQueue), leave: () => note('what was decided is sent', async () => undefined) },
    meeting: {
      leave: () => note('devices are let go of', () => hasCall),
      forgetWishes: () => note('nothing is wished for', () => undefined),
    },
  });
  onTestFinished(() => own.stop());
  return {
    ...{ own, done, followers: () => followers },
    asks: () => done.filter((what) => what === 'the service is asked').length,
    become: (state: RoomView['state']) => view.set({ ...view.get(), state }),
  };
}

const fails = (code: string) => () => Promise.reject(new VestibuleError(code, ''));
const told = () => notices.get().map(({ text }) => text);

describe('whoever leaves', () => {
  test('lets go of everything before the service is asked', async () => {
    const { own, done } = inside(() => new Promise(() => undefined));
    void own.leaveNow();
    expect(done[0]).toBe('devices are let go of');
    await expect
      .poll(() => done)
      .toEqual(['devices are let go of', 'what was decided is sent', 'the service is asked']);
  });

  test.each(['NETWORK', 'UNAVAILABLE'])(
    'hears, where the service is away (%s), that nobody hears them any more',
    async (code) => {
      expect(await inside(fails(code)).own.leaveNow()).toBe(false);
      expect(told()).toEqual([expect.stringContaining('Nobody sees or hears you any more')]);
    },
  );

  test('leaves once the service is back, with nothing switched on', async () => {
    let isAway = true;
    const { own, done, become, asks } = inside(async () => {
      if (isAway) throw new VestibuleError('NETWORK', '');
      return { isDone: true, value: {} };
    });
    expect(await own.leaveNow()).toBe(false);
    expect(await own.leaveNow()).toBe(false);
    expect(done.filter((what) => what === 'nothing is wished for')).toHaveLength(1);
    become('RECONNECTING');
    expect(asks()).toBe(2);
    isAway = false;
    become('OPEN');
    await expect.poll(asks).toBe(3);
    become('RECONNECTING');
    become('OPEN');
    expect(asks()).toBe(3);
  });

  test('leaves a little later where the service has another reason, and hears that reason', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const answers = [fails('RATE_LIMITED'), fails('RATE_LIMITED'), async () => ({ isDone: true, value: {} })];
    const { own, asks } = inside(() => (answers.shift() ?? fails('OTHER'))());
    expect(await own.leaveNow()).toBe(false);
    expect(told()).toEqual(['You did that too often. Please wait a moment.']);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(asks()).toBe(1);
    await vi.advanceTimersByTimeAsync(5_200);
    expect(asks()).toBe(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asks()).toBe(3);
  });

  test.each(['OPEN', 'RECONNECTING'] as const)(
    'is asked for by nobody once the stay is over here (%s)',
    async (state) => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { own, asks, become, followers } = inside(fails('NETWORK'));
      await own.leaveNow();
      become(state);
      expect(followers()).toBe(1);
      own.stop();
      expect(followers()).toBe(0);
      become('OPEN');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asks()).toBe(1);
      await own.leaveNow();
      expect(followers()).toBe(0);
    },
  );

  test('has left where the service knows them no more', async () => {
    expect(await inside(fails('UNAUTHENTICATED')).own.leaveNow()).toBe(true);
    expect(told()).toEqual([]);
  });

  test('hears of no picture and no sound where there was none', async () => {
    await inside(fails('NETWORK'), false).own.leaveNow();
    expect(told()).toEqual(['No connection: nothing was changed.']);
  });
});
