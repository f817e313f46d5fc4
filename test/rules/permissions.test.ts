import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeId } from '../../src/rules/ids.ts';
import { participantPermissions } from '../../src/rules/participant.ts';
import {
  adminAreas,
  checkPermissions,
  defaultPermissions,
  effectivePermissions,
  layPermissions,
  mediaKinds,
  mergePatches,
  type PermissionsPatch,
} from '../../src/rules/permissions.ts';
import { claimsOf, domain, idOf, participantOf, roomOf } from './facts-kit.ts';

const patchOf = (more: Partial<PermissionsPatch>): PermissionsPatch => ({
  hasPresence: null,
  canSend: null,
  canReceive: null,
  canAdmin: null,
  ...more,
});

const kinds = fc.subarray([...mediaKinds]);
const override = fc.record({ userId: fc.constantFrom('u1', 'u2'), participantId: fc.constant(null), kinds });
const anyPatch: fc.Arbitrary<PermissionsPatch | null> = fc.option(
  fc.record({
    hasPresence: fc.option(fc.boolean(), { nil: null }),
    canSend: fc.option(kinds, { nil: null }),
    canReceive: fc.option(
      fc.record({
        base: fc.option(kinds, { nil: null }),
        overrides: fc.option(fc.array(override, { maxLength: 2 }), { nil: null }),
      }),
      { nil: null },
    ),
    canAdmin: fc.option(fc.subarray([...adminAreas]), { nil: null }),
  }),
  { nil: null },
);

describe('token over room over domain, field by field', () => {
  test('the strongest that speaks of a field wins it, whatever the others say', () => {
    fc.assert(
      fc.property(anyPatch, anyPatch, anyPatch, (ofDomain, ofRoom, ofToken) => {
        const laid = layPermissions(defaultPermissions, ofDomain, ofRoom, ofToken);
        const pick = <T>(read: (patch: PermissionsPatch) => T | null, base: T): T =>
          [ofToken, ofRoom, ofDomain].map((patch) => (patch === null ? null : read(patch))).find((it) => it !== null) ??
          base;
        expect(laid).toEqual({
          hasPresence: pick((patch) => patch.hasPresence, defaultPermissions.hasPresence),
          canSend: pick((patch) => patch.canSend, defaultPermissions.canSend),
          canReceive: {
            base: pick((patch) => patch.canReceive?.base ?? null, defaultPermissions.canReceive.base),
            overrides: pick((patch) => patch.canReceive?.overrides ?? null, defaultPermissions.canReceive.overrides),
          },
          canAdmin: pick((patch) => patch.canAdmin, defaultPermissions.canAdmin),
        });
      }),
    );
  });

  test('two patches merged are as good as one laid over the other', () => {
    fc.assert(
      fc.property(anyPatch, anyPatch, (lower, upper) => {
        expect(layPermissions(defaultPermissions, mergePatches(lower, upper))).toEqual(
          layPermissions(defaultPermissions, lower, upper),
        );
      }),
    );
  });

  test('an empty list is a word of its own, and does not leave the word to the next', () => {
    const none = layPermissions(defaultPermissions, patchOf({ canSend: ['AUDIO'] }), patchOf({ canSend: [] }));
    expect(none.canSend).toEqual([]);
  });

  test('without any word everybody is seen, sends and receives all, and administers nothing', () => {
    expect(layPermissions(defaultPermissions, null, null)).toEqual({
      hasPresence: true,
      canSend: mediaKinds,
      canReceive: { base: mediaKinds, overrides: [] },
      canAdmin: [],
    });
  });
});

