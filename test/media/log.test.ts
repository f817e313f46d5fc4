import type { Logger } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { TrackFault } from '../../src/rules/media-plan.ts';
import { gateReportsTo, mediaReportsTo } from '../../src/wiring/log.ts';

// What operators read of media: each thing that happened has the sentence that is of it.

/** A log of which the warnings are kept. */
function openLog() {
  const warnings: (readonly [fields: object, text: string])[] = [];
  const warn = (fields: object, text: string) => void warnings.push([fields, text]);
  // Reports use no more of a log than its levels.
  return { log: { warn } as unknown as Logger, warnings };
}

const offences: Readonly<Record<TrackFault, RegExp>> = {
  LIE: /something else than declared, and may send nothing any more/,
  SURPLUS: /a custom track that they may not send, and may send no custom tracks any more/,
};

test.each(Object.entries(offences))('of a participant with the fault %s it is said what they did', (name, text) => {
  const { log, warnings } = openLog();
  const fault = name === 'LIE' ? 'LIE' : 'SURPLUS';
  const place = { domainId: 'd', roomId: 'r', mediaServerId: 'm', participantId: 'p', fault } as const;
  mediaReportsTo(log).offended(place as unknown as Parameters<ReturnType<typeof mediaReportsTo>['offended']>[0]);
  expect(warnings).toEqual([[place, expect.stringMatching(text)]]);
});

/** Moves time on for what remembers by `performance`, which it has taken hold of before. */
function holdTime(): (ms: number) => void {
  let now = 1_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    clock.mockRestore();
    vi.useRealTimers();
  });
  return (ms) => {
    now += ms;
    vi.advanceTimersByTime(ms);
  };
}

test('of keys that nobody has each is named once a minute, ten of them at most, and others in the next minute', () => {
  const pass = holdTime();
  const { log, warnings } = openLog();
  const { unknownKey } = gateReportsTo(log);
  const show = (names: readonly string[]) => {
    warnings.length = 0;
    for (const name of [...names, ...names]) unknownKey(name);
    return warnings.map(([fields]) => fields);
  };
  const names = (minute: number) => Array.from({ length: 12 }, (_, index) => `API${minute}x${index}`);
  for (const minute of [1, 2, 3]) {
    expect(show(names(minute))).toEqual(
      names(minute)
        .slice(0, 10)
        .map((iss) => ({ iss })),
    );
    pass(59_000);
    expect(show(names(9))).toEqual([]);
    pass(2_000);
  }
});
