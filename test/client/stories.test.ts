import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, type TestServer } from '../support/server.ts';
import { launchBrowser } from '../web/browser.ts';
import { followLeaving } from './client-kit.ts';
import { openStory, servePage, storyOf } from './stories/story-page.ts';
import { startWebProxy } from './web-proxy.ts';

let server: TestServer;
let backend: Seed;
let browser: Browser;
let address: string;

beforeAll(async () => {
  server = await spawnServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  address = await servePage();
  browser = await launchBrowser();
  closeAfterwards(() => browser.close());
});

/** Asks the service for something that must be done, whatever it answers. */
async function act(who: Pick<Seed, 'ask'>, field: string, type: string, input: object): Promise<void> {
  const { body } = await who.ask<object>(
    `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Refusal { code } } }`,
    { input },
  );
  expect(JSON.stringify(body), field).not.toContain('code');
}

async function idOf(room: RoomSeed, userName: string): Promise<string> {
  type Answer = { room: { participants: { nodes: readonly { id: string; userName: string }[] } } };
  const { body } = await backend.ask<Answer>(
    'query ($name: String!) { room(name: $name) { participants { nodes { id userName } } } }',
    { name: room.name },
  );
  return body.data?.room.participants.nodes.find((one) => one.userName === userName)?.id ?? '';
}

async function openRoom(framework: string) {
  const room = await backend.waitingRoom({ startAudioOff: true, knockCooldownSeconds: 3 });
  const owner = await room.owner();
  const proxy = await startWebProxy(server.url);
  const asked = { framework, url: proxy.url, room: room.name };
  return { room, owner, proxy, asked };
}

/** What happens while the page has no connection: something for each hook that follows the room. */
async function happen(room: RoomSeed, owner: ParticipantSeed): Promise<void> {
  await room.knocker({ userName: 'Nora' });
  await room.guest({ userName: 'Gerda' });
  await act(owner, 'updateRoom', 'UpdateRoomInput', { roomName: room.name, settings: { lobbyMessage: 'Soon' } });
  const participantId = await idOf(room, 'Gustav');
  await act(owner, 'updateParticipant', 'UpdateParticipantInput', { participantId, setAudio: true });
  const permissions = { canSend: ['AUDIO'] };
  await act(owner, 'updateParticipant', 'UpdateParticipantInput', { participantId, permissions });
}

