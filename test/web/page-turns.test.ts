import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Access, RoomEvent, Session } from '../../packages/client/src/index.ts';
import { plainLook } from '../../src/rules/page-data.ts';
import type { Kept } from '../../web/kept.ts';
import type { Door } from '../../web/visit/door.ts';
import { createRecord } from '../../web/visit/record.ts';
import { knockOf } from './meeting/scene.ts';

// What the page does by itself as time goes by, where it asks whom a test plays.

const led: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  const window = {};
  vi.stubGlobal('window', Object.assign(window, { parent: window }));
  vi.stubGlobal('location', { hash: '', search: '', replace: (address: string) => led.push(address) });
  // What the page is in is read as it begins.
  vi.resetModules();
  led.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What a tab keeps. */
function keep(values: Readonly<Record<string, string>>) {
  const kept = new Map(Object.entries(values));
  const get = (name: string) => kept.get(name) ?? null;
  const set = (name: string, value: string | null) => void (value === null ? kept.delete(name) : kept.set(name, value));
  return { kept, tab: { get, set } as unknown as Kept };
}

async function makeTurns() {
  const { Turns } = await import('../../web/visit/turns.ts');
  return new Turns(() => undefined);
}

describe('whom the domain leads on', () => {
  async function turnAway(reply: string | null) {
    const { look } = await import('../../web/brand.ts');
    const { WayOut } = await import('../../web/visit/way-out.ts');
    look.set({ ...plainLook, exitUrl: 'https://example.com/bye/{room}' });
    const { kept, tab } = keep({ session: 's', knock: 'k', name: 'Gus' });
    const place = { domain: 'acme', roomName: 'review' };
    new WayOut({ place, kept: tab, turns: await makeTurns() }).turnAway({
      ...knockOf('Gus', 0),
      ...{ status: 'DENIED', knockAgainAt: '2030-01-01T00:00:00Z', reply },
    });
    return kept;
  }
  const bye = ['https://example.com/bye/review?outcome=denied'];

  test('goes at once where the host says nothing, and keeps no credential', async () => {
    const kept = await turnAway(null);
    expect(led).toEqual(bye);
    expect([...kept.keys()]).toEqual(['name']);
  });

  test('has five seconds to read what the host says', async () => {
    await turnAway('Come on Thursday.');
    vi.advanceTimersByTime(4_900);
    expect(led).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(led).toEqual(bye);
  });
});

test('whoever stands at the door looks every four seconds, and as late as the service says where it is too often', async () => {
  const { Doorstep } = await import('../../web/visit/doorstep.ts');
  const { VestibuleError: Trouble } = await import('../../packages/client/src/index.ts');
  const access = { level: 'KNOCK', lang: null, roomTitle: null, knockAgainAt: null } as unknown as Access;
  const look = vi.fn<() => Promise<Access>>();
  look.mockRejectedValueOnce(new Trouble('RATE_LIMITED', '', 30)).mockResolvedValue(access);
  const step = new Doorstep({
    clock: { now: Date.now, until: () => 0 } as unknown as ConstructorParameters<typeof Doorstep>[0]['clock'],
    kept: keep({}).tab,
    door: { look } as unknown as Door,
    turns: await makeTurns(),
  });
  step.see(access, null);
  const looksAfter = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return look.mock.calls.length;
  };
  expect([await looksAfter(3_900), await looksAfter(200)]).toEqual([0, 1]);
  expect([await looksAfter(29_800), await looksAfter(200)]).toEqual([1, 2]);
  expect(await looksAfter(4_000)).toBe(3);
});

test.each([
  ['INVALID_INPUT', 'name', true],
  ['INVALID_INPUT', 'message', true],
  ['RATE_LIMITED', null, true],
  ['ROOM_FULL', null, false],
] as const)('a form that is refused with %s (%s) stays where it is: %s', async (code, field, stays) => {
  const { Turns } = await import('../../web/visit/turns.ts');
  const { shutBy } = await import('../../web/visit/phase.ts');
  const shut = vi.fn();
  const path = field === null ? [] : [['input', field === 'name' ? 'userName' : field]];
  const refused = shutBy(code, { issues: path.map((one) => ({ path: one, message: '' })) });
  const problem = await new Turns(shut).submit(async () => refused);
  expect([problem, shut.mock.calls]).toEqual(
    stays ? [{ code, field, retryAfterSeconds: null }, []] : [null, [[refused]]],
  );
});

describe('the record', () => {
  type Page = Awaited<ReturnType<Session['readRecord']>>;
  const eventOf = (cursor: string) => ({ cursor }) as RoomEvent;
  const pageOf = (hasMore: boolean, ...cursors: readonly string[]) =>
    ({ events: cursors.map(eventOf), hasMore }) as unknown as Page;

  /** A record whose pages come when the test says so. */
  function open() {
    const answers: PromiseWithResolvers<Page>[] = [];
    const asked: (string | null)[] = [];
    const readRecord = (after: string | null) => {
      asked.push(after);
      const answer = Promise.withResolvers<Page>();
      answers.push(answer);
      return answer.promise;
    };
    const record = createRecord({ readRecord } as unknown as Session);
    return { record, answers, asked, cursors: () => record.state.get()?.events.map(({ cursor }) => cursor) ?? null };
  }

  test('has each event once that happens while it is read, whether its page had it or not', async () => {
    const { record, answers, asked, cursors } = open();
    const read = record.read();
    record.add(eventOf('b'));
    answers[0]?.resolve(pageOf(true, 'a', 'b'));
    await vi.advanceTimersByTimeAsync(0);
    for (const cursor of ['c', 'd']) record.add(eventOf(cursor));
    answers[1]?.resolve(pageOf(false, 'c'));
    await read;
    expect([cursors(), asked]).toEqual([
      ['a', 'b', 'c', 'd'],
      [null, 'b'],
    ]);
    record.add(eventOf('d'));
    record.add(eventOf('e'));
    expect(cursors()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('that is forgotten while it is read is read anew', async () => {
    const { record, answers, asked, cursors } = open();
    const read = record.read();
    record.forget();
    answers[0]?.resolve(pageOf(false, 'a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(cursors()).toBeNull();
    answers[1]?.resolve(pageOf(false, 'a', 'b'));
    await read;
    expect([cursors(), asked]).toEqual([
      ['a', 'b'],
      [null, null],
    ]);
  });
});
