import { describe, expect, test } from 'vitest';
import type { NotSent } from '../../web/meeting/line.ts';
import { OwnMedia } from '../../web/meeting/own-media.ts';
import { playLine } from './played-line.ts';

const all = { microphone: true, camera: true, screen: true };
const none = { microphone: false, camera: false, screen: false };

function open(wanted: Partial<typeof all> = {}, allowed: Partial<typeof all> = {}) {
  const decided: object[] = [];
  const own = new OwnMedia({
    wanted: { ...none, ...wanted },
    allowed: { ...all, ...allowed },
    onDecided: (what) => decided.push(what),
  });
  const stateOf = (name: keyof typeof all) => own.view.get()[name].state;
  return { own, decided, stateOf, whyOff: (name: keyof typeof all) => own.view.get()[name].whyOff };
}

/** Whatever was promised by now has been kept. */
const settled = () => new Promise(setImmediate);

describe('one’s own microphone, camera and screen', () => {
  test('what is wanted is starting until it is so, on whatever line comes', async () => {
    const { own, stateOf } = open({ microphone: true });
    expect([stateOf('microphone'), stateOf('camera')]).toEqual(['starting', 'off']);
    const line = playLine();
    own.use(line, true);
    expect(stateOf('microphone')).toBe('starting');
    await settled();
    expect([stateOf('microphone'), line.asked]).toEqual(['on', ['on microphone']]);
    own.use(null, true);
    expect(stateOf('microphone')).toBe('starting');
    own.use(null, false);
    expect(stateOf('microphone')).toBe('off');
    const other = playLine();
    own.use(other, true);
    await settled();
    expect([stateOf('microphone'), other.asked]).toEqual(['on', ['on microphone']]);
  });

  test('a wish that is taken back while the browser asks is not sent, and shows so at once', async () => {
    const asks = Promise.withResolvers<NotSent | null>();
    const line = playLine(() => asks.promise);
    const { own, stateOf } = open();
    own.use(line, true);
    own.toggle('camera');
    expect(stateOf('camera')).toBe('starting');
    own.toggle('camera');
    expect(stateOf('camera')).toBe('off');
    asks.resolve(null);
    await settled();
    expect([stateOf('camera'), line.view.get().own.camera]).toEqual(['off', 'off']);
  });

  test('many presses end as the last one says', async () => {
    const line = playLine();
    const { own, stateOf, decided } = open();
    own.use(line, true);
    for (let press = 0; press < 7; press += 1) own.toggle('microphone');
    await settled();
    expect(stateOf('microphone')).toBe('on');
    expect(decided.at(-1)).toEqual({ ...none, microphone: true });
    own.toggle('microphone');
    await settled();
    expect([stateOf('microphone'), line.view.get().own.microphone]).toEqual(['off', 'muted']);
  });

  test.each(['refused', 'missing', 'busy', 'failed'] as const)(
    'what is %s is off, with the reason, until the next press',
    async (kind) => {
      const { own, stateOf, whyOff } = open();
      own.use(
        playLine(async () => ({ kind })),
        true,
      );
      own.toggle('camera');
      await settled();
      expect([stateOf('camera'), whyOff('camera')]).toEqual(['off', { kind }]);
      own.toggle('camera');
      expect(whyOff('camera')).toBe(null);
    },
  );

  test('whoever closes the question which screen it is has no trouble', async () => {
    const { own, stateOf, whyOff } = open();
    own.use(
      playLine(async () => ({ kind: 'none' })),
      true,
    );
    own.toggle('screen');
    await settled();
    expect([stateOf('screen'), whyOff('screen')]).toEqual(['off', null]);
  });

  test('whoever ends a screen in the browser’s own bar has no trouble', async () => {
    const line = playLine();
    const { own, stateOf, whyOff } = open();
    own.use(line, true);
    own.toggle('screen');
    await settled();
    line.set('screen', 'ended');
    own.look();
    await settled();
    expect([stateOf('screen'), whyOff('screen')]).toEqual(['off', null]);
  });

  test.each([
    ['muted by the media server', 'muted', { kind: 'cutOff' }],
    ['of a device that went away', 'ended', { kind: 'ended' }],
    ['that the media server did not take again', 'failed', { kind: 'failed' }],
    ['taken away', 'off', null],
  ] as const)('a microphone %s does not come back by itself', async (_what, how, expected) => {
    const line = playLine();
    const { own, stateOf, whyOff, decided } = open({ microphone: true });
    own.use(line, true);
    await settled();
    line.set('microphone', how);
    own.look();
    await settled();
    expect([stateOf('microphone'), whyOff('microphone')]).toEqual(['off', expected]);
    expect(decided.at(-1)).toEqual(none);
    own.use(null, true);
    own.use(playLine(), true);
    await settled();
    expect(stateOf('microphone')).toBe('off');
  });

  test.each(Object.keys(all) as (keyof typeof all)[])(
    'a %s that the system holds back is not so yet, goes on by itself, and is let go of where it is wanted no more',
    async (name) => {
      const line = playLine();
      const { own, stateOf, whyOff, decided } = open();
      own.use(line, true);
      own.toggle(name);
      await settled();
      const become = async (stand: 'heldBack' | 'on') => {
        line.set(name, stand);
        own.look();
        await settled();
        return [stateOf(name), whyOff(name)];
      };
      expect(await become('heldBack')).toEqual(['starting', { kind: 'heldBack' }]);
      expect(await become('on')).toEqual(['on', null]);
      await become('heldBack');
      expect([line.asked, decided.length]).toEqual([[`on ${name}`], 1]);
      own.toggle(name);
      await settled();
      expect([stateOf(name), whyOff(name), line.asked.at(-1)]).toEqual(['off', null, `off ${name}`]);
    },
  );

  test.each(Object.keys(all) as (keyof typeof all)[])(
    'a %s that comes back by itself, and is not wanted, is switched off again',
    async (name) => {
      const line = playLine();
      const { own, stateOf } = open();
      own.use(line, true);
      line.set(name, 'on');
      own.look();
      await settled();
      expect([line.asked, stateOf(name)]).toEqual([[`off ${name}`], 'off']);
    },
  );

  test('what cannot be switched off is tried again with whatever the line says next, and not without end', async () => {
    let asked = 0;
    const switchOff = async () => {
      asked += 1;
    };
    const line = { ...playLine(), switchOff };
    const { own } = open({ microphone: true });
    own.use(line, true);
    await settled();
    own.toggle('microphone');
    await settled();
    expect(asked).toBe(1);
    own.look();
    await settled();
    expect(asked).toBe(2);
  });

  test('a screen that the media server has muted is not only unseen, but let go of', async () => {
    const line = playLine();
    const { own, stateOf, whyOff } = open();
    own.use(line, true);
    own.toggle('screen');
    await settled();
    line.set('screen', 'muted');
    own.look();
    await settled();
    expect([stateOf('screen'), whyOff('screen'), line.view.get().own.screen]).toEqual([
      'off',
      { kind: 'cutOff' },
      'off',
    ]);
  });

  test('what is taken back on its way is let go of at once, and taken anew where it is wanted again', async () => {
    const answers = [Promise.withResolvers<NotSent | null>(), Promise.withResolvers<NotSent | null>()];
    const left = answers.map(({ promise }) => promise);
    const line = playLine(async () => left.shift() ?? null);
    const { own, stateOf } = open();
    own.use(line, true);
    own.toggle('camera');
    own.toggle('camera');
    expect(line.asked).toEqual(['on camera', 'drop camera']);
    own.toggle('camera');
    answers[0]?.resolve({ kind: 'dropped' });
    await settled();
    expect([line.asked.at(-1), stateOf('camera')]).toEqual(['on camera', 'starting']);
    answers[1]?.resolve(null);
    await settled();
    expect(stateOf('camera')).toBe('on');
  });

  test('what the same person decides elsewhere holds here, as far as it is allowed, and is not decided anew', async () => {
    const { own, stateOf, decided } = open({ microphone: true, camera: true }, { camera: false });
    own.follow({ microphone: false, camera: true });
    own.use(playLine(), true);
    await settled();
    expect([stateOf('microphone'), stateOf('camera'), decided]).toEqual(['off', 'off', []]);
  });

  test('while a line is resumed nothing counts as taken away', async () => {
    const line = playLine();
    const { own, stateOf } = open({ camera: true });
    own.use(line, true);
    await settled();
    line.view.set({ ...line.view.get(), isReconnecting: true, own: { ...line.view.get().own, camera: 'off' } });
    own.look();
    expect(stateOf('camera')).toBe('starting');
    line.view.set({ ...line.view.get(), isReconnecting: false, own: { ...line.view.get().own, camera: 'on' } });
    own.look();
    expect(stateOf('camera')).toBe('on');
  });

  test('what is not allowed any more is let go of at once, and does not come back with the right', async () => {
    const line = playLine();
    const { own, stateOf } = open({ microphone: true, camera: true });
    own.use(line, true);
    await settled();
    own.allow(none);
    await settled();
    expect(line.asked.slice(2).filter((what) => what.startsWith('off'))).toEqual(['off microphone', 'off camera']);
    own.toggle('microphone');
    expect(stateOf('microphone')).toBe('off');
    own.allow(all);
    await settled();
    expect([stateOf('microphone'), own.view.get().microphone.isAllowed]).toEqual(['off', true]);
  });

  test('a screen is shared anew by nobody but the person, who hears that it is not shared any more', async () => {
    const { own, stateOf, whyOff } = open();
    own.use(playLine(), true);
    own.toggle('screen');
    await settled();
    expect(stateOf('screen')).toBe('on');
    own.use(null, true);
    expect(whyOff('screen')).toEqual({ kind: 'failed' });
    own.use(playLine(), true);
    await settled();
    expect([stateOf('screen'), whyOff('screen')]).toEqual(['off', { kind: 'failed' }]);
  });

  test('a screen that was shared until the call was taken over is not told of', async () => {
    const { own, whyOff } = open();
    own.use(playLine(), true);
    own.toggle('screen');
    await settled();
    own.use(null, true);
    own.use(null, false);
    expect(whyOff('screen')).toBe(null);
  });
});
