import { expect, onTestFinished, test, vi } from 'vitest';
import type { AskedServer } from '../../src/media/servers.ts';
import { createMediaUpkeep, type MediaUpkeepOptions } from '../../src/media/upkeep.ts';

/** So many media servers, of which those that hang never answer; what is asked and measured is counted. */
function startUpkeep(
  count: number,
  hangs: (index: number) => boolean,
  others: Partial<Pick<MediaUpkeepOptions, 'rooms' | 'reports'>> = {},
) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked: number[] = [];
  const troubles: unknown[] = [];
  let lags = 0;
  const servers = Array.from({ length: count }, (_, index) => ({
    record: {},
    media: {
      rooms: () => {
        asked.push(index);
        if (hangs(index)) return new Promise(() => undefined);
        return Promise.resolve({ outcome: 'DONE', names: [] });
      },
    },
  })) as unknown as readonly AskedServer[];
  const options: MediaUpkeepOptions = {
    servers: { list: async () => servers },
    rooms: { lagSeconds: async () => 0, closeAgain: async () => 0 },
    reports: {
      called: () => undefined,
      lagged: () => {
        lags += 1;
      },
      troubled: (error: unknown) => troubles.push(error),
    } as unknown as MediaUpkeepOptions['reports'],
    isOnDuty: () => true,
    onClosing: () => undefined,
    ...others,
  };
  const upkeep = createMediaUpkeep(options);
  const pass = async (seconds: number) => {
    for (let left = seconds * 4; left > 0; left -= 1) {
      upkeep.tick();
      await vi.advanceTimersByTimeAsync(250);
    }
  };
  return { asked, troubles, pass, lags: () => lags };
}

test('media servers that swallow connections keep neither the next ones nor the measuring waiting', async () => {
  const { asked, troubles, pass, lags } = startUpkeep(40, (index) => index < 9);
  await pass(301);
  expect(asked).toHaveLength(40);
  const before = lags();
  await pass(60);
  expect(lags() - before).toBe(12);
  expect(troubles).toEqual([]);
});

test('while the database is away nobody is told an old lag', async () => {
  const told: (number | null)[] = [];
  const answers = [async () => 2, async () => Promise.reject(new Error('away')), async () => 0];
  const reports = { lagged: (seconds: number | null) => told.push(seconds), troubled: () => undefined };
  const { pass } = startUpkeep(0, () => false, {
    rooms: { lagSeconds: () => (answers.shift() ?? (async () => 0))(), closeAgain: async () => 0 },
    reports: reports as unknown as MediaUpkeepOptions['reports'],
  });
  await pass(15);
  expect(told.slice(0, 3)).toEqual([2, null, 0]);
});

test('what is still under way is not begun a second time', async () => {
  const { asked, pass } = startUpkeep(40, () => true);
  await pass(900);
  expect(asked).toHaveLength(10);
});
