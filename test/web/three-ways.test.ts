import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { type OtherSite, openSite } from './site.ts';

await buildPage();
const browser = await shareBrowser();
const shown = { timeout: 20_000 };

let server: TestServer;
let backend: Seed;
let links: Links;

interface Links {
  readonly guests: { readonly asItIs: string; readonly inFront: string; readonly inside: string };
  readonly hosts: Links['guests'];
}

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  links = await startExample();
}, 60_000);

/** The example as somebody runs it, in a process of its own. */
async function startExample(): Promise<Links> {
  const program = join(import.meta.dirname, '../../examples/ways/start.mjs');
  const env = { ...process.env, VESTIBULE_URL: server.url, VESTIBULE_API_KEY: server.apiKey, PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  closeAfterwards(async () => {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  });
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line.slice(line.indexOf(': ') + 2));
    if (said.length === 6) break;
  }
  const [asItIs = '', inFront = '', inside = '', ...hosts] = said;
  const [first = '', second = '', third = ''] = hosts;
  return { guests: { asItIs, inFront, inside }, hosts: { asItIs: first, inFront: second, inside: third } };
}

async function open(address: string): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

async function knock(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Nora');
  await page.getByRole('button', { name: 'Ask to join' }).click();
}

/** The host comes by their link, and admits whoever waits. */
async function admitAt(link: string): Promise<void> {
  const host = await open(link);
  await host.getByRole('button', { name: 'Join', exact: true }).click();
  // The meeting may be elsewhere for hosts too: then the backend answers in their place.
  const roomName = new URL(link).pathname.split('/').at(-1);
  await expect
    .poll(async () => {
      const input = { roomName, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
      const selection = '... on KnocksDecided { knockRequests { id } }';
      const decided = await change<{ knockRequests?: readonly object[] }>(backend, 'admitKnocks', input, selection);
      return decided.knockRequests?.length ?? 0;
    }, shown)
    .toBeGreaterThan(0);
}

describe('the example of', () => {
  test('the door as it is: a guest knocks, is let in and sees the room', async () => {
    const page = await open(links.guests.asItIs);
    await knock(page);
    await admitAt(links.hosts.asItIs);
    await page.getByRole('heading', { name: 'As it is' }).waitFor(shown);
    await page.getByText('Nora').first().waitFor(shown);
  });

  test('the door in front of one’s own meeting: the guest goes there, keeps their place, and leaves', async () => {
    const page = await open(links.guests.inFront);
    const asked: string[] = [];
    page.on('request', (request) =>
      asked.push(`${request.url().replace(/#.*/, '')} ${request.headers().referer ?? ''}`),
    );
    await knock(page);
    await admitAt(links.hosts.inFront);
    await page.getByText('You are Nora.').waitFor(shown);
    expect(page.url()).not.toContain('#');
    // What was handed over is in no address that anybody is asked for, and in no page that one can go back to.
    for (const one of asked) expect(one).not.toMatch(/vs_|session=/);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('You have left.').waitFor(shown);
  });

  test('the page of one’s own meeting goes on asking where a sign does not arrive, and says so', async () => {
    const { origin } = new URL(links.guests.inside);
    const guest = await (await backend.room()).guest({ userName: 'Nora' });
    const page = await open('about:blank');
    // Lost, answered by something in between, and by a service that cannot answer now.
    const trouble = [
      null,
      { status: 502, body: 'Bad gateway' },
      { json: { data: { heartbeat: { code: 'UNAVAILABLE' } } } },
    ];
    let tried = 0;
    await page.route('**/graphql', (route) => {
      const answer = trouble[tried];
      tried += 1;
      if (answer === undefined) return route.continue();
      return answer === null
        ? route.abort()
        : route.fulfill({ headers: { 'access-control-allow-origin': '*' }, ...answer });
    });
    await page.clock.install();
    await page.goto(`${origin}/in-front.html#session=${guest.sessionToken}`);
    for (const _ of trouble) {
      await page.getByText('Trying again…').waitFor(shown);
      await page.clock.fastForward(3_000);
    }
    await page.getByText('You are Nora.').waitFor(shown);
    await page.reload();
    await page.getByText('You are Nora.').waitFor(shown);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['session /in-front.html']);
    // Another room's page, though in the same file, is nobody's.
    await page.goto(`${origin}/in-front.html?room=other`);
    await page.getByText('Nobody was let in here.').waitFor(shown);
    expect(await page.getByRole('button', { name: 'Leave' }).count()).toBe(0);
    await page.goBack();
    await page.getByText('You are Nora.').waitFor(shown);
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('You could not leave: press again.').waitFor(shown);
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('You have left.').waitFor(shown);
    // No sign is given any more, which would say that one is out.
    await page.clock.runFor(20_000);
    await page.getByText('You have left.').waitFor(shown);
    await page.reload();
    await page.getByText('Nobody was let in here.').waitFor(shown);
  });

  test('the door inside one’s own page: the page hears of each step', async () => {
    const page = await open(links.guests.inside);
    const events = page.getByRole('listitem');
    await events.filter({ hasText: 'knocking' }).waitFor(shown);
    await admitAt(links.hosts.inside);
    await events.filter({ hasText: 'joined: session, grant, media, meetingUrl' }).waitFor(shown);
    await page.getByRole('button', { name: 'Leave', exact: true }).first().click();
    await events.filter({ hasText: 'left: {"reason":"LEFT"}' }).waitFor(shown);
  });
});

