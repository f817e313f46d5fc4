import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arrivals } from '../../web/console/arrivals.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function listen() {
  const said: string[] = [];
  const arrivals = new Arrivals({
    sayName: (name) => said.push(name),
    sayCount: (waiting) => said.push(`${waiting} wait`),
  });
  const come = (...names: string[]) => {
    for (const name of names) arrivals.came(name, said.length + 1);
  };
  return { said, come };
}

test('up to three people within five seconds are told by name', () => {
  const { said, come } = listen();
  come('Ada', 'Ben', 'Cyd');
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['Ada', 'Ben', 'Cyd']);
});

test('more than three are a number, told once, when the five seconds are over', () => {
  const { said, come } = listen();
  come('Ada', 'Ben', 'Cyd', 'Dan', 'Eva');
  vi.advanceTimersByTime(4_999);
  expect(said).toEqual(['Ada', 'Ben', 'Cyd']);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(['Ada', 'Ben', 'Cyd', '4 wait']);
});

test('whoever comes after that is told by name again', () => {
  const { said, come } = listen();
  come('Ada');
  vi.advanceTimersByTime(5_000);
  come('Ben');
  expect(said).toEqual(['Ada', 'Ben']);
});
