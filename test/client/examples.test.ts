import { createElement, useState } from 'react';
import { Provider } from 'urql';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createApiClient } from '../../examples/react-urql/src/client.ts';
import { KnockForm } from '../../examples/react-urql/src/knock-form.tsx';
import { WaitingList } from '../../examples/react-urql/src/waiting-list.tsx';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { renderPage } from './page.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
});

test('the urql example: a visitor knocks, the owner admits, the visitor comes in', async () => {
  const room = await seed(server).waitingRoom();
  const owner = await room.owner();
  const opened = vi.fn();
  class CountedSocket extends WebSocket {
    constructor(...place: ConstructorParameters<typeof WebSocket>) {
      super(...place);
      opened();
    }
  }
  vi.stubGlobal('WebSocket', CountedSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const ownersClient = createApiClient(server.url, owner.sessionToken);
  const OwnersPage = () => createElement(Provider, { value: ownersClient }, createElement(WaitingList));
  const ownersPage = await renderPage(OwnersPage, {});
  const tokens: string[] = [];
  const onJoined = (token: string) => tokens.push(token);
  const visitor = createApiClient(server.url, null);
  const VisitorsPage = () => {
    const [times, setTimes] = useState(0);
    return createElement(
      Provider,
      { value: visitor },
      createElement('button', { type: 'button', onClick: () => setTimes(times + 1) }, `drawn ${times}`),
      createElement(KnockForm, { url: server.url, roomName: room.name, onJoined }),
    );
  };
  const page = await renderPage(VisitorsPage, {});
  await page.until((text) => text.includes('Knock'));
  page.type('Your name', 'Nora');
  page.click('Knock');
  await page.until((text) => text.includes('PENDING 1'));
  for (const time of [0, 1]) {
    page.click(`drawn ${time}`);
    await page.until((text) => text.includes(`drawn ${time + 1}`));
  }
  await ownersPage.until((text) => text.includes('Nora (says so)'));
  ownersPage.click('Admit Nora');
  await ownersPage.until((text) => !text.includes('Nora'));
  await page.until((text) => text.includes('Come in'));
  page.click('Come in');
  await expect.poll(() => tokens.length, { timeout: 10_000 }).toBe(1);
  const { body } = await callerOf(server, tokens[0]).ask('{ viewer { ... on Participant { userName } } }');
  expect(body.data).toEqual({ viewer: { userName: 'Nora' } });
  // One for the owner, and one for the knock.
  expect(opened).toHaveBeenCalledTimes(2);
});
