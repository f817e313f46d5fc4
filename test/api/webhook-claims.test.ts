import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { Inbox } from '../support/inbox.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { startReceiver } from '../webhooks/webhook-kit.ts';
import { change } from './room-kit.ts';

// When deliveries are looked for: after a write that made some, and by the poll.

const database = await createTestDatabase();
const backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));

/** What the worker asks the database until the test is over: what is due anywhere, and for what waits in one domain. */
function hearWorker() {
  const heard = new Inbox<'POLL' | 'CLAIM'>();
  const hear = (text: unknown) => {
    if (String(text).includes('leased_until = lease.until')) heard.put('CLAIM');
    if (String(text).includes('select distinct w.domain_id')) heard.put('POLL');
  };
  subscribe('vestibule:statement', hear);
  onTestFinished(() => void unsubscribe('vestibule:statement', hear));
  return heard;
}

/** Endpoints that are well and those that failed are looked for apart: after both there is a second until the next time. */
async function untilPolled(heard: ReturnType<typeof hearWorker>): Promise<void> {
  for (let times = 0; times < 2; times += 1) await heard.find((one) => one === 'POLL');
}

test('without a webhook nothing is claimed, whatever is written in a room', async () => {
  const room = await backend.waitingRoom();
  const heard = hearWorker();
  await untilPolled(heard);
  for (let times = 0; times < 5; times += 1) await room.knocker();
  await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Soon.' } });
  heard.finish();
  expect(await heard.ended()).not.toContain('CLAIM');
});

test.each([
  ['KNOCK_REQUESTED', (room: RoomSeed) => room.knocker()],
  ['ROOM_CREATED', () => backend.room()],
] as const)('%s is claimed at once, and not by the next poll', async (event, write) => {
  const room = await backend.waitingRoom();
  const hook = await startReceiver();
  await change(backend, 'createWebhook', { url: hook.url, events: [event] });
  const heard = hearWorker();
  await untilPolled(heard);
  await write(room);
  await hook.inbox.next();
  expect(await heard.next()).toBe('CLAIM');
});
