import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KnockRequest } from '../../packages/client/src/index.ts';
import { Arrivals } from '../../web/console/arrivals.ts';
import { Callers } from '../../web/console/callers.ts';
import { Crowds } from '../../web/visit/crowds.ts';
import { knockOf } from './queue-play.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function listen() {
  const said: string[] = [];
  const arrivals = new Arrivals({
    sayOne: (text) => said.push(text),
    sayCount: (came) => said.push(`${came} came`),
  });
  const come = (...names: string[]) => {
    for (const name of names) arrivals.came(name);
  };
  return { said, come, stop: () => arrivals.stop() };
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
  expect(said).toEqual(['Ada', 'Ben', 'Cyd', '5 came']);
});

test('whoever has left the room is told of no crowd', () => {
  const { said, come, stop } = listen();
  come('Ada', 'Ben', 'Cyd', 'Dan');
  stop();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['Ada', 'Ben', 'Cyd']);
});

test('whoever comes after that is told by name again', () => {
  const { said, come } = listen();
  come('Ada');
  vi.advanceTimersByTime(5_000);
  come('Ben');
  expect(said).toEqual(['Ada', 'Ben']);
});

test('a crowd is told in the language that the page has by then', () => {
  const said: string[] = [];
  const crowds = new Crowds({ tell: (text) => said.push(text), speak: (text) => said.push(text) });
  const come = (text: string, say: (count: number) => string) =>
    crowds.tell({ text, isShown: false, many: { kind: 'joined', say } });
  for (const name of ['Ada', 'Ben', 'Cyd']) come(name, (count) => `${count} came in`);
  come('Dan', (count) => `${count} sind da`);
  vi.advanceTimersByTime(5_000);
  expect(said).toEqual(['Ada', 'Ben', 'Cyd', '4 sind da']);
});

describe('who calls the host, by the list alone', () => {
  const [ada, ben, cyd] = ['Ada', 'Ben', 'Cyd'].map(knockOf) as [KnockRequest, KnockRequest, KnockRequest];

  async function listen(...looks: readonly (readonly KnockRequest[] | string | null)[]) {
    const called: string[] = [];
    const callers = new Callers({
      onCame: ({ id }) => called.push(id),
      onWrote: ({ id, message }) => called.push(`${id}: ${message}`),
    });
    for (const look of looks) {
      if (typeof look === 'string') callers.leaveOut(look);
      else callers.look(look);
      if (look !== looks.at(-2)) await Promise.resolve();
    }
    return called;
  }

  test('is each who is new, and nobody who was there at the first look', async () => {
    expect(await listen([ada], [ada], [ada, ben, cyd], [ben, cyd])).toEqual(['Ben', 'Cyd']);
  });

  test('is nobody who waited while this host answered no knocks', async () => {
    expect(await listen([ada], null, [ada, ben], [ada, ben, cyd])).toEqual(['Cyd']);
  });

  test('is whoever answers, and not whoever is answered or comes forward in the line', async () => {
    const wrote = { ...ada, message: 'It is me, Ada.' };
    const answered: KnockRequest = { ...ben, reply: 'Who are you?', position: 2 };
    expect(await listen([ada, ben], [wrote, answered])).toEqual(['Ada: It is me, Ada.']);
  });

  test('is each who is new or has written, wherever they stand among others who came, went and wrote', async () => {
    const [dan, eva] = ['Dan', 'Eva'].map(knockOf) as [KnockRequest, KnockRequest];
    const wrote = { ...cyd, message: 'Hello?' };
    expect(await listen([ada, ben, cyd, eva], [ben, wrote, dan, eva])).toEqual(['Dan', 'Cyd: Hello?']);
    expect(await listen([ada, eva], [ada, ben, eva], [ada, eva], [ada])).toEqual(['Ben']);
  });

  test('is found by those who are new alone, however many wait', async () => {
    let looked = 0;
    const many = Array.from({ length: 1_000 }, (_, place) => ({
      ...ada,
      get id() {
        looked += 1;
        return `knock ${place}`;
      },
    }));
    expect(await listen(many, [...many, ben])).toEqual(['Ben']);
    expect(looked).toBe(0);
  });

  test('is nobody whom the host has sent back, be it known before they are listed or just after', async () => {
    expect(await listen([ada], 'Ben', [ada, ben])).toEqual([]);
    expect(await listen([ada], [ada, ben], 'Ben')).toEqual([]);
  });
});
