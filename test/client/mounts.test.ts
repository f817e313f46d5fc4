import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { createClient, createVisit } from '../../packages/client/src/index.ts';
import * as hooks from '../../packages/client/src/react.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { follow } from './client-kit.ts';
import { loadReact } from './page.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

test('after 10,000 mounts nothing is left of those that went, whether they shared a visit or had their own', async () => {
  const server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  const room = await seed(server).room();
  const client = createClient({ url: server.url });
  const { createRoot, flushSync, container } = await loadReact();
  const root = createRoot(container);
  const Everything = () => {
    const shown = [
      hooks.useJoin({ auto: false }).phase,
      hooks.useKnock().phase,
      hooks.useWaitingList().waiting.length,
      hooks.useParticipants().participants.length,
      hooks.useRoom().room?.name,
      hooks.useMyPermissions().isOwner,
      hooks.useMediaRequests().request,
      hooks.useConnection().state,
    ];
    return createElement('p', null, shown.join());
  };
  const mount = (number: number) => {
    // Half of them are another room each time: a provider, a visit and stores of their own.
    const roomName = number % 2 === 0 ? room.name : `room-${number}`;
    const { VestibuleProvider } = hooks;
    const provider = createElement(VestibuleProvider, { client, roomName, storage: null }, createElement(Everything));
    flushSync(() => root.render(createElement('div', { key: number }, provider)));
  };
  const visit = createVisit(client, { roomName: room.name, storage: null });
  const letGo = visit.hold();
  await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
  const heapAfter = async (from: number, to: number): Promise<number> => {
    for (let number = from; number < to; number += 1) mount(number);
    flushSync(() => root.render(null));
    // What was let go of is gone in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    return process.memoryUsage().heapUsed / 1_000_000;
  };
  await heapAfter(0, 1_000);
  const before = await heapAfter(1_000, 2_000);
  const after = await heapAfter(2_000, 12_000);
  expect(after - before).toBeLessThan(4);
  expect(visit.join.view.get().phase).toBe('JOINED');
  letGo();
  root.unmount();
}, 120_000);