describe.each(['react', 'vue', 'svelte'])('in %s', (framework) => {
  test('whoever is inside loses the connection and returns: every hook that follows the room has missed nothing', async () => {
    const { room, owner, proxy, asked } = await openRoom(framework);
    const { jwt } = await room.token({ userName: 'Gustav', permissions: { canAdmin: ['PARTICIPANTS'] }, maxUses: 1 });
    const story = await openStory(browser, address, { ...asked, token: jwt });
    await story.until(
      ({ join, connection }) => [join.phase, connection.state, connection.way].join(),
      (now) => now === 'JOINED,OPEN,WEBSOCKET',
    );
    const before = await story.until(({ participants }) => participants.me?.id, Boolean);
    proxy.refuse();
    await story.until(
      ({ connection, room: shown }) => [connection.state, shown.connection, shown.error?.code].join(),
      (now) => now === 'RECONNECTING,RECONNECTING,NETWORK',
    );
    await happen(room, owner);
    proxy.accept();
    await story.until(
      ({ waitingList }) => waitingList.waiting.map(({ userName }) => userName).join(),
      (now) => now === 'Nora',
    );
    await story.until(
      ({ participants }) => participants.participants.map(({ userName }) => userName).join(),
      (now) => now.includes('Gerda'),
    );
    await story.until(
      (shown) => shown.room.room?.lobbyMessage,
      (now) => now === 'Soon',
    );
    await story.until(
      ({ mediaRequests }) => mediaRequests.request?.by?.name,
      (now) => now === 'Olga Owner',
    );
    await story.until(
      ({ myPermissions }) => myPermissions.permissions?.canSend.join(),
      (now) => now === 'AUDIO',
    );
    await story.until(
      ({ connection }) => `${connection.state} ${connection.error}`,
      (now) => now === 'OPEN null',
    );
    await story.act(({ mediaRequests }) => mediaRequests.accept().then(() => null));
    await story.until(({ participants }) => participants.me?.audio, Boolean);
    await story.act(({ waitingList }) => waitingList.admitAll().then(() => null));
    await story.until(
      ({ waitingList }) => waitingList.waiting.length,
      (now) => now === 0,
    );
    // And after a refresh they are the same person still, by the same single use of their token.
    await story.page.reload();
    const after = await story.until(({ participants }) => participants.me?.id, Boolean);
    expect([after, story.thrown]).toEqual([before, []]);
  });

  test('whoever stands at the door, knocks and waits loses the connection and returns: the answer is heard', async () => {
    const { room, owner, proxy, asked } = await openRoom(framework);
    const story = await openStory(browser, address, { ...asked, auto: 'no' });
    await story.until(
      ({ access }) => access.level,
      (now) => now === 'LOBBY',
    );
    proxy.refuse();
    await act(owner, 'updateRoom', 'UpdateRoomInput', { roomName: room.name, settings: { lobbyMessage: 'Hello' } });
    await story.until(
      ({ access }) => `${access.connection} ${access.error?.code}`,
      (now) => now === 'RECONNECTING NETWORK',
    );
    proxy.accept();
    await story.until(
      ({ access }) => access.lobbyMessage,
      (now) => now === 'Hello',
    );
    await story.act(({ knock }) => knock.knock({ userName: 'Nora' }));
    await story.until(
      ({ knock, connection }) => [knock.phase, connection.state].join(),
      (now) => now === 'WAITING,OPEN',
    );
    await story.page.reload();
    const knockId = await story.until(({ knock }) => knock.knockRequest?.id, Boolean);
    proxy.refuse();
    await story.until(
      ({ knock }) => knock.connection,
      (now) => now === 'RECONNECTING',
    );
    await act(owner, 'denyKnock', 'DenyKnockInput', { knockId, reply: 'Not today' });
    proxy.accept();
    await story.until(
      ({ knock }) => [knock.phase, knock.knockRequest?.reply, knock.canKnock].join(),
      (now) => now === 'ENDED,Not today,false',
    );
    await story.until(({ knock }) => knock.canKnock, Boolean);
    await story.act(({ knock }) => knock.knock({ userName: 'Nora', message: 'please' }));
    const second = await story.until(({ knock }) => (knock.phase === 'WAITING' ? knock.knockRequest?.id : ''), Boolean);
    proxy.refuse();
    await story.until(
      ({ knock }) => knock.connection,
      (now) => now === 'RECONNECTING',
    );
    await act(owner, 'admitKnock', 'KnockDecisionInput', { knockId: second });
    proxy.accept();
    await story.until(
      ({ knock, join }) => [knock.phase, join.phase].join(),
      (now) => now === 'JOINED,JOINED',
    );
    expect(story.thrown).toEqual([]);
  });

  test('whoever goes from the page leaves the room', async () => {
    const { room, owner, asked } = await openRoom(framework);
    const { jwt } = await room.token({ userName: 'Gustav' });
    const story = await openStory(browser, address, { ...asked, token: jwt });
    await story.until(
      ({ join }) => join.phase,
      (now) => now === 'JOINED',
    );
    const events = await followLeaving(owner, room);
    await story.page.evaluate(() => window.closePage());
    // Whether they are there may be told before.
    const left = await events.find(({ data }) => data?.roomEvents.leaveReason !== undefined);
    expect(left).toEqual({ data: { roomEvents: { leaveReason: 'LEFT' } } });
  });
});

test('a page whose origin the service does not take is told so, once, with the setting to change', async () => {
  const closed = await spawnServer({
    databaseUrl: (await createTestDatabase()).url,
    env: { NODE_ENV: 'production', PUBLIC_URL: 'https://meet.example.com' },
  });
  const story = await openStory(browser, address, { framework: 'react', url: closed.url, room: 'weekly' });
  const message = await story.until(
    ({ join }) => (join.error?.code === 'ORIGIN_REFUSED' ? join.error.message : ''),
    Boolean,
  );
  expect(message).toContain('ALLOWED_ORIGINS');
  expect(message).toContain(new URL(address).origin);
  expect(await story.act(({ connection }) => connection.state)).toBe('CLOSED');
  let asked = 0;
  story.page.on('request', () => {
    asked += 1;
  });
  // As long as a door is looked at again where that helps.
  await story.page.waitForEvent('request', { timeout: 6_000 }).catch(() => null);
  expect([asked, story.thrown]).toEqual([0, []]);
});

test.each([-1, 1])('a clock that is wrong by %i hours changes nothing', async (hours) => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 2, nbf: new Date(Date.now() + 6_000).toISOString() });
  const context = await browser.newContext();
  closeAfterwards(() => context.close());
  const page = await context.newPage();
  await page.addInitScript(`const real = Date.now; const by = ${hours * 3_600_000}; Date.now = () => real() + by;`);
  let asked = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') asked += 1;
  });
  const { jwt } = await room.token();
  const query = new URLSearchParams({ framework: 'react', url: server.url, room: room.name, token: jwt });
  await page.goto(`${address}?${query}`);
  const story = storyOf(page);
  await story.until(
    ({ join }) => join.refusal?.code,
    (now) => now === 'ROOM_NOT_OPEN',
  );
  await story.until(
    ({ join }) => join.phase,
    (now) => now === 'JOINED',
  );
  // Two answers at the door, one look each five seconds, the room itself: not one request after another until it opened.
  expect(asked).toBeLessThan(20);
});
