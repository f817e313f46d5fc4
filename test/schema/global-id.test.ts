import { assert, constantFrom, property, uuid } from 'fast-check';
import { isInterfaceType } from 'graphql';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import {
  decodeId,
  decodeIds,
  encodeId,
  type Id,
  type KnockId,
  type NodeName,
  parseId,
  type RoomId,
} from '../../src/rules/ids.ts';

const names = [
  'Domain',
  'ApiKey',
  'SelfSigningKey',
  'Room',
  'MeetingToken',
  'KnockRequest',
  'Participant',
  'Ban',
  'LiveStream',
  'Webhook',
  'WebhookDelivery',
  'MediaServer',
] as const satisfies readonly NodeName[];

const encode = (name: NodeName, text: string) => encodeId(name, text as Id<typeof name>);
const room = '01932c4e-9b1f-7c3a-8d52-0123456789ab';

describe('global ids', () => {
  test('an id comes back as the UUID and the type that it was made of', () => {
    assert(
      property(constantFrom(...names), uuid(), (name, id) => {
        const globalId = encode(name, id);
        expect(parseId(globalId)).toEqual({ name, id });
        expect(decodeId(name, globalId)).toBe(id);
      }),
    );
  });

  test('an id can be read by people: its type, then 32 hex figures', () => {
    expect(encode('Room', room)).toBe('room_01932c4e9b1f7c3a8d520123456789ab');
    expect(encode('KnockRequest', room)).toMatch(/^knock_[0-9a-f]{32}$/);
  });

  test('an id of one type names nothing of another', () => {
    for (const made of names) {
      for (const wanted of names) {
        expect(decodeId(wanted, encode(made, room))).toBe(made === wanted ? room : null);
      }
    }
  });

  test.each([
    ['nothing', ''],
    ['a bare UUID', room],
    ['a UUID with its dashes', `room_${room}`],
    ['an unknown prefix', 'chair_01932c4e9b1f7c3a8d520123456789ab'],
    ['no prefix', '_01932c4e9b1f7c3a8d520123456789ab'],
    ['a name that every object has', 'constructor_01932c4e9b1f7c3a8d520123456789ab'],
    ['upper case', 'room_01932C4E9B1F7C3A8D520123456789AB'],
    ['one figure less', 'room_01932c4e9b1f7c3a8d520123456789a'],
    ['one figure more', 'room_01932c4e9b1f7c3a8d520123456789abc'],
    ['a letter that is no figure', 'room_01932c4e9b1f7c3a8d520123456789ag'],
    ['a line break behind', 'room_01932c4e9b1f7c3a8d520123456789ab\n'],
    ['a NUL', 'room_01932c4e9b1f7c3a8d520123456789a\u0000'],
  ])('%s is no id', (_what, text) => {
    expect(parseId(text)).toBeNull();
    expect(decodeId('Room', text)).toBeNull();
  });

  test("an id that was read is of its noun, so that a room's cannot be handed on where a knock's is meant", () => {
    expectTypeOf(decodeId('KnockRequest', room)).toEqualTypeOf<KnockId | null>();
    expectTypeOf(decodeIds('Room', [room])).toEqualTypeOf<readonly (RoomId | null)[] | undefined>();
    const parsed = parseId(encode('Room', room));
    expect(parsed?.name).toBe('Room');
    if (parsed?.name === 'Room') expectTypeOf(parsed.id).toEqualTypeOf<RoomId>();
  });

  test('in a list each is read by itself, and a list left out stays left out', () => {
    expect(decodeIds('Room', [encode('Room', room), 'nonsense'])).toEqual([room, null]);
    expect(decodeIds('Room', undefined)).toBeUndefined();
    expect(decodeIds('Room', null)).toBeUndefined();
  });

  test('every type that is a Node has ids of its own, and no other type has', () => {
    const node = schema.getType('Node');
    if (!isInterfaceType(node)) throw new Error('Node is missing');
    const nodes = schema.getImplementations(node).objects.map(({ name }) => name);
    expect(nodes.sort()).toEqual([...names].sort());
  });
});
