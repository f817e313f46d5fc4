import { expect, test } from 'vitest';
import type { RoomSeed } from '../support/seed.ts';
import { until } from '../support/until.ts';
import { describeMeeting, type Meeting, untilBothMeet } from './meeting-kit.ts';
import { type Attendee, change, comeToDoor, idOf, join, patience, untilFlow, untilPressed } from './meeting-play.ts';

/** With an invitation, so that a ban knows them again. */
const invited = { claims: {} };

// What a host decides, in the pages of those whom it is about and of the others.

describeMeeting('what a host decides is so in every page', {}, ({ house, meet }) => {
  /** Somebody decides for the room, and a guest and another one are in it. */
  async function begin(): Promise<Scene> {
    const met = await meet(invited);
    return { ...met, host: await met.room.owner() };
  }

  const update = ({ host, room }: Scene, name: string, what: object) =>
    idOf(room, name).then((participantId) =>
      change(host, 'updateParticipant', 'UpdateParticipantInput', { participantId, ...what }),
    );

  test('muted and without a camera: the lamps go out, the others see and hear it, and the person may switch on again', async () => {
    const scene = await begin();
    const { anna, ben } = scene;
    await update(scene, 'Anna', { setAudio: false });
    await untilPressed(anna, 'Microphone', false);
    await untilFlow(ben, { pictures: 1, voices: 0 });
    expect(await anna.live()).toEqual(['video']);
    await update(scene, 'Anna', { setVideo: false });
    await untilFlow(ben, { pictures: 0, voices: 0 });
    await untilPressed(anna, 'Camera', false);
    expect(await anna.live()).toEqual([]);

    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 0, voices: 1 });
    await untilPressed(anna, 'Microphone', true);
    await untilFlow(anna, { pictures: 1, voices: 1 });
  });

  test('asked to unmute: nothing is switched on before the person says so', async () => {
    const scene = await begin();
    const { anna, ben } = scene;
    await anna.control('Microphone').click();
    await untilPressed(anna, 'Microphone', false);
    await untilFlow(ben, { pictures: 1, voices: 0 });
    await update(scene, 'Anna', { setAudio: true });
    await anna.button('Switch on').waitFor(patience);
    expect(await anna.live()).toEqual(['video']);
    await anna.button('Not now').click();
    await anna.button('Switch on').waitFor({ ...patience, state: 'detached' });
    expect(await anna.control('Microphone').getAttribute('aria-pressed')).toBe('false');

    await update(scene, 'Anna', { setAudio: true });
    await anna.button('Switch on').click();
    await untilFlow(ben, { pictures: 1, voices: 1 });
  });

  test('only watching and listening, and allowed to speak again: nothing comes back by itself', async () => {
    const scene = await begin();
    const { anna, ben } = scene;
    await update(scene, 'Anna', { permissions: { canSend: [] } });
    await untilFlow(ben, { pictures: 0, voices: 0 });
    await expect.poll(anna.live, patience).toEqual([]);
    await untilFlow(anna, { pictures: 1, voices: 1 });
    await update(scene, 'Anna', { permissions: { canSend: ['AUDIO', 'VIDEO'] } });
    await untilPressed(anna, 'Microphone', false);
    expect(await anna.live()).toEqual([]);
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 0, voices: 1 });
  });

  test('only hosts are seen and heard', async () => {
    const { room, host, anna, ben } = await begin();
    const olga = await join(house(), room, 'Olga', { claims: { isOwner: true } });
    await untilFlow(olga, { pictures: 2, voices: 2 });
    await change(host, 'updateRoom', 'UpdateRoomInput', {
      roomName: room.name,
      settings: { ownerOnlyBroadcast: true },
    });
    await Promise.all([untilBothMeet(anna, ben), untilFlow(olga, { pictures: 0, voices: 0 })]);
    for (const one of [anna, ben]) await expect.poll(one.live, patience).toEqual([]);
  });

  test.each([
    ['removed', {}, 'You were removed'],
    ['removed and banned', { ban: true }, 'You were removed'],
  ])('%s: nothing is sent or received any more, and the page says why', async (_what, more, title) => {
    const { room, host, anna, ben } = await begin();
    const participantIds = [await idOf(room, 'Anna')];
    const input = { roomName: room.name, participantIds, ...more };
    await change(host, 'ejectParticipants', 'EjectParticipantsInput', input);
    await Promise.all([expectGone(anna, title), untilFlow(ben, { pictures: 0, voices: 0 })]);
  });

  test('sent back to the waiting room, and let in again', async () => {
    const room = await house().backend.waitingRoom();
    const host = await room.owner();
    const [anna, ben] = await Promise.all([join(house(), room, 'Anna', invited), join(house(), room, 'Ben', invited)]);
    await untilFlow(ben, { pictures: 1, voices: 1 });
    await change(host, 'returnToLobby', 'ReturnToLobbyInput', { participantId: await idOf(room, 'Anna') });
    await Promise.all([expectGone(anna, 'You are next'), untilFlow(ben, { pictures: 0, voices: 0 })]);
    await change(host, 'admitKnocks', 'DecideKnocksInput', {
      roomName: room.name,
      requestedBefore: new Date(Date.now() + 60_000).toISOString(),
    });
    await untilBothMeet(anna, ben);
  });

  test('an owner who came unseen sees and hears, sends nothing, is shown to nobody, and reads why', async () => {
    const room = await house().backend.waitingRoom();
    const anna = await join(house(), room, 'Anna', invited);
    const olga = await comeToDoor(house(), room, 'Olga', { claims: { isOwner: true } });
    await olga.page.getByText('Come in unseen').click();
    await olga.button('Join').click();
    await olga.page.getByText('You came in unseen.').waitFor(patience);
    await untilFlow(olga, { pictures: 1, voices: 1 });
    expect([await olga.control('Microphone').count(), await olga.live()]).toEqual([0, []]);
    await untilFlow(anna, { pictures: 0, voices: 0 });
    expect(await anna.page.getByText('Olga').count()).toBe(0);
  });

  test('the room is closed', async () => {
    const { room, anna, ben } = await begin();
    await change(house().backend, 'deleteRoom', 'DeleteRoomInput', { roomName: room.name });
    await Promise.all([anna, ben].map((one) => expectGone(one, 'The meeting is over')));
  });
});

interface Scene extends Meeting {
  readonly host: Awaited<ReturnType<RoomSeed['owner']>>;
}

async function expectGone(one: Attendee, title: string): Promise<void> {
  await one.heading(title).waitFor(patience);
  expect(await one.live()).toEqual([]);
  await until(one.flow, ({ pictures, voices }) => pictures + voices === 0, patience.timeout);
}
