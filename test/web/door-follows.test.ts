import { describe, expect, test } from 'vitest';
import type { RoomSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

const { backend, browser } = await openPageHouse();

const hour = 3600 * 1000;

const update = (room: RoomSeed, settings: object) =>
  backend.ask('mutation ($i: UpdateRoomInput!) { updateRoom(input: $i) { __typename } }', {
    i: { roomName: room.name, settings },
  });

async function knockOf(room: RoomSeed): Promise<{ readonly id: string; readonly message: string | null }> {
  const read = 'query ($n: String!) { knockRequests(roomName: $n, status: [PENDING]) { nodes { id message } } }';
  const { body } = await backend.ask<{ knockRequests: { nodes: { id: string; message: string | null }[] } }>(read, {
    n: room.name,
  });
  const [knock] = body.data?.knockRequests.nodes ?? [];
  if (knock === undefined) throw new Error('nobody waits');
  return knock;
}

const answer = async (room: RoomSeed, mutation: string, type: string, input: object = {}) =>
  backend.ask(`mutation ($i: ${type}!) { ${mutation}(input: $i) { __typename } }`, {
    i: { knockId: (await knockOf(room)).id, ...input },
  });

async function knock(guest: Visitor): Promise<void> {
  await guest.page.getByLabel('Your name').fill('Wanda');
  await guest.button('Ask to join').click();
  await guest.heading('You are next').waitFor(shown);
}

describe('an invitation that does not work', () => {
  test('is said again when the page is loaded again, and is left behind with a click', async () => {
    const room = await backend.waitingRoom();
    const guest = await visit(browser, `${room.url}?t=abc.def.ghi`);
    await guest.heading('This invitation does not work').waitFor(shown);
    await guest.page.reload();
    await guest.heading('This invitation does not work').waitFor(shown);
    await guest.button('Go on without the invitation').click();
    await guest.heading('Ask to come in').waitFor(shown);
    await guest.page.reload();
    await guest.heading('Ask to come in').waitFor(shown);
  });

  test('is forgotten by the plain link in the same tab', async () => {
    const room = await backend.waitingRoom();
    const guest = await visit(browser, `${room.url}?t=abc.def.ghi`);
    await guest.heading('This invitation does not work').waitFor(shown);
    await guest.page.goto('about:blank');
    await guest.page.goto(room.url);
    await guest.heading('Ask to come in').waitFor(shown);
  });

  test('says until when it was good', async () => {
    const room = await backend.room();
    const { jwt } = await room.token({ exp: new Date(Date.now() + 1_000).toISOString() });
    const guest = await visit(browser, 'about:blank');
    await expect
      .poll(async () => {
        await guest.page.goto(`${room.url}?t=${jwt}`);
        return guest.page
          .getByText('It was good until')
          .waitFor({ timeout: 2_000 })
          .then(
            () => true,
            () => false,
          );
      }, shown)
      .toBe(true);
  });
});

test('words of the host ring and stand in the title until somebody looks, and can be answered', async () => {
  const room = await backend.waitingRoom({ title: 'Design review' });
  const guest = await visit(browser, room.url);
  await knock(guest);
  await expect.poll(() => guest.page.title()).toBe('Waiting · Design review');
  const before = await guest.page.evaluate(() => window.bells);
  await guest.page.evaluate(() => {
    document.hasFocus = () => false;
  });
  await answer(room, 'replyToKnock', 'ReplyToKnockInput', { reply: 'Who are you?' });
  await guest.page.getByText('Who are you?').waitFor(shown);
  await expect.poll(() => guest.page.title()).toBe('The host has written · Design review');
  expect(await guest.page.evaluate(() => window.bells)).toBe(before + 1);
  await guest.page.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event('focus'));
  });
  await expect.poll(() => guest.page.title()).toBe('Waiting · Design review');
  await guest.page.getByLabel('Your message').fill('Wanda, from the agency.');
  await guest.page.keyboard.press('Enter');
  await expect.poll(async () => (await knockOf(room)).message, shown).toBe('Wanda, from the agency.');
  await answer(room, 'admitKnock', 'KnockDecisionInput');
  await guest.heading('People').waitFor(shown);
  // Three notes more: somebody who waits is often looking at something else.
  expect(await guest.page.evaluate(() => window.bells)).toBe(before + 4);
  expect(guest.complaints).toEqual([]);
});

