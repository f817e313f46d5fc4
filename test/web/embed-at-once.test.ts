import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { at, detailOf, hears, openAround, shown, told, within } from './embed-kit.ts';
import { openPageHouse } from './page-house.ts';
import { type OtherSite, openSite } from './site.ts';

// Who comes in a frame of another site, with a name and the wish to knock at once, where that does not go at once.

const { backend, browser, server } = await openPageHouse();
const example = await readFile(join(import.meta.dirname, '../../examples/ways/inside.html'), 'utf8');
let site: OtherSite;

beforeAll(async () => {
  site = await openSite('localhost');
  site.show('/', example.replaceAll('http://localhost:4000', server.url));
  await change(backend, 'updateDomain', { doorPage: { frameOrigins: [site.origin] } });
});

test('a knock goes out at once, without another look at the door', async () => {
  const room = await backend.waitingRoom();
  const page = await openAround(browser, at(site, room, { name: 'Gustav', knock: '' }), (opened) =>
    opened.route('**/graphql*', (route) =>
      route.request().postData()?.includes('idempotencyKey"') === true ? route.continue() : route.abort(),
    ),
  );
  await hears(page, 'knocking');
});

test('a knock that is not taken is told to the guest, and to the page around', async () => {
  const room = await backend.waitingRoom();
  const page = await openAround(browser, at(site, room, { name: 'Gustav', knock: '' }), (opened) =>
    opened.route('**/graphql*', (route) =>
      route.request().postData()?.includes('idempotencyKey"') === true ? route.abort() : route.continue(),
    ),
  );
  await hears(page, 'error');
  expect(await detailOf(page, 'error')).toEqual({ code: 'NETWORK' });
  await within(page).getByText('Please check your network, and try again.').waitFor(shown);
  expect(await within(page).getByLabel('Your name').inputValue()).toBe('Gustav');
});

test('who comes before the room opens knocks as soon as it does', async () => {
  const room = await backend.waitingRoom({ nbf: new Date(Date.now() + 5_000).toISOString() });
  const page = await openAround(browser, at(site, room, { name: 'Gustav', knock: '' }));
  await hears(page, 'knocking');
  expect(await told(page)).toEqual(['ready', 'error', 'knocking']);
  expect(await detailOf(page, 'error')).toEqual({ code: 'ROOM_NOT_OPEN' });
});

test('whoever presses something before the room opens knocks by themselves', async () => {
  const room = await backend.waitingRoom({ nbf: new Date(Date.now() + 8_000).toISOString() });
  const page = await openAround(browser, at(site, room, { name: 'Gustav', knock: '' }));
  await hears(page, 'error');
  await within(page).getByRole('heading').first().click();
  await within(page).getByRole('button', { name: 'Ask to join', exact: true }).click(shown);
  await hears(page, 'knocking');
});
