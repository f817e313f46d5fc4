import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { spawnServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { type Visitor, visit } from './visitor.ts';

await buildPage();
const database = await createTestDatabase();
const server = await spawnServer({ databaseUrl: database.url });
const browser = await shareBrowser();

const shown = { timeout: 20_000 };

/** A socket of the page, of which nothing comes through while it is held. */
type Line = { isHeld: boolean; isClosed: boolean; subscription: string; readonly page: WebSocketRoute };

/** An owner in the room, at a page whose sockets can be held and spoken into. */
async function enterAsOwner(
  room: RoomSeed,
): Promise<Visitor & { readonly lines: Line[]; readonly reads: () => number }> {
  const { joinUrl } = await room.token({ isOwner: true, userName: 'Olga Owner' });
  const visitor = await visit(browser, joinUrl ?? '');
  await visitor.page.clock.install();
  const lines: Line[] = [];
  await visitor.context.routeWebSocket(/\/graphql\?a=[0-9a-f]{16}$/, (page) => {
    const line: Line = { isHeld: false, isClosed: false, subscription: '', page };
    lines.push(line);
    const service = page.connectToServer();
    page.onMessage((text) => {
      const { type, id } = JSON.parse(String(text)) as { type: string; id?: string };
      if (type === 'subscribe') line.subscription = id ?? '';
      if (!line.isHeld) service.send(text);
    });
    service.onMessage((text) => {
      if (!line.isHeld) page.send(text);
    });
    page.onClose(async () => {
      line.isClosed = true;
      await service.close();
    });
  });
  let reads = 0;
  visitor.page.on('request', (request) => {
    if (request.postData()?.includes('RoomAndParticipants')) reads += 1;
  });
  await visitor.button('Join').click();
  await visitor.page.getByText('Nobody is waiting').waitFor(shown);
  await room.knocker({ userName: 'Before' });
  await visitor.button('Admit Before').waitFor(shown);
  return { ...visitor, lines, reads: () => reads };
}

test('after a Resync the page reads the room again, once, and its old stream is stopped', async () => {
  const room = await seed(server).waitingRoom();
  const owner = await enterAsOwner(room);
  const [line] = owner.lines;
  if (line === undefined) throw new Error('the page follows nothing');
  const readsBefore = owner.reads();
  line.isHeld = true;
  await room.knocker({ userName: 'Missed' });
  const roomEvents = { __typename: 'Resync', cursor: 'of no use', at: new Date(), roomName: room.name, by: null };
  line.page.send(JSON.stringify({ id: line.subscription, type: 'next', payload: { data: { roomEvents } } }));
  await owner.button('Admit Missed').waitFor(shown);
  await room.knocker({ userName: 'Later' });
  await owner.button('Admit Later').waitFor(shown);
  expect(await owner.button('Admit Before').count()).toBe(1);
  expect(owner.reads() - readsBefore).toBe(1);
  expect(owner.lines.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

test('a line that is held and silent is noticed, and nothing is missed', async () => {
  const room = await seed(server).waitingRoom();
  const owner = await enterAsOwner(room);
  const [line] = owner.lines;
  if (line === undefined) throw new Error('the page follows nothing');
  line.isHeld = true;
  await room.knocker({ userName: 'Missed' });
  // A sign of life is asked for after half of fifteen seconds, and waited for for five.
  await owner.page.clock.runFor(9_000);
  await owner.page.clock.runFor(6_000);
  await owner.page.clock.runFor(1_000);
  await owner.button('Admit Missed').waitFor(shown);
  expect(owner.lines.length).toBeGreaterThan(1);
});
