import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isAmong } from '../../web/frame-origins.ts';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { at, detailOf, hears, openAround, shown, told, within } from './embed-kit.ts';
import { buildPage } from './page-build.ts';
import { type OtherSite, openSite } from './site.ts';

await buildPage();
const browser = await shareBrowser();
const example = await readFile(join(import.meta.dirname, '../../examples/ways/inside.html'), 'utf8');

let server: TestServer;
let backend: Seed;
/** Three origins of others: the site that shows the page, and two more. */
let site: OtherSite;
let second: OtherSite;
let third: OtherSite;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  [site, second, third] = await Promise.all([openSite('localhost'), openSite('127.0.0.1'), openSite('localhost')]);
  for (const one of [site, second, third]) {
    one.show('/', example.replaceAll('http://localhost:4000', server.url));
    one.show('/empty', '<!doctype html><title>Empty</title><p>Nothing</p>');
  }
  await allow(site.origin);
});

const allow = (...frameOrigins: string[]) => change(backend, 'updateDomain', { doorPage: { frameOrigins } });

const open = (address: string, prepare?: (page: Page) => Promise<unknown>) => openAround(browser, address, prepare);

describe('the room page in another site', () => {
  test('tells of the door, the waiting and the room; hands over the session; and leaves when it is told to', async () => {
    const room = await backend.waitingRoom({ meetingUrl: 'https://meeting.example/{room}#{credentials}' });
    const owner = await room.owner();
    const page = await open(at(site, room, { name: 'Gustav Guest' }));
    await hears(page, 'ready');
    expect(await within(page).getByLabel('Your name').inputValue()).toBe('Gustav Guest');
    await within(page).getByRole('button', { name: 'Ask to join' }).click();
    await hears(page, 'knocking');
    await admitAll(owner, room);
    await hears(page, 'joined');
    expect(await told(page)).toEqual(['ready', 'knocking', 'admitted', 'joined']);
    const handed = await detailOf(page, 'joined');
    expect(handed).toMatchObject({
      session: expect.stringMatching(/^vs_/),
      grant: expect.stringContaining('.'),
      media: null,
    });
    expect(Object.keys(handed ?? {}).toSorted()).toEqual(['grant', 'media', 'meetingUrl', 'session']);
    const { session, meetingUrl } = Object(handed);
    expect(meetingUrl).toBe(`https://meeting.example/${room.name}#{credentials}`);
    // In a frame the page stays: the event is enough.
    const [, frame] = page.frames();
    expect(new URL(frame?.url() ?? '').origin).toBe(server.url);
    await page.getByRole('button', { name: 'Leave', exact: true }).first().click();
    await hears(page, 'left');
    expect(await detailOf(page, 'left')).toEqual({ reason: 'LEFT' });
    const { body } = await callerOf(server, session).ask('{ viewer { ... on Participant { leaveReason } } }');
    expect(body.data).toEqual({ viewer: { leaveReason: 'LEFT' } });
    for (const { from } of await page.evaluate(() => window.messages)) expect(from).toBe(server.url);
  });

  test('tells again where the meeting is once it has moved, and not what was only made anew', async () => {
    const room = await backend.room();
    const page = await open(at(site, room, { name: 'Gustav' }));
    await within(page).getByRole('button', { name: 'Join', exact: true }).click();
    await within(page).getByRole('heading', { name: 'The meeting itself is elsewhere' }).waitFor(shown);
    for (const meetingUrl of ['https://meeting.example/a', 'https://meeting.example/b']) {
      await change(backend, 'updateRoom', { roomName: room.name, settings: { meetingUrl } });
      await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: meetingUrl } });
    }
    const moves = () =>
      page.evaluate(() =>
        window.events.filter(({ type }) => type === 'joined').map(({ detail }) => Object(detail).meetingUrl),
      );
    await expect.poll(moves, shown).toEqual([null, 'https://meeting.example/a', 'https://meeting.example/b']);
    expect((await told(page)).filter((type) => type !== 'joined')).toEqual(['ready']);
  });

  test('knocks at once for a guest whose name is given; a denial comes with the host’s words', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const page = await open(at(site, room, { name: 'Gustav', knock: '' }));
    await hears(page, 'knocking');
    const { body } = await owner.ask<{ knockRequests: { nodes: { id: string; userName: string }[] } }>(
      '{ knockRequests { nodes { id userName } } }',
    );
    const [knock] = body.data?.knockRequests.nodes ?? [];
    expect(knock?.userName).toBe('Gustav');
    await change(owner, 'denyKnock', { knockId: knock?.id, reply: 'Not today' });
    await hears(page, 'denied');
    expect(await detailOf(page, 'denied')).toMatchObject({ reply: 'Not today' });
  });

  test('takes a knock back when it is told to leave', async () => {
    const room = await backend.waitingRoom();
    const page = await open(at(site, room, { name: 'Gustav', knock: '' }));
    await hears(page, 'knocking');
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await hears(page, 'left');
    expect(await detailOf(page, 'left')).toEqual({ reason: 'CANCELLED' });
  });

  test.each([
    ['on the way in', {}],
    ['into a full room', { maxParticipants: 1 }],
  ])('leaves also when it is told to by whoever hears that somebody is let in: %s', async (_where, settings) => {
    const room = await backend.waitingRoom(settings);
    const owner = await room.owner();
    const page = await open(at(site, room, { name: 'Gustav', knock: '' }));
    await hears(page, 'knocking');
    await page.evaluate(() => {
      const element = document.querySelector('vestibule-room');
      element?.addEventListener('admitted', () => Object(element).leave());
    });
    await admitAll(owner, room);
    await hears(page, 'left');
    expect(await detailOf(page, 'left')).toEqual({ reason: 'LEFT' });
  });

  test('a denial that can still be taken back goes out when a host is told to leave', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Olga', isOwner: true });
    const page = await open(at(site, room));
    await page.evaluate((token) => document.querySelector('vestibule-room')?.setAttribute('token', token), jwt);
    await within(page).getByRole('button', { name: 'Join', exact: true }).click();
    const ada = await room.knocker({ userName: 'Ada' });
    await within(page).getByRole('button', { name: 'Deny Ada', exact: true }).press('Enter');
    await within(page).getByText('Will be turned away', { exact: true }).waitFor(shown);
    await page.getByRole('button', { name: 'Leave', exact: true }).first().click();
    await hears(page, 'left');
    const { body } = await ada.ask('{ viewer { ... on KnockRequest { status } } }');
    expect(body.data).toEqual({ viewer: { status: 'DENIED' } });
  });

  test('takes a meeting token that no server sees, and begins anew with another one', async () => {
    const room = await backend.waitingRoom();
    const tokens = [await room.token({ userName: 'Olga', isOwner: true }), await room.token({ userName: 'Paul' })];
    const page = await open(`${site.origin}/empty`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));
    await page.addScriptTag({ url: `${server.url}/embed.js` });
    for (const [index, name] of ['Olga', 'Paul'].entries()) {
      await page.evaluate(
        ([roomName = '', token = '']) => {
          const before = document.querySelector('vestibule-room');
          const element = before ?? document.createElement('vestibule-room');
          element.setAttribute('room', roomName);
          element.setAttribute('token', token);
          if (before === null) document.body.append(element);
        },
        [room.name, tokens[index]?.jwt ?? ''],
      );
      await within(page).getByText(name).first().waitFor(shown);
      const address = page.frames().at(-1)?.url() ?? '';
      expect(address).not.toContain(tokens[index]?.jwt);
    }
    expect(asked.length).toBeGreaterThan(2);
    // A request's address as the browser tells it to us has its fragment still: no server gets that part.
    for (const { jwt } of tokens) for (const one of asked) expect(one.replace(/#\S*/, '')).not.toContain(jwt);
  });

  test.each([
    ['alone', false],
    ['beside another one of that name, which gets no token', true],
  ])('as a script of type module, %s', async (_how, isBeside) => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Paul' });
    const page = await open(`${site.origin}/empty`);
    const framed: string[] = [];
    page.on('framenavigated', (frame) => framed.push(new URL(frame.url()).origin));
    const origins = [...(isBeside ? [third.origin] : []), server.url];
    await page.evaluate(
      ([sources = '', roomName = '', token = '']) => {
        for (const src of sources.split(' '))
          document.head.append(Object.assign(document.createElement('script'), { type: 'module', src }));
        const element = document.createElement('vestibule-room');
        element.setAttribute('room', roomName);
        element.setAttribute('token', token);
        document.body.append(element);
      },
      [origins.map((origin) => `${origin}/embed.js`).join(' '), room.name, jwt],
    );
    await expect.poll(() => framed.length, shown).toBeGreaterThan(0);
    expect(framed).not.toContain(third.origin);
    if (!isBeside) await within(page).getByText('Paul').first().waitFor(shown);
  });

  test('says why where nobody may come in', async () => {
    const page = await open(`${site.origin}/?room=nobody-knows-it`);
    await hears(page, 'error');
    expect(await detailOf(page, 'error')).toEqual({ code: 'ENTRY_NOT_ALLOWED' });
  });
});

