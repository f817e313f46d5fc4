import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CallLine, CallLoss } from '../../web/meeting/call-state.ts';
import { Connection, pauseBefore } from '../../web/meeting/connection.ts';
import { LineFailure } from '../../web/meeting/line.ts';
import { goBy } from '../../web/store.ts';
import { type PlayedLine, playLine } from './played-line.ts';

const access = { kind: 'LIVEKIT', url: 'wss://media.example', room: 'room', token: 'token', exp: '' } as const;

beforeEach(() => {
  vi.useFakeTimers();
  goBy({ now: () => Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Each attempt ends as the test says, in order; the last one is repeated. */
function connect(outcomes: readonly (PlayedLine | CallLoss)[]) {
  let attempts = 0;
  const connection = new Connection({
    readAccess: async () => access,
    open: async () => {
      const outcome = outcomes[Math.min(attempts, outcomes.length - 1)];
      attempts += 1;
      if (outcome === undefined || typeof outcome === 'string') throw new LineFailure(outcome ?? 'away');
      return outcome;
    },
    pauseMs: () => 1_000,
  });
  onTestFinished(() => connection.stop());
  connection.start();
  const stand = () => connection.stand.get();
  return { connection, stand, attempts: () => attempts };
}

const soon = () => vi.advanceTimersByTimeAsync(0);

/** Lost, and tried again after the pause. */
const trying = (why: CallLoss): CallLine => ({ at: 'lost', why, isTrying: true, nextAt: Date.now() + 1_000 });

describe('the line to the media server', () => {
  test('is tried again and again until it is there, and says meanwhile why it is not', async () => {
    const line = playLine();
    const { stand, attempts } = connect(['away', 'refused', line]);
    expect(stand()).toEqual({ at: 'connecting' });
    await soon();
    expect(stand()).toEqual(trying('away'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stand()).toEqual(trying('refused'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([stand(), attempts()]).toEqual([{ at: 'connected' }, 3]);
    line.view.set({ ...line.view.get(), isReconnecting: true });
    expect(stand()).toEqual({ at: 'reconnecting' });
    line.view.set({ ...line.view.get(), isReconnecting: false });
    expect(stand()).toEqual({ at: 'connected' });
  });

  test.each(['removed', 'closed', 'away', 'blocked', 'refused', 'notLoaded'] as const)(
    'that ends with “%s” is closed, and made anew',
    async (why) => {
      const [first, second] = [playLine(), playLine()];
      const { connection, stand } = connect([first, second]);
      await soon();
      first.lose(why);
      await soon();
      expect(stand()).toEqual(trying(why));
      expect([first.isClosed(), connection.line.get()]).toEqual([true, null]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect([stand(), connection.line.get()]).toEqual([{ at: 'connected' }, second]);
    },
  );

  test.each(['removed', 'closed'] as const)('that ends again and again with “%s” is told to be away', async (why) => {
    const lines = [playLine(), playLine(), playLine()] as const;
    const { stand } = connect(lines);
    await soon();
    lines[0].lose(why);
    await soon();
    expect(stand()).toEqual(trying(why));
    await vi.advanceTimersByTimeAsync(1_000);
    lines[1].lose(why);
    await soon();
    expect(stand()).toEqual(trying('away'));
    // One that held is a good one again.
    await vi.advanceTimersByTimeAsync(1_000 + 11_000);
    lines[2].lose(why);
    await soon();
    expect(stand()).toEqual(trying(why));
  });

  test.each(['takenOver', 'unsupported'] as const)(
    'that ends with “%s” is made anew only when asked for',
    async (why) => {
      const { connection, stand, attempts } = connect([why, playLine()]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect([stand(), attempts()]).toEqual([{ at: 'lost', why, isTrying: false, nextAt: null }, 1]);
      connection.hurry();
      await soon();
      expect(attempts()).toBe(1);
      connection.rejoin();
      expect(stand()).toEqual({ at: 'connecting' });
      await soon();
      expect(stand()).toEqual({ at: 'connected' });
    },
  );

  test('is tried at once when the network is back, or when somebody asks', async () => {
    const { connection, attempts } = connect(['away']);
    await soon();
    connection.hurry();
    await soon();
    expect(attempts()).toBe(2);
    connection.rejoin();
    await soon();
    expect(attempts()).toBe(3);
  });

  test('says when it is tried again, and that it is being tried', async () => {
    const slow = Promise.withResolvers<PlayedLine>();
    let attempts = 0;
    const connection = new Connection({
      readAccess: async () => access,
      open: async () => {
        attempts += 1;
        if (attempts === 1) throw new LineFailure('away');
        return slow.promise;
      },
      pauseMs: () => 1_000,
    });
    onTestFinished(() => connection.stop());
    connection.start();
    await soon();
    expect(connection.stand.get()).toEqual(trying('away'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([attempts, connection.stand.get()]).toEqual([2, { ...trying('away'), nextAt: null }]);
    slow.resolve(playLine());
    await soon();
    expect(connection.stand.get()).toEqual({ at: 'connected' });
  });

  test('gives way to another one without a word of loss', async () => {
    const [first, second] = [playLine(), playLine()];
    const { connection, stand } = connect([first, second]);
    await soon();
    connection.renew();
    expect(stand()).toEqual({ at: 'connecting' });
    await soon();
    expect([first.isClosed(), connection.line.get(), stand()]).toEqual([true, second, { at: 'connected' }]);
    connection.rejoin();
    await soon();
    expect(connection.line.get()).toBe(second);
  });

  test('is closed with the call, also where it opens too late', async () => {
    const late = Promise.withResolvers<PlayedLine>();
    const connection = new Connection({
      readAccess: async () => access,
      open: () => late.promise,
      pauseMs: () => 1_000,
    });
    connection.start();
    await soon();
    connection.stop();
    const line = playLine();
    late.resolve(line);
    await soon();
    expect([line.isClosed(), connection.line.get()]).toEqual([true, null]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.line.get()).toBe(null);
  });

  test('waits longer after each attempt in vain, however long it took, and anew after a line that held', async () => {
    const failures: number[] = [];
    const lines: PlayedLine[] = [];
    let isOpening = false;
    const connection = new Connection({
      readAccess: async () => access,
      open: async () => {
        if (isOpening) {
          const line = playLine();
          lines.push(line);
          return line;
        }
        await new Promise((resolve) => setTimeout(resolve, 12_000));
        throw new LineFailure('blocked');
      },
      pauseMs: (count) => {
        failures.push(count);
        return 1_000;
      },
    });
    onTestFinished(() => connection.stop());
    connection.start();
    await vi.advanceTimersByTimeAsync(3 * 13_000);
    expect(failures).toEqual([0, 1, 2]);
    isOpening = true;
    await vi.advanceTimersByTimeAsync(13_000);
    expect(failures).toEqual([0, 1, 2, 3]);
    await vi.advanceTimersByTimeAsync(1_000);
    lines.at(-1)?.lose('away');
    await soon();
    expect(failures.at(-1)).toBe(4);
    await vi.advanceTimersByTimeAsync(1_000 + 11_000);
    lines.at(-1)?.lose('away');
    await soon();
    expect([lines.length, failures.at(-1)]).toEqual([2, 0]);
  });

  test('waits longer with each failure, and never long', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 20].map(pauseBefore);
    for (const [index, pause] of pauses.entries()) {
      const usual = Math.min(8_000, 500 * 2 ** index);
      expect(pause).toBeGreaterThanOrEqual(usual * 0.75);
      expect(pause).toBeLessThanOrEqual(usual * 1.25);
    }
  });
});