describe('what holds for one person', () => {
  const person = participantOf({ token: claimsOf({ permissions: patchOf({ canSend: ['AUDIO'] }) }) });

  test('what an owner changed overrides the token, the token the room, and the room the domain', () => {
    const ofDomain = {
      ...domain,
      permissions: patchOf({ canSend: ['VIDEO'], hasPresence: false, canAdmin: ['STREAMING'] }),
    };
    const room = roomOf({ permissions: patchOf({ canSend: [], hasPresence: true }) });
    expect(participantPermissions(person, room, ofDomain)).toMatchObject({
      canSend: ['AUDIO'],
      hasPresence: true,
      canAdmin: ['STREAMING'],
    });
    const changed = { ...person, permissions: patchOf({ canSend: ['VIDEO'] }) };
    expect(participantPermissions(changed, room, ofDomain).canSend).toEqual(['VIDEO']);
  });

  test('an owner administers every area, whatever its token says', () => {
    const owner = participantOf({ isOwner: true, token: claimsOf({ permissions: patchOf({ canAdmin: [] }) }) });
    expect(participantPermissions(owner, roomOf(), domain).canAdmin).toEqual(adminAreas);
  });

  test('while only owners broadcast, nobody else sends, and owners still do', () => {
    const room = roomOf({ ownerOnlyBroadcast: true });
    expect(participantPermissions(person, room, domain).canSend).toEqual([]);
    expect(participantPermissions(participantOf({ isOwner: true }), room, domain).canSend).toEqual(mediaKinds);
  });

  test.each([
    { room: true, token: null, shares: true },
    { room: false, token: null, shares: false },
    { room: true, token: false, shares: false },
    { room: false, token: true, shares: true },
  ])('screen sharing: room $room, token $token: $shares', ({ room, token, shares }) => {
    const sharer = participantOf({ token: claimsOf({ enableScreenshare: token }) });
    const { canSend } = participantPermissions(sharer, roomOf({ enableScreenshare: room }), domain);
    expect(canSend.includes('SCREEN_VIDEO')).toBe(shares);
    expect(canSend.includes('SCREEN_AUDIO')).toBe(shares);
    expect(canSend).toContain('CUSTOM_VIDEO');
  });

  test('making somebody an owner never takes anything away', () => {
    fc.assert(
      fc.property(anyPatch, fc.boolean(), (patch, ownerOnly) => {
        const laid = layPermissions(defaultPermissions, patch);
        const asOwner = effectivePermissions(laid, { isOwner: true }, ownerOnly);
        const asGuest = effectivePermissions(laid, { isOwner: false }, ownerOnly);
        expect(asOwner.canSend).toEqual(expect.arrayContaining([...asGuest.canSend]));
        expect(asOwner.canAdmin).toEqual(expect.arrayContaining([...asGuest.canAdmin]));
      }),
    );
  });
});

describe('permissions as they are written', () => {
  test('left out leaves the word to the next, and lists lose their doubles', () => {
    expect(checkPermissions({}, [])).toEqual({ patch: patchOf({}), issues: [] });
    expect(checkPermissions({ canSend: ['AUDIO', 'AUDIO'] }, []).patch).toEqual(patchOf({ canSend: ['AUDIO'] }));
    expect(checkPermissions(null, [])).toEqual({ patch: null, issues: [] });
  });

  test.each([
    ['both userId and participantId', { userId: 'u', participantId: 'p', kinds: [] }],
    ['neither', { kinds: [] }],
    ['an empty userId', { userId: '', kinds: [] }],
    ['a participantId that could not be read', { participantId: '', kinds: [] }],
    ['a NUL', { userId: 'a\u0000', kinds: [] }],
    ['a userId beyond all measure', { userId: 'x'.repeat(129), kinds: [] }],
  ])('an override is refused by its path: %s', (_what, wrong) => {
    const good = { userId: 'u', kinds: [] };
    const { issues } = checkPermissions({ canReceive: { overrides: [good, wrong] } }, ['input', 'permissions']);
    expect(issues.map(({ path }) => path)).toEqual([['input', 'permissions', 'canReceive', 'overrides', '1']]);
  });

  test('an override may name somebody by the id that the service gives them', () => {
    const participantId = encodeId('Participant', idOf('b5f1c7d0-1d5c-4a53-9a43-6f7d0e2b9c11'));
    const overrides = [{ userId: null, participantId, kinds: [] }];
    const { patch, issues } = checkPermissions({ canReceive: { overrides } }, []);
    expect([patch?.canReceive?.overrides, issues]).toEqual([overrides, []]);
  });

  test('more overrides than anybody keeps in their head are refused', () => {
    const overrides = Array.from({ length: 101 }, (_, index) => ({ userId: `u${index}`, kinds: [] }));
    expect(checkPermissions({ canReceive: { overrides } }, []).issues).toHaveLength(1);
    expect(checkPermissions({ canReceive: { overrides: overrides.slice(1) } }, []).issues).toEqual([]);
  });
});
