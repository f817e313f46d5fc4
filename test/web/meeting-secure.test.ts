import { beforeAll, describe, expect, test } from 'vitest';
import { meet } from './meeting-kit.ts';
import {
  type Attendee,
  canPlay,
  connectMedia,
  type MeetingHouse,
  openMeetingHouse,
  patience,
  startMedia,
  untilFlow,
  untilPressed,
} from './meeting-play.ts';
import { openSecureWay, type SecureWay } from './secure-way.ts';

describe.skipIf(!canPlay)('behind TLS, as in production', { timeout: 300_000 }, () => {
  let house: MeetingHouse;
  let secure: SecureWay;

  beforeAll(async () => {
    secure = await openSecureWay();
    house = await openMeetingHouse({ secure });
  }, 120_000);

  test('two see and hear each other, by https and wss alone, and the gate is found to hold', async () => {
    const { anna, ben } = await meet(house);
    for (const { asked, complaints } of [anna, ben]) {
      expect(asked.some((url) => url.startsWith('wss://'))).toBe(true);
      expect(asked.filter((url) => /^(?:http|ws):/.test(url))).toEqual([]);
      expect(complaints).toEqual([]);
    }
    type Answer = { domain: { mediaServer: { gateHolds: boolean | null } } };
    const look = async () =>
      (await house.backend.ask<Answer>('{ domain { mediaServer { gateHolds } } }')).body.data?.domain.mediaServer;
    await expect.poll(look, patience).toEqual({ gateHolds: true });
  });

  test('the domain connects another media server: open pages may not reach it, load themselves again once, and go on', async () => {
    const { anna, ben } = await meet(house);
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    const other = await startMedia(house.server, secure.certificate);
    await connectMedia(house.backend, other, 'wss');
    for (const one of [anna, ben]) await expect.poll(() => cameAgain(one), patience).toEqual(['1']);
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await untilFlow(anna, { pictures: 1, voices: 1 });
    await untilPressed(anna, 'Microphone', false);
    for (const one of [anna, ben]) expect(await cameAgain(one)).toEqual(['1']);
    for (const { asked } of [anna, ben])
      expect(asked.some((url) => url.startsWith(`wss://${other.proxy.host}/`))).toBe(true);
  });
});

/** How often the page came again for a media server. */
const cameAgain = ({ page }: Attendee) =>
  page.evaluate(() =>
    Object.entries(sessionStorage).flatMap(([name, times]) => (name.startsWith('vestibule came again') ? [times] : [])),
  );
