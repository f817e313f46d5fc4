import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Room } from '@livekit/rtc-node';
import { expect, onTestFinished, test } from 'vitest';
import { type CallLoss, callLosses } from '../../web/meeting/call-state.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { until } from '../support/until.ts';
import { describeMeeting, untilBothMeet } from './meeting-kit.ts';
import {
  type Attendee,
  comeToDoor,
  connectBy,
  idOf,
  join,
  type MeetingHouse,
  patience,
  startUnreachable,
  untilFlow,
  untilPressed,
} from './meeting-play.ts';

// Each way in which picture and sound are lost, as it really comes about: what the page says, that the place is kept, and the way on.

describeMeeting('picture and sound are lost', {}, ({ house, calls, meet }) => {
  /** Whoever comes while something else is behind the proxy, and what they see once the right thing is there again. */
  async function meetBehind(behind: Partial<MeetingHouse['behind']>, title: string) {
    const room = await house().backend.room();
    const ben = await join(house(), room, 'Ben');
    await house().proxy.turnTo({ ...house().behind, ...behind });
    onTestFinished(() => house().proxy.turnTo(house().behind));
    const anna = await comeToDoor(house(), room, 'Anna');
    // A proxy that is told anew serves as before for a moment: then the page is loaded again.
    await anna.button('Join').click();
    await until(
      () => reloadUnless(anna, title),
      (isThere) => isThere,
      patience.timeout,
    );
    await expectTrying(anna);
    expect(await anna.live()).toEqual([]);
    expect(await idOf(room, 'Anna')).toMatch(/^participant_/);
    await house().proxy.turnTo(house().behind);
    await untilBothMeet(anna, ben);
    expect(await anna.heading(title).count()).toBe(0);
  }

  const plays: Readonly<Record<CallLoss, () => Promise<void>>> = {
    away: async () => {
      const { anna, ben } = await meet();
      await house().livekit.kill('SIGKILL');
      await anna.heading('Picture and sound are lost').waitFor(patience);
      await expectTrying(anna);
      await expect.poll(anna.live, patience).toEqual([]);
      await house().livekit.restart();
      await untilBothMeet(anna, ben);
      await untilPressed(anna, 'Microphone', true);
      expect(await anna.heading('Picture and sound are lost').count()).toBe(0);
    },
    refused: async () => {
      const gate = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
      onTestFinished(() => void gate.close());
      await once(gate, 'listening');
      const { port } = gate.address() as AddressInfo;
      await meetBehind({ vestibule: `127.0.0.1:${port}` }, 'The connection for picture and sound was refused');
    },
    blocked: async () => {
      const { apiUrl } = await startUnreachable();
      await meetBehind({ livekit: new URL(apiUrl).host }, 'Your network lets no picture and no sound through');
    },
    removed: async () => {
      const { room, anna, ben } = await meet();
      const id = await idOf(room, 'Anna');
      await untilAnew(room, id, () => calls().removeParticipant(room.id, id));
      await untilBothMeet(anna, ben);
    },
    closed: async () => {
      const { room, anna, ben } = await meet();
      await untilAnew(room, await idOf(room, 'Anna'), () => calls().deleteRoom(room.id));
      await untilBothMeet(anna, ben);
    },
    takenOver: async () => {
      const { room, anna, ben } = await meet();
      const elsewhere = await connectAs(room, anna);
      await anna.button('Use here').waitFor(patience);
      expect(await anna.live()).toEqual([]);
      await untilFlow(ben, { pictures: 0, voices: 0 });
      expect(elsewhere.isConnected).toBe(true);
      await anna.button('Use here').click();
      await untilBothMeet(anna, ben);
      await expect.poll(() => elsewhere.isConnected, patience).toBe(false);
    },
    unsupported: async () => {
      const room = await house().backend.room();
      const anna = await join(house(), room, 'Anna', { before: 'delete window.RTCPeerConnection;' });
      await anna.heading('This browser cannot show the meeting').waitFor(patience);
      expect(await anna.page.getByRole('button', { pressed: true }).count()).toBe(0);
      expect(anna.asked.filter((url) => /open-line|\/rtc/.test(url))).toEqual([]);
      expect(await idOf(room, 'Anna')).toMatch(/^participant_/);
      expect(anna.complaints).toEqual([]);
    },
    notLoaded: async () => {
      const room = await house().backend.room();
      const ben = await join(house(), room, 'Ben');
      const part = /\/assets\/open-line-/;
      const anna = await comeToDoor(house(), room, 'Anna');
      await anna.page.route(part, (route) => route.abort());
      await anna.button('Join').click();
      await anna.heading('A part of this page did not load').waitFor(patience);
      await expectTrying(anna);
      await anna.page.unroute(part);
      // It may have come by itself by then.
      const press = anna.button('Try now').click({ timeout: 5_000 });
      await press.catch(() => undefined);
      await untilBothMeet(anna, ben);
    },
    left: async () => {
      const { room, anna, ben } = await meet();
      await anna.page.route('**/graphql*', (route) => route.abort());
      await anna.button('Leave').click();
      await anna.heading('Nobody sees or hears you any more').waitFor(patience);
      expect(await anna.live()).toEqual([]);
      await untilFlow(ben, { pictures: 0, voices: 0 });
      expect(await idOf(room, 'Anna')).toMatch(/^participant_/);
      await anna.page.unroute('**/graphql*');
      await anna.button('Leave').click();
      await anna.heading('You have left').waitFor(patience);
    },
  };

  test.each(callLosses)('“%s”: the page says so, holds the place, and leads on', (why) => plays[why]());

  test.each([
    ['part', /\/assets\/meeting-screen-[\w-]+\.js/],
    ['style of the part', /\/assets\/meeting-screen-[\w-]+\.css/],
  ])(
    'where the %s that shows the meeting does not come, one is in all the same, and loads the page again',
    async (_what, part) => {
      const room = await house().backend.room();
      const anna = await comeToDoor(house(), room, 'Anna');
      await anna.page.route(part, (route) => route.abort());
      await anna.button('Join').click();
      await anna.button('Try again').waitFor(patience);
      expect(await anna.live()).toEqual([]);
      const before = await idOf(room, 'Anna');
      await anna.page.unroute(part);
      await anna.button('Try again').click();
      await anna.button('Leave').waitFor(patience);
      expect(await idOf(room, 'Anna')).toBe(before);
    },
  );

  /** Waits until somebody is connected there anew. */
  async function untilAnew(room: RoomSeed, id: string, lose: () => Promise<unknown>): Promise<void> {
    const sidOf = async () => {
      const people = await calls()
        .listParticipants(room.id)
        .catch(() => []);
      return people.find(({ identity }) => identity === id)?.sid;
    };
    const before = await sidOf();
    await lose();
    await until(sidOf, (sid) => sid !== undefined && sid !== before, patience.timeout);
  }
});

/** The attempts are told: that one is made, or when the next one is. */
async function expectTrying({ page }: Attendee): Promise<void> {
  await expect
    .poll(() => page.getByRole('timer').textContent(), patience)
    .toMatch(/^Trying again(?:…| in \d+ seconds?)$/);
}

async function reloadUnless(one: Attendee, title: string): Promise<boolean> {
  const isThere = await one
    .heading(title)
    .waitFor({ timeout: 15_000 })
    .then(
      () => true,
      () => false,
    );
  if (!isThere) await one.page.reload();
  return isThere;
}

/** The same person, by another client. */
async function connectAs(room: RoomSeed, { page }: Attendee): Promise<Room> {
  const session = await page.evaluate(
    () => Object.entries(sessionStorage).find(([name]) => name.endsWith(' session'))?.[1],
  );
  return connectBy(callerOf({ url: new URL(room.url).origin }, session));
}
