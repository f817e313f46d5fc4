import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { anyAddress } from '../../src/egress/allowed.ts';
import { createPoster } from '../../src/egress/poster.ts';
import { createLiveKit } from '../../src/media/livekit.ts';
import type { MediaServer } from '../../src/media/port.ts';
import { type MediaRights, toMediaRights } from '../../src/rules/media-rights.ts';
import { defaultPermissions } from '../../src/rules/permissions.ts';
import { liveKitKey } from './livekit-server.ts';
import { type World, worlds } from './worlds.ts';

// What the reconciler rests on, asked of the fake and of a real livekit-server alike.

const all = toMediaRights(defaultPermissions, false);
const nothing: MediaRights = { ...all, canPublish: false, sources: [] };
const poster = createPoster({ mayCall: anyAddress, timeoutMs: 5_000 });
const newRoom = () => `room-${randomUUID()}`;

describe.each(worlds)('%s', (_name, start) => {
  let world: World;
  let media: MediaServer;

  beforeAll(async () => {
    world = await start();
    media = createLiveKit({ ...liveKitKey, url: world.apiUrl, poster });
  });

  const people = async (room: string) => {
    const seen = await media.look(room);
    return seen.outcome === 'DONE' ? seen.people : [];
  };

  test('a room that nobody made is an empty one', async () => {
    expect(await media.look(newRoom())).toEqual({ outcome: 'DONE', people: [] });
  });

  test('a room is made once, however often it is asked for, and closed once', async () => {
    const room = newRoom();
    expect(await media.ensureRoom(room)).toEqual({ outcome: 'DONE' });
    expect(await media.ensureRoom(room)).toEqual({ outcome: 'DONE' });
    expect(await media.rooms()).toMatchObject({ outcome: 'DONE', names: expect.arrayContaining([room]) });
    expect(await media.greet()).toEqual({ outcome: 'DONE' });
    expect(await media.closeRoom(room)).toEqual({ outcome: 'DONE' });
    expect(await media.closeRoom(room)).toEqual({ outcome: 'GONE' });
  });

  test('whoever is connected is seen with all that they may do, and what a token leaves out is allowed', async () => {
    const room = newRoom();
    await world.connect(room, 'ada', { canPublish: false, canPublishData: false });
    await world.connect(room, 'bob');
    await expect
      .poll(async () => (await people(room)).filter(({ state }) => state === 'ACTIVE').length, { timeout: 5_000 })
      .toBe(2);
    const [ada, bob] = (await people(room)).toSorted((a, b) => a.identity.localeCompare(b.identity));
    expect(ada).toMatchObject({
      identity: 'ada',
      kind: 'STANDARD',
      rights: { canPublish: false, sources: [], canSubscribe: true, canPublishData: false, hidden: false },
    });
    expect(bob).toMatchObject({ identity: 'bob', rights: all });
    expect(bob?.sid).not.toBe(ada?.sid);
    // One machine has one clock.
    for (const one of [ada, bob]) expect(Math.abs(Date.now() - (one?.joinedAt?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  test.each<[string, MediaRights]>([
    ['nothing to send', nothing],
    ['one source', { ...all, sources: ['MICROPHONE'] }],
    ['nothing to receive', { ...all, canSubscribe: false }],
    ['everything by name', all],
  ])('what somebody may do is replaced whole: %s', async (_what, rights) => {
    const room = newRoom();
    await world.connect(room, 'ada');
    expect(await media.allow(room, 'ada', rights)).toEqual({ outcome: 'DONE' });
    expect(await media.allow(room, 'ada', rights)).toEqual({ outcome: 'DONE' });
    await expect.poll(async () => (await people(room))[0]?.rights, { timeout: 5_000 }).toEqual(rights);
  });

  test('whoever is removed is out, and the second time they are gone', async () => {
    const room = newRoom();
    const ada = await world.connect(room, 'ada');
    expect(await media.remove(room, 'ada')).toEqual({ outcome: 'DONE' });
    await ada.thrownOut;
    expect(await people(room)).toEqual([]);
    expect(await media.remove(room, 'ada')).toEqual({ outcome: 'GONE' });
    expect(await media.allow(room, 'ada', all)).toEqual({ outcome: 'GONE' });
  });

  test('a closed room throws everybody out', async () => {
    const room = newRoom();
    const ada = await world.connect(room, 'ada');
    expect(await media.closeRoom(room)).toEqual({ outcome: 'DONE' });
    await ada.thrownOut;
  });

  test('a track is seen with what it says and what it is; muting shows; a right that ends takes it away', async () => {
    const room = newRoom();
    const ada = await world.connect(room, 'ada');
    await ada.speak();
    const track = async () => (await people(room))[0]?.tracks[0];
    await expect.poll(track, { timeout: 5_000 }).toMatchObject({
      source: 'MICROPHONE',
      type: 'AUDIO',
      mimeType: expect.stringMatching(/^audio\//),
      muted: false,
    });
    expect(await media.mute(room, 'ada', (await track())?.sid ?? '')).toEqual({ outcome: 'DONE' });
    await expect.poll(async () => (await track())?.muted, { timeout: 5_000 }).toBe(true);
    await media.allow(room, 'ada', nothing);
    await expect.poll(track, { timeout: 5_000 }).toBeUndefined();
  });

  test('to mute somebody who is not there does not answer, and a track that is not there does', async () => {
    const room = newRoom();
    await world.connect(room, 'ada');
    expect(await media.mute(room, 'nobody', 'TR_none')).toMatchObject({ outcome: 'UNREACHABLE' });
    expect(await media.mute(room, 'ada', 'TR_none')).toEqual({ outcome: 'DONE' });
  });

  test('another key is refused, whatever is asked', async () => {
    const stranger = createLiveKit({ apiKey: 'stranger', apiSecret: 'x'.repeat(32), url: world.apiUrl, poster });
    for (const answer of [
      await stranger.look('room'),
      await stranger.greet(),
      await stranger.rooms(),
      await stranger.closeRoom('room'),
    ]) {
      expect(answer).toMatchObject({ outcome: 'REFUSED' });
    }
  });

  test('without an egress service it says so at once', async () => {
    expect(await media.streams(newRoom())).toEqual({ outcome: 'DONE', isAble: false, streams: [] });
  });
});
