import { assert, nat, property, uuid } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, type RoomId } from '../../src/rules/ids.ts';

describe('cursors', () => {
  test('a cursor comes back as the room and the seq that it was made of', () => {
    assert(
      property(uuid(), nat(), (id, seq) => {
        const roomId = id as RoomId;
        expect(decodeCursor(encodeCursor(roomId, seq))).toEqual({ roomId, seq });
      }),
    );
  });

  test('the largest seq that a number holds exactly is kept', () => {
    const roomId = '01932c4e-9b1f-7c3a-8d52-0123456789ab' as RoomId;
    const cursor = encodeCursor(roomId, Number.MAX_SAFE_INTEGER);
    expect(decodeCursor(cursor)).toEqual({ roomId, seq: Number.MAX_SAFE_INTEGER });
  });

  test.each([
    ['nothing', ''],
    ['a number alone', '12'],
    ['no seq', '01932c4e9b1f7c3a8d520123456789ab.'],
    ['a negative seq', '01932c4e9b1f7c3a8d520123456789ab.-1'],
    ['a fraction', '01932c4e9b1f7c3a8d520123456789ab.1.5'],
    ['leading noughts', '01932c4e9b1f7c3a8d520123456789ab.007'],
    ['a seq that no number holds', '01932c4e9b1f7c3a8d520123456789ab.9007199254740992'],
    ['twenty figures', '01932c4e9b1f7c3a8d520123456789ab.18446744073709551615'],
    ['an id with dashes', '01932c4e-9b1f-7c3a-8d52-0123456789ab.1'],
    ['upper case', '01932C4E9B1F7C3A8D520123456789AB.1'],
    ['a line break behind', '01932c4e9b1f7c3a8d520123456789ab.1\n'],
  ])('%s is no cursor', (_what, text) => {
    expect(decodeCursor(text)).toBeNull();
  });
});
