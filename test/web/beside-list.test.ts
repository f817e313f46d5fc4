import { describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { shown } from './page-house.ts';
import { openQueueHouse, press, rowOf } from './queue-hand.ts';
import { type VisitorOptions, visit } from './visitor.ts';

// What a host has beside the list of who waits: the number in the title, those who are kept out, and the message to who waits.

const { backend, browser, hostOf, statusOf } = await openQueueHouse();

const ban = 'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }';

/** News comes by asking alone. */
const byAsking: VisitorOptions['prepare'] = async (page) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'WebSocket'));
  await page.route('**/graphql*', (route) =>
    route.request().headers().accept?.includes('text/event-stream') === true ? route.abort() : route.fallback(),
  );
};

async function ownerOf(prepare?: VisitorOptions['prepare']) {
  const room = await backend.waitingRoom();
  const link = (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '';
  const host = await visit(browser, link, prepare === undefined ? {} : { prepare });
  await host.button('Join').click();
  await host.page.getByText('Nobody is waiting').waitFor(shown);
  return { room, host };
}

test('the title counts whom the list counts: whoever is about to be turned away calls nobody back', async () => {
  const { room, host } = await hostOf(['Ada', 'Ben']);
  await expect.poll(() => host.page.title(), shown).toMatch(/^\(2\) /);
  await press(host, 'Deny Ada');
  await rowOf(host, 'Ada').getByText('Will be turned away').waitFor(shown);
  await expect.poll(() => host.page.title(), shown).toMatch(/^\(1\) /);
  expect((await statusOf(room)).Ada).toBe('PENDING');
});

test('a message that is being written stays, whatever another host saves meanwhile', async () => {
  const { room, host } = await ownerOf();
  const message = host.page.getByLabel('Message to everyone who is waiting');
  const save = async (title: string, lobbyMessage: string) => {
    await change(backend, 'updateRoom', { roomName: room.name, settings: { title, lobbyMessage } });
    await host.heading(title).waitFor(shown);
  };
  await save('First', 'We begin soon.');
  // Where nobody writes, it is what was saved.
  await expect.poll(() => message.inputValue(), shown).toBe('We begin soon.');
  await message.fill('Five more min');
  await save('Second', 'We are late.');
  expect(await message.inputValue()).toBe('Five more min');
});

describe('those who are kept out', () => {
  test('are listed also where no event says so', async () => {
    const { room, host } = await ownerOf(byAsking);
    await room.knocker({ userName: 'Rude' });
    await host.button('More for Rude').press('Enter');
    await host.button('Deny and ban').press('Enter');
    await host.page.getByRole('dialog').getByRole('button', { name: 'Deny and ban' }).press('Enter');
    await host.button('Let back in: Rude').waitFor(shown);
    await backend.ask(ban, { input: { roomName: room.name, userIds: ['gus'], ban: true } });
    await expect.poll(() => host.page.getByRole('button', { name: /^Let back in/ }).count(), shown).toBe(2);
  });

  test('are read again where somebody comes back to the page: another host may have let somebody in', async () => {
    const { room, host } = await ownerOf();
    await backend.ask(ban, { input: { roomName: room.name, userIds: ['gus', 'una'], ban: true } });
    await host.page.reload();
    const lifts = host.page.getByRole('button', { name: /^Let back in/ });
    await expect.poll(() => lifts.count(), shown).toBe(2);
    const otto = await room.owner({ userName: 'Otto' });
    type Read = { room: { bans: { nodes: { id: string }[] } } };
    const read = 'query ($name: String!) { room(name: $name) { bans { nodes { id } } } }';
    const bans = (await otto.ask<Read>(read, { name: room.name })).body.data?.room.bans.nodes ?? [];
    const lift = (id: string | undefined) =>
      otto.ask('mutation ($id: ID!) { liftBan(banId: $id) { __typename } }', { id });
    await lift(bans[0]?.id);
    await host.page.evaluate(() => dispatchEvent(new FocusEvent('focus')));
    await expect.poll(() => lifts.count(), shown).toBe(1);
    await lift(bans[1]?.id);
    await host.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => lifts.count(), shown).toBe(0);
  });

  test('are read again where the line was lost', async () => {
    let lost = 0;
    const { host } = await ownerOf((page) =>
      page.route('**/graphql*', async (route) => {
        const isFirst = lost === 0 && route.request().postData()?.includes('query Bans') === true;
        if (!isFirst) return route.fallback();
        lost += 1;
        const room = new URL(page.url()).pathname.split('/').at(-1);
        await backend.ask(ban, { input: { roomName: room, userIds: ['gus'], ban: true } });
        return route.abort();
      }),
    );
    await host.heading('Kept out').waitFor(shown);
    expect(lost).toBe(1);
  });
});

test('whoever comes in while the meeting is being ended for everybody has to leave too', async () => {
  const { room, host } = await ownerOf();
  await room.guest({ userName: 'Ada' });
  await host.button('Manage Ada').waitFor(shown);
  let held = 0;
  await host.page.route('**/graphql*', async (route) => {
    if (held > 0 || route.request().postData()?.includes('ejectParticipants') !== true) return route.fallback();
    held += 1;
    await room.guest({ userName: 'Late' });
    await host.page.locator('.person').filter({ hasText: 'Late' }).waitFor({ state: 'attached' });
    return route.fallback();
  });
  await host.button('End the meeting for everybody').press('Enter');
  await host.page.getByRole('dialog').getByRole('button', { name: 'End the meeting for everybody' }).press('Enter');
  await host.heading('You have left').waitFor(shown);
  const read = 'query ($name: String!) { room(name: $name) { participants { nodes { userName } } } }';
  expect([held, (await backend.ask(read, { name: room.name })).body.data]).toEqual([
    1,
    { room: { participants: { nodes: [] } } },
  ]);
});

test('a host names a co-host in a room without a media server, who answers the door with her', async () => {
  const { room, host } = await ownerOf();
  const ada = await visit(browser, (await room.token({ userName: 'Ada' })).joinUrl ?? '');
  await ada.button('Join').click();
  await host.button('Manage Ada').click();
  await host.page.getByRole('button', { name: /^Make co-host/ }).click();
  await host.page.getByText('Co-host', { exact: true }).waitFor(shown);
  await ada.page.getByText('Olga made you co-host: you can let people in, mute them and remove them.').waitFor(shown);
  await room.knocker({ userName: 'Ben' });
  await ada.button('Admit Ben').waitFor(shown);
  await host.button('Manage Ada').click();
  await host.expectAccessible();
  await host.page.getByRole('button', { name: 'End co-host' }).click();
  await ada.button('Admit Ben').waitFor({ ...shown, state: 'detached' });
});
