import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { expect, test } from 'vitest';
import { describeMeeting } from './meeting-kit.ts';
import { change, connectMedia, join, patience, untilFlow, untilPressed, watchMedia } from './meeting-play.ts';
import { openSite } from './site.ts';
import { visit } from './visitor.ts';

const example = await readFile(joinPath(import.meta.dirname, '../../examples/ways/inside.html'), 'utf8');

describeMeeting('a meeting in the page', {}, ({ house, meet }) => {
  test('two guests and a host see and hear each other', async () => {
    const room = await house().backend.room();
    const all = await Promise.all([
      join(house(), room, 'Olga', { claims: { isOwner: true } }),
      join(house(), room, 'Anna'),
      join(house(), room, 'Ben'),
    ]);
    await Promise.all(all.map((one) => untilFlow(one, { pictures: 2, voices: 2 })));
    for (const { complaints } of all) expect(complaints).toEqual([]);
  });

  test('a screen is shared, beside the camera, until the person or the browser ends it', async () => {
    const { anna, ben } = await meet();
    await anna.control('Screen').click();
    await untilPressed(anna, 'Screen', true);
    await expect.poll(async () => (await ben.flow()).pictures, patience).toBe(2);
    await anna.control('Screen').click();
    await untilPressed(anna, 'Screen', false);
    await untilFlow(ben, { pictures: 1, voices: 1 });
    expect(await anna.live()).toEqual(['audio', 'video']);
    await anna.control('Screen').click();
    await expect.poll(async () => (await ben.flow()).pictures, patience).toBe(2);
    await anna.page.evaluate(() => window.playedMedia.stopSharing());
    await untilFlow(ben, { pictures: 1, voices: 1 });
    await untilPressed(anna, 'Screen', false);
    expect(await anna.page.getByText('Your screen is not shared.').count()).toBe(0);
  });

  test('who comes without a camera and a microphone takes neither, and is asked for neither', async () => {
    const room = await house().backend.room({ startAudioOff: true, startVideoOff: true });
    const [anna, ben] = await Promise.all([join(house(), room, 'Anna'), join(house(), room, 'Ben')]);
    await untilPressed(anna, 'Microphone', false);
    await untilPressed(anna, 'Camera', false);
    expect(await anna.live()).toEqual([]);
    await anna.control('Camera').click();
    await untilFlow(ben, { pictures: 1, voices: 0 });
    expect(await anna.live()).toEqual(['video']);
  });

  test('in a frame of another site it is the same meeting: picture, sound, and a screen', async () => {
    const site = await openSite('localhost');
    site.show('/', example.replaceAll('http://localhost:4000', house().server.url));
    const doorPage = { frameOrigins: [site.origin] };
    await change(house().backend, 'updateDomain', 'UpdateDomainInput', { doorPage });
    const room = await house().backend.room();
    const host = await join(house(), room, 'Olga', { claims: { isOwner: true } });
    const { page, complaints } = await visit(house().browser, 'about:blank');
    await page.addInitScript(watchMedia);
    await page.goto(`${site.origin}/?room=${room.name}&name=Nora`);
    const within = page.frameLocator('vestibule-room iframe');
    await within.getByRole('button', { name: 'Join' }).click(patience);
    await within.getByRole('button', { name: 'Leave' }).waitFor(patience);
    const frame = () => page.frames().find((one) => one.url().startsWith(house().server.url)) ?? page.mainFrame();
    for (const one of [host, { flow: () => frame().evaluate(() => window.playedMedia.flow()) }])
      await untilFlow(one, { pictures: 1, voices: 1 });
    await within.getByRole('button', { name: 'Share', exact: true }).click(patience);
    await expect.poll(async () => (await host.flow()).pictures, patience).toBe(2);
    await page.getByRole('button', { name: 'Leave' }).click();
    await untilFlow(host, { pictures: 0, voices: 0 });
    expect(complaints).toEqual([]);
  });

  test('the domain takes its media server away: devices are let go of, and stay off when there is one again', async () => {
    const { anna, ben } = await meet();
    const { body } = await house().backend.ask('mutation { removeMediaServer { __typename } }');
    expect(body).toEqual({ data: { removeMediaServer: { __typename: 'Domain' } } });
    for (const one of [anna, ben]) {
      await one.heading('The meeting itself is elsewhere').waitFor(patience);
      await expect.poll(one.live, patience).toEqual([]);
      expect(await one.control('Microphone').count()).toBe(0);
    }
    await connectMedia(house().backend, house(), 'ws');
    for (const one of [anna, ben])
      for (const name of ['Microphone', 'Camera'] as const) await untilPressed(one, name, false);
    await anna.control('Microphone').click();
    await untilFlow(ben, { pictures: 0, voices: 1 });
    expect([await anna.live(), await ben.live()]).toEqual([['audio'], []]);
  });
});
