import { describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import type { RoomSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

const { database, backend, browser } = await openPageHouse();

const phone = { width: 320, height: 640 };
const hour = 3600 * 1000;

/** Everybody here comes from one network: that of this machine. */
async function ownerIn(room: RoomSeed): Promise<Visitor> {
  const link = (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '';
  const owner = await visit(browser, link, phone);
  await owner.button('Join').click();
  await owner.heading('People').waitFor(shown);
  return owner;
}

const dialogOf = ({ page }: Visitor) => page.getByRole('dialog');

describe('a ban of the network', () => {
  test('is chosen, says whom it meets, and is said to the innocent before they fill in a form', async () => {
    const room = await backend.waitingRoom();
    const owner = await ownerIn(room);
    await room.knocker({ userName: 'Rude' });
    await room.knocker({ userName: 'Innocent' });
    await owner.button('More for Rude').click();
    await owner.button('Deny and ban').click();
    await owner.page.getByText('This would affect 1 other person who is waiting now.').waitFor(shown);
    expect(await owner.page.getByRole('radio', { name: 'Only Rude' }).isChecked()).toBe(true);
    await owner.expectAccessible();
    await owner.page.getByRole('radio', { name: 'Also every guest from the same network' }).check();
    await dialogOf(owner).getByRole('button', { name: 'Deny and ban' }).click();
    await owner.page.mouse.move(1, 1);
    await owner.page.getByText('Nobody is waiting').waitFor(shown);
    const guest = await visit(browser, room.url, { ...phone, colorScheme: 'dark' });
    await guest.heading('From here, only with an invitation').waitFor(shown);
    expect(await guest.page.getByLabel('Your name').count()).toBe(0);
    await guest.expectAccessible();
    const invited = await visit(browser, (await room.token({ userName: 'Invited' })).joinUrl ?? '', phone);
    await invited.button('Join').click();
    await invited.heading('People').waitFor(shown);
    await owner.page.getByText('and guests from the same network').waitFor(shown);
    await owner.button('Let back in: Rude').press('Enter');
    await dialogOf(owner).getByRole('button', { name: 'Let back in' }).press('Enter');
    await owner.page.getByText('Kept out').waitFor({ ...shown, state: 'detached' });
    // The list has gone with its last one.
    expect(await owner.page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await guest.page.reload();
    await guest.heading('Ask to come in').waitFor(shown);
    expect([...owner.complaints, ...guest.complaints]).toEqual([]);
  });

  test('is not what a ban of one person is: others from there may still ask', async () => {
    const room = await backend.waitingRoom();
    const owner = await ownerIn(room);
    await room.knocker({ userName: 'Rude' });
    await room.knocker({ userName: 'Innocent' });
    await owner.button('More for Rude').click();
    await owner.button('Deny and ban').click();
    await dialogOf(owner).getByRole('button', { name: 'Deny and ban' }).click();
    await owner.button('Let back in: Rude').waitFor(shown);
    await owner.button('Admit Innocent').waitFor(shown);
    expect(await owner.page.getByText('and guests from the same network').count()).toBe(0);
  });

  test('is the only one for a guest of a public room for whom nobody vouches, and the dialog says so', async () => {
    const room = await backend.room();
    const owner = await ownerIn(room);
    const guest = await visit(browser, room.url, phone);
    await guest.page.getByLabel('Your name').fill('Rude');
    await guest.button('Join').click();
    await owner.button('Manage Rude').click();
    await owner.button('Remove and ban').click();
    await owner.page.getByText('only a ban of the network keeps Rude out').waitFor(shown);
    expect(await owner.page.getByRole('radio').count()).toBe(0);
    await owner.expectAccessible();
    await dialogOf(owner).getByRole('button', { name: 'Remove and ban' }).click();
    await guest.heading('You were removed').waitFor(shown);
    const again = await visit(browser, room.url, phone);
    await again.heading('From here, only with an invitation').waitFor(shown);
  });
});

test('the wait after a denial is said before the form, and goes by the service’s clock, however wrong the device’s is', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 600 });
  const owner = await room.owner();
  const guests = await Promise.all(
    [0, hour, -hour].map(async (offByMs) => {
      const guest = await visit(browser, 'about:blank', phone);
      await guest.page.addInitScript((off) => {
        const now = Date.now;
        Date.now = () => now() + off;
      }, offByMs);
      return guest;
    }),
  );
  const rude = await room.knocker({ userName: 'Rude' });
  const deny = 'mutation ($id: ID!) { denyKnock(input: { knockId: $id }) { __typename } }';
  expect((await owner.ask(deny, { id: rude.knockId })).body.data).toEqual({
    denyKnock: { __typename: 'KnockRequest' },
  });
  await Promise.all(
    guests.map(async (guest) => {
      await guest.page.goto(room.url);
      await guest.heading('You can ask in a moment').waitFor(shown);
      await guest.page.getByRole('button', { name: /^Ask in (10:00|[89]:\d\d)$/ }).waitFor(shown);
    }),
  );
  await guests[0]?.expectAccessible();
  await moveClock(database, { seconds: 600 });
  await Promise.all(
    guests.map(async (guest, index) => {
      await guest.heading('Ask to come in').waitFor(shown);
      await guest.page.getByLabel('Your name').fill(`Innocent ${index}`);
      await guest.button('Ask to join').click();
      await guest.page.getByText('Waiting since').waitFor(shown);
      expect(guest.complaints).toEqual([]);
    }),
  );
});
