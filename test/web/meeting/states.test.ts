import { describe, expect, test } from 'vitest';
import { type CallLoss, callLosses } from '../../../web/meeting/call-state.ts';
import { shareBrowser } from '../browser.ts';
import { shiftOf } from '../visitor.ts';
import { attend, buildMeetingPage } from './meeting-house.ts';
import { crowd, hosted, knockOf, lostBy, type Scene, someone, stage } from './scene.ts';

const folder = await buildMeetingPage();
// One page for all of them: a scene replaces the one before.
const audience = await attend(await shareBrowser(), folder);
const { page } = audience;

const none = { found: [], chosen: null };
const speakers = { found: [{ id: 'a', label: 'Speakers of this machine' }], chosen: 'a' };
const off = { state: 'off', isAllowed: true, whyOff: null } as const;
const waiting = ['Lucía Ortega', 'Konstantinos Papadimitriou-Montefiore', 'N'.repeat(128)].map((name, place) =>
  knockOf(name, place, place === 1 ? 'x'.repeat(300) : ''),
);

interface State {
  readonly what: string;
  readonly scene: Scene;
  /** What stands there then. */
  readonly says: string | RegExp;
  /** What is opened, by what is pressed in turn. */
  readonly press?: readonly string[];
}

/** Each loss has its words. */
const saidOf: Readonly<Record<CallLoss, string>> = {
  away: 'Picture and sound are lost',
  refused: 'The connection for picture and sound was refused',
  blocked: 'Your network lets no picture and no sound through',
  unsupported: 'This browser cannot show the meeting',
  notLoaded: 'A part of this page did not load',
  // If the service has put somebody out, or has closed the room, its own page comes.
  removed: 'Connecting picture and sound…',
  closed: 'Connecting picture and sound…',
  takenOver: 'You are here in another tab',
  left: 'Nobody sees or hears you any more',
};

const states: readonly State[] = [
  { what: 'alone', scene: stage({ people: crowd(1) }), says: 'Mara Lindqvist, you' },
  {
    what: 'five, of whom one speaks, one has a weak line and one no camera',
    scene: stage({
      isLive: true,
      people: crowd(5, { 1: { isSpeaking: true }, 2: { quality: 'poor', isUpright: true }, 3: { camera: false } }),
    }),
    says: 'Live now',
  },
  {
    what: 'fifty, on pages, with long names',
    scene: stage({
      room: { title: 'W'.repeat(60) },
      people: crowd(50, {
        0: { name: 'N'.repeat(128) },
        1: { quality: 'lost', isAway: true },
        2: { isOffMedia: true },
      }),
    }),
    says: 'Connection lost',
  },
  {
    what: 'a shared screen',
    scene: stage({ people: crowd(9, { 1: { screen: true, isSpeaking: true }, 2: { screen: true } }) }),
    says: 'Show the screen of Jonas Weber',
  },
  {
    what: 'an audience',
    scene: stage({
      room: { ownerOnlyBroadcast: true },
      call: { isAudience: true, devices: { audioinput: none, videoinput: none, audiooutput: speakers } },
      people: [
        someone(0, { isSpeaking: true, isHeard: true }),
        someone(1, { isHost: true }),
        ...crowd(9)
          .slice(2)
          .map((one) => ({ ...one, isListener: true, camera: null })),
      ],
    }),
    says: 'Only hosts are seen and heard here.',
  },
  {
    what: 'an audience before anybody speaks',
    scene: stage({
      room: { ownerOnlyBroadcast: true },
      call: { isAudience: true },
      people: [someone(3, { isMe: true, isListener: true, camera: false })],
    }),
    says: 'No host is seen or heard yet.',
  },
  {
    what: 'devices that did not come, and one that is starting',
    scene: stage({
      people: crowd(3),
      call: {
        microphone: { ...off, whyOff: { kind: 'refused' } },
        camera: { ...off, state: 'starting' },
        screen: { ...off, isAllowed: false },
      },
    }),
    says: 'Starting…',
  },
  {
    what: 'a host asks, and the browser plays no sound yet',
    scene: stage({
      people: crowd(3),
      call: {
        isSoundBlocked: true,
        request: { audio: true, video: true, screenShare: false, by: 'Konstantinos Papadimitriou-Montefiore' },
      },
    }),
    says: 'Tap to hear the meeting',
  },
  {
    what: 'the line is lost',
    scene: stage({ people: crowd(4), call: { line: { at: 'reconnecting' } } }),
    says: 'Your place is kept',
  },
  {
    what: 'on the way in',
    scene: stage({ people: crowd(3), call: { line: { at: 'connecting' } } }),
    says: 'Connecting picture and sound…',
  },
  ...callLosses.map(
    (why): State => ({
      what: `no picture and no sound: ${why}`,
      scene: stage({ people: crowd(3), call: { line: lostBy(why) } }),
      says: saidOf[why],
    }),
  ),
  {
    what: 'no picture and no sound, and how long until it is tried again',
    scene: stage({ people: crowd(3), call: { line: { ...lostBy('away'), nextAt: Date.now() + 3_600_000 } } }),
    says: /Trying again in [\d,]+ seconds/,
  },
  {
    what: 'the list of who waits beside the meeting',
    scene: stage({ people: hosted(4), waiting }),
    says: 'Deny all (3)',
    press: ['[data-panel=waiting]'],
  },
  {
    what: 'the people beside the meeting, and one of them whom a host manages',
    scene: stage({ people: hosted(12, { 2: { isListener: true }, 3: { isAway: true }, 4: { isOffMedia: true } }) }),
    says: 'Make co-host',
    press: ['[data-panel=people]', '.member .button.only'],
  },
  {
    what: 'the settings beside the meeting',
    scene: stage({ people: hosted(3) }),
    says: 'Live stream',
    press: ['.bar > [aria-haspopup]', '.choose:has(.icon-settings)'],
  },
];

