import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { startReceiver } from '../webhooks/webhook-kit.ts';

// Each test has a database of its own: what counts is the first webhook that a domain has.
async function startHouse() {
  const { url: databaseUrl } = await createTestDatabase();
  return { backend: seed(await startServer({ databaseUrl })), other: seed(await startServer({ databaseUrl })) };
}

type Backend = Awaited<ReturnType<typeof startHouse>>['backend'];

async function listen(
  backend: Backend,
): Promise<{ readonly id: string; readonly inbox: Awaited<ReturnType<typeof startReceiver>>['inbox'] }> {
  const { url, inbox } = await startReceiver();
  const { body } = await backend.ask(
    `mutation ($url: URL!) { createWebhook(input: { url: $url, events: [KNOCK_REQUESTED] }) {
      ... on CreatedWebhook { webhook { id } } ... on Refusal { code } } }`,
    { url },
  );
  const { data } = body as { data: { createWebhook: { webhook: { id: string } } } };
  return { id: data.createWebhook.webhook.id, inbox };
}

test("a domain's first webhook is told of a room that this process was at work in before", async () => {
  const { backend } = await startHouse();
  const room = await backend.waitingRoom();
  await room.owner();
  const hook = await listen(backend);
  await room.knocker({ userName: 'Wanda' });
  expect((await hook.inbox.next()).body).toContain('Wanda');
});

test('and of one that another process was at work in before', async () => {
  const { backend, other } = await startHouse();
  const room = await backend.waitingRoom();
  await room.owner();
  const hook = await listen(other);
  await room.knocker({ userName: 'Wanda' });
  expect((await hook.inbox.next()).body).toContain('Wanda');
});

test('one that was switched on again is told as well', async () => {
  const { backend } = await startHouse();
  const room = await backend.waitingRoom();
  const hook = await listen(backend);
  const switchTo = (isActive: boolean) =>
    backend.ask(
      'mutation ($id: ID!, $on: Boolean!) { updateWebhook(input: { webhookId: $id, isActive: $on }) { __typename } }',
      { id: hook.id, on: isActive },
    );
  await switchTo(false);
  await room.owner();
  await switchTo(true);
  await room.knocker({ userName: 'Wanda' });
  expect((await hook.inbox.next()).body).toContain('Wanda');
});
