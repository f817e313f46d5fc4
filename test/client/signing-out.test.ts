import { beforeAll, expect, test } from 'vitest';
import { createClient, createVisit, type VisitOptions } from '../../packages/client/src/index.ts';
import { openDomain } from '../support/domain.ts';
import type { RoomSeed, Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { createStorage, follow } from './client-kit.ts';

// Each way in which a page comes to have no credential any more, and who is inside then.

let server: TestServer & { readonly domain: string };
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
});

type Given = Pick<VisitOptions, 'token' | 'sessionToken'>;

const credentials: Readonly<Record<string, (room: RoomSeed) => Promise<Given>>> = {
  'a token': async (room) => ({ token: (await room.token({ userName: 'Olga' })).jwt }),
  'a session that was handed over': async (room) => ({
    sessionToken: (await room.guest({ userName: 'Olga' })).sessionToken,
  }),
};

/** What comes first: the visit without the credential, as in React, or the end of the one before, as in Vue and Svelte. */
const ways = ['the next visit comes first', 'the visit ends first', 'the page is loaded anew'] as const;
const afterwards: readonly Given[] = [{}, { token: null }, { token: '' }];

const cases = Object.keys(credentials).flatMap((credential) =>
  ways.flatMap((way) => afterwards.map((said) => ({ credential, way, said }))),
);

test.each(cases)('$credential, then $said: $way', async ({ credential, way, said }) => {
  const room = await backend.room();
  const storage = createStorage();
  const client = createClient({ url: server.url, domain: server.domain });
  const open = (given: Given) => createVisit(client, { roomName: room.name, storage, ...given });
  const first = open((await credentials[credential]?.(room)) ?? {});
  // Of a page that is gone nothing is left in it that could leave.
  const letGo = first.hold({ leaves: way !== 'the page is loaded anew' });
  await follow(first.join.view).until(({ phase }) => phase === 'JOINED');
  const end = async () => {
    letGo();
    await follow(first.join.view).until(({ phase }) => phase === 'IDLE');
  };
  if (way !== 'the next visit comes first') await end();
  const next = open(said);
  const letGoNext = next.hold({ leaves: false });
  if (way === 'the next visit comes first') await end();
  const { session } = await follow(next.join.view).until(({ phase }) => phase === 'JOINED');
  letGoNext();
  // A page may have lost what stood in its address once, by a refresh, and says nothing of who is signed in.
  const isLost =
    way === 'the page is loaded anew' || (way === 'the next visit comes first' && credential !== 'a token');
  expect(session?.participant.userName).toBe(said.token === undefined && isLost ? 'Olga' : 'Guest');
});