interface Oddity {
  readonly what: string;
  readonly make: () => void;
}

const oddities: readonly Oddity[] = [
  {
    what: 'languages that are none',
    make: () => {
      Object.defineProperty(navigator, 'languages', { get: () => ['en-US@posix', 'C', ''] });
      Object.defineProperty(navigator, 'language', { get: () => 'en-US@posix' });
    },
  },
  {
    what: 'a network that it takes for lost',
    make: () => Object.defineProperty(navigator, 'onLine', { get: () => false }),
  },
  { what: 'no WebSocket', make: () => Reflect.deleteProperty(window, 'WebSocket') },
  {
    what: 'no storage',
    make: () => {
      for (const name of ['sessionStorage', 'localStorage']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('', 'SecurityError');
          },
        });
      }
    },
  },
  {
    what: 'no locks and no channel',
    make: () => {
      Object.defineProperty(navigator, 'locks', { value: undefined });
      Reflect.deleteProperty(window, 'BroadcastChannel');
    },
  },
];

test.each(oddities)('a browser with $what knocks, waits and comes in', async ({ make }) => {
  const room = await backend.waitingRoom();
  const guest = await visit(browser, 'about:blank');
  await guest.page.addInitScript(make);
  await guest.page.goto(room.url);
  await knock(guest);
  await answer(room, 'admitKnock', 'KnockDecisionInput');
  await guest.heading('People').waitFor(shown);
  expect(guest.complaints).toEqual([]);
});

// These wait for what the page looks at every few seconds, and so at once.
test.concurrent('whoever stands at a door sees it change, and what they typed stays', async ({ onTestFinished }) => {
  const room = await backend.waitingRoom({ title: 'Design review' });
  const guest = await visit(browser, room.url, { onTestFinished });
  await guest.page.getByText('No host is in the room yet').waitFor(shown);
  await guest.page.getByLabel('Your name').fill('Wanda');
  await guest.page.getByLabel('Message').fill('It is me.');
  const owner = await room.owner();
  await guest.page.getByText('A host is in the room').waitFor(shown);
  await update(room, { title: 'Another name', lobbyMessage: 'We are late.' });
  await guest.heading('Another name').waitFor(shown);
  await guest.page.getByText('We are late.').waitFor(shown);
  await owner.ask('mutation { leaveRoom { __typename } }');
  await guest.page.getByText('No host is in the room yet').waitFor(shown);
  await update(room, { enableKnocking: false });
  await guest.heading('This room is not open to you').waitFor(shown);
  await update(room, { enableKnocking: true });
  await guest.heading('Another name').waitFor(shown);
  expect(await guest.page.getByLabel('Message').inputValue()).toBe('It is me.');
  const setPrivacy = 'mutation ($i: SetRoomPrivacyInput!) { setRoomPrivacy(input: $i) { __typename } }';
  await backend.ask(setPrivacy, { i: { roomName: room.name, privacy: 'PUBLIC' } });
  await guest.page.getByText('you no longer need to ask').waitFor(shown);
  expect(await guest.page.getByLabel('Your name').inputValue()).toBe('Wanda');
  await guest.button('Join').click();
  await guest.heading('People').waitFor(shown);
  expect(guest.complaints).toEqual([]);
});

test.concurrent.for([-hour, hour])(
  'a clock that is %s ms off is said, and does not count',
  async (off, { onTestFinished }) => {
    const room = await backend.room({ nbf: new Date(Date.now() + 10 * 60_000).toISOString() });
    const guest = await visit(browser, 'about:blank', { onTestFinished });
    await guest.page.addInitScript((offMs) => {
      const now = Date.now;
      Date.now = () => now() + offMs;
    }, off);
    const asked: number[] = [];
    guest.page.on('requestfinished', (request) => {
      if (request.postData()?.includes('access')) asked.push(request.timing().startTime);
    });
    await guest.page.goto(room.url);
    await guest.heading('This room opens at').waitFor(shown);
    await guest.page.getByText('Ours counts.').waitFor(shown);
    await expect.poll(() => guest.page.getByRole('timer').innerText()).toMatch(/^(9|10):\d\d$/);
    // It is not asked for all the time, as it would be if the door were to open any moment.
    await expect.poll(() => asked.length, shown).toBeGreaterThan(2);
    const gaps = asked.slice(1).map((time, index) => time - (asked[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(1_000);
  },
);
