import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import type { KnockerSeed, RoomSeed } from '../support/seed.ts';
import { expectAccessible, type FirefoxVisitor, firefoxProgram, launchFirefox, visitByFirefox } from './firefox.ts';
import { openPageHouse, shown } from './page-house.ts';
import { openSite } from './site.ts';

const example = await readFile(join(import.meta.dirname, '../../examples/ways/inside.html'), 'utf8');

describe.skipIf(firefoxProgram === null)('in Firefox', async () => {
  if (firefoxProgram === null) return;
  const { backend, server } = await openPageHouse({ rateLimits: false });
  const firefox = await launchFirefox(firefoxProgram);

  /** A host on the page, and these people at the door. */
  async function hostOf(names: readonly string[], { view = '', width = 1280 } = {}) {
    const room = await backend.waitingRoom();
    const { joinUrl } = await room.token({ isOwner: true, userName: 'Olga' });
    const host = await visitByFirefox(firefox, `${joinUrl}${view}`, width);
    // The longest time to take something back: a busy machine needs some of it to look.
    await host.page.evaluate(() => localStorage.setItem('vestibule undo', '30000'));
    await host.press('button', 'Join');
    await host.seeText('Nobody is waiting');
    const guests = new Map<string, KnockerSeed>();
    for (const userName of names) {
      guests.set(userName, await room.knocker({ userName }));
      await host.see('button', `Admit ${userName}`);
    }
    const guest = (name: string) => guests.get(name) ?? expect.unreachable(`${name} is there`);
    return { room, host, guest };
  }

  const statusOf = async (room: RoomSeed) => {
    const read =
      'query ($name: String!) { room(name: $name) { knockRequests(first: 100) { nodes { userName status } } } }';
    type Read = { room: { knockRequests: { nodes: { userName: string; status: string }[] } } };
    const { body } = await backend.ask<Read>(read, { name: room.name });
    return Object.fromEntries(
      (body.data?.room.knockRequests.nodes ?? []).map(({ userName, status }) => [userName, status]),
    );
  };

  const namesIn = ({ page }: FirefoxVisitor) =>
    page.$$eval('[data-knock] bdi', (all) => all.map((one) => one.textContent));
  const focused = ({ page }: FirefoxVisitor) =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);

  test('somebody knocks, is let in and leaves, on the smallest screen and on a wide one', async () => {
    const { room, host } = await hostOf([]);
    const guest = await visitByFirefox(firefox, room.url, 320);
    await expectAccessible(guest);
    await guest.page.locator('input[autocomplete="name"]').fill('Nora');
    await guest.press('button', 'Ask to join');
    await host.see('button', 'Admit Nora');
    await expectAccessible(guest);
    await expectAccessible(host);
    await host.press('button', 'Admit Nora');
    await host.seeText('Nora is let in.');
    await host.see('button', 'Manage Nora');
    await expectAccessible(guest);
    await guest.press('button', 'Leave');
    await host.gone('button', 'Manage Nora');
    expect([host.complaints, guest.complaints]).toEqual([[], []]);
  });

  test('the token is out of the address once one is inside, and a refresh goes on', async () => {
    const { host } = await hostOf([]);
    expect(new URL(host.page.url()).search).toBe('');
    await host.page.reload();
    await host.seeText('Nobody is waiting');
    expect(host.complaints).toEqual([]);
  });

  test('whoever withdraws stays in place under the pointer; the one who was meant is let in, and taken back', async () => {
    const { room, host, guest } = await hostOf(['Early', 'Wanted', 'Stranger']);
    const target = await host.find('button', 'Admit Wanted');
    const { x, y } = await target.clickablePoint();
    await host.page.mouse.move(x, y);
    await guest('Early').ask('mutation { cancelKnock { __typename } }');
    await host.seeText('Withdrew');
    expect(await namesIn(host)).toEqual(['Early', 'Wanted', 'Stranger']);
    // What came a moment ago takes no press: then it is pressed again, at the same place.
    await expect
      .poll(async () => {
        const { Wanted } = await statusOf(room);
        if (Wanted === 'PENDING') await host.page.mouse.click(x, y);
        return statusOf(room);
      }, shown)
      .toEqual({ Early: 'CANCELLED', Wanted: 'ADMITTED', Stranger: 'PENDING' });
    await host.seeText('Is let in');
    await host.press('button', 'Undo: Wanted');
    await host.seeText('Undone');
    expect(await statusOf(room)).toMatchObject({ Wanted: 'EXPIRED', Stranger: 'PENDING' });
    expect(host.complaints).toEqual([]);
  });

  test('by keyboard the focus goes on to the next person, and Z takes the last decision back', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben', 'Cyd']);
    const { keyboard } = host.page;
    await keyboard.press('w');
    await expect.poll(() => focused(host), shown).toBe('Admit Ada');
    await keyboard.press('Enter');
    await expect.poll(() => focused(host), shown).toBe('Admit Ben');
    // A key just after the page has led the focus on means nobody.
    await expect
      .poll(async () => {
        if ((await focused(host)) === 'Admit Ben') await keyboard.press('d');
        return focused(host);
      }, shown)
      .toBe('Admit Cyd');
    await keyboard.press('z');
    await host.see('button', 'Admit Ben');
    await expect.poll(() => statusOf(room)).toEqual({ Ada: 'ADMITTED', Ben: 'PENDING', Cyd: 'PENDING' });
    await keyboard.press('?');
    await host.seeText('Go to the first who waits');
    await expectAccessible(host);
    await keyboard.press('Escape');
    await host.page.waitForFunction(() => !document.body.innerText.includes('Go to the first who waits'));
  });

  test('leaving with people waiting asks once, and what was decided is sent', async () => {
    const { room, host } = await hostOf(['Ada', 'Ben']);
    await (await host.find('button', 'Deny Ada')).press('Enter');
    await host.seeText('Will be turned away');
    await host.press('button', 'Leave');
    await host.seeText('1 person is waiting. Leave all the same?');
    await host.page.locator('dialog ::-p-aria([name="Leave"][role="button"])').click();
    await expect.poll(() => statusOf(room), shown).toEqual({ Ada: 'DENIED', Ben: 'PENDING' });
  });

  test('the console by itself, beside another meeting', async () => {
    const { host, guest } = await hostOf(['Ada'], { view: '&view=console', width: 360 });
    await expectAccessible(host);
    await (await host.find('button', 'Admit Ada')).press('Enter');
    await host.seeText('Ada is let in.');
    await guest('Ada').enter();
    await expectAccessible(host);
    expect(host.complaints).toEqual([]);
  });

  test('the door in a page of another site tells it what happens', async () => {
    const site = await openSite('localhost');
    site.show('/', example.replaceAll('http://localhost:4000', server.url));
    await change(backend, 'updateDomain', { doorPage: { frameOrigins: [site.origin] } });
    const { room, host } = await hostOf([]);
    const page = await visitByFirefox(firefox, `${site.origin}/?room=${room.name}&name=Gustav&knock=`);
    await host.press('button', 'Admit Gustav');
    await page.seeText('joined: session, grant, media, meetingUrl');
    const told = await page.page.$$eval('#events li', (all) => all.map((one) => one.textContent?.split(':')[0]));
    expect(told).toEqual(['ready', 'knocking', 'admitted', 'joined']);
    await page.press('button', 'Leave');
    await page.seeText('left: {"reason":"LEFT"}');
    expect(page.complaints).toEqual([]);
  });
});