const sizes = [
  [320, 256],
  [320, 640],
  [390, 844],
  [640, 400],
  [896, 700],
  [1280, 800],
  [2560, 1440],
] as const;

/** What runs over the edge at each size, so that somebody would scroll sideways. */
async function overflows(): Promise<readonly string[]> {
  const over: string[] = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await audience.settle();
    const found = await page.evaluate(() => {
      if (document.documentElement.scrollWidth <= innerWidth) return [];
      const isOver = (one: Element) => {
        const { left, right } = one.getBoundingClientRect();
        return left < -1 || right > innerWidth + 1;
      };
      return [...document.querySelectorAll('body *')].filter(isOver).map((one) => one.outerHTML.slice(0, 60));
    });
    over.push(...found.map((one) => `${width} × ${height}: ${one}`));
  }
  return over;
}

/** Closes what the state before has left open. */
async function begin(scene: Scene): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(() => {
    document.documentElement.dir = 'ltr';
    document.documentElement.style.fontSize = '';
  });
  await audience.begin(scene);
}

describe.each(states)('$what', ({ scene, says, press = [] }) => {
  test('has its place at every size, mirrored, with text at 200 % and in the system’s colours, and can be used without seeing', async () => {
    await begin(scene);
    for (const what of press) await page.locator(what).first().press('Enter');
    await page.getByText(says).first().waitFor();
    expect(await page.locator('h1').count()).toBe(1);
    expect(await overflows()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await audience.settle();
    await audience.expectAccessible();
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
      document.documentElement.style.fontSize = '200%';
    });
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
    expect(await overflows()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '';
    });
    await page.setViewportSize({ width: 1280, height: 800 });
    await audience.settle();
    await audience.expectAccessible();
    expect(audience.complaints.splice(0)).toEqual([]);
  });
});

test('somebody who comes and a line that speaks move nothing but the pictures', async () => {
  await begin(stage({ people: crowd(4) }));
  const before = await shiftOf(audience);
  await audience.show(stage({ people: [...crowd(4).slice(0, 3), someone(7), ...crowd(4).slice(3)] }));
  expect((await shiftOf(audience)) - before).toBeLessThanOrEqual(0.02);
});

test('everything that is pressed is 44 pixels high and wide, at every width', async () => {
  for (const width of [320, 390, 1280]) {
    await begin(stage({ people: hosted(4), waiting }));
    await page.setViewportSize({ width, height: 844 });
    await audience.settle();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, select')].flatMap((one) => {
        const { width: wide, height: high } = one.getBoundingClientRect();
        return wide === 0 || (wide >= 44 && high >= 44) ? [] : [`${one.outerHTML.slice(0, 90)}: ${wide} × ${high}`];
      }),
    );
    expect(small).toEqual([]);
  }
});
