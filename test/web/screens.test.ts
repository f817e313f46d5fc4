import { describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { onThisMachine } from '../support/timing.ts';
import { openPageHouse, shown } from './page-house.ts';
import { visit } from './visitor.ts';

const { database, backend, browser } = await openPageHouse();

const phone = { width: 320, height: 640 };

interface Someone {
  readonly id: string;
  readonly userName: string;
  readonly connection: string;
}

async function peopleIn(roomName: string): Promise<readonly Someone[]> {
  const read = 'query ($name: String!) { room(name: $name) { participants { nodes { id userName connection } } } }';
  const { body } = await backend.ask<{ room: { participants: { nodes: Someone[] } } }>(read, { name: roomName });
  return body.data?.room.participants.nodes ?? [];
}

/** What the media side tells of its work. */
async function reportLiveStream(roomName: string, status: string): Promise<void> {
  const read = 'query ($name: String!) { room(name: $name) { liveStream { id } } }';
  const { body } = await backend.ask<{ room: { liveStream: { id: string } } }>(read, { name: roomName });
  const report = 'mutation ($input: ReportLiveStreamInput!) { reportLiveStream(input: $input) { __typename } }';
  await backend.ask(report, { input: { liveStreamId: body.data?.room.liveStream.id, status } });
}

describe('at the door', () => {
  test('a room that is not open yet says when it opens, and opens by itself', async () => {
    const opensInMs = onThisMachine(4_000);
    const room = await backend.room({ nbf: new Date(Date.now() + opensInMs).toISOString() });
    const guest = await visit(browser, room.url, phone);
    await guest.heading('This room opens at').waitFor(shown);
    await guest.expectAccessible();
    await guest.heading('Come in').waitFor({ timeout: opensInMs + shown.timeout });
  });

  test('a full room lets in by itself as soon as somebody leaves', async () => {
    const room = await backend.room({ maxParticipants: 1 });
    const first = await room.join({ userName: 'First' });
    const guest = await visit(browser, room.url, { ...phone, colorScheme: 'dark' });
    await guest.heading('The room is full').waitFor(shown);
    await guest.expectAccessible();
    await first.ask('mutation { leaveRoom { __typename } }');
    await guest.heading('Come in').waitFor(shown);
    await guest.page.getByLabel('Your name').fill('Second');
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    await guest.expectAccessible();
  });

  test('a private room and a room that is not there look the same', async () => {
    const room = await backend.room({ privacy: 'PRIVATE' });
    const texts = [room.url, `${room.url}-no`].map(async (url) => {
      const guest = await visit(browser, url);
      await guest.heading('This room is not open to you').waitFor(shown);
      return guest.page.locator('main').innerText();
    });
    const [one, other] = await Promise.all(texts);
    expect(one).toBe(other);
  });

  test('each refusal of a token says why', async () => {
    const room = await backend.room({ privacy: 'PRIVATE' });
    const used = await room.token({ maxUses: 1 });
    await room.join({ token: used.jwt, userName: 'First' });
    const early = await room.token({ nbf: new Date(Date.now() + 60_000).toISOString() });
    const other = await (await backend.room()).token();
    const cases = [
      [used.joinUrl ?? '', 'This invitation has already been used'],
      [early.joinUrl ?? '', 'Your invitation is not valid yet'],
      [`${room.url}?t=${other.jwt}`, 'This invitation is for another room'],
      [`${room.url}?t=nonsense`, 'This invitation does not work'],
    ] as const;
    for (const [url, title] of cases) {
      const guest = await visit(browser, url, phone);
      await guest.heading(title).waitFor(shown);
      expect(guest.page.url()).toBe(room.url);
      await guest.expectAccessible();
      await guest.context.close();
    }
  });

  test('the page speaks the language that was asked for: by address, by invitation, by the room, by the browser', async () => {
    const room = await backend.room();
    const french = await room.token({ lang: 'fr' });
    const german = await backend.room({ lang: 'de' });
    const cases = [
      [`${room.url}?lang=de`, 'en-GB', 'Kommen Sie herein', 'de'],
      [french.joinUrl ?? '', 'en-GB', 'Entrez', 'fr'],
      [german.url, 'en-GB', 'Kommen Sie herein', 'de'],
      [room.url, 'fr-CA', 'Entrez', 'fr'],
      [room.url, 'sv-SE', 'Come in', 'en'],
    ] as const;
    for (const [url, locale, title, lang] of cases) {
      const guest = await visit(browser, url, { locale });
      await guest.heading(title).waitFor(shown);
      expect(await guest.page.locator('html').getAttribute('lang')).toBe(lang);
      await guest.context.close();
    }
    const guest = await visit(browser, room.url);
    await guest.page.getByLabel('Language').selectOption('Deutsch');
    await guest.heading('Kommen Sie herein').waitFor(shown);
    await guest.page.reload();
    await guest.heading('Kommen Sie herein').waitFor(shown);
  });

  test('a visitor with another invitation in the same tab is somebody else', async () => {
    const room = await backend.room();
    const guest = await visit(browser, (await room.token({ userName: 'One' })).joinUrl ?? '');
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    await guest.page.goto((await room.token({ userName: 'Two' })).joinUrl ?? '');
    await guest.page.getByText('You come as Two').waitFor(shown);
  });
});

describe('waiting', () => {
  test('a request is withdrawn, and may be made again', async () => {
    const room = await backend.waitingRoom();
    const guest = await visit(browser, room.url, phone);
    await guest.button('Ask to join').click();
    await guest.page.getByText('Please enter your name.').waitFor(shown);
    await guest.expectAccessible();
    await guest.page.keyboard.type('Wanda');
    await guest.page.keyboard.press('Enter');
    await guest.page.getByText('No host is in the room yet').first().waitFor(shown);
    await guest.button('Withdraw').click();
    await guest.heading('Request withdrawn').waitFor(shown);
    await guest.expectAccessible();
    await guest.button('Ask again').click();
    await guest.heading('Ask to come in').waitFor(shown);
    expect(await guest.page.getByLabel('Your name').inputValue()).toBe('Wanda');
  });

  test('somebody who is let into a full room joins when there is a place', async () => {
    const room = await backend.waitingRoom({ maxParticipants: 1 });
    const owner = await room.owner();
    const guest = await visit(browser, room.url, phone);
    await guest.page.getByLabel('Your name').fill('Patty');
    await guest.button('Ask to join').click();
    await guest.heading('You are next').waitFor(shown);
    const input = { roomName: room.name, requestedBefore: new Date().toISOString() };
    await owner.ask('mutation ($input: DecideKnocksInput!) { admitKnocks(input: $input) { __typename } }', { input });
    await guest.heading('You are let in, but the room is full').waitFor(shown);
    await guest.expectAccessible();
    await owner.ask('mutation { leaveRoom { __typename } }');
    await guest.heading('People').waitFor(shown);
  });
});

describe('inside', () => {
  test('the owner’s switches reach everybody: broadcast, live stream, privacy, and back to the waiting room', async () => {
    const room = await backend.waitingRoom();
    const owner = await visit(browser, (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '', {
      colorScheme: 'dark',
    });
    await owner.button('Join').click();
    const guest = await visit(browser, (await room.token({ userName: 'Gus' })).joinUrl ?? '', phone);
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    await guest.heading('The meeting itself is elsewhere').waitFor(shown);
    for (const control of ['Microphone', 'Camera', 'Screen']) expect(await guest.button(control).count()).toBe(0);

    await owner.page.getByRole('switch', { name: 'Only hosts are seen and heard' }).click();
    await guest.page.getByText('Olga made you a listener').waitFor(shown);
    await owner.page.getByRole('switch', { name: 'Only hosts are seen and heard' }).click();
    await guest.page.getByText('Olga lets you speak').waitFor(shown);

    await owner.page.getByLabel('Stream to').fill('nowhere');
    await owner.button('Go live').click();
    await owner.page.getByText('This is not the address of a stream').waitFor(shown);
    await owner.page.getByLabel('Stream to').fill('rtmps://live.example.com/app/secret-key');
    await owner.button('Go live').click();
    await guest.page.getByText('Starting…').waitFor(shown);
    await reportLiveStream(room.name, 'LIVE');
    await guest.page.getByText('Live now').waitFor(shown);
    await guest.page.getByText('The meeting is being streamed live.').waitFor(shown);
    await owner.expectAccessible();
    await owner.button('End the stream').click();
    await guest.page.getByText('Ending…').waitFor(shown);
    await reportLiveStream(room.name, 'STOPPED');
    await guest.page.getByText('The live stream has ended.').waitFor(shown);
    await owner.button('Go live').waitFor(shown);

    await owner.button('Manage Gus').focus();
    await owner.page.keyboard.press('Enter');
    await owner.expectAccessible();
    await owner.page.keyboard.press('Escape');
    expect(await owner.button('Manage Gus').evaluate((one) => one === document.activeElement)).toBe(true);
    await owner.button('Manage Gus').click();
    await owner.button('Back to waiting room').click();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Back to waiting room' }).click();
    await guest.heading('You are next').waitFor(shown);
    await owner.page.getByRole('switch', { name: 'By invitation only' }).click();
    await guest.heading('People').waitFor(shown);
    await guest.page.getByText('Open to everyone').waitFor(shown);
    expect([...owner.complaints, ...guest.complaints]).toEqual([]);
  });

  test('somebody who is banned is kept out until the ban is lifted', async () => {
    const room = await backend.room();
    const owner = await visit(browser, (await room.token({ isOwner: true })).joinUrl ?? '', phone);
    await owner.page.getByLabel('Your name').fill('Olga');
    await owner.page.getByLabel('Come in unseen').check();
    await owner.button('Join').click();
    await owner.page.getByText('Nobody can see that you are here.').waitFor(shown);
    const link = (await room.token({ userName: 'Rude', userId: 'rude' })).joinUrl ?? '';
    const guest = await visit(browser, link, phone);
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    expect(await guest.page.getByText('Olga').count()).toBe(0);
    await owner.button('Manage Rude').click();
    await owner.button('Remove and ban').click();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Remove and ban' }).click();
    await guest.heading('You were removed').waitFor(shown);
    await guest.page.goto(link);
    await guest.page.reload();
    const again = await visit(browser, link, phone);
    await again.heading('You cannot come in').waitFor(shown);
    await again.expectAccessible();
    await owner.button('Let back in: Rude').click();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Let back in' }).click();
    await again.page.reload();
    await again.heading('Come in').waitFor(shown);
    await owner.expectAccessible();
  });

  test('an admin who is not an owner answers people who wait, and has none of the room’s switches', async () => {
    const room = await backend.waitingRoom();
    const claims = { userName: 'Adam', permissions: { canAdmin: ['PARTICIPANTS'] } };
    const admin = await visit(browser, (await room.token(claims)).joinUrl ?? '');
    await admin.button('Join').click();
    await admin.page.getByText('Nobody is waiting').waitFor(shown);
    const knocker = await room.knocker({ userName: 'Kim' });
    await admin.button('Admit Kim').press('Enter');
    await admin.page.getByText('Kim is let in.').waitFor(shown);
    await knocker.enter();
    expect(await admin.heading('Room settings').count()).toBe(0);
  });

  test('a crowd at the door is one alert, and is admitted at once', async () => {
    const room = await backend.waitingRoom();
    const owner = await visit(browser, (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '');
    await owner.button('Join').click();
    await owner.page.getByText('Nobody is waiting').waitFor(shown);
    await owner.page.getByRole('switch', { name: 'Show a notification' }).click();
    await owner.page.getByRole('switch', { name: 'Show a notification', checked: true }).waitFor(shown);
    await owner.page.evaluate(() => Object.defineProperty(document, 'hidden', { get: () => true, configurable: true }));
    await Promise.all(Array.from({ length: 20 }, (_, index) => room.knocker({ userName: `Guest ${index}` })));
    await owner.page
      .getByRole('button', { name: /^Admit Guest/ })
      .nth(19)
      .waitFor({ ...shown, state: 'attached' });
    await expect.poll(() => owner.page.title()).toContain('(20)');
    expect(await owner.page.evaluate(() => window.bells)).toBe(2);
    // Each notification takes the place of the one before, and only the first is heard.
    const notified = await owner.page.evaluate(() => window.notified);
    expect(new Set(notified.map(({ tag }) => tag))).toEqual(new Set(['vestibule']));
    expect(notified.filter(({ silent }) => silent !== true)).toHaveLength(1);
    expect(notified.at(-1)?.title).toBe('20 people are waiting');
    // Whoever was off the screen is not let in with the others.
    await owner.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { get: () => false });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const seen = owner.page.getByRole('button', { name: /^Admit ([2-9]|1[0-9]) seen$/ });
    const toldOfThem = owner.page.getByText(/^\d+ people are let in\.$/);
    // Whoever has just come on screen was not counted yet.
    await expect
      .poll(async () => {
        if ((await seen.count()) > 0) await seen.press('Enter', { timeout: 1_000 }).catch(() => {});
        return toldOfThem.count();
      }, shown)
      .toBe(1);
    expect(owner.complaints).toEqual([]);
  });

  test('somebody who was away for longer than their place is kept comes back as the same person', async () => {
    const room = await backend.room();
    const guest = await visit(browser, room.url, phone);
    await guest.page.getByLabel('Your name').fill('Lola');
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    await room.join({ userName: 'Other' });
    // News of others say that the stream is open, and with it the place is held.
    await guest.page.getByText('Other', { exact: true }).waitFor(shown);
    const [here] = await peopleIn(room.name);
    expect(here).toMatchObject({ userName: 'Lola', connection: 'CONNECTED' });
    await guest.page.goto('about:blank');
    // The time that a place is kept counts from when the service hears of it.
    await expect.poll(() => peopleIn(room.name), shown).toContainEqual({ ...here, connection: 'RECONNECTING' });
    await moveClock(database, { seconds: 120 });
    await expect.poll(() => peopleIn(room.name), shown).toEqual([]);
    await guest.page.goto(room.url);
    await guest.heading('People').waitFor(shown);
    await expect.poll(() => peopleIn(room.name), shown).toEqual([here]);
    expect(guest.complaints).toEqual([]);
  });
});
