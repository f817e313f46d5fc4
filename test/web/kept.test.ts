import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Devices, readWishes } from '../../web/devices/devices.ts';
import { createKept, type Shared } from '../../web/kept.ts';

beforeEach(() => {
  vi.stubGlobal('window', {});
  vi.stubGlobal('sessionStorage', undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** What the copies of a tab tell each other, beside what each keeps for itself. */
function keep() {
  const kept = createKept('/acme/review');
  const told: [Shared, string | null][] = [];
  kept.onChange = (name, value) => told.push([name, value]);
  return { kept, told };
}

describe('what a tab keeps', () => {
  test.each(['session', 'knock', 'media', 'hidden'] as const)(
    'of %s every copy is told, once for each change',
    (name) => {
      const { kept, told } = keep();
      for (const value of ['one', 'one', 'two', null, null]) kept.set(name, value);
      expect(told).toEqual([
        [name, 'one'],
        [name, 'two'],
        [name, null],
      ]);
    },
  );

  test('of what another copy has told, nothing is told back', () => {
    const { kept, told } = keep();
    kept.take('media', 'theirs');
    kept.set('media', 'theirs');
    expect([kept.get('media'), told]).toEqual(['theirs', []]);
  });

  test('of somebody who came in unseen, the next who comes with another invitation knows nothing', () => {
    const tab = new Map<string, string>();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => tab.get(key) ?? null,
      setItem: (key: string, value: string) => tab.set(key, value),
      removeItem: (key: string) => tab.delete(key),
    });
    keep().kept.set('hidden', 'yes');
    expect(keep().kept.get('hidden')).toBe('yes');
    vi.stubGlobal('window', { arrivedWith: 'another' });
    expect(keep().kept.get('hidden')).toBe(null);
  });

  test.each([
    ['the same token', 'Olga’s', ['Olga’s', 'Olga’s session', 'Olga']],
    ['another token', 'Paul’s', ['Paul’s', null, null]],
  ])(
    'of somebody who signed out of the site around, only who comes with the same token knows anything: %s',
    (_, token, expected) => {
      const tab = new Map<string, string>();
      vi.stubGlobal('sessionStorage', {
        getItem: (key: string) => tab.get(key) ?? null,
        setItem: (key: string, value: string) => tab.set(key, value),
        removeItem: (key: string) => tab.delete(key),
      });
      const arrive = (arrivedWith: string | undefined, isPlaced = true) => {
        vi.stubGlobal('window', arrivedWith === undefined ? {} : { arrivedWith });
        return createKept('/acme/review', isPlaced);
      };
      const states = (kept: ReturnType<typeof arrive>) =>
        (['token', 'session', 'name'] as const).map((name) => kept.get(name));
      const olga = arrive('Olga’s');
      olga.set('session', 'Olga’s session');
      olga.set('name', 'Olga');
      // The page in the frame is loaded again, and an empty token in a link says nothing.
      for (const same of [arrive(undefined), arrive('', false)])
        expect(states(same)).toEqual(['Olga’s', 'Olga’s session', 'Olga']);
      expect(states(arrive(''))).toEqual([null, null, null]);
      expect(states(arrive(''))).toEqual([null, null, null]);
      expect(states(arrive(token))).toEqual(expected);
    },
  );

  test.each(['name', 'message', 'seed', 'person', 'token'] as const)('of %s nobody else is told', (name) => {
    const { kept, told } = keep();
    kept.set(name, 'mine');
    expect(told).toEqual([]);
  });
});

describe('a request at the door', () => {
  test('has the same key in every copy of a tab, and another one once it was answered', () => {
    const { kept, told } = keep();
    const first = kept.attempt;
    expect([kept.attempt, first]).toEqual([first, expect.stringMatching(/^[0-9a-f]{48}\.0$/)]);
    kept.answered(first);
    const second = kept.attempt;
    expect([second, told]).toEqual([first.replace(/0$/, '1'), [['round', '1']]]);
    // The other copy has ended the same round, or an earlier one; then a later one.
    kept.answered(first);
    kept.take('round', '1');
    kept.take('round', '0');
    expect([kept.attempt, told.length]).toEqual([second, 1]);
    kept.take('round', '4');
    expect(kept.attempt).toBe(first.replace(/0$/, '4'));
  });

  test('of somebody who comes with another invitation has another key', () => {
    const first = keep().kept.attempt;
    vi.stubGlobal('window', { arrivedWith: 'another' });
    expect(keep().kept.attempt).not.toBe(first);
  });
});

describe('what somebody wants to go in with', () => {
  test('is what they decided last in whichever copy of the tab', () => {
    const devices = new Devices();
    const keeps: object[] = [];
    devices.remember({ audio: true, video: true }, (wishes) => keeps.push(wishes));
    devices.follow(readWishes('{"audio":false,"video":true}'));
    expect(devices.wishes).toEqual({ audio: false, video: true });
    devices.follow(readWishes('nothing that can be read'));
    expect([devices.wishes, keeps]).toEqual([{ audio: false, video: true }, []]);
  });

  test('is what they see while they stand before a mirror', () => {
    const devices = new Devices();
    devices.remember({ audio: true, video: true }, () => undefined);
    const letGo = devices.take();
    devices.follow({ audio: false, video: false });
    expect(devices.wishes).toEqual({ audio: true, video: true });
    letGo();
    devices.follow({ audio: false, video: false });
    expect(devices.wishes).toEqual({ audio: false, video: false });
  });
});
