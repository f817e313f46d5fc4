import { beforeAll, describe, expect, test } from 'vitest';
import { type ClientOptions, createClient, createEntry, createVisit } from '../../packages/client/src/index.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import { createStorage, follow } from './client-kit.ts';

// What one tab has kept of one room, at another room of the same name, and at another one.

let [here, there]: DomainSeed[] = [];

beforeAll(async () => {
  [here, there] = [await openDomain(), await openDomain()];
});

const seeds = () => {
  if (here === undefined || there === undefined) throw new Error('no domains');
  return { here, there };
};

const clientOf = ({ server }: DomainSeed, options: Partial<ClientOptions> = {}) =>
  createClient({ url: server.url, domain: server.domain, ...options });

describe('what a tab has kept', () => {
  test('of one domain counts for nothing at another, whose room has the same name', async () => {
    const storage = createStorage();
    const name = 'weekly';
    const inside: (string | undefined)[] = [];
    for (const seeded of [seeds().here, seeds().there]) {
      await seeded.backend.room({}, name);
      const visit = createVisit(clientOf(seeded), { roomName: name, storage });
      const letGo = visit.hold({ leaves: false });
      const { session } = await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
      inside.push(session?.participant.id);
      letGo();
    }
    expect(new Set(inside).size).toBe(2);
  });

  test.each(['of one service', 'of one domain'])('%s is a knock of that one alone', async (what) => {
    const storage = createStorage();
    const { here: mine, there: others } = seeds();
    const room = await mine.backend.waitingRoom();
    const entry = createEntry(clientOf(mine), { roomName: room.name, storage });
    await entry.knock({ userName: 'Nora' });
    expect(entry.view.get().phase).toBe('WAITING');
    let asked = 0;
    const fetch: typeof globalThis.fetch = async () => {
      asked += 1;
      return Response.json({ data: { viewer: null } });
    };
    const other = what === 'of one service' ? { url: 'https://other.example' } : { domain: others.server.domain };
    const elsewhere = follow(createEntry(clientOf(mine, { fetch, ...other }), { roomName: room.name, storage }).view);
    const again = follow(createEntry(clientOf(mine), { roomName: room.name, storage }).view);
    await again.until(({ phase }) => phase === 'WAITING');
    expect([elsewhere.shown().phase, asked]).toEqual(['IDLE', 0]);
    elsewhere.stop();
    again.stop();
  });
});

describe('a session that is handed over', () => {
  /** Who is inside after a link has handed this session over to the page of this room. */
  const open = async (seeded: DomainSeed, roomName: string, sessionToken: string, storage = createStorage()) => {
    const visit = createVisit(clientOf(seeded), { roomName, storage, sessionToken });
    const letGo = visit.hold({ leaves: false });
    const { session } = await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
    letGo();
    return session?.participant;
  };

  test('leads into no other room', async () => {
    const room = await seeds().here.backend.room();
    const other = await (await seeds().here.backend.room()).guest({ userName: 'Mallory' });
    expect(await open(seeds().here, room.name, other.sessionToken)).toMatchObject({ roomName: room.name });
  });

  test('leads into no other domain, though the room has the same name', async () => {
    const room = await seeds().here.backend.room();
    const other = await (await seeds().there.backend.room({}, room.name)).guest({ userName: 'Mallory' });
    expect(await open(seeds().here, room.name, other.sessionToken)).toMatchObject({ userName: 'Guest' });
  });

  test('of another room takes nobody’s own place, and one of this room does', async () => {
    const room = await seeds().here.backend.room();
    const storage = createStorage();
    const visit = createVisit(clientOf(seeds().here), { roomName: room.name, storage });
    visit.hold({ leaves: false, userName: 'Nora' });
    await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
    const other = await (await seeds().here.backend.room()).guest({ userName: 'Mallory' });
    const own = await room.guest({ userName: 'Olga' });
    const names: (string | undefined)[] = [];
    for (const { sessionToken } of [other, own])
      names.push((await open(seeds().here, room.name, sessionToken, storage))?.userName);
    expect(names).toEqual(['Nora', 'Olga']);
  });

  test('and has ended takes nobody’s own place', async () => {
    const room = await seeds().here.backend.room();
    const storage = createStorage();
    const own = await room.guest({ userName: 'Nora' });
    expect(await open(seeds().here, room.name, own.sessionToken, storage)).toMatchObject({ userName: 'Nora' });
    const other = await room.guest({ userName: 'Olga' });
    await other.ask('mutation { leaveRoom { __typename } }');
    expect(await open(seeds().here, room.name, other.sessionToken, storage)).toMatchObject({ userName: 'Nora' });
  });
});
