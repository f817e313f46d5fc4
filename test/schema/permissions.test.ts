import { describe, expect, test } from 'vitest';
import { readPermissions } from '../../schema/permissions.ts';
import { encodeId, type ParticipantId, type RoomId } from '../../src/rules/ids.ts';
import { checkPermissions } from '../../src/rules/permissions.ts';

const uuid = '01932c4e-9b1f-7c3a-8d52-0123456789ab';
const participantId = encodeId('Participant', uuid as ParticipantId);

const check = (id: string) =>
  checkPermissions(readPermissions({ canReceive: { overrides: [{ participantId: id, kinds: ['AUDIO'] }] } }), [
    'input',
    'permissions',
  ]);

describe('permissions as clients write them', () => {
  test('an override names a participant by its global id', () => {
    expect(check(participantId)).toMatchObject({
      issues: [],
      patch: { canReceive: { overrides: [{ participantId: uuid, userId: null, kinds: ['AUDIO'] }] } },
    });
  });

  test.each([
    ['of something else', encodeId('Room', uuid as RoomId)],
    ['without prefix', uuid],
    ['empty', ''],
    ['with a NUL', '\u0000'],
  ])('an id %s is refused at its place', (_what, id) => {
    expect(check(id).issues).toMatchObject([{ path: ['input', 'permissions', 'canReceive', 'overrides', '0'] }]);
  });

  test('left out stays left out, and null stays null: the one keeps, the other resets', () => {
    expect(readPermissions(undefined)).toBeUndefined();
    expect(readPermissions(null)).toBeNull();
    const untouched = { hasPresence: false, canReceive: { base: null } };
    expect(readPermissions(untouched)).toBe(untouched);
  });
});
