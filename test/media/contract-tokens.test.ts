import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyAddress } from '../../src/egress/allowed.ts';
import { createPoster } from '../../src/egress/poster.ts';
import { createLiveKit } from '../../src/media/livekit.ts';
import { readLiveKitWebhook } from '../../src/media/livekit-webhook.ts';
import type { MediaServer } from '../../src/media/port.ts';
import { toMediaRights } from '../../src/rules/media-rights.ts';
import { defaultPermissions } from '../../src/rules/permissions.ts';
import { closeAfterwards } from '../support/closers.ts';
import { giveToken, type LiveKitClaims, renewToken } from './gate-kit.ts';
import { liveKitKey } from './livekit-server.ts';
import { type World, worlds } from './worlds.ts';

// What makes a gate and a reconciler needful, asked of the fake and of a real livekit-server alike: which tokens let in, which ones a
// server gives by itself, and what it tells.

const all = toMediaRights(defaultPermissions, false);
const nothing = { ...all, canPublish: false, sources: [] };
const poster = createPoster({ mayCall: anyAddress, timeoutMs: 5_000 });
const soon = { timeout: 10_000, interval: 20 } as const;
const newRoom = () => `room-${randomUUID()}`;

const claimsOf = (token: string): LiveKitClaims & { readonly exp: number } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const mayPublish = (token: string) => claimsOf(token).video.canPublish ?? true;
const seconds = () => Math.floor(Date.now() / 1000);
const guestOf = (room: string): LiveKitClaims => ({ sub: 'ada', video: { room, roomJoin: true } });

