import { beforeAll, expect, test } from 'vitest';
import { type DomainSeed, openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type KnockerSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { act, keyNamed, read, watchKnocks, watchOwnKnock } from './admission-kit.ts';

let house: DomainSeed;
let there: TestServer;

beforeAll(async () => {
  const opened = await openDomainAtTwo();
  house = opened;
  there = opened.elsewhere;
});

/** Every path on which a knock is shown to its knocker, while it waits. */
const paths: Readonly<Record<string, (knocker: KnockerSeed, roomName: string) => Promise<number | null | undefined>>> =
  {
    myKnock: async (knocker) => (await (await watchOwnKnock(knocker)).next()).position,
    viewer: async (knocker) =>
      (await read<{ viewer: { position: number } }>(knocker, '{ viewer { ... on KnockRequest { position } } }')).viewer
        .position,
    node: async (knocker) => {
      const query = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { position } } }';
      return (await read<{ node: { position: number } }>(knocker, query, { id: knocker.knockId })).node.position;
    },
    nodes: async (knocker) => {
      const query = 'query ($id: ID!) { nodes(ids: [$id]) { ... on KnockRequest { position } } }';
      return (await read<{ nodes: { position: number }[] }>(knocker, query, { id: knocker.knockId })).nodes[0]
        ?.position;
    },
    heartbeat: async (knocker) => {
      const { body } = await knocker.ask<{ heartbeat: { position: number } }>(
        'mutation { heartbeat { ... on KnockRequest { position } } }',
      );
      return body.data?.heartbeat.position;
    },
    'knocking again': async (knocker, roomName) =>
      (await act(knocker, 'knock', { roomName, userName: 'Nora' })).knockRequest?.position,
  };

test.each(Object.keys(paths))('%s tells the place, at whichever process', async (path) => {
  const room = await house.backend.waitingRoom();
  await room.knocker();
  await room.knocker();
  const knocker = await room.knocker();
  for (const at of [house.server, there]) {
    const me = { ...knocker, ...callerOf(at, knocker.knockToken) };
    expect(await paths[path]?.(me, room.name)).toBe(3);
  }
});

test('knock tells the place, whether or not a credential came with it, and on a retry', async () => {
  const room = await house.backend.waitingRoom();
  await room.knocker();
  const input = { roomName: room.name, userName: 'Nora', idempotencyKey: keyNamed('place') };
  expect((await act(house.anybody, 'knock', input)).knockRequest?.position).toBe(2);
  expect((await act(house.anybody, 'knock', input)).knockRequest?.position).toBe(2);
  const { jwt } = await room.token({ knocking: true, userId: 'vera' });
  const verified = await act(house.anybody, 'knock', { roomName: room.name, userName: 'V', token: jwt });
  expect(verified.knockRequest?.position).toBe(3);
});

test('somebody who was sent back to the lobby has a place in the queue; nobody else sees it, nor people who no longer wait', async () => {
  const room = await house.backend.waitingRoom();
  const owner = await room.owner();
  const list = await watchKnocks(owner);
  await room.knocker();
  const guest = await room.guest();
  const query =
    'mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id position } } }';
  const { body } = await owner.ask<{ returnToLobby: { id: string; position: null } }>(query, { id: guest.id });
  expect(body.data?.returnToLobby.position).toBeNull();
  expect((await list.find(({ id }) => id === body.data?.returnToLobby.id)).position).toBeNull();
  const own = '{ viewer { ... on KnockRequest { position } } }';
  expect(await read(guest, own)).toEqual({ viewer: { position: 2 } });
  expect((await act(guest, 'cancelKnock')).position).toBeNull();
  expect(await read(guest, own)).toEqual({ viewer: { position: null } });
});

test('places move up when somebody ahead is decided, on streams and reads alike', async () => {
  const room = await house.backend.waitingRoom();
  const first = await room.knocker();
  const second = await room.knocker();
  const stream = await watchOwnKnock(second);
  await stream.find(({ position }) => position === 2);
  await act(house.backend, 'admitKnock', { knockId: first.knockId });
  await stream.find(({ position }) => position === 1);
  expect(await paths.viewer?.(second, room.name)).toBe(1);
});

test('a word from an owner leaves the place as it was', async () => {
  const room = await house.backend.waitingRoom();
  const knocker = await room.knocker();
  const stream = await watchOwnKnock(knocker);
  await stream.find(({ position }) => position === 1);
  await act(house.backend, 'replyToKnock', { knockId: knocker.knockId, reply: 'soon' });
  expect((await stream.find(({ reply }) => reply === 'soon')).position).toBe(1);
});

test.each(['admitKnock', 'denyKnock', 'cancelKnock'] as const)(
  'whoever saw the place a moment ago has none after %s',
  async (way) => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    expect(await paths.viewer?.(knocker, room.name)).toBe(1);
    if (way === 'cancelKnock') await act(knocker, way);
    else await act(house.backend, way, { knockId: knocker.knockId });
    expect(await paths.viewer?.(knocker, room.name)).toBeNull();
  },
);
