import { expect, onTestFinished, test } from 'vitest';
import { severalDevices } from './browser.ts';
import { describeMeeting } from './meeting-kit.ts';
import { type Attendee, change, idOf, join, patience, untilFlow } from './meeting-play.ts';
import { type Sides, SidesWatch } from './meeting-sides.ts';

/** With an invitation, so that whoever was put out is known again. */
const invited = { claims: {} };

describeMeeting('all that happens in a long call, step by step', { devices: severalDevices }, ({ house, calls }) => {
  test('what the pages show and what the media server does are one after each step', async ({ annotate }) => {
    const room = await house().backend.waitingRoom();
    const { backend } = house();
    const come = (name: string, claims: object) => join(house(), room, name, { claims });
    const [olga, anna, ben] = [
      await come('Olga', { isOwner: true }),
      await come('Anna', invited.claims),
      await come('Ben', invited.claims),
    ];
    const ids = { Olga: await idOf(room, 'Olga'), Anna: await idOf(room, 'Anna'), Ben: await idOf(room, 'Ben') };
    const watch = new SidesWatch({ calls: calls(), roomId: room.id, attendees: [olga, anna, ben] });
    onTestFinished(watch.start());
    const step = async (what: string, isSo: (sides: Sides) => boolean) => {
      const differedMs = await watch.untilOne(isSo, patience.timeout);
      await annotate(`${what}: the two sides differed for ${differedMs} ms at most`);
    };
    const sends = (id: string, microphone: boolean, camera: boolean) => (sides: Sides) =>
      sides.server[id]?.microphone === microphone && sides.server[id].camera === camera;
    const isIn = (id: string, is: boolean) => (sides: Sides) =>
      (sides.server[id] !== undefined) === is &&
      Object.values(sides.pages).every((page) => page === null || (page[id] !== undefined) === is);
    const update = (participantId: string, what: object) =>
      change(backend, 'updateParticipant', 'UpdateParticipantInput', { participantId, ...what });
    const broadcast = (ownerOnlyBroadcast: boolean) =>
      change(backend, 'updateRoom', 'UpdateRoomInput', { roomName: room.name, settings: { ownerOnlyBroadcast } });

    await step('three are there', ({ server }) => Object.keys(server).length === 3);
    for (const one of [olga, anna, ben]) await untilFlow(one, { pictures: 2, voices: 2 });
    await anna.control('Microphone').click();
    await step('Anna mutes herself', sends(ids.Anna, false, true));
    await anna.page.reload();
    await step('Anna loads the page again', (sides) => knows(sides, anna) && sends(ids.Anna, false, true)(sides));
    await chooseOtherCamera(anna);
    await step('Anna takes another camera', sends(ids.Anna, false, true));
    await untilFlow(ben, { pictures: 2, voices: 1 });

    await anna.offline(true);
    await anna.page.locator('.tile.is-still').first().waitFor(patience);
    await update(ids.Anna, { setVideo: false });
    await anna.offline(false);
    await step(
      'Anna’s line was lost, and her camera switched off meanwhile',
      (sides) => knows(sides, anna) && sends(ids.Anna, false, false)(sides),
    );
    await anna.control('Camera').click();
    await step('Anna switches her camera on', sends(ids.Anna, false, true));

    await update(ids.Ben, { setAudio: false });
    await step('Ben is muted', sends(ids.Ben, false, true));
    await broadcast(true);
    await step('only hosts are seen and heard', isIn(ids.Ben, false));
    await broadcast(false);
    await step('all may speak again', sends(ids.Ben, false, false));
    await ben.control('Microphone').click();
    await step('Ben speaks', sends(ids.Ben, true, false));

    await change(backend, 'returnToLobby', 'ReturnToLobbyInput', { participantId: ids.Anna });
    await anna.heading('You are next').waitFor(patience);
    await step('Anna waits', (sides) => !knows(sides, anna) && isIn(ids.Anna, false)(sides));
    const requestedBefore = new Date(Date.now() + 60_000).toISOString();
    await change(backend, 'admitKnocks', 'DecideKnocksInput', { roomName: room.name, requestedBefore });
    await anna.button('Leave').waitFor(patience);
    // Whoever comes back is somebody new in the room.
    const idBack = await idOf(room, 'Anna');
    await step('Anna is back', (sides) => knows(sides, anna) && isIn(idBack, true)(sides));
    await change(backend, 'ejectParticipants', 'EjectParticipantsInput', {
      roomName: room.name,
      participantIds: [ids.Ben],
    });
    await ben.heading('You were removed').waitFor(patience);
    await step('Ben is removed', isIn(ids.Ben, false));
    await untilFlow(olga, await expectedBy(anna));
    expect(await ben.live()).toEqual([]);
    for (const { complaints } of [olga, anna, ben]) expect(complaints).toEqual([]);
  });
});

/** Does this page show the meeting, and not that it is on its way? */
const knows = ({ pages }: Sides, { name }: Attendee) => (pages[name] ?? null) !== null;

/** What somebody else must get from a person, as their own controls say. */
async function expectedBy(one: Attendee) {
  const isOn = async (name: 'Microphone' | 'Camera') =>
    (await one.control(name).getAttribute('aria-pressed')) === 'true';
  return { pictures: Number(await isOn('Camera')), voices: Number(await isOn('Microphone')) };
}

/** The one in the middle measures depth: nothing of it can be sent. */
async function chooseOtherCamera(one: Attendee): Promise<void> {
  const used = await one.page.evaluate(() => window.playedMedia.used());
  const other = used.includes('fake_device_0') ? 'fake_device_2' : 'fake_device_0';
  await one.button('Choose the camera').click();
  await one.page.getByText(other, { exact: true }).click();
  await expect.poll(() => one.page.evaluate(() => window.playedMedia.used()), patience).toContain(other);
}