describe('with a Jitsi', () => {
  let jitsi: OtherSite;
  let site: OtherSite;

  beforeAll(async () => {
    [jitsi, site] = await Promise.all([openSite('localhost'), openSite('localhost')]);
    const input = { kind: 'JITSI', url: jitsi.origin, apiKey: 'app', apiSecret: 'a-secret-of-at-least-32-characters' };
    expect((await change(backend, 'setMediaServer', input)).__typename).toBe('MediaServer');
    await change(backend, 'updateDomain', { doorPage: { frameOrigins: [site.origin] } });
  });

  test.each(['as it is', 'in a frame of another site'])(
    'the page shows the meeting in a frame, with a token behind #, and keeps the place: %s',
    async (way) => {
      const room = await backend.room({ title: 'Stand-up' });
      const { id } = await roomOf(room.name);
      const asked: string[] = [];
      const says =
        '<script>document.title = JSON.stringify([location.hash, document.featurePolicy?.allowsFeature("camera")])</script>';
      jitsi.show(`/${id}`, `<!doctype html><p>The call</p>${says}`);
      site.show(
        '/',
        `<!doctype html><script src="${server.url}/embed.js"></script><vestibule-room room="${room.name}"></vestibule-room>`,
      );
      const isFramed = way !== 'as it is';
      const page = await open(isFramed ? `${site.origin}/` : room.url);
      page.on('request', (request) => asked.push(request.url()));
      const door = isFramed ? page.frameLocator('vestibule-room iframe') : page;
      await door.getByLabel('Your name').fill('Gustav');
      await door.getByRole('button', { name: 'Join', exact: true }).click();
      await door.frameLocator('.jitsi iframe').getByText('The call').waitFor(shown);
      const call = page.frames().find((frame) => frame.url().startsWith(jitsi.origin));
      const [hash, mayFilm] = JSON.parse((await call?.title()) ?? '[]');
      const { jwt = '' } = Object.fromEntries(new URLSearchParams(hash.slice(1)));
      const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
      expect(claims).toMatchObject({ aud: 'jitsi', iss: 'app', room: id, context: { user: { name: 'Gustav' } } });
      expect(mayFilm).toBe(true);
      expect(asked.map((one) => one.replace(/#.*/, '')).join(' ')).not.toContain(jwt);
      // The place is kept by this page, and left by its button; Jitsi's switches are Jitsi's own.
      expect(await door.getByRole('switch').count()).toBe(0);
      await door.getByRole('button', { name: 'Leave' }).click();
      await door.getByRole('heading', { name: 'You have left' }).waitFor(shown);
    },
  );

  test('the meeting is out of the page at the press of Leave, however long the service takes', async () => {
    const room = await backend.room();
    jitsi.show(`/${(await roomOf(room.name)).id}`, '<!doctype html><p>The call</p>');
    const page = await open(room.url);
    await page.getByLabel('Your name').fill('Gustav');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.frameLocator('.jitsi iframe').getByText('The call').waitFor(shown);
    const asked = Promise.withResolvers<Route>();
    await page.route('**/graphql?*', async (route) => {
      const isLeaving = route.request().postData()?.includes('leaveRoom') ?? false;
      await (isLeaving ? asked.resolve(route) : route.continue());
    });
    const leave = page.getByRole('button', { name: 'Leave', exact: true });
    await leave.scrollIntoViewIfNeeded();
    const place = await leave.boundingBox();
    await leave.click();
    const leaving = await asked.promise;
    await page.getByText('Nobody sees or hears you any more').waitFor(shown);
    expect(await page.locator('iframe').count()).toBe(0);
    // Where the press was there is the next one, and nothing else.
    expect(await leave.boundingBox()).toEqual(place);
    expect(await leave.evaluate((button) => button === document.activeElement)).toBe(true);
    await leaving.continue();
    await page.getByRole('heading', { name: 'You have left' }).waitFor(shown);
  });
});

test('where a Jitsi is connected while people are inside, the page shows it to them', async () => {
  const jitsi = await openSite('localhost');
  await backend.ask('mutation { removeMediaServer { __typename } }');
  const room = await backend.room({ title: 'Stand-up' });
  jitsi.show(`/${(await roomOf(room.name)).id}`, '<!doctype html><p>The call</p>');
  const page = await open(room.url);
  await page.getByLabel('Your name').fill('Gustav');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('heading', { name: 'The meeting itself is elsewhere' }).waitFor(shown);
  await page.getByText('Gustav').first().waitFor(shown);
  const input = { kind: 'JITSI', url: jitsi.origin, apiKey: 'app', apiSecret: 'a-secret-of-at-least-32-characters' };
  expect((await change(backend, 'setMediaServer', input)).__typename).toBe('MediaServer');
  await page.frameLocator('.jitsi iframe').getByText('The call').waitFor(shown);
  const people = 'query ($name: String!) { room(name: $name) { participantCount } }';
  expect((await backend.ask(people, { name: room.name })).body.data).toEqual({ room: { participantCount: 1 } });
});

async function roomOf(name: string): Promise<{ readonly id: string }> {
  const { body } = await callerOf(server, server.apiKey).ask<{ room: { id: string } }>(
    'query ($name: String!) { room(name: $name) { id } }',
    { name },
  );
  if (!body.data) throw new Error('no room');
  return body.data.room;
}
