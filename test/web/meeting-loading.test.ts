import { expect, test } from 'vitest';
import { connectLiveKit } from '../media/media-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

await buildPage();
const browser = await shareBrowser();

/** The parts of the page that have come, by name. */
const partsOf = ({ asked }: Visitor) =>
  asked.flatMap((url) => /\/assets\/([a-z-]+?)-[\w-]{8}\.js$/.exec(url)?.[1] ?? []);

test('what carries the call is loaded by nobody who has not been let in', async () => {
  const database = await createTestDatabase();
  // The first one makes the domain; the second one finds its media server.
  await startServer({ databaseUrl: database.url });
  await connectLiveKit(database, 'http://127.0.0.1:9');
  const room = await seed(await startServer({ databaseUrl: database.url })).waitingRoom();
  const owner = await room.owner();
  const guest = await visit(browser, `${room.url}?name=Nora`);
  await guest.button('Ask to join').click();
  await guest.heading('You are next').waitFor(shown);
  await expect.poll(() => partsOf(guest), shown).toContain('inside');
  for (const part of ['open-line', 'meeting-screen']) expect(partsOf(guest)).not.toContain(part);

  const input = { roomName: room.name, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
  await owner.ask('mutation ($input: DecideKnocksInput!) { admitKnocks(input: $input) { __typename } }', { input });
  await guest.button('Leave').waitFor(shown);
  await expect.poll(() => partsOf(guest), shown).toContain('open-line');
});

test('and by nobody where the domain has no LiveKit', async () => {
  const room = await seed(await startServer({ databaseUrl: (await createTestDatabase()).url })).room();
  const guest = await visit(browser, `${room.url}?name=Nora`);
  await guest.button('Join').click();
  await guest.heading('The meeting itself is elsewhere').waitFor(shown);
  await guest.heading('People').waitFor(shown);
  expect(partsOf(guest)).toContain('inside');
  for (const part of ['open-line', 'meeting-screen']) expect(partsOf(guest)).not.toContain(part);
});
