import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { openAround, shown, within } from './embed-kit.ts';
import { buildPage } from './page-build.ts';
import { type OtherSite, openSite } from './site.ts';

// What a site takes out of its page: the token of somebody who signs out, or the element itself.

await buildPage();
const browser = await shareBrowser();

let server: TestServer;
let backend: Seed;
let site: OtherSite;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  site = await openSite('localhost');
  const html = `<!doctype html><title>A site</title><script src="${server.url}/embed.js"></script>
    <script>const asked = new URLSearchParams(location.search); const element = document.createElement('vestibule-room');
      for (const [name, value] of asked) element.setAttribute(name, value);
      addEventListener('DOMContentLoaded', () => document.body.append(element));</script>`;
  site.show('/', html);
  await change(backend, 'updateDomain', { doorPage: { frameOrigins: [site.origin] } });
});

const open = (attributes: Readonly<Record<string, string>>, prepare?: (page: Page) => Promise<unknown>) =>
  openAround(browser, `${site.origin}/?${new URLSearchParams(attributes)}`, prepare);

const set = (page: Page, name: string, value: string | null) =>
  page.evaluate(
    ({ name, value }) => {
      const element = document.querySelector('vestibule-room');
      if (value === null) element?.removeAttribute(name);
      else element?.setAttribute(name, value);
    },
    { name, value },
  );

/** How a site's page comes to have no token for the room any more. */
const waysToSignOut: Readonly<Record<string, (page: Page, room: RoomSeed) => Promise<unknown>>> = {
  'takes the attribute away': (page) => set(page, 'token', null),
  'empties the attribute': (page) => set(page, 'token', ''),
  'loads its page anew without one': (page, room) =>
    page.goto(`${site.origin}/?${new URLSearchParams({ room: room.name })}`),
};

describe.each(Object.entries(waysToSignOut))('a site that %s, once somebody has signed out', (_way, signOut) => {
  test('shows the door to whoever sits there then, and has them inside again who come back with that token', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Olga', isOwner: true });
    const page = await open({ room: room.name, token: jwt });
    await within(page).getByRole('button', { name: 'Join', exact: true }).click();
    const inside = within(page).getByRole('heading', { name: 'The meeting itself is elsewhere' });
    await inside.waitFor(shown);

    await signOut(page, room);
    await within(page).getByRole('button', { name: 'Ask to join' }).waitFor(shown);
    expect(await within(page).getByLabel('Your name').inputValue()).toBe('');

    await set(page, 'token', jwt);
    await inside.waitFor(shown);
  });
});

const leaveReasonOf = async (room: RoomSeed): Promise<unknown> => {
  const { body } = await callerOf(server, backend.apiKey).ask<{ room: { events: { nodes: readonly object[] } } }>(
    'query ($name: String!) { room(name: $name) { events(first: 50) { nodes { __typename ... on ParticipantLeft { participant { leaveReason } } } } } }',
    { name: room.name },
  );
  return body.data?.room.events.nodes.find((event) => 'participant' in event);
};
const left = { __typename: 'ParticipantLeft', participant: { leaveReason: 'LEFT' } };

/** Leaves, and takes the element out of the page as soon as that is done. */
const leaveAndRemove = (page: Page) =>
  page.evaluate(async () => {
    const element = document.querySelector('vestibule-room');
    await Object(element).leave();
    element?.remove();
  });

test('an element that is taken out once `leave()` has settled leaves nobody behind', async () => {
  const room = await backend.room();
  const page = await open({ room: room.name, name: 'Gustav' });
  await within(page).getByRole('button', { name: 'Join', exact: true }).click();
  await within(page).getByRole('heading', { name: 'The meeting itself is elsewhere' }).waitFor(shown);
  await leaveAndRemove(page);
  expect(await leaveReasonOf(room)).toEqual(left);
});

test('whoever is told to leave while the room is still being loaded is not inside afterwards', async () => {
  const room = await backend.room();
  const held = Promise.withResolvers<void>();
  const isAsked = Promise.withResolvers<void>();
  const page = await open({ room: room.name, name: 'Gustav' }, (opened) =>
    opened.route(/\/inside-[^/]*\.js$/, async (route) => {
      isAsked.resolve();
      await held.promise;
      await route.continue();
    }),
  );
  await within(page).getByRole('button', { name: 'Join', exact: true }).click();
  await isAsked.promise;
  const gone = leaveAndRemove(page);
  held.resolve();
  await gone;
  expect(await leaveReasonOf(room)).toEqual(left);
});
