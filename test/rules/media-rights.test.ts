import { describe, expect, test } from 'vitest';
import {
  areSameRights,
  areWithin,
  type MediaRights,
  mediaRightsOf,
  toMediaRights,
} from '../../src/rules/media-rights.ts';
import { defaultPermissions, type MediaKind, mediaKinds, type Permissions } from '../../src/rules/permissions.ts';

import { domain, owner, participantOf, roomOf } from './facts-kit.ts';

const rights = (change: Partial<Permissions>, hidden = false) =>
  toMediaRights({ ...defaultPermissions, ...change }, hidden);
const all = rights({});

describe('what holds on a media server', () => {
  test('somebody who may do everything has every source by name', () => {
    expect(all).toEqual({
      canPublish: true,
      sources: ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO', 'UNKNOWN'],
      canSubscribe: true,
      canPublishData: true,
      hidden: false,
      canUpdateMetadata: false,
    });
  });

  test('every set of kinds becomes a list of sources in one order, and no kind means no publishing', () => {
    for (let bits = 0; bits < 2 ** mediaKinds.length; bits += 1) {
      const canSend = mediaKinds.filter((_kind, index) => bits & (1 << index));
      const { canPublish, sources } = rights({ canSend: canSend.toReversed() });
      expect(canPublish).toBe(canSend.length > 0);
      expect(sources.length > 0).toBe(canPublish);
      expect(sources).toEqual(all.sources.filter((source) => sources.includes(source)));
    }
  });

  test.each<[MediaKind, string]>([
    ['AUDIO', 'MICROPHONE'],
    ['VIDEO', 'CAMERA'],
    ['SCREEN_VIDEO', 'SCREEN_SHARE'],
    ['SCREEN_AUDIO', 'SCREEN_SHARE_AUDIO'],
    ['CUSTOM_AUDIO', 'UNKNOWN'],
    ['CUSTOM_VIDEO', 'UNKNOWN'],
  ])('%s alone is %s alone', (kind, source) => {
    expect(rights({ canSend: [kind] }).sources).toEqual([source]);
  });

  test.each([
    ['hidden', rights({}, true)],
    ['without presence', rights({ hasPresence: false })],
  ])('who is %s is not shown and sends nothing, and receives', (_who, unseen) => {
    expect(unseen).toMatchObject({
      hidden: true,
      canPublish: false,
      sources: [],
      canPublishData: false,
      canSubscribe: true,
    });
  });

  test('receiving is all or nothing: one kind of one person is enough', () => {
    const nothing = { base: [], overrides: [{ userId: 'a', participantId: null, kinds: [] }] };
    const little = { base: [], overrides: [{ userId: 'a', participantId: null, kinds: ['AUDIO'] as const }] };
    expect(rights({ canReceive: nothing }).canSubscribe).toBe(false);
    expect(rights({ canReceive: little }).canSubscribe).toBe(true);
  });
});

describe('what holds for somebody in a room', () => {
  const guest = participantOf();

  test('while only owners broadcast, guests send nothing', () => {
    const room = roomOf({ ownerOnlyBroadcast: true });
    expect(mediaRightsOf(guest, room, domain)).toMatchObject({ canPublish: false, sources: [], canSubscribe: true });
    expect(mediaRightsOf(owner, room, domain)).toEqual(all);
  });

  test('if screens cannot be shared, neither screens nor their sound are sent', () => {
    const { sources } = mediaRightsOf(guest, roomOf({ enableScreenshare: false }), domain);
    expect(sources).toEqual(['CAMERA', 'MICROPHONE', 'UNKNOWN']);
  });

  test('a hidden watcher is hidden there too', () => {
    expect(mediaRightsOf({ ...owner, hidden: true }, roomOf(), domain)).toMatchObject({
      hidden: true,
      canPublish: false,
    });
  });
});

describe('rights that hold no more than others', () => {
  const less: readonly (readonly [string, Partial<MediaRights>])[] = [
    ['nothing to send', { canPublish: false, sources: [] }],
    ['fewer sources', { sources: ['MICROPHONE'] }],
    ['no receiving', { canSubscribe: false }],
    ['no data', { canPublishData: false }],
  ];

  test.each(less)('%s is within all, and not the other way round', (_what, change) => {
    const narrow = { ...all, ...change };
    expect(areWithin(narrow, all)).toBe(true);
    expect(areWithin(all, narrow)).toBe(false);
    expect(areSameRights(narrow, all)).toBe(false);
  });

  test.each<[string, Partial<MediaRights>]>([
    ['being unseen', { hidden: true }],
    ['renaming oneself', { canUpdateMetadata: true }],
  ])('%s is a right as well', (_what, change) => {
    expect(areWithin({ ...all, ...change }, all)).toBe(false);
  });

  test('the order of sources means nothing', () => {
    expect(areSameRights({ ...all, sources: all.sources.toReversed() }, all)).toBe(true);
  });
});