/** Hears webhooks, and answers as `status` says. */
async function startHearing() {
  const told: { readonly event: string; readonly id: string; readonly room: string; readonly at: number }[] = [];
  const ear = { url: '', told, status: (_event: string): number => 200 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const heard = await readLiveKitWebhook(liveKitKey, body, request.headers.authorization ?? '');
    const { event } = JSON.parse(body);
    if (heard !== null) told.push({ event, ...heard, at: performance.now() });
    response.writeHead(ear.status(event)).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  ear.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return ear;
}

describe.each(worlds)('%s', (_name, start) => {
  let world: World;
  let media: MediaServer;
  let ear: Awaited<ReturnType<typeof startHearing>>;

  beforeAll(async () => {
    ear = await startHearing();
    world = await start({ webhookUrls: [ear.url] });
    media = createLiveKit({ ...liveKitKey, url: world.apiUrl, poster });
  });

  beforeEach(() => {
    ear.status = () => 200;
  });

  const people = async (room: string) => {
    const seen = await media.look(room);
    return seen.outcome === 'DONE' ? seen.people : [];
  };
  const eventsOf = (room: string) => ear.told.filter((one) => one.room === room).map(({ event }) => event);

  test.each<[string, (room: string) => string]>([
    ['expired more than a minute ago', (room) => renewToken(guestOf(room), liveKitKey, { exp: seconds() - 65 })],
    ['good only in more than a minute', (room) => renewToken(guestOf(room), liveKitKey, { nbf: seconds() + 90 })],
    ['of another secret', (room) => giveToken(guestOf(room), { ...liveKitKey, apiSecret: 'x'.repeat(40) })],
    ['of another key', (room) => giveToken(guestOf(room), { ...liveKitKey, apiKey: 'another' })],
    ['for no room', () => giveToken({ sub: 'ada', video: { roomJoin: true } }, liveKitKey)],
    ['that does not let in', (room) => giveToken({ sub: 'ada', video: { room } }, liveKitKey)],
  ])('a token does not let in: %s', async (_what, tokenFor) => {
    const room = newRoom();
    await expect(world.enter(tokenFor(room))).rejects.toThrow();
    expect(await people(room)).toEqual([]);
  });

  test('a token that expired within the last minute lets in', async () => {
    const room = newRoom();
    await world.enter(renewToken(guestOf(room), liveKitKey, { exp: seconds() - 30 }));
    expect(await people(room)).toMatchObject([{ identity: 'ada' }]);
  });

  test('whoever is in gets a token by themselves, which is good for ten minutes and lets in whoever was removed', async () => {
    const room = newRoom();
    const given = giveToken(guestOf(room), liveKitKey);
    const ada = await world.enter(given);
    await expect.poll(() => ada.token(), soon).not.toBe(given);
    expect(claimsOf(ada.token()).exp - seconds()).toBeGreaterThan(580);
    expect(await media.remove(room, 'ada')).toEqual({ outcome: 'DONE' });
    await ada.thrownOut;
    await world.enter(ada.token());
    expect(await people(room)).toMatchObject([{ identity: 'ada' }]);
  });

  test('a renewed token grants what holds then, and an older one what held before', async () => {
    const room = newRoom();
    const ada = await world.enter(giveToken(guestOf(room), liveKitKey));
    await expect.poll(() => claimsOf(ada.token()).exp - seconds(), soon).toBeGreaterThan(580);
    const before = ada.token();
    await media.allow(room, 'ada', nothing);
    await expect.poll(() => mayPublish(ada.token()), soon).toBe(false);
    const narrow = ada.token();
    await ada.leave();
    await (await world.enter(narrow)).leave();
    await expect.poll(() => people(room), soon).toEqual([]);
    await world.enter(before);
    expect(await people(room)).toMatchObject([{ identity: 'ada', rights: all }]);
  });

  test('a second connection of the same name throws the first one out', async () => {
    const room = newRoom();
    const [first] = [await world.connect(room, 'ada'), await world.connect(room, 'ada')];
    await first.thrownOut;
    expect(await people(room)).toMatchObject([{ identity: 'ada' }]);
  });

  test('a socket without media is seen, makes nobody join, and can be removed', async () => {
    const room = newRoom();
    const socket = await world.open(room, 'ada');
    await expect
      .poll(() => people(room), soon)
      .toMatchObject([{ identity: 'ada', state: expect.stringMatching(/^JOIN/) }]);
    expect(await media.remove(room, 'ada')).toEqual({ outcome: 'DONE' });
    await socket.thrownOut;
    await expect.poll(() => eventsOf(room), soon).toContain('participant_connection_aborted');
    expect(eventsOf(room)).not.toContain('participant_joined');
  });

  test('who comes and who goes is told, signed, and in order; what they may do is not', async () => {
    const room = newRoom();
    const ada = await world.connect(room, 'ada');
    await expect.poll(() => eventsOf(room), soon).toContain('participant_joined');
    await media.allow(room, 'ada', nothing);
    await ada.leave();
    await expect.poll(() => eventsOf(room), soon).toContain('participant_left');
    expect(eventsOf(room).filter((event) => event.startsWith('participant_'))).toEqual([
      'participant_joined',
      'participant_left',
    ]);
    expect(eventsOf(room)[0]).toBe('room_started');
  });

  test('where the receiver is in trouble the same is told once more, with the same id', async () => {
    const room = newRoom();
    let refusals = 0;
    ear.status = () => {
      refusals += 1;
      return refusals === 1 ? 500 : 200;
    };
    await media.ensureRoom(room);
    const started = () => ear.told.filter((one) => one.room === room && one.event === 'room_started');
    await expect.poll(() => started().length, soon).toBe(2);
    const [first, second] = started();
    expect(second?.id).toBe(first?.id);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
  });

  test('where the receiver says no it is not told again', async () => {
    const room = newRoom();
    ear.status = (event) => (event === 'room_started' ? 404 : 200);
    await world.connect(room, 'ada');
    // In one room, one comes after the other: had it been told again, the next would have waited.
    await expect.poll(() => eventsOf(room), soon).toContain('participant_joined');
    expect(eventsOf(room).filter((event) => event === 'room_started')).toHaveLength(1);
  });
});
