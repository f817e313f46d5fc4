import { expect, test } from 'vitest';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { createOpenRooms } from '../../src/services/entry/look.ts';

const domainId = '01932c4e-9b1f-7c3a-8d52-0123456789ab' as DomainId;
const roomOf = (name: string) => ({ domainId, id: `id of ${name}` as RoomId, name });

test('where more rooms were remembered than have a place, the one that is used goes on being known', () => {
  const rooms = createOpenRooms();
  const used = roomOf('used');
  rooms.remember(used);
  rooms.remember(roomOf('unused'));
  for (let number = 0; number < 10_001; number += 1) {
    rooms.remember(roomOf(`room ${number}`));
    expect(rooms.find(domainId, 'used')).toEqual({ domainId, roomId: used.id });
  }
  expect(rooms.find(domainId, 'unused')).toBeNull();
  expect(rooms.find(domainId, 'room 10000')).not.toBeNull();
});
