import { createElement, useRef } from 'react';
import { beforeAll, expect, test } from 'vitest';
import { createClient, type Session } from '../../packages/client/src/index.ts';
import { useKnock, useParticipants, useWaitingParticipants } from '../../packages/client/src/react.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createStorage, joinAs } from './client-kit.ts';
import { renderPage } from './page.ts';

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

function Owner({ session }: { readonly session: Session }) {
  const { waitingParticipants, grantAccess, denyAccess } = useWaitingParticipants(session);
  const { participants } = useParticipants(session);
  const names = (people: readonly { readonly userName: string }[]) => people.map(({ userName }) => userName).join('+');
  const button = (label: string, onClick: () => unknown) =>
    createElement('button', { type: 'button', key: label, onClick }, label);
  return createElement('div', null, [
    `waiting: ${names(waitingParticipants)} inside: ${names(participants)}.`,
    button('admit', () => grantAccess(waitingParticipants[0]?.id ?? '')),
    button('admit all', () => grantAccess('*')),
    button('deny all', () => denyAccess('*', 'Not today')),
  ]);
}

test('an owner’s list follows the room: admitted people go from waiting to inside', async () => {
  const room = await backend.waitingRoom();
  const session = await joinAs(server.url, room, { isOwner: true, userName: 'Olga' });
  const page = await renderPage(Owner, { session });
  const first = await room.knocker({ userName: 'First' });
  await page.until((text) => text.includes('waiting: First inside: Olga.'));
  page.click('admit');
  await page.until((text) => text.includes('waiting:  inside: Olga.'));
  await first.enter();
  await page.until((text) => text.includes('inside: Olga+First.'));
  await room.knocker({ userName: 'Second' });
  await room.knocker({ userName: 'Third' });
  await page.until((text) => text.includes('waiting: Second+Third'));
  page.click('admit all');
  await page.until((text) => text.includes('waiting:  inside: Olga+First.'));
  expect(await repliesTo(room.name, 'ADMITTED')).toHaveLength(3);
  await room.knocker({ userName: 'Fourth' });
  await room.knocker({ userName: 'Fifth' });
  await page.until((text) => text.includes('waiting: Fourth+Fifth'));
  page.click('deny all');
  await page.until((text) => text.includes('waiting:  inside: Olga+First.'));
  expect(await repliesTo(room.name, 'DENIED')).toEqual(['Not today', 'Not today']);
});

/** What those were told whose knocks stand so. */
async function repliesTo(roomName: string, status: string): Promise<readonly (string | null)[]> {
  const { body } = await backend.ask<{ knockRequests: { nodes: readonly { reply: string | null }[] } }>(
    'query ($roomName: String, $status: [KnockStatus!]) { knockRequests(roomName: $roomName, status: $status) { nodes { reply } } }',
    { roomName, status: [status] },
  );
  return body.data?.knockRequests.nodes.map(({ reply }) => reply) ?? [];
}

type DoorProps = { readonly roomName: string; readonly onJoined: (session: Session) => void };

test('a knock button waits, hears the owner, and hands over the session once', async () => {
  const room = await backend.waitingRoom();
  const owner = await joinAs(server.url, room, { isOwner: true });
  const client = createClient({ url: server.url });
  const storage = createStorage();
  const sessions: Session[] = [];
  const stale: number[] = [];
  const Door = ({ roomName, onJoined }: DoorProps) => {
    const renders = useRef(0);
    renders.current += 1;
    const mine = renders.current;
    // Of the callbacks that were given, the one of the latest render counts.
    const onJoinedNow = (session: Session) => {
      if (mine !== renders.current) stale.push(mine);
      onJoined(session);
    };
    const entry = useKnock(client, { roomName, onJoined: onJoinedNow, storage });
    const onClick = () => entry.knock({ userName: 'Nora' });
    const said = `${entry.phase} ${entry.knockRequest?.reply ?? ''} ${entry.refusal?.code ?? ''}`;
    return createElement('p', null, said, createElement('button', { type: 'button', onClick }, 'knock'));
  };
  const page = await renderPage(Door, { roomName: room.name, onJoined: (session: Session) => sessions.push(session) });
  await page.until((text) => text.includes('IDLE'));
  page.click('knock');
  await page.until((text) => text.includes('WAITING'));
  const knocks = await backend.ask<{ knockRequests: { nodes: readonly { id: string }[] } }>(
    'query ($roomName: String) { knockRequests(roomName: $roomName, status: [PENDING]) { nodes { id } } }',
    { roomName: room.name },
  );
  const knockId = knocks.body.data?.knockRequests.nodes[0]?.id ?? '';
  await owner.reply(knockId, 'One moment');
  await page.until((text) => text.includes('One moment'));
  await owner.admit(knockId);
  await page.until((text) => text.includes('JOINED'));
  expect(sessions.map(({ participant }) => participant.userName)).toEqual(['Nora']);
  expect(stale).toEqual([]);
});

test('a knock button tells why a knock was refused', async () => {
  const room = await backend.room();
  const client = createClient({ url: server.url });
  const Door = ({ roomName }: { readonly roomName: string }) => {
    const entry = useKnock(client, { roomName });
    const onClick = () => entry.knock({ userName: 'Nora' });
    return createElement(
      'p',
      null,
      entry.refusal?.code ?? entry.phase,
      createElement('button', { type: 'button', onClick }, 'knock'),
    );
  };
  const page = await renderPage(Door, { roomName: room.name });
  await page.until((text) => text.includes('IDLE'));
  page.click('knock');
  await page.until((text) => text.includes('KNOCKING_DISABLED'));
});