const admitAll = (owner: Pick<Seed, 'ask' | 'domain'>, room: RoomSeed) =>
  expect
    .poll(async () => {
      const input = { roomName: room.name, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
      const decided = await change<{ knockRequests?: readonly unknown[] }>(
        owner,
        'admitKnocks',
        input,
        '... on KnocksDecided { knockRequests { id } }',
      );
      return decided.knockRequests?.length ?? 0;
    }, shown)
    .toBeGreaterThan(0);

describe('a site that the domain does not name', () => {
  test('shows nothing, and hears nothing', async () => {
    const room = await backend.room();
    const page = await open(at(second, room), (opened) => opened.clock.install());
    await page.waitForFunction(() => document.querySelector('vestibule-room')?.shadowRoot?.querySelector('iframe'));
    const [, frame] = page.frames();
    // What stands there in place of the page is the browser's own.
    await expect.poll(() => frame?.url(), shown).toMatch(/^chrome-error:/);
    expect(await page.evaluate(() => window.messages)).toEqual([]);
    expect(await told(page)).toEqual([]);
    // The page around is not left without a word.
    await page.clock.fastForward(15_000);
    await hears(page, 'error');
    expect(await detailOf(page, 'error')).toMatchObject({ code: 'NO_ANSWER' });
  });

  test.each([
    ['is not named', () => second],
    ['is named as well', () => third],
  ])('whoever shows the page in the name of another site hears nothing: one that %s', async (_what, pretended) => {
    const room = await backend.room();
    await allow(site.origin, third.origin);
    onTestFinished(async () => void (await allow(site.origin)));
    const page = await open(`${site.origin}/empty`);
    await page.evaluate(
      ([address = '', origin = '']) => {
        const frame = document.createElement('iframe');
        frame.src = `${address}#frame=${encodeURIComponent(origin)}`;
        document.body.append(frame);
      },
      [room.url, pretended().origin],
    );
    await page.frameLocator('iframe').getByRole('button', { name: 'Join' }).waitFor(shown);
    expect(await page.evaluate(() => window.messages)).toEqual([]);
  });

  test('in a frame beside it is not obeyed, and nobody believes what it says in the page’s name', async () => {
    const room = await backend.waitingRoom();
    const page = await open(at(site, room, { name: 'Gustav', knock: '' }));
    await hears(page, 'knocking');
    await page.evaluate((address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      frame.name = 'stranger';
      document.body.append(frame);
    }, `${third.origin}/empty`);
    await page.frameLocator('iframe[name=stranger]').getByText('Nothing').waitFor(shown);
    const stranger = page.frame({ name: 'stranger' });
    await stranger?.evaluate(() => {
      const { parent } = window;
      for (let index = 0; index < parent.length; index += 1) parent[index]?.postMessage({ vestibule: 'leave' }, '*');
      parent.postMessage({ vestibule: 'joined', detail: { session: 'forged' } }, '*');
    });
    await expect
      .poll(() => page.evaluate(() => window.messages.map(({ from }) => from)), shown)
      .toContain(third.origin);
    // What was sent before is read before: the page goes on waiting, and answers the one that may speak.
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await hears(page, 'left');
    expect(await told(page)).toEqual(['ready', 'knocking', 'left']);
  });
});

test('the page obeys the page around it, and not the one beside it', async () => {
  const room = await backend.waitingRoom();
  const owner = await room.owner();
  const page = await open(`${site.origin}/empty`);
  // Not by the element, which lets nobody beside it reach the frame.
  await page.evaluate(
    ([address = '', stranger = '']) => {
      for (const [name, src] of Object.entries({ room: address, stranger }))
        document.body.append(Object.assign(document.createElement('iframe'), { name, src }));
    },
    [`${room.url}?name=Gustav#frame=${encodeURIComponent(site.origin)}&knock`, `${third.origin}/empty`],
  );
  const said = () => page.evaluate(() => window.messages.map(({ data }) => Object(data).vestibule));
  await expect.poll(said, shown).toEqual(['ready', 'knocking']);
  await page.frameLocator('iframe[name=stranger]').getByText('Nothing').waitFor(shown);
  await page
    .frame({ name: 'stranger' })
    ?.evaluate(() => window.parent.frames[0]?.postMessage({ vestibule: 'leave' }, '*'));
  await expect.poll(() => page.frame({ name: 'room' })?.evaluate(() => window.messages.length), shown).toBe(1);
  // Whoever still waits reads what the host writes.
  const { body } = await owner.ask<{ knockRequests: { nodes: { id: string }[] } }>(
    '{ knockRequests { nodes { id } } }',
  );
  await change(owner, 'replyToKnock', { knockId: body.data?.knockRequests.nodes[0]?.id, reply: 'One moment' });
  await page.frameLocator('iframe[name=room]').getByText('One moment').first().waitFor(shown);
  await page.evaluate((service) => window.frames[0]?.postMessage({ vestibule: 'leave' }, service), server.url);
  await expect.poll(said, shown).toEqual(['ready', 'knocking', 'left']);
});

describe('a frame in a frame', () => {
  const outer = (inner: string) => `<!doctype html><title>Outer</title><iframe name="inner" src="${inner}"></iframe>`;

  test('is shown where the domain names both sites; the nearer one alone hears of it', async () => {
    const room = await backend.waitingRoom();
    await allow(site.origin, third.origin);
    try {
      third.show('/outer', outer(at(site, room, { name: 'Gustav', knock: '' }).replaceAll('&', '&amp;')));
      const page = await open(`${third.origin}/outer`);
      await page.waitForFunction(() => window.length > 0);
      const inner = page.frame({ name: 'inner' });
      if (inner === null) throw new Error('no inner frame');
      await inner.waitForLoadState();
      await hears(inner, 'knocking');
      expect(await page.evaluate(() => window.messages)).toEqual([]);
    } finally {
      await allow(site.origin);
    }
  });

  test('is not shown where the outer site is a stranger', async () => {
    const room = await backend.room();
    second.show('/outer', outer(at(site, room).replaceAll('&', '&amp;')));
    const page = await open(`${second.origin}/outer`);
    await expect
      .poll(
        () =>
          page
            .frames()
            .map((frame) => frame.url())
            .join(' '),
        shown,
      )
      .toContain('chrome-error:');
    expect(await page.frame({ name: 'inner' })?.evaluate(() => window.messages)).toEqual([]);
  });
});

test.each<[string, readonly string[], boolean]>([
  ['https://app.example.com', ['https://app.example.com'], true],
  ['https://app.example.com', ['https://other.example', 'https://*.example.com'], true],
  ['https://a.b.example.com', ['https://*.example.com'], true],
  ['https://example.com', ['https://*.example.com'], false],
  ['https://evil.com?.example.com', ['https://*.example.com'], false],
  ['https://.example.com', ['https://*.example.com'], false],
  ['http://app.example.com', ['https://*.example.com'], false],
  ['https://app.example.com:8443', ['https://*.example.com'], false],
  ['https://app.example.com:8443', ['https://*.example.com:8443'], true],
  ['https://app.example.com.evil.com', ['https://*.example.com', 'https://app.example.com'], false],
  ['null', ['https://app.example.com'], false],
  ['*', ['https://app.example.com'], false],
  ['https://app.example.com', [], false],
])('%s is among %j: %s', (origin, frameOrigins, isThere) => {
  expect(isAmong(origin, frameOrigins)).toBe(isThere);
});

test('embed.js weighs at most 3 KiB, every site may load it, and nothing else may be loaded so', async () => {
  const answer = await fetch(`${server.url}/embed.js`);
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(3 * 1024);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  const tag = answer.headers.get('etag') ?? '';
  const again = await fetch(`${server.url}/embed.js`, { headers: { 'if-none-match': tag } });
  expect(again.status).toBe(304);
  const page = await fetch(`${server.url}/default/any`);
  expect(page.headers.get('cross-origin-resource-policy')).toBe('same-origin');
});

test('a host has the list of who waits by itself, in a frame too', async () => {
  const room = await backend.waitingRoom();
  const { jwt } = await room.token({ isOwner: true, userName: 'Olga' });
  site.show(
    '/console',
    `<!doctype html><title>Console</title><script src="${server.url}/embed.js" async></script>
    <vestibule-room room="${room.name}" token="${jwt}" view="console"></vestibule-room>`,
  );
  await allow(site.origin);
  const page = await open(`${site.origin}/console`);
  const frame = page.locator('iframe').contentFrame();
  await frame.getByRole('button', { name: 'Join', exact: true }).click(shown);
  await frame.getByText('Nobody is waiting').waitFor(shown);
  expect(await frame.getByRole('heading', { name: 'People' }).count()).toBe(0);
});
