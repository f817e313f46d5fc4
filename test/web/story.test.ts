import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { spawnServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { type Visitor, visit } from './visitor.ts';

await buildPage();
const database = await createTestDatabase();
const server = await spawnServer({ databaseUrl: database.url, env: { LOG_LEVEL: 'trace' } });
const backend = seed(server);
const browser = await shareBrowser();

const shown = { timeout: 20_000 };

/** Fills in the form at the door as somebody does who has no mouse. */
async function knockByKeyboard({ page, button }: Visitor, name: string, message: string): Promise<void> {
  await page.getByLabel('Your name').focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(message);
  await page.keyboard.press('Tab');
  await expect.poll(() => button('Ask to join').evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
}

test('an owner and three guests play the whole story, with pages loaded again and networks lost in the middle', async () => {
  const room = await backend.waitingRoom({ lobbyMessage: 'We begin on the hour.' });
  const link = await room.token({ isOwner: true, userName: 'Olga Owner' });
  const verified = await room.token({ knocking: true, userName: 'Cleo Card', userId: 'cleo' });

  // The owner comes with a token, which leaves the address bar at once.
  const owner = await visit(browser, link.joinUrl ?? '');
  await owner.heading('Your room is ready').waitFor(shown);
  expect(owner.page.url()).toBe(room.url);
  await owner.expectAccessible();
  await owner.button('Join').click();
  await owner.page.getByText('Nobody is waiting').waitFor(shown);
  await owner.expectAccessible();

  // Two guests knock; one with a name that would be markup.
  const ada = await visit(browser, room.url, { width: 390, height: 844 });
  await ada.heading('Ask to come in').waitFor(shown);
  await ada.page.getByText('We begin on the hour.').waitFor(shown);
  await ada.page.getByText('A host is in the room').waitFor(shown);
  await ada.expectAccessible();
  await knockByKeyboard(ada, 'Ada Arrival', 'I am early.');
  await ada.heading('You are next').waitFor(shown);
  await ada.page.getByText('Nobody is before you').waitFor(shown);
  await ada.expectAccessible();

  const ben = await visit(browser, room.url, { colorScheme: 'dark' });
  const markup = '<img src=x onerror=alert(1)>';
  await knockByKeyboard(ben, markup, '');
  await ben.page.getByText('You are second in line').waitFor(shown);

  // The owner is called: a list, a title that counts, one chime for the two.
  await owner.page.getByText('I am early.').waitFor(shown);
  await owner.page.getByText(markup, { exact: true }).waitFor(shown);
  await expect.poll(() => owner.page.title()).toContain('(2)');
  expect(await owner.page.evaluate(() => window.bells)).toBe(2);
  await owner.expectAccessible();

  // What the owner writes reaches who waits; loading the page again loses neither the place nor the message.
  await owner.button('Reply to Ada Arrival').click();
  await owner.page.getByPlaceholder('One more minute').fill('Two minutes, please.');
  await owner.page.keyboard.press('Enter');
  await ada.page.getByText('Two minutes, please.').waitFor(shown);
  await ada.page.reload();
  await ada.page.getByText('You are next').waitFor(shown);
  await ada.page.getByText('Two minutes, please.').waitFor(shown);

  // Ben's network goes; what is written meanwhile is there when it is back.
  await ben.offline(true);
  await ben.page.getByText('The connection is lost').waitFor(shown);
  await owner.button(`More for ${markup}`).click();
  await owner.button(`Reply to ${markup}`).click();
  await owner.page.getByPlaceholder('One more minute').fill('Who are you?');
  await owner.page.keyboard.press('Enter');
  await owner.page.getByText('You wrote: Who are you?').waitFor(shown);
  await ben.offline(false);
  await ben.page.getByText('Who are you?').waitFor(shown);
  await ben.page.getByText('The connection is lost').waitFor({ state: 'detached', ...shown });

  // The owner's network goes; who knocks meanwhile is there when it is back.
  await owner.offline(true);
  await owner.page.getByText('The connection is lost').waitFor(shown);
  await owner.expectAccessible();
  const cleo = await visit(browser, verified.joinUrl ?? '', { width: 390, height: 844 });
  await cleo.page.getByText('You come as Cleo Card').waitFor(shown);
  await cleo.button('Ask to join').click();
  await cleo.page.getByText('You are third in line').waitFor(shown);
  await owner.offline(false);
  const cleoWaits = owner.page.getByRole('listitem').filter({ hasText: 'Cleo Card' });
  await cleoWaits.getByText('Verified', { exact: true }).waitFor(shown);
  await owner.page.reload();
  await cleoWaits.waitFor(shown);

  // Ada is let in and comes in by herself; Ben is not.
  await owner.button('Admit Ada Arrival').focus();
  await owner.page.keyboard.press('Enter');
  await ada.heading('People').waitFor(shown);
  await ada.expectAccessible();
  await owner.button('Manage Ada Arrival').waitFor(shown);
  // The focus has gone on to the next person.
  expect(await owner.button(`Admit ${markup}`).evaluate((one) => one === document.activeElement)).toBe(true);
  // A row that has just moved takes no press.
  const deny = owner.button(`Deny ${markup}`);
  await expect
    .poll(async () => {
      if (await deny.isVisible()) await deny.click({ timeout: 1_000 }).catch(() => {});
      return deny.isVisible();
    }, shown)
    .toBe(false);
  await ben.heading('Not this time').waitFor(shown);
  await ben.page.getByText('Ask again in').waitFor(shown);
  await ben.expectAccessible();
  await ben.page.reload();
  await ben.heading('Not this time').waitFor(shown);

  // Another owner lets Cleo in: the first one's list is empty by itself, and says who did it.
  const other = await room.owner({ userName: 'Otto Other' });
  const admitAll = `mutation ($input: DecideKnocksInput!) { admitKnocks(input: $input) { __typename } }`;
  await other.ask(admitAll, { input: { roomName: room.name, requestedBefore: new Date().toISOString() } });
  await cleo.heading('People').waitFor(shown);
  await owner.page.getByText('Otto Other let Cleo Card in.').first().waitFor(shown);
  await owner.page.mouse.move(1, 1);
  await owner.page.getByText('Nobody is waiting').waitFor(shown);

  // Ada is made a listener while her network is gone, and is told when it is back.
  await ada.offline(true);
  await ada.page.getByText('The connection is lost').waitFor(shown);
  await owner.button('Manage Ada Arrival').click();
  await owner.button('Listen only').click();
  await owner.page.getByText('Listens only').waitFor(shown);
  await ada.offline(false);
  await ada.page.getByText('made you a listener').waitFor(shown);
  await ada.page.reload();
  await ada.heading('People').waitFor(shown);

  // Ada is removed, Cleo leaves, and the record knows it all.
  await owner.button('Manage Ada Arrival').click();
  await owner.button('Remove').click();
  await owner.page.getByRole('dialog').waitFor(shown);
  await owner.expectAccessible();
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await ada.heading('You were removed').waitFor(shown);
  await ada.page.getByText('Olga Owner has removed you from the meeting.').waitFor(shown);
  await ada.expectAccessible();
  await cleo.button('Leave').click();
  await cleo.heading('You have left').waitFor(shown);
  await cleo.button('Come back').click();
  await cleo.heading('People').waitFor(shown);
  await owner.button('Show the record').click();
  await owner.page.getByText('Olga Owner removed Ada Arrival').waitFor(shown);
  await owner.page.getByText(`Olga Owner turned ${markup} away`).waitFor(shown);
  await owner.expectAccessible();

  // Nobody's page has complained, and no token stands where others could read it.
  for (const visitor of [owner, ada, ben, cleo]) {
    expect(visitor.complaints).toEqual([]);
    const session = await visitor.context.newCDPSession(visitor.page);
    const { entries } = await session.send('Page.getNavigationHistory');
    const kept = [...entries.map(({ url }) => url), visitor.page.url(), ...visitor.asked].join('\n');
    expect(kept).not.toContain('?t=');
    for (const { jwt } of [link, verified]) expect(kept).not.toContain(jwt);
  }
  expect(server.output()).toContain('Vestibule is at');
  for (const { jwt } of [link, verified]) expect(server.output()).not.toContain(jwt);
}, 120_000);
