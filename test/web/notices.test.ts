import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Notices = typeof import('../../web/notices.ts');
let notices: Notices['notices'];
let spoken: Notices['spoken'];
let speak: Notices['speak'];
let tell: Notices['tell'];

beforeEach(async () => {
  vi.useFakeTimers();
  // What other files of this process have told is none of it.
  vi.resetModules();
  ({ notices, spoken, speak, tell } = await import('../../web/notices.ts'));
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const texts = () => spoken.get().map(({ text }) => text);

test('of sentences that come before the page is drawn again each is there to be read out, also the same one twice', () => {
  for (const text of ['Ada asks to come in.', 'Ben asks to come in.', 'Ben asks to come in.']) speak(text);
  expect(texts()).toEqual(['Ada asks to come in.', 'Ben asks to come in.', 'Ben asks to come in.']);
  expect(new Set(spoken.get().map(({ id }) => id)).size).toBe(3);
});

test('what went wrong is shown its time, however much else is told meanwhile', () => {
  tell('Ada could not be let in.', 'bad');
  for (const name of ['Ben', 'Cyd', 'Dan', 'Eve']) tell(`Carl has let ${name} in.`);
  const shown = () => notices.get().map(({ text }) => text);
  expect(shown()).toEqual(['Ada could not be let in.', 'Carl has let Dan in.', 'Carl has let Eve in.']);
  for (const what of ['one', 'two', 'three']) tell(`Refused: ${what}`, 'bad');
  expect(shown()).toEqual(['Refused: one', 'Refused: two', 'Refused: three']);
});

test('what was read out goes after a while, and of very many the last are kept', () => {
  speak('Ada asks to come in.');
  vi.advanceTimersByTime(6_000);
  speak('Ben asks to come in.');
  vi.advanceTimersByTime(2_000);
  expect(texts()).toEqual(['Ben asks to come in.']);
  for (let come = 0; come < 50; come += 1) speak(`Guest ${come} came in.`);
  expect(texts()).toHaveLength(8);
  expect(texts().at(-1)).toBe('Guest 49 came in.');
});
