import { expect, test } from 'vitest';
import { createUptime } from '../../src/room/uptime.ts';

// Since when the service has been there: what a lost connection is counted from at the earliest.

const at = (seconds: number) => new Date(1_000_000_000_000 + seconds * 1_000);

/** An uptime with a clock of the database and a time of the machine, which go apart only where a test says so. */
function play() {
  let [machineMs, aheadSeconds] = [0, 0];
  const now = () => at(machineMs / 1_000 + aheadSeconds);
  const uptime = createUptime({ now }, () => machineMs);
  return {
    since: uptime.since,
    begin: uptime.begin,
    renew: () => uptime.renewed(now()),
    pass: (seconds: number) => {
      machineMs += seconds * 1_000;
    },
    setClock: (seconds: number) => {
      aheadSeconds += seconds;
    },
  };
}

test('while nobody knows whether the service was away, it is there since now', () => {
  const { since, pass, begin } = play();
  pass(5);
  expect(since()).toEqual(at(5));
  pass(5);
  begin(at(-60));
  expect(since()).toEqual(at(-60));
});

test('renewals within the lease are no gap, also where the clock is set forward', () => {
  const { since, pass, begin, renew, setClock } = play();
  begin(at(-60));
  pass(7);
  renew();
  setClock(3_600);
  pass(2);
  renew();
  expect(since()).toEqual(at(-60));
});

test('after a longer gap the service is there since the first renewal, and before that renewal since now', () => {
  const { since, pass, begin, renew } = play();
  begin(at(-60));
  pass(40);
  expect(since()).toEqual(at(40));
  pass(1);
  expect(since()).toEqual(at(41));
  renew();
  pass(2);
  renew();
  pass(2);
  expect(since()).toEqual(at(41));
});

test('a clock that was set back leaves nobody a place for longer', () => {
  const { since, begin, renew, setClock } = play();
  begin(at(0));
  setClock(-3_600);
  renew();
  expect(since()).toEqual(at(-3_600));
});
