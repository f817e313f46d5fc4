import { expect, test } from 'vitest';
import type { WhyOff } from '../../web/meeting/call-state.ts';
import { onThisMachine } from '../support/timing.ts';
import { describeMeeting } from './meeting-kit.ts';
import { type Attendee, attendee, change, idOf, join, patience, untilFlow, untilPressed } from './meeting-play.ts';

// What one does not send, and what does not claim to be sent.

describeMeeting('one’s own devices in a meeting', {}, ({ house, calls, meet }) => {
  test('another copy of the tab takes over, with what is muted: it has picture and sound, and this one lets go of everything', async () => {
    const { anna, ben } = await meet();
    const [page] = await Promise.all([
      anna.context.waitForEvent('page'),
      anna.page.evaluate(() => {
        window.open(location.href);
      }),
    ]);
    const copy = attendee({ ...anna, page }, 'Anna');
    const useHere = (one: Attendee) => one.page.getByRole('button', { name: 'Use here' }).click(patience);
    await page.getByRole('button', { name: 'Use here' }).waitFor(patience);
    // Once the copy is there: it has not kept this from the beginning.
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await useHere(copy);
    await anna.heading('You are here in another tab').waitFor(patience);
    expect(await anna.live()).toEqual([]);
    await untilPressed(copy, 'Camera', true);
    await untilPressed(copy, 'Microphone', false);
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await copy.control('Microphone').click();
    await copy.control('Camera').click();
    await untilFlow(ben, { pictures: 0, voices: 1 });
    await useHere(anna);
    await untilPressed(anna, 'Microphone', true);
    await untilPressed(anna, 'Camera', false);
    await untilFlow(ben, { pictures: 0, voices: 1 });
  });

  /** Somebody who cannot switch anything on, and the others, who are seen and heard all the same. */
  async function comeWithout(before: string, says: Says): Promise<void> {
    const room = await house().backend.room();
    const [ben, anna] = await Promise.all([join(house(), room, 'Ben'), join(house(), room, 'Anna', { before })]);
    await untilFlow(anna, { pictures: 1, voices: 1 });
    for (const name of ['Microphone', 'Camera'] as const) {
      await anna.control(name).click();
      await untilOff(anna, name, says[name]);
    }
    await untilFlow(ben, { pictures: 0, voices: 0 });
    expect(await anna.live()).toEqual([]);
  }

  const plays: Readonly<Record<WhyOff['kind'], () => Promise<void>>> = {
    refused: () =>
      comeWithout(throwing('NotAllowedError'), {
        Microphone: /does not share the mic/,
        Camera: /does not share the cam/,
      }),
    missing: () => comeWithout(throwing('NotFoundError'), { Microphone: /No microphone/, Camera: /No camera/ }),
    busy: () => comeWithout(throwing('NotReadableError'), { Microphone: /Another program/, Camera: /Another program/ }),
    ended: async () => {
      const { anna, ben } = await meet();
      for (const kind of ['audio', 'video'] as const)
        await anna.page.evaluate((what) => window.playedMedia.unplug(what, false), kind);
      for (const name of ['Microphone', 'Camera'] as const) await untilOff(anna, name, /was unplugged/);
      await untilFlow(ben, { pictures: 0, voices: 0 });
    },
    failed: () =>
      comeWithout(sendsNothing, { Microphone: /could not be switched on/, Camera: /could not be switched/ }),
    byHost: async () => {
      const { room, anna, ben } = await meet();
      const participantId = await idOf(room, 'Anna');
      const input = { participantId, setAudio: false, setVideo: false };
      await change(await room.owner({ userName: 'Olga' }), 'updateParticipant', 'UpdateParticipantInput', input);
      for (const name of ['Microphone', 'Camera'] as const) await untilOff(anna, name, /Olga/);
      await untilFlow(ben, { pictures: 0, voices: 0 });
    },
    cutOff: async () => {
      const { room, anna, ben } = await meet();
      const { identity, tracks } = await calls().getParticipant(room.id, await idOf(room, 'Anna'));
      for (const { sid } of tracks) await calls().mutePublishedTrack(room.id, identity, sid, true);
      await untilOff(anna, 'Microphone', /was muted/);
      await untilOff(anna, 'Camera', /was switched off/);
      await untilFlow(ben, { pictures: 0, voices: 0 });
    },
    heldBack: async () => {
      const { anna, ben } = await meet();
      const hold = (is: boolean) => anna.page.evaluate((held) => window.playedMedia.hold(held), is);
      await hold(true);
      for (const name of ['microphone', 'camera'])
        await anna.page
          .locator(`.control[aria-busy=true][aria-pressed=false][title*="holds the ${name}"]`)
          .waitFor(patience);
      await untilFlow(ben, { pictures: 0, voices: 0 });
      await hold(false);
      for (const name of ['Microphone', 'Camera'] as const) await untilPressed(anna, name, true);
      await untilFlow(ben, { pictures: 1, voices: 1 });
    },
  };

  test.each(Object.entries(plays))('what is off because of “%s” does not claim to be on, and says why', (_why, play) =>
    play(),
  );

  test.each([
    ['Microphone', 'audio', { pictures: 1, voices: 0 }],
    ['Camera', 'video', { pictures: 0, voices: 1 }],
  ] as const)(
    'the %s is pulled out in the middle: another one is used, and without one nothing claims to be on',
    async (name, kind, left) => {
      const { anna, ben } = await meet();
      await anna.page.evaluate((what) => window.playedMedia.unplug(what, true), kind);
      await untilFlow(ben, { pictures: 1, voices: 1 });
      await untilPressed(anna, name, true);
      await anna.page.evaluate((what) => window.playedMedia.unplug(what, false), kind);
      await untilOff(anna, name, /was unplugged/);
      await untilFlow(ben, left);
    },
  );

  test('a page that is asked whether it may be left keeps its line, and one that is left is gone at once', async () => {
    const { room, anna } = await meet();
    const readConnections = async () => (await calls().listParticipants(room.id)).map(({ sid }) => sid).toSorted();
    const both = await readConnections();
    await anna.page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
    await untilFlow(anna, { pictures: 1, voices: 1 });
    expect(await readConnections()).toEqual(both);
    const leftAt = performance.now();
    await anna.page.goto('about:blank');
    await expect.poll(readConnections, patience).toHaveLength(1);
    expect(performance.now() - leftAt).toBeLessThan(onThisMachine(3_000));
  });

  test('loaded again and left: what was off stays off, and whoever leaves lets go of everything', async () => {
    const { anna, ben } = await meet();
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await anna.page.reload();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await untilPressed(anna, 'Camera', true);
    await untilPressed(anna, 'Microphone', false);
    expect(await anna.live()).toEqual(['video']);
    await anna.button('Leave').click();
    await anna.heading('You have left').waitFor(patience);
    expect(await anna.live()).toEqual([]);
    await untilFlow(ben, { pictures: 0, voices: 0 });
  });
});

type Says = Readonly<Record<'Microphone' | 'Camera', RegExp>>;

/** Whatever the browser is asked for, it says this. */
const throwing = (error: string) =>
  `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '${error}'); };`;

/** Nothing that this browser has taken can be sent. */
const sendsNothing = `
  for (const name of ['addTrack', 'addTransceiver']) {
    const add = RTCPeerConnection.prototype[name];
    RTCPeerConnection.prototype[name] = function (what, ...more) {
      if (what instanceof MediaStreamTrack) throw new Error('It is not sent.');
      return add.call(this, what, ...more);
    };
  }`;

/** Waits until a control says that it is off, and why. */
async function untilOff(one: Attendee, name: 'Microphone' | 'Camera', why: RegExp): Promise<void> {
  await untilPressed(one, name, false);
  await expect.poll(() => one.control(name).getAttribute('title'), patience).toMatch(why);
  await expect.poll(() => one.control(name).getAttribute('aria-busy'), patience).not.toBe('true');
}
