import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { moveClock } from '../support/database.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

const { database, server, backend, browser } = await openPageHouse();
const elsewhere = await startElsewhere();

/** A site of the domain's own: its first script takes the credentials out of the address. */
async function startElsewhere() {
  const asked: { url: string; referer: string | undefined }[] = [];
  const html = `<!doctype html><title>Elsewhere</title><script>
    window.handedOver = location.hash;
    history.replaceState(null, '', location.pathname + location.search);
  </script><h1>Elsewhere</h1>`;
  const site = createServer(({ url = '', headers }, answer) => {
    if (url !== '/favicon.ico') asked.push({ url, referer: headers.referer });
    answer.setHeader('content-type', 'text/html').end(html);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  closeAfterwards(async () => {
    site.closeAllConnections();
    site.close();
  });
  return { origin: `http://localhost:${(site.address() as AddressInfo).port}`, asked };
}

/** What a visitor's page receives, as text. */
function listen({ page }: Visitor): { text: () => Promise<string> } {
  const answers: Promise<string>[] = [];
  const frames: string[] = [];
  page.on('response', (response) => answers.push(response.text().catch(() => '')));
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  return { text: async () => [...(await Promise.all(answers)), ...frames, await page.content()].join('\n') };
}

const setExit = (exitUrl: string | null) =>
  backend.ask('mutation ($input: UpdateDomainInput!) { updateDomain(input: $input) { __typename } }', {
    input: { doorPage: exitUrl === null ? null : { exitUrl } },
  });

async function handedOver({ page }: Visitor): Promise<URLSearchParams> {
  await page.waitForURL(`${elsewhere.origin}/**`, shown);
  await page.getByRole('heading', { name: 'Elsewhere' }).waitFor(shown);
  const hash = await page.evaluate(() => (window as unknown as { handedOver: string }).handedOver);
  return new URLSearchParams(hash.slice(1));
}

async function knockAs(guest: Visitor, name: string): Promise<void> {
  await guest.page.getByLabel('Your name').fill(name);
  await guest.button('Ask to join').click();
  await guest.heading('You are next').waitFor(shown);
}

async function decide(room: RoomSeed, decision: 'admitKnock' | 'denyKnock', input: object = {}): Promise<void> {
  const read = 'query ($n: String!) { knockRequests(roomName: $n, status: [PENDING]) { nodes { id } } }';
  const { body } = await backend.ask<{ knockRequests: { nodes: { id: string }[] } }>(read, { n: room.name });
  const type = decision === 'denyKnock' ? 'DenyKnockInput' : 'KnockDecisionInput';
  const said = await backend.ask(`mutation ($i: ${type}!) { ${decision}(input: $i) { __typename } }`, {
    i: { knockId: body.data?.knockRequests.nodes[0]?.id, ...input },
  });
  expect(said.body.data).toEqual({ [decision]: { __typename: 'KnockRequest' } });
}

describe('a meeting that is elsewhere', () => {
  test('is where whoever is let in goes, with credentials behind the # alone, and nobody before', async () => {
    const meetingUrl = `${elsewhere.origin}/secret-place/{room}?who={participant}#{credentials}&more=1`;
    const room = await backend.waitingRoom({ meetingUrl });
    const guest = await visit(browser, 'about:blank');
    const heard = listen(guest);
    await guest.page.goto(room.url);
    await knockAs(guest, 'Wanda');
    expect(await heard.text()).not.toContain('secret-place');
    await decide(room, 'admitKnock');
    const given = await handedOver(guest);
    expect([...given.keys()]).toEqual(['session', 'grant', 'more']);
    const viewer = await callerOf(server, given.get('session') ?? '').ask<{ viewer: { id: string } }>(
      '{ viewer { ... on Participant { id userName } } }',
    );
    expect(viewer.body.data?.viewer).toMatchObject({ userName: 'Wanda' });
    const asked = elsewhere.asked.at(-1);
    expect(asked).toEqual({
      url: `/secret-place/${room.name}?who=${encodeURIComponent(viewer.body.data?.viewer.id ?? '')}`,
      referer: undefined,
    });
    const session = await guest.context.newCDPSession(guest.page);
    const { entries } = await session.send('Page.getNavigationHistory');
    const history = entries.map(({ url }) => url).join('\n');
    for (const credential of given.values()) if (credential !== '1') expect(history).not.toContain(credential);
    // The door's own entry gave way, so that nobody comes back to it by mistake.
    expect(history).not.toContain(room.url);
    expect(guest.complaints).toEqual([]);
  });

  test('gets no credential where its address asks for none', async () => {
    const room = await backend.room({ meetingUrl: `${elsewhere.origin}/teams-link#part` });
    const guest = await visit(browser, `${room.url}?name=Tea%20Ms`);
    expect(await guest.page.getByLabel('Your name').inputValue()).toBe('Tea Ms');
    await guest.button('Join').click();
    expect([...(await handedOver(guest)).keys()]).toEqual(['part']);
  });

  test('is where those go as well who are inside when it is set', async () => {
    const room = await backend.room();
    const guest = await visit(browser, `${room.url}?name=Anna`);
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    const input = { roomName: room.name, settings: { meetingUrl: `${elsewhere.origin}/moved#{credentials}` } };
    await backend.ask('mutation ($i: UpdateRoomInput!) { updateRoom(input: $i) { __typename } }', { i: input });
    const given = await handedOver(guest);
    const { body } = await callerOf(server, given.get('session') ?? '').ask<{ viewer: { userName: string } }>(
      '{ viewer { ... on Participant { userName leaveReason } } }',
    );
    expect(body.data?.viewer).toEqual({ userName: 'Anna', leaveReason: null });
    expect(guest.complaints).toEqual([]);
  });

  test('is where one goes again who opens the door in the same tab', async () => {
    const room = await backend.room({ meetingUrl: `${elsewhere.origin}/again#{credentials}` });
    const guest = await visit(browser, `${room.url}?name=Anna`);
    await guest.button('Join').click();
    const first = await handedOver(guest);
    await guest.page.goto(room.url);
    const second = await handedOver(guest);
    expect(second.get('session')).toBe(first.get('session'));
    const { body } = await backend.ask<{ room: { participantCount: number } }>(
      'query ($n: String!) { room(name: $n) { participantCount } }',
      { n: room.name },
    );
    expect(body.data?.room.participantCount).toBe(1);
  });
});

describe('the exit of a domain', () => {
  interface Ending {
    readonly what: string;
    readonly outcome: string;
    readonly end: (room: RoomSeed) => Promise<Visitor>;
  }

  const inside = async (room: RoomSeed, claims: object = {}) => {
    const link = (await room.token({ userName: 'Gus', userId: 'gus', ...claims })).joinUrl ?? '';
    const guest = await visit(browser, link);
    await guest.button('Join').click();
    await guest.heading('People').waitFor(shown);
    return guest;
  };
  const waiting = async (room: RoomSeed) => {
    const guest = await visit(browser, room.url);
    await knockAs(guest, 'Wanda');
    return guest;
  };
  const eject = (room: RoomSeed, input: object) =>
    backend.ask('mutation ($i: EjectParticipantsInput!) { ejectParticipants(input: $i) { __typename } }', {
      i: { roomName: room.name, userIds: ['gus'], ...input },
    });

  const deleteRoom = ({ name: roomName }: RoomSeed) =>
    backend.ask('mutation ($i: DeleteRoomInput!) { deleteRoom(input: $i) { __typename } }', { i: { roomName } });

  const endings: readonly Ending[] = [
    {
      what: 'somebody leaves',
      outcome: 'left',
      end: async (room) => {
        const guest = await inside(room);
        await guest.button('Leave').click();
        return guest;
      },
    },
    {
      what: 'a knock is denied',
      outcome: 'denied',
      end: async (room) => {
        const guest = await waiting(room);
        await decide(room, 'denyKnock');
        return guest;
      },
    },
    {
      what: 'a knock is denied with words, which may be read first',
      outcome: 'denied',
      end: async (room) => {
        const guest = await waiting(room);
        const words = guest.page.getByText('Come on Thursday.').waitFor(shown);
        await decide(room, 'denyKnock', { reply: 'Come on Thursday.' });
        await words;
        // Whoever does not press it is led on a little later.
        await guest
          .button('Go on')
          .click()
          .catch(() => undefined);
        return guest;
      },
    },
    {
      what: 'a knock is denied for good',
      outcome: 'banned',
      end: async (room) => {
        const guest = await waiting(room);
        await decide(room, 'denyKnock', { ban: true });
        return guest;
      },
    },
    {
      what: 'somebody is removed',
      outcome: 'ejected',
      end: async (room) => {
        const guest = await inside(room);
        await eject(room, {});
        return guest;
      },
    },
    {
      what: 'somebody is removed for good',
      outcome: 'banned',
      end: async (room) => {
        const guest = await inside(room);
        await eject(room, { ban: true });
        return guest;
      },
    },
    {
      what: 'one’s time is over',
      outcome: 'expired',
      end: async (room) => {
        const guest = await inside(room, { ejectAfterElapsedSeconds: 600 });
        await moveClock(database, { seconds: 700 });
        return guest;
      },
    },
    {
      what: 'the room is deleted while somebody waits',
      outcome: 'closed',
      end: async (room) => {
        const guest = await waiting(room);
        await deleteRoom(room);
        return guest;
      },
    },
    {
      what: 'the room is deleted',
      outcome: 'closed',
      end: async (room) => {
        const guest = await inside(room);
        await deleteRoom(room);
        return guest;
      },
    },
  ];

  test.each(endings)('is told how it ended, without a credential: $what', async ({ outcome, end }) => {
    await setExit(`${elsewhere.origin}/bye/{domain}/{room}?from=door#end`);
    const room = await backend.waitingRoom();
    const guest = await end(room);
    await guest.page.waitForURL(`${elsewhere.origin}/bye/**`, shown);
    expect(elsewhere.asked.at(-1)).toEqual({
      url: `/bye/default/${room.name}?from=door&outcome=${outcome}`,
      referer: undefined,
    });
    await guest.page.getByRole('heading', { name: 'Elsewhere' }).waitFor(shown);
    const hash = await guest.page.evaluate(() => (window as unknown as { handedOver: string }).handedOver);
    expect(hash).toBe('#end');
    // Whoever comes back begins anew, and is not led away again.
    await guest.page.goto(room.url);
    await guest.page.getByRole('heading', { level: 1 }).waitFor(shown);
    expect(guest.page.url()).toBe(room.url);
    expect(guest.complaints).toEqual([]);
  });
});
